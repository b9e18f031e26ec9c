//! Settings from the environment that are not secret.

use std::ffi::OsString;

use crate::env;
use crate::error::error::CliError;

/// Returns the value of a required variable.
///
/// # Errors
/// It is not set, or those of [`optional`].
pub(crate) fn required(name: &str) -> Result<String, CliError> {
    optional(name)?
        .ok_or_else(|| CliError::usage(format_args!("{name} is not set; set it or try --emulator")))
}

/// Returns the value of a variable; an empty variable counts as not set.
///
/// # Errors
/// The value is not valid UTF-8.
pub(crate) fn optional(name: &str) -> Result<Option<String>, CliError> {
    let value = env::non_empty(name).map(OsString::into_string).transpose();
    value.map_err(|_| CliError::usage(format_args!("{name} is not valid UTF-8")))
}
