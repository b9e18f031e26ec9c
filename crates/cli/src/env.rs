//! Environment variables.

use std::env;
use std::ffi::OsString;

/// Returns whether a variable is set to anything but a word for "no".
pub(crate) fn is_true(name: &str) -> bool {
    non_empty(name).is_some_and(|value| !is_no(&value.to_string_lossy()))
}

/// Returns whether a value is a word for "no".
pub(crate) fn is_no(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    ["0", "false", "f", "no", "n", "off"].contains(&value.as_str())
}

/// Returns the value of a variable; an empty variable counts as not set.
pub(crate) fn non_empty(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
