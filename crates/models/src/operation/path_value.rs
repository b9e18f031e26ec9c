//! Values of path parameters, such as ids and the names of teams: which are valid, and the error of the others.

use core::fmt;

use crate::secret::shape::{contains_object, contains_secret};
use crate::text::invisible::{is_ignorable, is_invisible, is_pasted_along};

/// The longest value of a path parameter, in bytes before encoding.
const LONGEST_VALUE: usize = 1024;

/// A value is not valid in a path. The error names the parameter, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathError {
    /// The parameter's name; empty when there are more values than parameters.
    pub parameter: &'static str,
    /// What is wrong with the value.
    pub kind: PathErrorKind,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self {
                parameter: "",
                kind: PathErrorKind::Count,
            } => f.write_str("more values than the path has parameters"),
            Self { parameter, kind } => write!(f, "{parameter} {kind}"),
        }
    }
}

impl core::error::Error for PathError {}

/// What is wrong with a value for a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathErrorKind {
    /// The value is empty.
    Empty,
    /// The value consists of white space and invisible characters.
    Blank,
    /// The value begins or ends with white space.
    OuterSpace,
    /// The value is `.` or `..`, which servers and proxies resolve as a path segment.
    Dot,
    /// The value contains a control character.
    ControlCharacter,
    /// The value contains an invisible character, such as a zero-width space or a bidirectional mark.
    InvisibleCharacter,
    /// The value contains text in the shape of a secret; see [`contains_secret`](crate::contains_secret).
    Secret,
    /// The value begins with a JSON object or contains one in base64, as the value of a server enrollment token does.
    Object,
    /// The value is longer than 1024 bytes.
    TooLong,
    /// The value is a path of its own beside those of objects, such as `groups`.
    Reserved,
    /// There are more or fewer values than parameters.
    Count,
}

/// Writes the rule that the value breaks, without the parameter's name.
impl fmt::Display for PathErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("must not be empty"),
            Self::Blank => f.write_str("must not be blank"),
            Self::OuterSpace => f.write_str("must not begin or end with white space"),
            Self::Dot => f.write_str("must not be `.` or `..`"),
            Self::ControlCharacter => f.write_str("must not contain control characters"),
            Self::InvisibleCharacter => f.write_str("must not contain invisible characters"),
            Self::Secret => f.write_str(
                "must not contain a token with its secret part; the id of a token ends before it",
            ),
            Self::Object => f.write_str(
                "must not contain a JSON object or the base64 of one, as the secret value of an enrollment token does",
            ),
            Self::TooLong => write!(f, "must not be longer than {LONGEST_VALUE} bytes"),
            Self::Reserved => f.write_str("must not be the path of another operation"),
            Self::Count => f.write_str("has no value"),
        }
    }
}

/// Checks that a value is valid in a path and as an id.
///
/// A server responds to the deletion of a mistyped id as if the object had been deleted before, so an invalid id must not be sent.
pub(super) fn check(value: &str) -> Result<(), PathErrorKind> {
    match value {
        "" => Err(PathErrorKind::Empty),
        "." | ".." => Err(PathErrorKind::Dot),
        _ if value.len() > LONGEST_VALUE => Err(PathErrorKind::TooLong),
        _ if value.chars().all(is_blank) => Err(PathErrorKind::Blank),
        _ if value.chars().any(char::is_control) => Err(PathErrorKind::ControlCharacter),
        _ if value.starts_with(char::is_whitespace) || value.ends_with(char::is_whitespace) => {
            Err(PathErrorKind::OuterSpace)
        }
        _ if value.chars().any(is_pasted_along)
            || value.starts_with(is_padding)
            || value.ends_with(is_padding) =>
        {
            Err(PathErrorKind::InvisibleCharacter)
        }
        _ if contains_secret(value) => Err(PathErrorKind::Secret),
        _ if contains_object(value) => Err(PathErrorKind::Object),
        _ => Ok(()),
    }
}

/// Returns whether a character is blank.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// Returns whether a character has no meaning before or after a word. Emoji may end with a variation selector or tag.
fn is_padding(c: char) -> bool {
    is_ignorable(c) && !matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    // U18
    #[test]
    fn a_blank_value_is_refused() {
        let spaces = (0..=0x10_ffff)
            .filter_map(char::from_u32)
            .filter(|c| c.is_whitespace());
        for blank in spaces.chain("\u{200b}\u{200d}\u{2060}\u{feff}\u{ad}\u{3164}\u{2800}".chars())
        {
            for value in [
                format!("{blank}"),
                format!("{blank}{blank}"),
                format!(" {blank}\u{200b}"),
            ] {
                assert_eq!(check(&value), Err(PathErrorKind::Blank), "{value:?}");
            }
        }
        for value in [" ", "\u{a0}", "\t", "\t\t ", "\r\n"] {
            assert_eq!(check(value), Err(PathErrorKind::Blank), "{value:?}");
        }
    }

    // U18
    #[test]
    fn a_value_with_what_was_pasted_along_is_refused() {
        for (value, kind) in [
            (" a", PathErrorKind::OuterSpace),
            ("a ", PathErrorKind::OuterSpace),
            ("a\u{a0}", PathErrorKind::OuterSpace),
            ("\u{3000}a", PathErrorKind::OuterSpace),
            ("a\n", PathErrorKind::ControlCharacter),
            ("\ta", PathErrorKind::ControlCharacter),
            ("\u{feff}a", PathErrorKind::InvisibleCharacter),
            ("a\u{200b}b", PathErrorKind::InvisibleCharacter),
            ("a\u{202e}b", PathErrorKind::InvisibleCharacter),
            ("a\u{2028}b", PathErrorKind::InvisibleCharacter),
            ("a\u{200d}", PathErrorKind::InvisibleCharacter),
            ("\u{200c}a", PathErrorKind::InvisibleCharacter),
            ("a\u{180e}", PathErrorKind::InvisibleCharacter),
            ("\u{3164}a", PathErrorKind::InvisibleCharacter),
            ("\u{fff9}", PathErrorKind::Blank),
        ] {
            assert_eq!(check(value), Err(kind), "{value:?}");
        }
        for value in [
            "a b",
            "a\u{a0}b",
            "\u{fc}",
            "100%",
            "%20",
            "\u{1f469}\u{200d}\u{1f4bb}",
            "\u{2764}\u{fe0f}",
            "\u{915}\u{94d}\u{200d}\u{937}",
        ] {
            assert_eq!(check(value), Ok(()), "{value:?}");
        }
    }

    // U54
    #[test]
    fn a_value_that_contains_a_whole_token_is_refused() {
        for value in [
            "dt0c01.PUBLIC.SECRET",
            "token dt0c01.PUBLIC.SECRET",
            "\"dt0g02.PUBLIC.SECRET\"",
            "dt0c01%2EPUBLIC%2ESECRET",
            "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln",
        ] {
            assert_eq!(check(value), Err(PathErrorKind::Secret), "{value}");
        }
        assert_eq!(check("dt0g02.4KWZO5EF"), Ok(()));
    }

    // U54
    #[test]
    fn the_value_of_an_enrollment_token_is_refused() {
        for value in [
            r#"{"at":"0123"}"#,
            "eyJzIjoiMDEyMzQ1Njc4OWFiY2RlZiIsInUiOiIvdjEifQ==",
        ] {
            assert_eq!(check(value), Err(PathErrorKind::Object), "{value}");
        }
        assert_eq!(check("0b2f9b8e-4c0f-4a5e-8a53-0a9e6d2f7c44"), Ok(()));
    }
}
