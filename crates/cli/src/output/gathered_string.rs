//! Strings that serde_json writes in pieces.

use serde_json::ser::CharEscape;

/// Implements the methods of a `Formatter` that gather the pieces of a string in its field `text`.
macro_rules! gather_strings {
    () => {
        fn begin_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
            self.text = Some(String::new());
            Ok(())
        }

        fn write_string_fragment<W: ?Sized + Write>(
            &mut self,
            _: &mut W,
            fragment: &str,
        ) -> io::Result<()> {
            if let Some(text) = &mut self.text {
                *text += fragment;
            }
            Ok(())
        }

        fn write_char_escape<W: ?Sized + Write>(
            &mut self,
            _: &mut W,
            escape: serde_json::ser::CharEscape,
        ) -> io::Result<()> {
            if let Some(text) = &mut self.text {
                text.push($crate::output::gathered_string::unescaped(escape));
            }
            Ok(())
        }
    };
}

pub(crate) use gather_strings;

/// Returns the character that serde_json escapes.
pub(crate) fn unescaped(escape: CharEscape) -> char {
    match escape {
        CharEscape::Quote => '"',
        CharEscape::ReverseSolidus => '\\',
        CharEscape::Solidus => '/',
        CharEscape::Backspace => '\u{8}',
        CharEscape::FormFeed => '\u{c}',
        CharEscape::LineFeed => '\n',
        CharEscape::CarriageReturn => '\r',
        CharEscape::Tab => '\t',
        CharEscape::AsciiControl(byte) => byte.into(),
    }
}
