//! The subjects of the benchmarks and their inputs.

pub mod first_sdk;
pub mod input;
pub mod response;
pub mod subject;
