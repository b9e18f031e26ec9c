//! Checks the `examples` of an object schema, and converts them to JSON.
//!
//! The first example shows every property in the form in which the model writes it, so that tests can use it as a sample. Further
//! examples may omit properties or give them as null.

use std::ops::RangeInclusive;

use super::diagnostics::Diagnostics;
use super::graph::Graph;
use super::ir::{Field, Kind, Limits, Presence, Schema, Shape, TimestampForm};
use super::json::Json;
use super::timestamp;
use super::yaml::{Entry, Node, Value};

/// The placeholder of every secret, so that a description contains no text that looks like one.
const SECRET: &str = "hunter2";

/// Reports examples that do not match their schema, and object schemas without an example.
pub(crate) fn check(schema: &Schema, graph: &Graph<'_>, diagnostics: &mut Diagnostics) {
    if !matches!(schema.shape, Shape::Object(_)) {
        return;
    }
    if schema.examples.is_empty() {
        let fix = "add `examples`, a list whose first element shows every property";
        let what = format!("the schema `{}` has no example", schema.name);
        diagnostics.add(schema.at, what, fix);
    }
    for (index, example) in schema.examples.iter().enumerate() {
        let mut checker = Checker {
            graph,
            diagnostics,
            is_first: index == 0,
        };
        checker.check_object(schema, example, index == 0);
    }
}

struct Checker<'a, 'b> {
    graph: &'a Graph<'a>,
    diagnostics: &'b mut Diagnostics,
    is_first: bool,
}

impl Checker<'_, '_> {
    /// Checks an object, which must show every property if `is_complete`.
    fn check_object(&mut self, schema: &Schema, node: &Node, is_complete: bool) {
        let Some(entries) = self.entries(node) else {
            return;
        };
        for entry in entries {
            match schema.fields().iter().find(|it| it.name == entry.key) {
                Some(field) => self.check_property(field, entry),
                None => self.diagnostics.add(
                    entry.at,
                    format!("`{}` has no property `{}`", schema.name, entry.key),
                    "correct the name, describe the property, or remove it from the example",
                ),
            }
        }
        for field in schema.fields() {
            let presence = schema.presence(field);
            // The model would write an omitted default.
            let is_written = self.is_first && presence == Presence::Defaulted;
            let is_needed = field.is_required || is_complete || is_written;
            if is_needed && !entries.iter().any(|entry| entry.key == field.name) {
                let what = format!("an example of `{}` without `{}`", schema.name, field.name);
                let fix = if field.is_required {
                    "add it; it is required"
                } else {
                    "add it; the first example shows every property"
                };
                self.diagnostics.add(node.at, what, fix);
            }
        }
    }

    fn check_property(&mut self, field: &Field, entry: &Entry) {
        let node = &entry.value;
        match node.value {
            Value::Null if self.is_first => {
                let fix = "give a value; further examples may have null";
                self.diagnostics
                    .add(node.at, "null in the first example", fix);
            }
            Value::Null if field.is_nullable => {}
            _ => self.check_value(&field.kind, &field.limits, node),
        }
    }

    fn check_value(&mut self, kind: &Kind, limits: &Limits, node: &Node) {
        match (kind, &node.value) {
            (Kind::Named(reference), _) => {
                if let Some(schema) = self.graph.get(reference) {
                    self.check_named(schema, node);
                }
            }
            (Kind::Text, Value::Text(text)) => self.check_text(text, limits, node),
            (Kind::Secret, Value::Text(text)) if text == SECRET => {
                self.check_length(text, limits, node);
            }
            (Kind::Secret, Value::Text(_)) => {
                let fix = format!("write `{SECRET}`, which stands for every secret");
                self.diagnostics.add(node.at, "a secret in an example", fix);
            }
            (Kind::Timestamp(TimestampForm::UnixMillis), Value::Integer(value)) => {
                self.check_range(*value, &TimestampForm::UNIX_MILLIS, node);
            }
            (Kind::Timestamp(form), Value::Text(text)) if *form != TimestampForm::UnixMillis => {
                let milliseconds = *form == TimestampForm::TextMillis;
                if !timestamp::is_canonical(text, milliseconds) {
                    let form = if milliseconds { ".000" } else { "" };
                    let fix = format!("write it as the model does: `2026-11-21T20:48:09{form}Z`");
                    let what = format!("the timestamp `{text}` in an example");
                    self.diagnostics.add(node.at, what, fix);
                }
            }
            (Kind::Boolean, Value::Boolean(_)) => {}
            (Kind::Integer(range), Value::Integer(value)) => {
                self.check_range(*value, &range.within(limits), node);
            }
            (Kind::List(element), Value::List(nodes)) => {
                self.check_not_empty(nodes.is_empty(), "list", node);
                for node in nodes {
                    self.check_value(element, limits, node);
                }
            }
            (Kind::Map, Value::Object(entries)) => {
                self.check_not_empty(entries.is_empty(), "map", node);
                for entry in entries {
                    self.check_value(&Kind::Text, limits, &entry.value);
                }
            }
            (Kind::FreeMap, Value::Object(entries)) => {
                self.check_not_empty(entries.is_empty(), "map", node);
                for entry in entries {
                    self.check_free(&entry.value);
                }
            }
            (kind, _) => self.report_type(node, expected(kind)),
        }
    }

