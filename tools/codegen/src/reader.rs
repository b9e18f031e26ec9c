//! Reads an object of a description keyword by keyword, and reports unknown keywords.

use std::collections::{BTreeMap, BTreeSet};

use similar::TextDiff;

use super::diagnostics::{Diagnostics, Position};
use super::ir::Reference;
use super::prose::Prose;
use super::yaml::{Entry, Node, Value};

/// Our own keywords, and where each belongs.
const OURS: &[(&str, &str)] = &[
    ("x-account", "a parameter of the path"),
    ("x-aliases", "a tag"),
    ("x-alternative-to", "an operation"),
    ("x-reserved", "a parameter of the path"),
    ("x-by-hand", "an operation"),
    ("x-commands", "a tag"),
    ("x-default", "a property that is a `$ref`"),
    ("x-deprecated", "an operation"),
    ("x-enum-meanings", "a schema with `enum`"),
    ("x-id", "a schema of type string"),
    ("x-idempotent", "an operation"),
    ("x-identity", "an operation"),
    ("x-keep-unknown", "a schema of type object"),
    ("x-lenient", "an optional property of a response"),
    ("x-noun", "a tag"),
    ("x-omittable", "a property of a request"),
    ("x-or-object", "a property with `x-secret`"),
    ("x-own-columns", "a schema of type object"),
    ("x-paging", "an operation"),
    ("x-permissions", "an operation"),
    ("x-rust-name", "a property, a parameter or an operation"),
    ("x-safe", "an operation"),
    (
        "x-secret",
        "`type: string` of a property or of the elements of a list",
    ),
    ("x-secret-by", "an operation"),
    ("x-shown-once", "a property of the response"),
    ("x-source", "an operation, a schema or a property"),
    ("x-timestamp", "a property with `format: date-time`"),
];

/// The most possible keywords that an unknown one is compared with. More only occur where keywords are data.
const MOST_COMPARED: usize = 32;

/// An object whose keywords are taken one after another.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) at: Position,
    what: &'static str,
    left: BTreeMap<&'a str, &'a Entry>,
    /// The keywords that were asked for.
    asked: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    /// Begins to read an object; `what` names it in messages: `an operation`.
    pub(crate) fn new(
        node: &'a Node,
        what: &'static str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let entries = entries(node, diagnostics)?;
        let mut left = BTreeMap::new();
        for entry in entries {
            // Duplicate keys are reported by the YAML parser.
            left.entry(entry.key.as_str()).or_insert(entry);
        }
        Some(Self {
            at: node.at,
            what,
            left,
            asked: BTreeSet::new(),
        })
    }

    /// Returns whether a keyword is present.
    pub(crate) fn has(&self, keyword: &str) -> bool {
        self.left.contains_key(keyword)
    }

    /// Returns the value of a keyword, if present.
    pub(crate) fn take(&mut self, keyword: &str) -> Option<&'a Node> {
        if !self.asked.contains(keyword) {
            self.asked.insert(keyword.into());
        }
        Some(&self.left.remove(keyword)?.value)
    }

    /// Reads the value of a keyword, if present.
    pub(crate) fn read<T>(
        &mut self,
        keyword: &str,
        read: impl FnOnce(&'a Node, &mut Diagnostics) -> Option<T>,
        diagnostics: &mut Diagnostics,
    ) -> Option<T> {
        self.take(keyword).and_then(|node| read(node, diagnostics))
    }

    /// Returns the value of a required keyword; reports its absence.
    pub(crate) fn need(
        &mut self,
        keyword: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<&'a Node> {
        let node = self.take(keyword);
        if node.is_none() {
            diagnostics.add(self.at, format!("{} without `{keyword}`", self.what), "");
        }
        node
    }

    /// Returns the text of a required keyword; reports its absence and returns an empty text.
    pub(crate) fn need_text(&mut self, keyword: &str, diagnostics: &mut Diagnostics) -> String {
        self.need(keyword, diagnostics)
            .and_then(|node| text(node, diagnostics))
            .unwrap_or_default()
            .to_owned()
    }

    /// Returns the sentences of a required keyword; reports their absence and returns an empty text.
    pub(crate) fn need_prose(&mut self, keyword: &str, diagnostics: &mut Diagnostics) -> Prose {
        let node = self.need(keyword, diagnostics);
        node.and_then(|node| prose(node, diagnostics))
            .unwrap_or_default()
    }

    /// Returns the sentences of a keyword.
    pub(crate) fn prose(&mut self, keyword: &str, diagnostics: &mut Diagnostics) -> Option<Prose> {
        self.read(keyword, prose, diagnostics)
    }

    /// Returns the text of a keyword.
    pub(crate) fn text(&mut self, keyword: &str, diagnostics: &mut Diagnostics) -> Option<&'a str> {
        self.read(keyword, text, diagnostics)
    }

    /// Returns the integer of a keyword.
    pub(crate) fn integer(&mut self, keyword: &str, diagnostics: &mut Diagnostics) -> Option<i64> {
        let node = self.take(keyword)?;
        match node.value {
            Value::Integer(value) => Some(value),
            _ => wrong(node, "an integer", diagnostics),
        }
    }

    /// Returns the boolean of a keyword.
    pub(crate) fn boolean(&mut self, keyword: &str, diagnostics: &mut Diagnostics) -> Option<bool> {
        self.read(keyword, boolean, diagnostics)
    }

    /// Returns the texts of a keyword's list with their positions; empty if the keyword is absent.
    pub(crate) fn texts(
        &mut self,
        keyword: &str,
        diagnostics: &mut Diagnostics,
    ) -> Vec<(&'a str, Position)> {
        let nodes = self.read(keyword, list, diagnostics);
        nodes
            .unwrap_or_default()
            .iter()
            .filter_map(|node| Some((text(node, diagnostics)?, node.at)))
            .collect()
    }

    /// Reports every keyword that was not taken.
    pub(crate) fn finish(self, diagnostics: &mut Diagnostics) {
        for entry in self.left.values() {
            let what = format!("unknown keyword `{}`", entry.key);
            diagnostics.add(entry.at, what, self.remedy(&entry.key));
        }
    }

    /// Returns the fix for an unknown keyword. One that is misspelled or misplaced must not simply be removed: a secret would no longer
    /// be one.
    fn remedy(&self, keyword: &str) -> String {
        // The words of an enum are the keywords of its meanings: comparing all pairs would take too long.
        let mut asked = self.asked.iter().take(MOST_COMPARED);
        if let Some(meant) = asked.find(|it| is_like(it, keyword)) {
            return format!("rename it to `{meant}`, or remove it");
        }
        match OURS.iter().find(|(ours, _)| is_like(ours, keyword)) {
            Some((ours, place)) => format!("put `{ours}` on {place}"),
            None => format!("remove it; {} cannot have it", self.what),
        }
    }
}

