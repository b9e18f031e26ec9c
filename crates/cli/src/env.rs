//! Environment variables.

use std::env;
use std::ffi::OsString;

/// Returns the value of a variable; an empty variable counts as not set.
pub(crate) fn non_empty(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
