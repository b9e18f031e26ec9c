//! Every model of both vendors: samples, generated values, and what each must write back.

pub mod agreement;
pub mod table;
pub mod values;
