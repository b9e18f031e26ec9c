//! JSON: one document, or one on each line.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::output::gathered_string::gather_strings;
use crate::output::row::Row;
use crate::output::writer::Writer;
use crate::redaction::Redactor;
use crate::terminal::escape_in_json;

/// Serializes a value, on one line or indented. For a terminal, invisible characters are escaped, which changes no value.
pub(crate) fn to_vec(
    value: &impl Serialize,
    is_indented: bool,
    is_escaped: bool,
    redactor: &Redactor,
) -> io::Result<Vec<u8>> {
    let mut json = Vec::new();
    let layout = Layout {
        indented: is_indented.then(PrettyFormatter::new),
        is_escaped,
        redactor,
        text: None,
    };
    value.serialize(&mut Serializer::with_formatter(&mut json, layout))?;
    Ok(json)
}

/// An array that is opened at the first page and closed at the end.
pub(crate) struct Array {
    is_escaped: bool,
    redactor: Redactor,
    is_open: bool,
    has_items: bool,
}

impl Array {
    pub(crate) fn new(is_escaped: bool, redactor: Redactor) -> Self {
        Self {
            is_escaped,
            redactor,
            is_open: false,
            has_items: false,
        }
    }
}

impl<T: Serialize> Writer<T> for Array {
    fn write(&mut self, rows: &[Row<T>], sink: &mut dyn Write) -> io::Result<()> {
        if !std::mem::replace(&mut self.is_open, true) {
            sink.write_all(b"[")?;
        }
        for row in rows {
            let comma = if self.has_items { "," } else { "" };
            self.has_items = true;
            write!(sink, "{comma}")?;
            // No string contains a line break.
            for line in
                to_vec(row, true, self.is_escaped, &self.redactor)?.split(|byte| *byte == b'\n')
            {
                sink.write_all(b"\n  ")?;
                sink.write_all(line)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, sink: &mut dyn Write) -> io::Result<()> {
        let begin = if self.is_open { "" } else { "[" };
        let end = if self.has_items { "\n]" } else { "]" };
        writeln!(sink, "{begin}{end}")
    }
}

/// Documents, each on one line.
pub(crate) struct Lines {
    pub(crate) is_escaped: bool,
    pub(crate) redactor: Redactor,
}

impl<T: Serialize> Writer<T> for Lines {
    fn write(&mut self, rows: &[Row<T>], sink: &mut dyn Write) -> io::Result<()> {
        for row in rows {
            sink.write_all(&to_vec(row, false, self.is_escaped, &self.redactor)?)?;
            sink.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// The layout of a document.
struct Layout<'a> {
    indented: Option<PrettyFormatter<'static>>,
    is_escaped: bool,
    redactor: &'a Redactor,
    /// The text of the string that is being written. No record has keys of another type.
    text: Option<String>,
}

/// Implements the methods of the layout that differ between the two forms.
macro_rules! either {
    ($($name:ident($($argument:ident: $kind:ty)?) = $compact:expr;)*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $argument: $kind)?) -> io::Result<()> {
            match &mut self.indented {
                Some(indented) => indented.$name(writer $(, $argument)?),
                None => {
                    let compact: &[u8] = $compact;
                    writer.write_all(compact)
                }
            }
        })*
    };
}

impl Formatter for Layout<'_> {
    either! {
        begin_array() = b"[";
        end_array() = b"]";
        begin_array_value(first: bool) = if first { b"" } else { b"," };
        end_array_value() = b"";
        begin_object() = b"{";
        end_object() = b"}";
        begin_object_key(first: bool) = if first { b"" } else { b"," };
        begin_object_value() = b":";
        end_object_value() = b"";
    }

    gather_strings!();

    fn end_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let text = self.text.take().unwrap_or_default();
        let json = serde_json::to_string(&self.redactor.redact(&text))?;
        match self.is_escaped {
            true => writer.write_all(escape_in_json(&json).as_bytes()),
            false => writer.write_all(json.as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use gatelet_transport::is_displayable;
    use serde_json::{Value, json};

    use super::*;

    fn written(mut writer: impl Writer<Value>, pages: &[&[Value]]) -> String {
        let mut sink = Vec::new();
        for page in pages {
            let rows: Vec<_> = page.iter().cloned().map(Row::from).collect();
            writer.write(&rows, &mut sink).unwrap();
        }
        writer.finish(&mut sink).unwrap();
        String::from_utf8(sink).unwrap()
    }

    #[test]
    fn an_array_written_in_pages_looks_as_if_it_was_written_at_once() {
        let items = [
            json!({"a": "b\nc", "d": []}),
            json!({}),
            json!([1, {"e": null}]),
        ];
        let whole = serde_json::to_string_pretty(&items).unwrap() + "\n";
        for split in 0..=3 {
            let (first, second) = items.split_at(split);
            assert_eq!(
                written(Array::new(false, Redactor::default()), &[first, second]),
                whole
            );
        }
        assert_eq!(written(Array::new(false, Redactor::default()), &[]), "[]\n");
        assert_eq!(
            written(Array::new(false, Redactor::default()), &[&[], &[]]),
            "[]\n"
        );
    }

    #[test]
    fn a_line_has_no_spaces() {
        let items = [json!({"a": [1, true, {"b": "c d"}]}), json!("e")];
        let lines = Lines {
            is_escaped: false,
            redactor: Redactor::default(),
        };
        assert_eq!(
            written(lines, &[&items]),
            "{\"a\":[1,true,{\"b\":\"c d\"}]}\n\"e\"\n"
        );
    }

    // U35
    #[test]
    fn invisible_characters_are_escaped_for_a_terminal_and_no_value_changes() {
        let text = "a\u{9b}\u{202e}\u{7f}\u{200e}\u{200f}\u{61c}\u{200b}\u{e0041}語";
        let value = json!({text: text});
        let shown =
            String::from_utf8(to_vec(&value, false, true, &Redactor::default()).unwrap()).unwrap();
        assert!(shown.chars().all(is_displayable), "{shown}");
        assert!(
            shown.contains("\\u009b\\u202e\\u007f") && shown.contains("\\udb40\\udc41語"),
            "{shown}"
        );
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
        let exact =
            String::from_utf8(to_vec(&value, false, false, &Redactor::default()).unwrap()).unwrap();
        assert!(exact.contains(text), "{exact}");
    }
}
