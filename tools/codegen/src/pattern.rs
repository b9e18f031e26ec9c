//! Checks that a `pattern` is a regular expression.
//!
//! JSON Schema uses the dialect of ECMA-262, which allows more than that of `regex`, such as `(?=…)` and `\1`. So only an error
//! in both dialects is reported.

use regex_syntax::ast::{ErrorKind, parse::Parser};

/// Returns the error of a pattern that is invalid in both dialects, with the character, counted from 1.
pub(crate) fn find_error(pattern: &str) -> Option<String> {
    // ECMA-262 has empty classes but no nested ones.
    if ["[]", "[^]", "[["].iter().any(|it| pattern.contains(it)) {
        return None;
    }
    let error = Parser::new().parse(pattern).err()?;
    let start = error.span().start;
    let rest = pattern.get(start.offset..).unwrap_or_default();
    let is_mistake = match error.kind() {
        ErrorKind::ClassRangeInvalid
        | ErrorKind::EscapeUnexpectedEof
        | ErrorKind::GroupUnclosed
        | ErrorKind::GroupUnopened
        | ErrorKind::RepetitionCountInvalid => true,
        ErrorKind::ClassUnclosed => !rest.contains(']'),
        // Many engines accept a lone `{` as a literal.
        ErrorKind::RepetitionMissing => rest.starts_with(['*', '+', '?']),
        _ => false,
    };
    is_mistake.then(|| format!("{} at character {}", error.kind(), start.column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_outside_of_ecma_262_is_an_error() {
        for (pattern, expected) in [
            ("^(a", "unclosed group at character 2"),
            ("a)", "unopened group at character 2"),
            ("é[a", "unclosed character class at character 2"),
            (
                "[z-a]",
                "invalid character class range, the start must be <= the end at character 2",
            ),
            (
                "a{2,1}",
                "invalid repetition count range, the start must be <= the end at character 2",
            ),
            (
                "a|*",
                "repetition operator missing expression at character 3",
            ),
            (
                r"a\",
                "incomplete escape sequence, reached end of pattern prematurely at character 2",
            ),
        ] {
            assert_eq!(find_error(pattern).as_deref(), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_that_only_rust_rejects_is_accepted() {
        for pattern in [
            r"^[\w\-_.]+$",
            "^(?=.*a)(?!b).+$",
            r"(a)\1",
            "(?<year>[0-9]{4})",
            r"\cJ\/\u0041",
            "[]",
            "([^])",
            "[a[]",
            "[[]",
            "{",
            "a{b}",
        ] {
            assert_eq!(find_error(pattern), None, "{pattern}");
        }
    }
}
