//! Parses raw JSON text, so that no digit of a number is lost.

use alloc::{boxed::Box, string::String, vec::Vec};

use super::limits::Limits;
use super::number::Number;
use super::value::Json;

/// Parses a value; returns `None` if the text is not JSON. Once a limit is exceeded, the result is meaningless.
pub(super) fn parse(text: &str, limits: &mut Limits) -> Option<Json> {
    let mut parser = Parser { rest: text, limits };
    let value = parser.value()?;
    let is_whole = parser.limits.is_exceeded || parser.token().is_none();
    is_whole.then_some(value)
}

struct Parser<'a, 'l> {
    rest: &'a str,
    limits: &'l mut Limits,
}

impl<'a> Parser<'a, '_> {
    /// Skips white space and returns the first character of the next token.
    fn token(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.chars().next()
    }

    /// Skips a text if it comes next.
    fn skip(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    /// Parses a value; null stands for a value beyond the limits.
    fn value(&mut self) -> Option<Json> {
        match self.token()? {
            '"' => {
                let text = self.text()?;
                let is_kept = self.limits.take_text(&text);
                Some(if is_kept {
                    Json::Text(text)
                } else {
                    Json::Null
                })
            }
            '[' => self.list(),
            '{' => self.object(),
            '-' | '0'..='9' => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Option<Json> {
        for (word, value) in [
            ("null", Json::Null),
            ("true", Json::Boolean(true)),
            ("false", Json::Boolean(false)),
        ] {
            if self.skip(word).is_some() {
                self.limits.take_word(word.len());
                return Some(value);
            }
        }
        None
    }

    fn number(&mut self) -> Option<Json> {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let length = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        let is_kept = self.limits.take_word(length);
        Some(if is_kept {
            Json::Number(Number::from_text(digits))
        } else {
            Json::Null
        })
    }

    fn list(&mut self) -> Option<Json> {
        self.skip("[")?;
        if !self.limits.open() {
            return Some(Json::Null);
        }
        let mut items = Vec::new();
        if self.token()? != ']' {
            loop {
                items.push(self.value()?);
                if self.limits.is_exceeded {
                    return Some(Json::Null);
                }
                if self.token()? != ',' {
                    break;
                }
                self.skip(",")?;
            }
        }
        self.skip("]")?;
        self.limits.close();
        Some(Json::List(items))
    }

    fn object(&mut self) -> Option<Json> {
        self.skip("{")?;
        if !self.limits.open() {
            return Some(Json::Null);
        }
        let mut members = Vec::new();
        if self.token()? != '}' {
            loop {
                self.token()?;
                let name = self.text()?;
                if !self.limits.take_text(&name) {
                    return Some(Json::Null);
                }
                self.token()?;
                self.skip(":")?;
                members.push((name, self.value()?));
                if self.limits.is_exceeded {
                    return Some(Json::Null);
                }
                if self.token()? != ',' {
                    break;
                }
                self.skip(",")?;
            }
        }
        self.skip("}")?;
        self.limits.close();
        Some(Json::Object(members))
    }

    /// Parses a string with its quotes.
    fn text(&mut self) -> Option<Box<str>> {
        self.skip("\"")?;
        // Most texts have no escape: they are copied once.
        let (plain, rest) = self.rest.split_at_checked(self.rest.find(['"', '\\'])?)?;
        if let Some(rest) = rest.strip_prefix('"') {
            self.rest = rest;
            return Some(plain.into());
        }
        let mut text = String::new();
        loop {
            let end = self.rest.find(['"', '\\'])?;
            let (plain, rest) = self.rest.split_at_checked(end)?;
            text.push_str(plain);
            self.rest = rest;
            if self.skip("\"").is_some() {
                return Some(text.into());
            }
            self.skip("\\")?;
            text.push(self.escape()?);
        }
    }

    /// Parses the escape after a backslash.
    fn escape(&mut self) -> Option<char> {
        let letter = self.rest.chars().next()?;
        self.rest = self.rest.get(letter.len_utf8()..)?;
        Some(match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.unit()?;
                if let Some(character) = char::from_u32(first.into()) {
                    return Some(character);
                }
                self.skip("\\u")?;
                let both = char::decode_utf16([first, self.unit()?]).next();
                both?.ok()?
            }
            _ => return None,
        })
    }

    /// Parses four hexadecimal digits.
    fn unit(&mut self) -> Option<u16> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        if digits.starts_with('+') {
            return None;
        }
        self.rest = rest;
        u16::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn read(text: &str) -> Option<Json> {
        let mut limits = Limits::new(64, 1 << 16);
        parse(text, &mut limits).filter(|_| !limits.is_exceeded())
    }

    #[test]
    fn every_kind_of_value_is_read() {
        for text in [
            r#"{"a":[1,-2,0.5,true,false,null,[],{}],"":"","a":"twice"}"#,
            "[[[]]]",
            r#""\"\\\u0000é""#,
            "12345678901234567890123",
        ] {
            assert_eq!(read(text).expect(text).to_string(), text);
        }
        assert_eq!(
            read(" [ 1 , {\"\\ud834\\udd1e\\n\" : \"\\/\\u00e9\" } ]\r\n")
                .expect("JSON")
                .to_string(),
            "[1,{\"\u{1d11e}\\u000a\":\"/\u{e9}\"}]"
        );
    }

    #[test]
    fn invalid_json_is_none() {
        for text in [
            "",
            "[",
            "[1",
            "[1,]",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "nul",
            "\"",
            r#""\ud800""#,
            r#""\udc00\ud800""#,
            r#""\x""#,
            r#""\u+123""#,
            "1 2",
            "]",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_document_beyond_a_limit_is_refused() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(64)).is_some());
        assert!(read(&nested(65)).is_none());
        let deep = nested(100_000);
        let mut limits = Limits::new(64, 1 << 16);
        let _ = parse(&deep, &mut limits);
        assert!(limits.is_exceeded());
        let text = |length| alloc::format!("\"{}\"", "x".repeat(length));
        assert!(read(&text((1 << 16) - 3)).is_some());
        assert!(read(&text((1 << 16) - 2)).is_none());
        assert!(read(&alloc::format!("[{}0]", "0,".repeat(1 << 16))).is_none());
    }
}
