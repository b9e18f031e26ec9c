//! JSON values of any shape, for members that no model knows.

mod deserializer;
pub(crate) mod limits;
mod number;
mod parser;
pub(crate) mod seed;
pub(crate) mod value;
