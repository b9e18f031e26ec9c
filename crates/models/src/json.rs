//! JSON values of any shape, for unknown members.

mod deserializer;
pub(crate) mod limits;
mod number;
mod parser;
pub(crate) mod seed;
pub(crate) mod value;
