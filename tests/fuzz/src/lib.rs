//! Properties that must hold for any input, one module for each kind of input.
//!
//! A property is a function that panics if it does not hold. The targets in `fuzz_targets/` call it with inputs from libFuzzer.
#![forbid(unsafe_code)]

pub mod body;
pub mod canary;
pub mod json;
pub mod link;
pub mod path;
pub mod timestamp;