/// Returns whether one word is a misspelling of the other.
fn is_like(one: &str, other: &str) -> bool {
    // A long text is not a misspelled keyword, and comparing it takes time.
    let is_short = one.len().max(other.len()) <= 64;
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    is_short && (one == other || TextDiff::from_chars(&one, &other).ratio() >= 0.8)
}

/// Returns the text of a node, on one line.
pub(crate) fn text<'a>(node: &'a Node, diagnostics: &mut Diagnostics) -> Option<&'a str> {
    let text = any_text(node, diagnostics)?;
    if text.contains('\n') {
        diagnostics.add(node.at, "a text of several lines", "write it on one line");
        return None;
    }
    Some(text)
}

/// Returns the sentences of a node, which may be on several lines.
pub(crate) fn prose(node: &Node, diagnostics: &mut Diagnostics) -> Option<Prose> {
    any_text(node, diagnostics).map(Prose::new)
}

fn any_text<'a>(node: &'a Node, diagnostics: &mut Diagnostics) -> Option<&'a str> {
    match &node.value {
        Value::Text(text) if !text.trim().is_empty() => Some(text),
        Value::Text(_) => {
            diagnostics.add(node.at, "an empty text", "");
            None
        }
        Value::Integer(_) | Value::Boolean(_) => {
            let what = format!("expected a string, found {}", node.value.kind());
            diagnostics.add(node.at, what, "put it in quotes");
            None
        }
        _ => wrong(node, "a string", diagnostics),
    }
}

/// Returns the boolean of a node.
pub(crate) fn boolean(node: &Node, diagnostics: &mut Diagnostics) -> Option<bool> {
    match node.value {
        Value::Boolean(value) => Some(value),
        _ => wrong(node, "a boolean", diagnostics),
    }
}

/// Returns the elements of a list.
pub(crate) fn list<'a>(node: &'a Node, diagnostics: &mut Diagnostics) -> Option<&'a [Node]> {
    match &node.value {
        Value::List(list) => Some(list),
        _ => wrong(node, "a list", diagnostics),
    }
}

/// Returns the entries of an object.
pub(crate) fn entries<'a>(node: &'a Node, diagnostics: &mut Diagnostics) -> Option<&'a [Entry]> {
    match &node.value {
        Value::Object(entries) => Some(entries),
        _ => wrong(node, "an object", diagnostics),
    }
}

fn wrong<T>(node: &Node, expected: &str, diagnostics: &mut Diagnostics) -> Option<T> {
    diagnostics.add(
        node.at,
        format!("expected {expected}, found {}", node.value.kind()),
        "",
    );
    None
}

/// Returns the name in a `$ref` to `#/components/<section>/`.
pub(crate) fn reference<'a>(
    node: &'a Node,
    section: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a str> {
    let target = text(node, diagnostics)?;
    let name = component(target, section);
    if name.is_none() {
        diagnostics.add(
            node.at,
            format!("`$ref` to `{target}`"),
            format!("refer to `#/components/{section}/…`"),
        );
    }
    name
}

/// Returns the schema in a `$ref`. A further description refers to those of the first one by its name, `dt.yaml#/components/schemas/…`.
pub(crate) fn schema_reference(node: &Node, diagnostics: &mut Diagnostics) -> Option<Reference> {
    let target = text(node, diagnostics)?;
    let shared = target
        .strip_prefix(diagnostics.file_name(0))
        .filter(|_| node.at.file > 0)
        .and_then(|it| component(it, "schemas"));
    let (name, file) = match shared {
        Some(name) => (name, 0),
        None => (reference(node, "schemas", diagnostics)?, node.at.file),
    };
    Some(Reference {
        name: name.to_owned(),
        file,
        at: node.at,
    })
}

fn component<'a>(target: &'a str, section: &str) -> Option<&'a str> {
    let path = target.strip_prefix("#/components/")?;
    path.strip_prefix(section)?.strip_prefix('/')
}
