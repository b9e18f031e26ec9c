//! Environment variables.

use std::env;
use std::ffi::OsString;

/// Returns whether a variable is set to anything but a word for "no".
pub(crate) fn is_true(name: &str) -> bool {
    let value = non_empty(name).map(|value| value.to_string_lossy().to_ascii_lowercase());
    value.is_some_and(|value| !["0", "false", "f", "no", "n", "off"].contains(&value.as_str()))
}

/// Returns the value of a variable; an empty variable counts as not set.
pub(crate) fn non_empty(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
