//! JSON values of any shape, for free and unknown members, and secrets that may be objects.

mod deserializer;
pub(crate) mod json_value;
pub(crate) mod limits;
pub(crate) mod number;
mod parser;
pub(crate) mod secret_or_object;
pub(crate) mod seed;
pub(crate) mod value;
