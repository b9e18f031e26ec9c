//! YAML in block style, which parsers of YAML 1.1 and 1.2 read alike.

use std::fmt::Display;
use std::io::{self, Write};
use std::mem;

use gatelet_transport::is_displayable;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::output::gathered_string::gather_strings;
use crate::output::row::Row;
use crate::output::writer::Writer;
use crate::redaction::Redactor;

/// Writes a document.
pub(crate) fn write(
    value: &impl Serialize,
    redactor: &Redactor,
    sink: &mut dyn Write,
) -> io::Result<()> {
    let mut yaml = Vec::new();
    value.serialize(&mut Serializer::with_formatter(
        &mut yaml,
        Block::new(redactor),
    ))?;
    yaml.push(b'\n');
    sink.write_all(&yaml)
}

/// A sequence of block style.
pub(crate) struct Sequence {
    has_items: bool,
    redactor: Redactor,
}

impl Sequence {
    pub(crate) fn new(redactor: Redactor) -> Self {
        Self {
            has_items: false,
            redactor,
        }
    }
}

impl<T: Serialize> Writer<T> for Sequence {
    fn write(&mut self, rows: &[Row<T>], sink: &mut dyn Write) -> io::Result<()> {
        for row in rows {
            self.has_items = true;
            let mut yaml = b"- ".to_vec();
            let block = Block {
                depth: 1,
                ..Block::new(&self.redactor)
            };
            row.serialize(&mut Serializer::with_formatter(&mut yaml, block))?;
            yaml.push(b'\n');
            sink.write_all(&yaml)?;
        }
        Ok(())
    }

    fn finish(&mut self, sink: &mut dyn Write) -> io::Result<()> {
        match self.has_items {
            true => Ok(()),
            false => writeln!(sink, "[]"),
        }
    }
}

/// The layout of a document, as serde_json calls it for the parts of a value.
struct Block<'a> {
    redactor: &'a Redactor,
    /// The number of collections around the current value.
    depth: usize,
    /// What the next value follows.
    after: After,
    /// Whether the current collection has a value.
    has_value: bool,
    /// The text of the string that is being written.
    text: Option<String>,
    /// Whether a key is being written.
    is_key: bool,
    /// Whether the last key has the form for long ones.
    is_long_key: bool,
}

/// What a value follows.
#[derive(Clone, Copy, Default, PartialEq)]
enum After {
    /// Nothing, or the dash of a sequence: a collection begins on the same line.
    #[default]
    Dash,
    /// A key with its colon: a collection begins on the next line.
    Key,
}

impl<'a> Block<'a> {
    fn new(redactor: &'a Redactor) -> Self {
        Self {
            redactor,
            depth: 0,
            after: After::default(),
            has_value: false,
            text: None,
            is_key: false,
            is_long_key: false,
        }
    }

    /// Begins the line of an entry.
    fn begin_entry<W: ?Sized + Write>(&mut self, writer: &mut W, is_first: bool) -> io::Result<()> {
        if is_first && self.after == After::Dash {
            return Ok(());
        }
        let indent = self.depth.saturating_sub(1).saturating_mul(2);
        write!(writer, "\n{:indent$}", "")
    }

    fn begin_collection(&mut self) {
        self.depth = self.depth.saturating_add(1);
        self.has_value = false;
    }

    fn end_collection<W: ?Sized + Write>(&mut self, writer: &mut W, empty: &str) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        match mem::replace(&mut self.has_value, true) {
            true => Ok(()),
            false => self.write_scalar(writer, empty),
        }
    }

    fn write_scalar<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        value: impl Display,
    ) -> io::Result<()> {
        match (&mut self.text, self.after) {
            // A number as a key.
            (Some(text), _) => {
                *text += &value.to_string();
                Ok(())
            }
            (None, After::Dash) => write!(writer, "{value}"),
            (None, After::Key) => write!(writer, " {value}"),
        }
    }
}

/// Implements the methods that write a number.
macro_rules! numbers {
    ($($name:ident: $kind:ty),*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W, value: $kind) -> io::Result<()> {
            self.write_scalar(writer, value)
        })*
    };
}

impl Formatter for Block<'_> {
    numbers! {
        write_bool: bool, write_i8: i8, write_i16: i16, write_i32: i32, write_i64: i64, write_i128: i128,
        write_u8: u8, write_u16: u16, write_u32: u32, write_u64: u64, write_u128: u128, write_number_str: &str
    }

    fn write_null<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.write_scalar(writer, "null")
    }

    fn write_f32<W: ?Sized + Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        self.write_f64(writer, value.into())
    }

    /// Writes all digits: YAML 1.1 has another form of exponents than JSON.
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let digits = value.to_string();
        let point = if digits.contains('.') { "" } else { ".0" };
        self.write_scalar(writer, format_args!("{digits}{point}"))
    }

    gather_strings!();

    fn end_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let text = self.text.take().unwrap_or_default();
        let mut text = self.redactor.redact(&text).into_owned();
        if !is_plain(&text) {
            text = quoted(&text);
        }
        self.is_long_key = self.is_key && text.len() > LONGEST_KEY;
        if self.is_long_key {
            writer.write_all(b"? ")?;
        }
        self.write_scalar(writer, text)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.begin_collection();
        Ok(())
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.begin_entry(writer, first)?;
        self.after = After::Dash;
        writer.write_all(b"- ")
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end_collection(writer, "[]")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.begin_collection();
        Ok(())
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.begin_entry(writer, first)?;
        self.after = After::Dash;
        self.is_key = true;
        Ok(())
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_key = false;
        Ok(())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.is_long_key {
            self.begin_entry(writer, false)?;
        }
        self.after = After::Key;
        writer.write_all(b":")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end_collection(writer, "{}")
    }
}

