//! How far a rotation is.

use std::cell::RefCell;
use std::fmt;

/// What is known of a rotation, for a command that is asked to stop in the middle.
#[derive(Debug)]
pub(crate) struct Progress(RefCell<String>);

/// Before the first request.
impl Default for Progress {
    fn default() -> Self {
        Self(RefCell::new("nothing was changed".to_owned()))
    }
}

impl Progress {
    /// Replaces what is known.
    pub(crate) fn set(&self, known: String) {
        self.0.replace(known);
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.borrow())
    }
}
