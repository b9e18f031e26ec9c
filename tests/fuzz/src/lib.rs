//! What must hold for any input: one module for each kind of input, one fuzz target for each.
//!
//! A property is a function that panics when it does not hold. The targets in `fuzz_targets/` call it with whatever
//! libFuzzer thinks of.
#![forbid(unsafe_code)]

pub mod body;
pub mod canary;
pub mod json;
pub mod link;
pub mod path;
pub mod timestamp;
