//! Makes foreign texts safe to display.

use std::fmt::{self, Write as _};

/// The maximum number of displayed characters.
const MAX_CHARACTERS: usize = 300;

/// A foreign text on one line of bounded length: unquoted in `Display`, quoted in `Debug`.
///
/// Characters that hide text, change its direction or control a terminal are escaped, such as `\u{202e}`; line breaks
/// become spaces.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, character) in self.0.chars().enumerate() {
            if count == MAX_CHARACTERS {
                return f.write_char('…');
            }
            if matches!(character, '\n' | '\r') {
                f.write_char(' ')?;
            } else if is_displayable(character) {
                f.write_char(character)?;
            } else if character.is_control() {
                write!(f, "{}", character.escape_debug())?;
            } else {
                write!(f, "{}", character.escape_unicode())?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(MAX_CHARACTERS) {
            Some((end, _)) => write!(f, "{:?}…", self.0.get(..end).unwrap_or_default()),
            None => write!(f, "{:?}", self.0),
        }
    }
}

/// Returns whether a text consists of visible characters and line breaks.
pub(crate) fn is_all_visible(text: &str) -> bool {
    text.chars()
        .all(|character| character == '\n' || is_displayable(character))
}

/// Returns whether a character is visible: a printable character, a space that does not break the line, or a combining mark.
///
/// Any other could hide text, reverse its direction, break the line or control a terminal, so escape it before you show a
/// server's text.
///
/// ```
/// use gatelet_transport::is_displayable;
///
/// assert!("e\u{301} 語".chars().all(is_displayable));
/// assert!(!"\n\u{1b}\u{202e}\u{200b}".chars().any(is_displayable));
/// ```
#[must_use]
pub fn is_displayable(character: char) -> bool {
    match character {
        ' '..='~' => true,
        // Other spaces end no line.
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => true,
        // Letters and marks without a glyph.
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' => {
            false
        }
        '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0d}'
        | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}' => false,
        // The standard library knows what is printable; a combining mark is, after a letter.
        character => {
            let mut pair = [b'a'; 5];
            let length = character.len_utf8();
            let (_, place) = pair.split_at_mut(1);
            character.encode_utf8(place);
            let pair = pair.get(..=length).unwrap_or_default();
            str::from_utf8(pair).is_ok_and(|pair| pair.escape_debug().count() == 2)
        }
    }
}

/// Returns the start of a text, at most this many bytes.
pub(crate) fn truncated(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Escaped, truncated};

    #[test]
    fn invisible_characters_are_escaped() {
        for (text, expected) in [
            ("a\tb\r\nc\u{b}", "a\\tb  c\\u{b}"),
            ("\u{1b}[31m\u{9b}\u{7f}\0", "\\u{1b}[31m\\u{9b}\\u{7f}\\0"),
            (
                "\u{202e}\u{2066}\u{200e}\u{200f}\u{61c}",
                "\\u{202e}\\u{2066}\\u{200e}\\u{200f}\\u{61c}",
            ),
            ("\u{2028}\u{2029}\u{85}", "\\u{2028}\\u{2029}\\u{85}"),
            (
                "\u{200b}\u{200d}\u{feff}\u{2060}\u{ad}",
                "\\u{200b}\\u{200d}\\u{feff}\\u{2060}\\u{ad}",
            ),
            (
                "\u{e0041}\u{e0101}\u{3164}\u{fe01}",
                "\\u{e0041}\\u{e0101}\\u{3164}\\u{fe01}",
            ),
            ("\u{e000}\u{fff9}", "\\u{e000}\\u{fff9}"),
        ] {
            assert_eq!(Escaped(text).to_string(), expected);
        }
        for seen in [
            "plain 'text' \"x\" \\",
            "ü e\u{301} 語\u{3000}語 €…",
            "\u{2764}\u{fe0f}\u{1f600}",
            "हिन्दी",
        ] {
            assert_eq!(Escaped(seen).to_string(), seen);
        }
    }

    #[test]
    fn a_long_text_is_truncated_between_characters() {
        let long = "ä".repeat(2 * 1024 * 1024);
        let (shown, debug) = (Escaped(&long).to_string(), format!("{:?}", Escaped(&long)));
        assert_eq!((shown.chars().count(), debug.chars().count()), (301, 303));
        assert_eq!(
            (truncated(&long, 5), truncated("ab", 5), truncated("", 0)),
            ("ää", "ab", "")
        );
    }
}
