//! The outcome of a check.

use std::error::Error;

pub(crate) type Outcome = Result<(), Box<dyn Error>>;