/// The length up to which a key is followed by its colon on the same line, in bytes; parsers allow 1024 characters.
const LONGEST_KEY: usize = 1000;

/// Words that some version of YAML reads as something else than a string.
const RESERVED: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// Returns whether every parser reads a text as a string without quotes.
fn is_plain(text: &str) -> bool {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '+');
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(is_safe)
        && !RESERVED.contains(&text.to_ascii_lowercase().as_str())
}

/// Returns a text in double quotes. What is not printable, for YAML or for people, is escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match (c, u32::from(c)) {
            ('"' | '\\', _) => quoted.extend(['\\', c]),
            ('\n', _) => quoted += "\\n",
            (_, code) if is_displayable(c) && code & 0xfffe != 0xfffe => quoted.push(c),
            (_, code @ ..=0xff) => quoted += &format!("\\x{code:02x}"),
            (_, code @ ..=0xffff) => quoted += &format!("\\u{code:04x}"),
            (_, code) => quoted += &format!("\\U{code:08x}"),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn document(value: &Value) -> String {
        let mut sink = Vec::new();
        write(value, &Redactor::default(), &mut sink).unwrap();
        String::from_utf8(sink).unwrap()
    }

    #[test]
    fn collections_are_blocks() {
        let value = json!({
            "active": true,
            "empty": {},
            "labels": {"a": {"b": null}, "none": []},
            "list": [1, [2, [3]], {"x": -1, "y": [{"z": 2.5}]}, {}, []],
        });
        let yaml = "\
active: true
empty: {}
labels:
  a:
    b: null
  none: []
list:
  - 1
  - - 2
    - - 3
  - x: -1
    \"y\":
      - z: 2.5
  - {}
  - []
";
        assert_eq!(document(&value), yaml);
    }

    #[test]
    fn a_string_that_looks_like_something_else_is_quoted() {
        for (text, yaml) in [
            ("gateway-1/a.b", "gateway-1/a.b"),
            ("no", "\"no\""),
            ("Yes", "\"Yes\""),
            ("1e3", "\"1e3\""),
            ("2027-01-31", "\"2027-01-31\""),
            ("~", "\"~\""),
            ("", "\"\""),
            ("a: b", "\"a: b\""),
            ("a\nb\t\u{0}\u{9b}", "\"a\\nb\\x09\\x00\\x9b\""),
            (
                "\u{202e}\u{e0041}\u{ffff}語",
                "\"\\u202e\\U000e0041\\uffff語\"",
            ),
            ("\"\\", "\"\\\"\\\\\""),
        ] {
            assert_eq!(document(&json!(text)), format!("{yaml}\n"));
        }
    }

    #[test]
    fn a_long_key_has_a_form_of_its_own() {
        let key = "k".repeat(1001);
        let yaml = format!("a:\n  ? {key}\n  :\n    b: 1\n  \"n\": 2\n");
        assert_eq!(document(&json!({"a": {&key: {"b": 1}, "n": 2}})), yaml);
    }

    #[test]
    fn a_number_has_no_exponent() {
        assert_eq!(
            document(&json!([1e20, 1.5e-7, 3.0])),
            "- 100000000000000000000.0\n- 0.00000015\n- 3.0\n"
        );
    }

    #[test]
    fn a_sequence_is_written_in_pages() {
        let mut sink = Vec::new();
        let mut sequence = Sequence::new(Redactor::default());
        sequence
            .write(&[json!({"a": {"b": 1}, "c": 2}).into()], &mut sink)
            .unwrap();
        sequence
            .write(
                &[json!([1, 2]), json!({}), json!("x")].map(Row::from),
                &mut sink,
            )
            .unwrap();
        Writer::<Value>::finish(&mut sequence, &mut sink).unwrap();
        let yaml = "- a:\n    b: 1\n  c: 2\n- - 1\n  - 2\n- {}\n- x\n";
        assert_eq!(String::from_utf8(sink).unwrap(), yaml);
    }

    #[test]
    fn a_sequence_without_items_is_empty() {
        let mut sink = Vec::new();
        Writer::<Value>::finish(&mut Sequence::new(Redactor::default()), &mut sink).unwrap();
        assert_eq!(sink, b"[]\n");
    }
}
