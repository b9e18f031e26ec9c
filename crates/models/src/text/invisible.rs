//! Invisible characters. A test of `text::display` compares them with those that `gatelet-transport` hides.

/// Returns whether a character has no glyph and no width of its own.
pub(crate) fn is_invisible(c: char) -> bool {
    is_pasted_along(c) || is_ignorable(c)
}

/// Returns whether a character belongs to no word and is copied along with text from web pages and documents.
pub(crate) fn is_pasted_along(c: char) -> bool {
    matches!(
        c,
        // The soft hyphen, the zero-width space, the word joiner, the byte order mark.
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}'
        // Bidirectional marks, and the line and paragraph separators.
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Returns whether a character is invisible, but may have a meaning within a word: Unicode's `Default_Ignorable_Code_Point`, the marks of
/// annotations, and the blank of Braille.
pub(crate) fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200c}'..='\u{200d}'
            | '\u{2061}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
