//! A fast path for plain JSON, which is what servers nearly always send.
//!
//! It reads neither fractions nor numbers of more than 18 digits, and reports no reasons: whatever it rejects is decoded
//! again by `serde_json`, which decides. So the only requirement is that what it accepts is JSON and means the same.

use std::fmt::{self, Display};

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer};
use serde::de::{
    Deserialize as _, DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny,
    IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// Decodes a whole text, or returns `None`.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: DEPTH,
    };
    let value = T::deserialize(&mut reader).ok()?;
    match reader.peek() {
        None => Some(value),
        Some(_) => None,
    }
}

/// The name by which a type requests the raw text of its value, which is passed as an object with this one key; see
/// `serde_json::value::RawValue`.
const RAW: &str = "$serde_json::private::RawValue";

/// The maximum nesting depth; `serde_json` allows more.
const DEPTH: u8 = 64;

/// The text is not plain, or does not fit: `serde_json` decides.
#[derive(Debug)]
struct Fallback;

impl Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not plain")
    }
}

impl std::error::Error for Fallback {}

impl Error for Fallback {
    #[cold]
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

struct Reader<'de> {
    text: &'de str,
    /// The number of bytes read.
    at: usize,
    /// The remaining nesting depth.
    depth: u8,
}

impl<'de> Reader<'de> {
    /// Returns the first byte of the next token.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Consumes the next token, which must be this byte.
    #[inline]
    fn expect_token(&mut self, token: u8) -> Result<(), Fallback> {
        if self.peek() != Some(token) {
            return Err(Fallback);
        }
        self.at += 1;
        Ok(())
    }

    /// Reads the text up to its closing quote; `None` if it contains an escape.
    #[inline]
    fn string(&mut self) -> Option<&'de str> {
        let (start, end) = (self.at, self.end()?);
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        self.text.get(start..end)
    }

    /// Reads a text with escapes.
    #[cold]
    fn unescaped(&mut self) -> Result<String, Fallback> {
        let mut text = String::new();
        loop {
            let end = self.end().ok_or(Fallback)?;
            text.push_str(self.text.get(self.at..end).ok_or(Fallback)?);
            self.at = end + 1;
            match self.text.as_bytes().get(end) {
                Some(b'"') => return Ok(text),
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(Fallback),
            }
        }
    }

    /// Returns where the text ends: at a quote, a backslash or a control character.
    #[inline]
    fn end(&self) -> Option<usize> {
        let mut end = self.at;
        let mut rest = self.text.as_bytes().get(end..)?;
        while let Some((eight, after)) = rest.split_first_chunk() {
            let ends = text_end(u64::from_le_bytes(*eight));
            if ends != 0 {
                // The lowest bit belongs to the first such byte.
                return Some(end + ends.trailing_zeros() as usize / 8);
            }
            end += 8;
            rest = after;
        }
        Some(end + rest.iter().position(|byte| ends_text(*byte))?)
    }

    /// Reads the escape after a backslash.
    fn escape(&mut self) -> Result<char, Fallback> {
        let letter = self.text.as_bytes().get(self.at).ok_or(Fallback)?;
        self.at += 1;
        match letter {
            b'"' | b'\\' | b'/' => Ok(char::from(*letter)),
            b'b' => Ok('\u{8}'),
            b'f' => Ok('\u{c}'),
            b'n' => Ok('\n'),
            b'r' => Ok('\r'),
            b't' => Ok('\t'),
            b'u' => {
                let first = self.code_unit()?;
                if let Some(character) = char::from_u32(first.into()) {
                    return Ok(character);
                }
                // A high surrogate; the low one follows.
                self.literal("\\u")?;
                let both = char::decode_utf16([first, self.code_unit()?]).next();
                both.and_then(Result::ok).ok_or(Fallback)
            }
            _ => Err(Fallback),
        }
    }

    /// Reads four hexadecimal digits.
    fn code_unit(&mut self) -> Result<u16, Fallback> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Fallback)?;
        if digits.starts_with('+') {
            return Err(Fallback);
        }
        self.at += 4;
        u16::from_str_radix(digits, 16).map_err(|_| Fallback)
    }

    /// Reads an integer of at most 18 digits: whether it is negative, and its digits.
    #[inline]
    fn integer(&mut self) -> Result<(bool, u64), Fallback> {
        let is_negative = self.text.as_bytes().get(self.at) == Some(&b'-');
        self.at += usize::from(is_negative);
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let mut value = 0;
        let mut length = 0;
        while let Some(digit @ b'0'..=b'9') = rest.get(length) {
            length += 1;
            if length > 18 {
                return Err(Fallback);
            }
            value = value * 10 + u64::from(digit - b'0');
        }
        let has_leading_zero = length > 1 && rest.first() == Some(&b'0');
        // -0 is not an integer. A fraction or an exponent fails at the next token.
        if length == 0 || has_leading_zero || is_negative && value == 0 {
            return Err(Fallback);
        }
        self.at += length;
        Ok((is_negative, value))
    }

    #[inline]
    fn literal(&mut self, word: &str) -> Result<(), Fallback> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(Fallback);
        }
        self.at += word.len();
        Ok(())
    }

    /// Reads the content of brackets; unread content must be their end.
    #[inline]
    fn delimited<T>(
        &mut self,
        close: u8,
        read: impl FnOnce(&mut Container<'_, 'de>) -> Result<T, Fallback>,
    ) -> Result<T, Fallback> {
        self.at += 1;
        self.depth = self.depth.checked_sub(1).ok_or(Fallback)?;
        let mut container = Container {
            reader: self,
            close,
            is_first: true,
            is_closed: false,
        };
        let value = read(&mut container)?;
        // A reader that knows the length does not ask for the end.
        if !container.is_closed {
            self.expect_token(close)?;
        }
        self.depth += 1;
        Ok(value)
    }
}

