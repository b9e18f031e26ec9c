//! JSON values of any shape, for what no description knows.

mod deserializer;
pub(crate) mod limits;
mod number;
mod parser;
pub(crate) mod seed;
pub(crate) mod value;
