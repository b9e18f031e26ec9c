//! Reads secrets from the environment or from a file that the environment names, never from the command line.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use gatelet_models::{Secret, contains_secret};
use gatelet_transport::parse_secret_text;

use crate::env;
use crate::error::error::CliError;
use crate::error::exit::Exit;

/// The maximum size of a secret file, in bytes.
const MAX_SIZE: u64 = 64 * 1024;

/// Reads a credential from the variable `name`, or from the file that the variable `name` + `_FILE` names.
///
/// # Errors
/// Neither variable is set, or those of [`optional`].
pub(crate) fn required(name: &str) -> Result<Secret, CliError> {
    optional(name)?.ok_or_else(|| {
        CliError::new(
            Exit::Credential,
            format_args!("no credential: set {name} or {name}_FILE, or try --emulator"),
        )
    })
}

/// Reads a secret from the variable `name`, or from the file that the variable `name` + `_FILE` names, if either is set.
///
/// # Errors
/// Both variables are set, or the value or file is not a valid secret.
pub(crate) fn optional(name: &str) -> Result<Option<Secret>, CliError> {
    let file_name = format!("{name}_FILE");
    match (env::non_empty(name), env::non_empty(&file_name)) {
        (Some(_), Some(_)) => Err(CliError::usage(format_args!(
            "set {name} or {file_name}, not both"
        ))),
        (Some(value), None) => match parse(value.as_encoded_bytes()) {
            Ok(secret) => Ok(Some(secret)),
            Err(problem) => Err(CliError::usage(format_args!("invalid {name}: {problem}"))),
        },
        (None, Some(path)) => read(Path::new(&path)).map(Some).map_err(|error| {
            CliError::usage(format_args!(
                "could not read the file in {file_name}: {error}"
            ))
        }),
        (None, None) => Ok(None),
    }
}

/// Returns the path in the variable `name` + `_FILE` if it is a regular file, which can be read again after another process
/// has rotated it. A pipe can be read only once.
pub(crate) fn regular_file(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env::non_empty(&format!("{name}_FILE"))?);
    path.is_file().then_some(path)
}

/// Reads a secret file, without a leading byte order mark and one trailing newline, which editors add.
fn read(path: &Path) -> io::Result<Secret> {
    let invalid = |reason: String| io::Error::new(io::ErrorKind::InvalidData, reason);
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_SIZE + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(invalid("it is larger than 64 KiB".into()));
    }
    parse(&bytes).map_err(invalid)
}

/// Parses a secret.
fn parse(bytes: &[u8]) -> Result<Secret, String> {
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
    use std::io::Write as _;

    use super::*;

    fn read_from(content: &[u8]) -> io::Result<String> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(content)?;
        read(file.path()).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn one_trailing_newline_is_dropped_and_more_are_refused() {
        assert_eq!(read_from(b"abc").unwrap(), "abc");
        assert_eq!(read_from(b"abc\n").unwrap(), "abc");
        assert_eq!(read_from(b"abc\r\n").unwrap(), "abc");
        for content in [&b"abc\n\n"[..], b"abc\r\n\r\n", b"abc\r", b"\n\n"] {
            let error = read_from(content).unwrap_err().to_string();
            assert!(error.contains("more than one newline"), "{error}");
        }
        assert_eq!(read_from(b" abc \n").unwrap(), " abc ");
    }

    // U53
    #[test]
    fn a_byte_order_mark_is_dropped_and_another_encoding_is_named() {
        assert_eq!(read_from(b"\xef\xbb\xbfabc\r\n").unwrap(), "abc");
        for (content, encoding) in [
            (&b"\xff\xfea\0b\0\r\0\n\0"[..], "UTF-16LE"),
            (b"a\0b\0c\0", "UTF-16LE"),
            (b"\xfe\xff\0a\0b", "UTF-16BE"),
            (b"\0a\0b\0c", "UTF-16BE"),
            (b"ab\xe9", "UTF-8"),
            (b"ab\0c", "NUL"),
        ] {
            let error = read_from(content).unwrap_err().to_string();
            assert!(error.contains(encoding), "{error}");
        }
    }

    #[test]
    fn an_empty_a_large_and_a_binary_file_are_refused() {
        assert!(read_from(b"\n").is_err());
        assert!(read_from(&[b'a'; 65 * 1024]).is_err());
        assert!(read_from(&[0xff, 0xfe]).is_err());
    }

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