/// Repeats a byte eight times.
const fn splat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Sets the high bit of the first of eight bytes that ends plain text; higher bits mean nothing.
#[inline]
const fn text_end(eight: u64) -> u64 {
    const fn below(bytes: u64, limit: u8) -> u64 {
        bytes.wrapping_sub(splat(limit)) & !bytes
    }
    let controls = below(eight, b' ');
    let quotes = below(eight ^ splat(b'"'), 1);
    let backslashes = below(eight ^ splat(b'\\'), 1);
    (controls | quotes | backslashes) & splat(0x80)
}

#[inline]
const fn ends_text(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Fallback;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fallback> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                match self.string() {
                    Some(text) => visitor.visit_borrowed_str(text),
                    None => visitor.visit_string(self.unescaped()?),
                }
            }
            Some(b'{') => self.delimited(b'}', |container| visitor.visit_map(container)),
            Some(b'[') => self.delimited(b']', |container| visitor.visit_seq(container)),
            Some(b'-' | b'0'..=b'9') => match self.integer()? {
                (false, value) => visitor.visit_u64(value),
                // 18 digits fit.
                (true, value) => visitor.visit_i64(-value.cast_signed()),
            },
            Some(b't') => {
                self.literal("true")?;
                visitor.visit_bool(true)
            }
            Some(b'f') => {
                self.literal("false")?;
                visitor.visit_bool(false)
            }
            Some(b'n') => {
                self.literal("null")?;
                visitor.visit_unit()
            }
            _ => Err(Fallback),
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fallback> {
        if self.peek() != Some(b'n') {
            return visitor.visit_some(self);
        }
        self.literal("null")?;
        visitor.visit_none()
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fallback> {
        if name != RAW {
            return visitor.visit_newtype_struct(self);
        }
        // Without leading white space, like `serde_json`.
        self.peek();
        let start = self.at;
        IgnoredAny::deserialize(&mut *self)?;
        let text = self.text.get(start..self.at).ok_or(Fallback)?;
        let text = BorrowedStrDeserializer::new(text);
        visitor.visit_map(MapDeserializer::new(std::iter::once((RAW, text))))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct enum identifier ignored_any
    }
}

/// An open array or object.
struct Container<'a, 'de> {
    reader: &'a mut Reader<'de>,
    close: u8,
    is_first: bool,
    is_closed: bool,
}

