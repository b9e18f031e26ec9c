//! The characters that a description may contain.

/// Returns whether a character is visible, or a plain space.
///
/// The others could hide text, reverse its direction or break its lines: controls, tabs, bidirectional marks,
/// spaces of other widths, line separators, and marks that combine with the character before. The libraries show foreign texts and
/// so accept more.
pub(crate) fn is_visible(c: char) -> bool {
    match c {
        ' ' => true,
        c if c.is_ascii() => c.is_ascii_graphic(),
        // Rust escapes what is not printable, from the tables of Unicode.
        c => c.escape_debug().len() == 1,
    }
}

/// Returns the code point of a character, such as `U+202E`.
pub(crate) fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_escaped() {
        for c in ['a', '~', ' ', 'é', 'ß', '…', '“', '→', '語'] {
            assert!(is_visible(c), "{c}");
        }
        for c in [
            '\0',
            '\t',
            '\n',
            '\r',
            '\u{7f}',
            '\u{85}',
            '\u{a0}',
            '\u{ad}',
            '\u{301}',
            '\u{61c}',
            '\u{200b}',
            '\u{200e}',
            '\u{2028}',
            '\u{202e}',
            '\u{2066}',
            '\u{3000}',
            '\u{e000}',
            '\u{feff}',
            '\u{fff9}',
            '\u{e0041}',
        ] {
            assert!(!is_visible(c), "{}", code_point(c));
        }
    }
}
