//! What must hold for any input: one module for each kind of input, one fuzz target for each.
//!
//! A property is a function that panics when it does not hold. The targets in `fuzz_targets/` call it with whatever
//! libFuzzer thinks of; `soak` reads and writes generated values of every model.
#![forbid(unsafe_code)]

pub mod agreement;
pub mod body;
pub mod canary;
pub mod json;
pub mod link;
pub mod path;
pub mod timestamp;

/// The table of all models, as their tests have it.
#[path = "../../../crates/models/tests/models/table.rs"]
pub mod table;

/// Generated values of every model, as their tests have them.
#[path = "../../../crates/models/tests/models/values.rs"]
pub mod values;
