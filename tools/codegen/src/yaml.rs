//! Parses YAML to a tree with positions.
//!
//! Only the plain part of YAML is accepted: anchors, aliases, tags, several documents, keys that are not text and duplicate
//! keys are errors. The tree is built from the parser's events: a loader, such as that of saphyr's `MarkedYaml`, resolves anchors
//! and aliases before they can be reported, and stops at the first duplicate key.

use std::collections::HashSet;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput};

use super::characters::{code_point, is_visible};
use super::diagnostics::{Diagnostics, Position};

/// The maximum length of a description, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The maximum depth of nested lists and objects.
const MAX_DEPTH: usize = 32;

/// The last line, YAML's end mark of a document: without it a description truncated between two properties would go unnoticed.
const END: &str = "...";

/// A value and its position.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) at: Position,
    pub(crate) value: Value,
}

/// A value, with the types of JSON.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Integer(i64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: Position,
    pub(crate) value: Node,
}

impl Value {
    /// Returns the name of its type for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Parses the document of the file with this index; `None` if that failed, with errors in `diagnostics`.
pub(crate) fn parse(bytes: &[u8], file: usize, diagnostics: &mut Diagnostics) -> Option<Node> {
    if bytes.len() > MAX_BYTES {
        diagnostics.add(
            start_of(file),
            format!("a description of more than {MAX_BYTES} bytes"),
            "make it shorter",
        );
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = end_of(&bytes[..error.valid_up_to()], file);
            diagnostics.add(at, "bytes that are not UTF-8", "save the file as UTF-8");
            return None;
        }
    };
    invisible(text, file, diagnostics);
    if !diagnostics.has_none_in(file) {
        return None;
    }
    let root = Tree {
        file,
        parser: Parser::new_from_str(text),
        diagnostics,
    }
    .document()?;
    if text.trim_end().lines().next_back() != Some(END) {
        let what = "a description without its end mark; it may be truncated";
        diagnostics.add(
            end_of(bytes, file),
            what,
            format!("end it with a line `{END}`"),
        );
        return None;
    }
    Some(root)
}

/// Reports invisible characters, also in comments, at most one for each line.
fn invisible(text: &str, file: usize, diagnostics: &mut Diagnostics) {
    for (index, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some((column, c)) = line.chars().enumerate().find(|(_, c)| !is_visible(*c)) {
            let at = Position {
                file,
                line: index + 1,
                column: column + 1,
            };
            report_invisible(c, at, diagnostics);
        }
    }
}

fn report_invisible(c: char, at: Position, diagnostics: &mut Diagnostics) {
    diagnostics.add(
        at,
        format!("{}, an invisible character", code_point(c)),
        "remove it, or write a space",
    );
}

/// Builds the tree from the parser's events.
struct Tree<'a> {
    file: usize,
    parser: Parser<'a, StrInput<'a>>,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Tree<'a> {
    fn document(&mut self) -> Option<Node> {
        let mut root = None;
        loop {
            let (event, at) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                _ if root.is_some() => {
                    self.diagnostics
                        .add(at, "a second document", "keep one document in a file");
                    return None;
                }
                event => root = Some(self.node(event, at, 0)?),
            }
        }
        if root.is_none() {
            let start = start_of(self.file);
            self.diagnostics.add(start, "an empty description", "");
        }
        root
    }

    fn next(&mut self) -> Option<(Event<'a>, Position)> {
        match self.parser.next_event()? {
            Ok((event, Span { start, .. })) => Some((event, self.position(&start))),
            // The parser reads ahead, and fails where nesting exceeds its own limit.
            Err(error) if error.info() == "recursion limit exceeded" => {
                self.too_deep(self.position(error.marker()));
                None
            }
            Err(error) => {
                let at = self.position(error.marker());
                self.diagnostics
                    .add(at, format!("invalid YAML: {}", error.info()), "");
                None
            }
        }
    }

    fn position(&self, marker: &Marker) -> Position {
        Position {
            file: self.file,
            line: marker.line(),
            column: marker.col() + 1,
        }
    }

    fn node(&mut self, event: Event<'a>, at: Position, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            self.too_deep(at);
            return None;
        }
        let value = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_marks(at, anchor, tag.is_some());
                self.refuse_invisible(at, text.split('\n'));
                scalar(&text, style)
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_marks(at, anchor, tag.is_some());
                self.list(depth)?
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_marks(at, anchor, tag.is_some());
                self.object(depth)?
            }
            Event::Alias(_) => {
                self.diagnostics
                    .add(at, "a YAML alias", "use `$ref`, or repeat the value");
                Value::Null
            }
            _ => {
                self.diagnostics.add(at, "a missing value", "");
                return None;
            }
        };
        Some(Node { at, value })
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        let mut list = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Some(Value::List(list)),
                (event, at) => list.push(self.node(event, at, depth + 1)?),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut keys = HashSet::new();
        loop {
            let (key, at) = match self.next()? {
                (Event::MappingEnd, _) => return Some(Value::Object(entries)),
                (Event::Scalar(text, _, anchor, tag), at) => {
                    self.refuse_marks(at, anchor, tag.is_some());
                    self.refuse_invisible(at, [&*text]);
                    (text.into_owned(), at)
                }
                (_, at) => {
                    self.diagnostics.add(
                        at,
                        "a key that is not a string",
                        "write a plain word as key",
                    );
                    return None;
                }
            };
            if !keys.insert(key.clone()) {
                self.diagnostics
                    .add(at, format!("duplicate key `{key}`"), "keep one of the two");
            }
            let (event, value_at) = self.next()?;
            let value = self.node(event, value_at, depth + 1)?;
            entries.push(Entry { key, at, value });
        }
    }

    fn too_deep(&mut self, at: Position) {
        let what = format!("more than {MAX_DEPTH} levels of nesting");
        let fix = "make the inner part a schema and refer to it";
        self.diagnostics.add(at, what, fix);
    }

    /// Reports invisible characters that an escape put into a scalar.
    fn refuse_invisible<'b>(&mut self, at: Position, lines: impl IntoIterator<Item = &'b str>) {
        let mut characters = lines.into_iter().flat_map(str::chars);
        if let Some(c) = characters.find(|c| !is_visible(*c)) {
            report_invisible(c, at, self.diagnostics);
        }
    }

    fn refuse_marks(&mut self, at: Position, anchor: usize, has_tag: bool) {
        if anchor != 0 {
            self.diagnostics
                .add(at, "a YAML anchor", "use `$ref`, or repeat the value");
        }
        if has_tag {
            self.diagnostics.add(
                at,
                "a YAML tag",
                "remove it; quote a string that looks like a number",
            );
        }
    }
}

/// Returns the value of a scalar: a quoted one is text, a plain one is what it would be in JSON, or else text.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(text.into());
    }
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => Value::Boolean(true),
        "false" => Value::Boolean(false),
        _ => match text.parse() {
            Ok(integer) => Value::Integer(integer),
            Err(_) => Value::Text(text.into()),
        },
    }
}

/// Returns the position after these bytes.
fn end_of(bytes: &[u8], file: usize) -> Position {
    let text = String::from_utf8_lossy(bytes);
    let last = text.rsplit('\n').next().unwrap_or_default();
    Position {
        file,
        line: text.matches('\n').count() + 1,
        column: last.chars().count() + 1,
    }
}

fn start_of(file: usize) -> Position {
    Position {
        file,
        line: 1,
        column: 1,
    }
}
