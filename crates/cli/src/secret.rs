//! The text of a secret, and the command line that must not contain one.

use std::ffi::OsString;

use gatelet_models::{Secret, contains_secret};
use gatelet_transport::parse_secret_text;

use crate::error::error::CliError;

/// Parses a secret.
///
/// # Errors
/// It is empty or not text, or several newlines follow it; the error does not repeat it.
pub(crate) fn parse(bytes: &[u8]) -> Result<Secret, String> {
    let text = parse_secret_text(bytes).map_err(|error| error.to_string())?;
    if text.ends_with(['\n', '\r']) {
        return Err("it ends with more than one newline; remove all but one".into());
    }
    Ok(Secret::new(text.to_owned()))
}

/// Rejects a command line that contains a secret, which would be visible in the process list and the shell's history.
///
/// # Errors
/// An argument contains what looks like a secret. The error does not repeat it.
pub(crate) fn reject_in_arguments(arguments: &[OsString]) -> Result<(), CliError> {
    match arguments
        .iter()
        .skip(1)
        .any(|argument| contains_secret(&argument.to_string_lossy()))
    {
        true => Err(CliError::usage(
            "an argument looks like a secret; secrets are read from the environment or a file only, \
             and an ID ends before the secret part",
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // C1
    #[test]
    fn an_argument_that_looks_like_a_secret_is_refused() {
        for argument in [
            "dt0c01.ABC.DEF",
            "--token=dt0c01.ABC.DEF",
            "key=dt0g02.ABC.DEF",
            "sft-gw.4a5b.eyJhdCI6IiJ9",
            "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln",
            "token dt0c01.ABC.DEF",
            "\"dt0c01.ABC.DEF\"",
            "dt0c01%2EABC%2EDEF",
        ] {
            let failure = reject_in_arguments(&["gatelet".into(), argument.into()]).unwrap_err();
            assert!(
                !format!("{failure:?}").contains("ABC") && !format!("{failure:?}").contains("eyJ")
            );
        }
    }

    #[test]
    fn an_ordinary_argument_is_not_refused() {
        for argument in [
            "dt0g02.4KWZO5EF",
            "dt0g02.4KWZO5EF.",
            "eu-1.example.com",
            "now+60d",
            "--page-size=100",
            "a.b.c",
        ] {
            assert!(
                reject_in_arguments(&["gatelet".into(), argument.into()]).is_ok(),
                "{argument}"
            );
        }
    }
}
