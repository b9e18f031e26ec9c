//! Properties of any input: one module and one fuzz target for each kind of input.
//!
//! A property is a function that panics when it does not hold. The targets in `fuzz_targets/` call it with the inputs of
//! libFuzzer.
#![forbid(unsafe_code)]

pub mod body;
pub mod canary;
pub mod json;
pub mod link;
pub mod path;
pub mod timestamp;
