//! JSON values of any shape, for unknown members, and secrets that may be objects.

mod deserializer;
pub(crate) mod limits;
mod number;
mod parser;
pub(crate) mod secret_or_object;
pub(crate) mod seed;
pub(crate) mod value;