impl Container<'_, '_> {
    /// Returns whether another element or member follows.
    #[inline]
    fn has_next(&mut self) -> Result<bool, Fallback> {
        let token = self.reader.peek();
        if token == Some(self.close) {
            self.reader.at += 1;
            self.is_closed = true;
            return Ok(false);
        }
        if self.is_first {
            self.is_first = false;
        } else if token == Some(b',') {
            self.reader.at += 1;
        } else {
            return Err(Fallback);
        }
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for &mut Container<'_, 'de> {
    type Error = Fallback;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fallback> {
        match self.has_next()? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }
}

impl<'de> MapAccess<'de> for &mut Container<'_, 'de> {
    type Error = Fallback;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fallback> {
        if !self.has_next()? {
            return Ok(None);
        }
        self.reader.expect_token(b'"')?;
        let key = match self.reader.string() {
            Some(key) => seed.deserialize(BorrowedStrDeserializer::new(key)),
            None => seed.deserialize(self.reader.unescaped()?.into_deserializer()),
        };
        key.map(Some)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fallback> {
        self.reader.expect_token(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::read;

    /// All kinds of tokens, in many lengths.
    const PLAIN: &str = r#" { "a" : "", "list":[1,-20,0,123456789012345678,true,false,null,[],{}], "é":"0123456","ab":"12345678 ∅",
        "abcdefghijk" : { "x":"\"\\\/\b\f\n\r\t-\u00e9\uFfFd\ud834\udd1e." , "seven\u0000":"1234567"},"z":-7}  "#;

    /// Whatever is accepted is JSON and means what `serde_json` says.
    fn is_sound(text: &str) -> bool {
        let Some(read) = read::<Value>(text) else {
            return true;
        };
        serde_json::from_str::<Value>(text).is_ok_and(|value| value == read)
    }

    #[test]
    fn plain_json_is_accepted_and_means_the_same() {
        assert!(read::<Value>(PLAIN).is_some() && is_sound(PLAIN));
        for text in ["1", "-1", "\"a\"", "null", " [ ] ", "{}"] {
            assert!(read::<Value>(text).is_some() && is_sound(text), "{text}");
        }
    }

    #[test]
    fn invalid_json_is_rejected_whatever_one_character_becomes() {
        for (at, old) in PLAIN.char_indices() {
            let (before, after) = (&PLAIN[..at], &PLAIN[at + old.len_utf8()..]);
            assert!(is_sound(before), "cut at {at}");
            for new in (0..=0x80).map(char::from).chain(['é', '∅', '\u{feff}']) {
                let changed = format!("{before}{new}{after}");
                assert!(is_sound(&changed), "{new:?} at {at}");
                let inserted = format!("{before}{new}{old}{after}");
                assert!(is_sound(&inserted), "{new:?} before {at}");
            }
            assert!(is_sound(&format!("{before}{after}")), "without {at}");
        }
    }

    #[test]
    fn a_string_ends_at_its_first_quote() {
        for length in 0..20 {
            for at in 0..=length {
                for end in ['"', '\\', '\u{1f}', '\0', '\n'] {
                    let text = format!("[\"{}{end}{}\"]", "é".repeat(at), "x".repeat(length - at));
                    assert!(is_sound(&text), "{text:?}");
                    assert!(read::<Value>(&text).is_none(), "{text:?}");
                }
            }
            let text = format!("[\"{}\"]", "\u{7f}\u{80}".repeat(length));
            assert!(
                is_sound(&text) && read::<Value>(&text).is_some(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn other_json_is_left_to_serde_json() {
        for text in [
            "1.5",
            "1e3",
            "-0",
            "1234567890123456789",
            &("[".repeat(65) + &"]".repeat(65)),
        ] {
            assert!(read::<Value>(text).is_none(), "{text}");
            assert!(
                crate::wire::json::decode::<Value>(text.as_bytes()).is_ok(),
                "{text}"
            );
        }
        assert!(read::<Value>(&("[".repeat(64) + &"]".repeat(64))).is_some());
    }

    #[test]
    fn a_raw_value_is_unchanged() {
        type Texts = std::collections::BTreeMap<String, Box<serde_json::value::RawValue>>;
        let text = r#"{ "a" :  [1, "\u00e9" , {}] , "b":-7,"c" : null }"#;
        let read = read::<Texts>(text).unwrap();
        let texts: Vec<&str> = read.values().map(|it| it.get()).collect();
        assert_eq!(texts, [r#"[1, "\u00e9" , {}]"#, "-7", "null"]);
        for text in [r#"{"a":[1,]}"#, r#"{"a":}"#, r#"{"a":"\ud800"}"#] {
            assert!(super::read::<Texts>(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_partly_read_value_is_rejected() {
        assert_eq!(read::<(u8,)>("[1]"), Some((1,)));
        for text in ["[1,2]", "[1", "[]"] {
            assert_eq!(read::<(u8,)>(text), None, "{text}");
        }
    }

    #[test]
    fn enums_and_numeric_keys_still_decode() {
        // Enums, and numbers as keys, are left to `serde_json`.
        type Levels = std::collections::BTreeMap<u8, Result<u8, String>>;
        let levels: Levels =
            crate::wire::json::decode(br#"{"1":{"Ok":3},"2":{"Err":"off"}}"#).unwrap();
        assert_eq!(levels, Levels::from([(1, Ok(3)), (2, Err("off".into()))]));
        assert_eq!(read::<Option<u8>>("null"), Some(None));
        assert_eq!(read::<Option<u8>>("3"), Some(Some(3)));
        assert_eq!(read::<f64>("3"), Some(3.0));
    }
}
