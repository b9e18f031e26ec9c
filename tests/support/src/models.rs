//! Every model of both vendors: samples, generated values, and a comparison with another JSON parser.

pub mod agreement;
pub mod table;
pub mod values;
