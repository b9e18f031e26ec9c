//! Texts of the vendors for people: truncated and escaped.

use core::fmt::{self, Write as _};

use crate::text::invisible::is_invisible;

/// The most bytes of a text that are printed; words and ids of the vendors are far shorter.
const MAX_TEXT: usize = 1024;

/// A text that is printed up to 1 KiB, then an ellipsis. `Debug` adds quotation marks and escapes.
pub(crate) struct Truncated<'a>(pub(crate) &'a str);

/// A text that is truncated and whose invisible characters are escaped, such as control characters and bidirectional marks.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

/// A value with texts of the vendor, whose `Debug` form is truncated after 4 KiB.
pub(crate) struct TruncatedDebug<'a, T>(pub(crate) &'a T);

/// The most bytes of such a value that are printed.
const MAX_VALUE: usize = 4 * MAX_TEXT;

impl<T: fmt::Debug> fmt::Debug for TruncatedDebug<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_pretty = f.alternate();
        let mut limited = Limited {
            inner: f,
            left: MAX_VALUE,
        };
        let written = match is_pretty {
            true => write!(limited, "{:#?}", self.0),
            false => write!(limited, "{:?}", self.0),
        };
        match limited.left {
            // The error says that there is more.
            0 if written.is_err() => f.write_char('…'),
            _ => written,
        }
    }
}

/// Writes up to `left` bytes, then fails.
struct Limited<'a, 'f> {
    inner: &'a mut fmt::Formatter<'f>,
    left: usize,
}

impl fmt::Write for Limited<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut ends = (0..=self.left.min(text.len())).rev();
        let end = ends.find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.inner.write_str(text.get(..end).unwrap_or_default())?;
        if end < text.len() {
            self.left = 0;
            return Err(fmt::Error);
        }
        self.left = self.left.saturating_sub(end);
        Ok(())
    }
}

impl<'a> Truncated<'a> {
    /// Returns the start of the text, and whether there is more.
    fn cut(&self) -> (&'a str, bool) {
        let mut ends = (0..=MAX_TEXT.min(self.0.len())).rev();
        let end = ends.find(|end| self.0.is_char_boundary(*end));
        let start = self.0.get(..end.unwrap_or(0)).unwrap_or_default();
        (start, start.len() < self.0.len())
    }
}

impl fmt::Display for Truncated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cut() {
            (text, false) => f.pad(text),
            (text, true) => write!(f, "{text}…"),
        }
    }
}

impl fmt::Debug for Truncated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cut() {
            (text, false) => fmt::Debug::fmt(text, f),
            (text, true) => write!(f, "{text:?}…"),
        }
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, is_cut) = Truncated(self.0).cut();
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~');
        if !is_cut && text.bytes().all(is_plain) {
            return f.pad(text);
        }
        for character in text.chars() {
            match character {
                '"' | '\'' | '\\' => f.write_char(character)?,
                _ if is_invisible(character) => write!(f, "{}", character.escape_unicode())?,
                _ => write!(f, "{}", character.escape_debug())?,
            }
        }
        f.write_str(if is_cut { "…" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use super::{Escaped, MAX_VALUE, Truncated, TruncatedDebug, is_invisible};

    #[test]
    fn short_texts_are_printed_as_they_are() {
        let text = "a\u{202e}\t\u{e4}";
        assert_eq!(Truncated(text).to_string(), text);
        assert_eq!(format!("{:?}", Truncated(text)), "\"a\\u{202e}\\t\u{e4}\"");
        assert_eq!(Escaped(text).to_string(), "a\\u{202e}\\t\u{e4}");
        // Letters and marks without a shape, which Rust takes for printable.
        let text = "a\u{3164}\u{2800}\u{115f}\u{ffa0}";
        let escaped = "a\\u{3164}\\u{2800}\\u{115f}\\u{ffa0}";
        assert_eq!(Escaped(text).to_string(), escaped);
        assert_eq!(
            format!("{:>3}|{:<3}|", Truncated("a"), Escaped("'")),
            "  a|'  |"
        );
    }

    #[test]
    fn values_are_printed_up_to_a_length() {
        for value in [Some("a\u{202e}\"b"), None] {
            assert_eq!(
                format!("{:?}", TruncatedDebug(&value)),
                format!("{value:?}")
            );
            assert_eq!(
                format!("{:#?}", TruncatedDebug(&value)),
                format!("{value:#?}")
            );
        }
        let longest = "x".repeat(MAX_VALUE - 2);
        assert_eq!(
            format!("{:?}", TruncatedDebug(&longest)),
            format!("{longest:?}")
        );
        for long in ["x".repeat(MAX_VALUE - 1), "\u{e4}".repeat(512 * 1024)] {
            let values = [long.as_str(); 3];
            for shown in [
                format!("{:?}", TruncatedDebug(&values)),
                format!("{:#?}", TruncatedDebug(&values)),
            ] {
                let is_cut = shown.ends_with('…') && shown.len() <= MAX_VALUE + '…'.len_utf8();
                assert!(is_cut, "{}", shown.len());
            }
        }
    }

    #[test]
    fn long_texts_are_printed_in_part() {
        let longest = "\u{e4}".repeat(512);
        assert_eq!(Truncated(&longest).to_string(), longest);
        let long = "\u{e4}".repeat(512 * 1024);
        for text in [
            Truncated(&long).to_string(),
            format!("{:?}", Truncated(&long)),
            Escaped(&long).to_string(),
        ] {
            assert!(text.ends_with('…') && text.len() < 1100, "{}", text.len());
        }
    }
    // The core has a rule of its own, because neither crate knows the other.
    #[test]
    fn every_character_that_the_core_hides_is_escaped_and_the_core_hides_every_invisible_one() {
        for character in '\0'..=char::MAX {
            let text = format!("a{character}");
            if !gatelet_transport::is_displayable(character) {
                assert_ne!(Escaped(&text).to_string(), text, "{character:?}");
            } else if is_invisible(character) {
                // The core shows emoji, which end in a variation selector.
                assert!(
                    matches!(character, '\u{fe0e}' | '\u{fe0f}'),
                    "{character:?}"
                );
            }
        }
    }
}