    fn check_range(&mut self, value: i64, range: &RangeInclusive<i128>, node: &Node) {
        if !range.contains(&value.into()) {
            let fix = format!("write an integer from {} to {}", range.start(), range.end());
            let what = format!("the integer {value} in an example is out of range");
            self.diagnostics.add(node.at, what, fix);
        }
    }

    fn check_named(&mut self, schema: &Schema, node: &Node) {
        match (&schema.shape, &node.value) {
            (Shape::Object(_), _) => self.check_object(schema, node, false),
            (Shape::Id, Value::Text(text)) => self.check_text(text, &Limits::default(), node),
            (Shape::Enum(words), Value::Text(text)) => {
                if !words.iter().any(|it| it.word == *text) {
                    let words: Vec<&str> = words.iter().map(|it| it.word.as_str()).collect();
                    let what = format!("`{text}` is not a word of `{}`", schema.name);
                    let fix = format!("write one of {}", words.join(", "));
                    self.diagnostics.add(node.at, what, fix);
                }
            }
            (Shape::Id | Shape::Enum(_), _) => self.report_type(node, "a string"),
        }
    }

    fn check_text(&mut self, text: &str, limits: &Limits, node: &Node) {
        if text.contains(SECRET) {
            let what = format!("`{SECRET}` in a property that is not secret");
            let fix = "add `x-secret: true` to the property, or write another text";
            self.diagnostics.add(node.at, what, fix);
        }
        self.check_length(text, limits, node);
    }

    /// Checks the texts in a value of any kind.
    fn check_free(&mut self, node: &Node) {
        match &node.value {
            Value::Text(text) => self.check_text(text, &Limits::default(), node),
            Value::List(nodes) => nodes.iter().for_each(|it| self.check_free(it)),
            Value::Object(entries) => entries.iter().for_each(|it| self.check_free(&it.value)),
            Value::Null | Value::Boolean(_) | Value::Integer(_) => {}
        }
    }

    fn check_length(&mut self, text: &str, limits: &Limits, node: &Node) {
        let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        let range = limits.min_length.unwrap_or(0)..=limits.max_length.unwrap_or(i64::MAX);
        if !range.contains(&length) {
            let what = format!("a string of {length} characters in an example");
            let fix = "keep to `minLength` and `maxLength`";
            self.diagnostics.add(node.at, what, fix);
        }
    }

    /// Reports an empty list or map in the first example, which would not show an element.
    fn check_not_empty(&mut self, is_empty: bool, what: &str, node: &Node) {
        if is_empty && self.is_first {
            let what = format!("an empty {what} in the first example");
            self.diagnostics.add(node.at, what, "give it an element");
        }
    }

    fn entries<'n>(&mut self, node: &'n Node) -> Option<&'n [Entry]> {
        if let Value::Object(entries) = &node.value {
            return Some(entries);
        }
        self.report_type(node, "an object");
        None
    }

    fn report_type(&mut self, node: &Node, expected: &str) {
        let what = format!("expected {expected}, found {}", node.value.kind());
        self.diagnostics.add(node.at, what, "");
    }
}

/// Returns a name for values of a kind.
fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Secret => "a string",
        Kind::Timestamp(TimestampForm::UnixMillis) => "milliseconds since 1970",
        Kind::Timestamp(_) => "a timestamp",
        Kind::Boolean => "a boolean",
        Kind::Integer(_) => "an integer",
        Kind::List(_) => "a list",
        Kind::Named(_) | Kind::Map | Kind::FreeMap => "an object",
    }
}

/// Returns the examples of a schema as JSON, with members in the order of the properties.
pub(crate) fn json(schema: &Schema, graph: &Graph<'_>) -> Vec<Json> {
    let examples = schema.examples.iter();
    examples.map(|node| object(schema, node, graph)).collect()
}

fn object(schema: &Schema, node: &Node, graph: &Graph<'_>) -> Json {
    let Value::Object(entries) = &node.value else {
        return plain(node);
    };
    let members = schema.fields().iter().filter_map(|field| {
        let entry = entries.iter().find(|entry| entry.key == field.name)?;
        let value = value(&field.kind, &entry.value, graph);
        Some((field.name.clone(), value))
    });
    Json::object(members)
}

fn value(kind: &Kind, node: &Node, graph: &Graph<'_>) -> Json {
    match (kind, &node.value) {
        (Kind::Named(reference), Value::Object(_)) => match graph.get(reference) {
            Some(schema) => object(schema, node, graph),
            None => plain(node),
        },
        (Kind::List(element), Value::List(nodes)) => {
            let values = nodes.iter().map(|node| value(element, node, graph));
            Json::List(values.collect())
        }
        (Kind::Map | Kind::FreeMap, Value::Object(entries)) => {
            // The model sorts the keys.
            let mut members: Vec<(String, Json)> = entries.iter().map(member).collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            Json::Object(members)
        }
        _ => plain(node),
    }
}

fn plain(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Boolean(value) => Json::Boolean(*value),
        Value::Integer(value) => Json::Integer((*value).into()),
        Value::Text(text) => text.as_str().into(),
        Value::List(nodes) => Json::List(nodes.iter().map(plain).collect()),
        Value::Object(entries) => Json::Object(entries.iter().map(member).collect()),
    }
}

fn member(entry: &Entry) -> (String, Json) {
    (entry.key.clone(), plain(&entry.value))
}
