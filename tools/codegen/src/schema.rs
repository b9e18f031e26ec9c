//! Reads the schemas: named types, their fields, and the types of parameters.

use std::collections::HashSet;

use super::ir::{DefaultValue, Field, Integer, Kind, Limits, Reference, Schema, Shape, Word};
use super::names;
use super::pattern;
use super::problem::{Position, Problems};
use super::reader::{Reader, boolean, entries, list, reference, text};
use super::yaml::{Entry, Node, Value};

/// Reads `components/schemas`.
pub(crate) fn schemas(node: &Node, problems: &mut Problems) -> Vec<Schema> {
    entries(node, problems)
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| schema(entry, problems))
        .collect()
}

fn schema(entry: &Entry, problems: &mut Problems) -> Option<Schema> {
    check_name(entry, problems);
    let mut reader = Reader::of(&entry.value, "a schema", problems)?;
    let description = reader.need_prose("description", problems);
    let source = reader.need_prose("x-source", problems);
    let mut keeps_unknown = false;
    let shape = match reader.need_text("type", problems).as_str() {
        "object" => {
            keeps_unknown = mark(&mut reader, "x-keep-unknown", problems);
            object(&mut reader, problems)
        }
        "string" if mark(&mut reader, "x-id", problems) => Shape::Id,
        "string" => words(&mut reader, problems),
        "" => return None,
        other => {
            problems.add(
                reader.at,
                format!("a schema of type `{other}`"),
                "only objects, ids (`x-id`) and enums have names; write the type where it is used",
            );
            return None;
        }
    };
    reader.finish(problems);
    Some(Schema {
        name: entry.key.clone(),
        description,
        source,
        shape,
        module: String::new(),
        is_request_only: false,
        keeps_unknown,
        at: entry.at,
    })
}

/// Reads a keyword of ours that is true or not there.
fn mark(reader: &mut Reader<'_>, keyword: &str, problems: &mut Problems) -> bool {
    let Some(node) = reader.take(keyword) else {
        return false;
    };
    if boolean(node, problems) == Some(false) {
        problems.add(node.at, format!("`{keyword}: false`"), "remove it");
    }
    true
}

fn check_name(entry: &Entry, problems: &mut Problems) {
    let name = &entry.key;
    let better = names::pascal(name);
    let is_free = |name: &str| names::is_identifier(name) && !names::TAKEN.contains(&name);
    if names::TAKEN.contains(&name.as_str()) {
        problems.add(
            entry.at,
            format!("the schema `{name}` clashes with a Rust name"),
            "give it another name",
        );
    } else if better != *name || !is_free(name) {
        let fix = if is_free(&better) {
            format!("call it `{better}`")
        } else {
            "give it a name of letters and digits, a capital first, that Rust has not".into()
        };
        problems.add(entry.at, format!("a schema named `{name}`"), fix);
    }
}

fn words(reader: &mut Reader<'_>, problems: &mut Problems) -> Shape {
    let at = reader.at;
    let mut known = reader.texts("enum", problems);
    no_twins(
        known.iter().map(|(word, at)| ((*word).to_owned(), *at)),
        "words",
        problems,
    );
    let mut seen = HashSet::new();
    known.retain(|(word, _)| seen.insert(*word));
    if known.is_empty() {
        problems.add(
            at,
            "a named string without `enum` or `x-id`",
            "add one of them",
        );
        return Shape::Enum(Vec::new());
    }
    let mut described = match reader.need("x-enum-meanings", problems) {
        Some(node) => Reader::of(node, "`x-enum-meanings`", problems),
        None => None,
    };
    let words: Vec<Word> = known
        .into_iter()
        .map(|(word, at)| Word {
            word: word.to_owned(),
            description: described
                .as_mut()
                .map(|described| described.need_prose(word, problems))
                .unwrap_or_default(),
            at,
        })
        .collect();
    if let Some(described) = described {
        described.finish(problems);
    }
    for word in &words {
        let variant = names::pascal(&word.word);
        if !names::is_identifier(&variant) || variant == "Unknown" {
            problems.add(
                word.at,
                format!("the word `{}` makes no Rust variant", word.word),
                "leave it out, unknown words are kept anyway",
            );
        }
    }
    no_clash(
        words
            .iter()
            .map(|word| (names::pascal(&word.word), word.at)),
        "words",
        "leave one out, unknown words are kept anyway",
        problems,
    );
    Shape::Enum(words)
}

fn object(reader: &mut Reader<'_>, problems: &mut Problems) -> Shape {
    let required = reader.texts("required", problems);
    let properties = reader
        .need("properties", problems)
        .and_then(|node| entries(node, problems))
        .unwrap_or_default();
    let names: HashSet<&str> = properties.iter().map(|it| it.key.as_str()).collect();
    for (name, at) in &required {
        if !names.contains(name) {
            problems.add(
                *at,
                format!("`{name}` is required and no property"),
                "describe the property, or do not require it",
            );
        }
    }
    no_twins(
        required.iter().map(|(name, at)| ((*name).to_owned(), *at)),
        "required properties",
        problems,
    );
    let required: HashSet<&str> = required.into_iter().map(|(name, _)| name).collect();
    let fields: Vec<Field> = properties
        .iter()
        .filter_map(|entry| field(entry, required.contains(entry.key.as_str()), problems))
        .collect();
    no_clash(
        // `level_1` and `level1` are one word to what is made from them.
        fields
            .iter()
            .map(|field| (names::snake(&names::pascal(&field.rust)), field.at)),
        "properties",
        "give one an `x-rust-name`",
        problems,
    );
    Shape::Object(fields)
}

/// Reports names that are the same in Rust.
pub(crate) fn no_clash(
    rust_names: impl Iterator<Item = (String, Position)>,
    what: &str,
    fix: &str,
    problems: &mut Problems,
) {
    for (name, at) in second(rust_names) {
        problems.add(at, format!("two {what} are `{name}` in Rust"), fix);
    }
}

/// Reports names that are the same.
pub(crate) fn no_twins(
    names: impl Iterator<Item = (String, Position)>,
    what: &str,
    problems: &mut Problems,
) {
    for (name, at) in second(names) {
        problems.add(
            at,
            format!("two {what} are `{name}`"),
            "keep one of the two",
        );
    }
}

/// Those that were there before.
fn second<T>(names: impl Iterator<Item = (String, T)>) -> impl Iterator<Item = (String, T)> {
    let mut seen = HashSet::new();
    names.filter(move |(name, _)| !seen.insert(name.clone()))
}

fn field(entry: &Entry, is_required: bool, problems: &mut Problems) -> Option<Field> {
    let mut reader = Reader::of(&entry.value, "a property", problems)?;
    let description = reader.need_prose("description", problems);
    let source = reader.prose("x-source", problems);
    let rust = match reader.text("x-rust-name", problems) {
        Some(name) => name.to_owned(),
        None => names::snake(&entry.key),
    };
    // These are what the generated code calls every other property.
    let is_taken = ["unknown", "unknown_members"].contains(&rust.as_str());
    if !names::is_identifier(&rust) || names::snake(&rust) != rust || is_taken {
        problems.add(
            entry.at,
            format!("the property `{}` cannot be `{rust}` in Rust", entry.key),
            "give it an `x-rust-name` in snake case that is no keyword",
        );
    }
    let default = default(&mut reader, problems);
    let is_omittable = mark(&mut reader, "x-omittable", problems);
    let is_shown_once = mark(&mut reader, "x-shown-once", problems);
    let (kind, limits, is_nullable) = kind(&mut reader, problems)?;
    reader.finish(problems);
    if is_required && default.is_some() {
        problems.add(
            entry.at,
            format!("`{}` is required and has a default", entry.key),
            "keep one of the two",
        );
    }
    if is_required && is_nullable && !matches!(kind, Kind::List(_)) {
        problems.add(
            entry.at,
            format!("`{}` is required and may be null", entry.key),
            "keep one of the two; only for a list null has a meaning of its own, empty",
        );
    }
    Some(Field {
        name: entry.key.clone(),
        rust,
        description,
        source,
        default: default.and_then(|node| default_value(node, problems)),
        kind,
        limits,
        is_required,
        is_nullable,
        is_omittable,
        is_shown_once,
        at: entry.at,
    })
}

/// The value of `default`, or of `x-default` beside a `$ref`, where other readers do not look for one.
fn default<'a>(reader: &mut Reader<'a>, problems: &mut Problems) -> Option<&'a Node> {
    let is_named = reader.has("$ref") || reader.has("oneOf");
    let (keyword, other) = if is_named {
        ("x-default", "default")
    } else {
        ("default", "x-default")
    };
    if let Some(node) = reader.take(other) {
        let what = if is_named {
            "`default` beside a `$ref`"
        } else {
            "`x-default` without `$ref`"
        };
        problems.add(node.at, what, format!("call it `{keyword}`"));
    }
    reader.take(keyword)
}

fn default_value(node: &Node, problems: &mut Problems) -> Option<DefaultValue> {
    match &node.value {
        Value::Boolean(value) => Some(DefaultValue::Boolean(*value)),
        Value::Integer(value) => Some(DefaultValue::Integer(*value)),
        Value::Text(value) => Some(DefaultValue::Text(value.clone())),
        Value::Object(entries) if entries.is_empty() => Some(DefaultValue::EmptyObject),
        other => {
            problems.add(
                node.at,
                format!("{} as default", other.kind()),
                "use a boolean, an integer, a text or `{}`",
            );
            None
        }
    }
}

/// Reads the keywords that give a type, and whether null is one of its values.
pub(crate) fn kind(
    reader: &mut Reader<'_>,
    problems: &mut Problems,
) -> Option<(Kind, Limits, bool)> {
    if let Some(target) = reader.take("$ref") {
        return Some((named(target, problems)?, Limits::default(), false));
    }
    if let Some(choices) = reader.take("oneOf") {
        return Some((or_null(choices, problems)?, Limits::default(), true));
    }
    let (name, is_nullable) = type_name(reader, problems)?;
    let at = reader.at;
    let mut limits = Limits::default();
    let kind = match name {
        "string" => string(reader, &mut limits, problems)?,
        "integer" => integer(reader, &mut limits, problems)?,
        "boolean" => Kind::Boolean,
        "array" => {
            let items = reader.need("items", problems)?;
            let mut element = Reader::of(items, "the type of elements", problems)?;
            let (element_kind, element_limits, nullable) = kind(&mut element, problems)?;
            element.finish(problems);
            if nullable {
                problems.add(items.at, "elements that may be null", "make them not null");
            }
            if matches!(element_kind, Kind::Timestamp { milliseconds: true }) {
                let fix = "leave `x-timestamp` out, or teach the generator";
                problems.add(items.at, "`x-timestamp` in a list", fix);
            }
            limits = element_limits;
            Kind::List(Box::new(element_kind))
        }
        "object" => map(reader, &mut limits, problems)?,
        other => {
            problems.add(
                at,
                format!("unknown type `{other}`"),
                "use string, integer, boolean, array or object",
            );
            return None;
        }
    };
    Some((kind, limits, is_nullable))
}

fn named(target: &Node, problems: &mut Problems) -> Option<Kind> {
    Some(Kind::Named(Reference {
        name: reference(target, "schemas", problems)?.to_owned(),
        at: target.at,
    }))
}

/// `oneOf` is only for "this schema, or null".
fn or_null(choices: &Node, problems: &mut Problems) -> Option<Kind> {
    let (mut targets, mut nulls, mut others) = (Vec::new(), 0, 0);
    for choice in list(choices, problems)? {
        let mut reader = Reader::of(choice, "a choice", problems)?;
        match reader.take("$ref") {
            Some(node) => targets.push(node),
            None if reader.text("type", problems) == Some("null") => nulls += 1,
            None => others += 1,
        }
        reader.finish(problems);
    }
    match targets[..] {
        [target] if nulls == 1 && others == 0 => named(target, problems),
        _ => {
            problems.add(
                choices.at,
                "`oneOf` with other choices than one `$ref` and null",
                "write `oneOf: [{ $ref: … }, { type: \"null\" }]`",
            );
            None
        }
    }
}

/// `type: string` or `type: [string, "null"]`.
fn type_name<'a>(reader: &mut Reader<'a>, problems: &mut Problems) -> Option<(&'a str, bool)> {
    let node = reader.need("type", problems)?;
    if let Value::Text(name) = &node.value {
        return Some((name, false));
    }
    let names: Vec<&str> = list(node, problems)?
        .iter()
        .filter_map(|node| text(node, problems))
        .collect();
    match names[..] {
        [name, "null"] => Some((name, true)),
        _ => {
            problems.add(
                node.at,
                "a `type` that is no type with \"null\"",
                "write one type, or `[type, \"null\"]`",
            );
            None
        }
    }
}

fn string(reader: &mut Reader<'_>, limits: &mut Limits, problems: &mut Problems) -> Option<Kind> {
    let at = reader.at;
    limits.min_length = reader.integer("minLength", problems);
    limits.max_length = reader.integer("maxLength", problems);
    limits.pattern = reader
        .take("pattern")
        .and_then(|node| pattern(node, problems));
    let is_secret = mark(reader, "x-secret", problems);
    match reader.text("format", problems) {
        None if is_secret => Some(Kind::Secret),
        Some(_) if is_secret => {
            problems.add(at, "a secret with a format", "leave the format out");
            None
        }
        None => Some(Kind::Text),
        Some("date-time") => match reader.text("x-timestamp", problems) {
            None => Some(Kind::Timestamp {
                milliseconds: false,
            }),
            Some("milliseconds") => Some(Kind::Timestamp { milliseconds: true }),
            Some(other) => {
                problems.add(
                    at,
                    format!("unknown `x-timestamp` `{other}`"),
                    "use `milliseconds`, or leave it out",
                );
                None
            }
        },
        Some(other) => {
            problems.add(
                at,
                format!("unknown format `{other}` of a string"),
                "use `date-time`, or leave it out",
            );
            None
        }
    }
}

fn pattern(node: &Node, problems: &mut Problems) -> Option<String> {
    let pattern = text(node, problems)?;
    if let Some(mistake) = pattern::mistake(pattern) {
        let what = format!("the pattern `{pattern}`: {mistake}");
        problems.add(node.at, what, "mend it as a regular expression of ECMA-262");
    }
    Some(pattern.to_owned())
}

fn integer(reader: &mut Reader<'_>, limits: &mut Limits, problems: &mut Problems) -> Option<Kind> {
    let at = reader.at;
    limits.minimum = reader.integer("minimum", problems);
    limits.maximum = reader.integer("maximum", problems);
    let is_count = limits.minimum.is_some_and(|minimum| minimum >= 0);
    let range = match reader
        .need("format", problems)
        .and_then(|node| text(node, problems))?
    {
        "int32" if is_count => Integer::Count32,
        "int32" => Integer::Int32,
        "int64" if is_count => Integer::Count64,
        "int64" => Integer::Int64,
        "uint64" => Integer::Uint64,
        other => {
            problems.add(
                at,
                format!("unknown format `{other}` of an integer"),
                "use int32, int64 or uint64",
            );
            return None;
        }
    };
    Some(Kind::Integer(range))
}

fn map(reader: &mut Reader<'_>, limits: &mut Limits, problems: &mut Problems) -> Option<Kind> {
    let at = reader.at;
    let node = reader.need("additionalProperties", problems)?;
    let mut element = Reader::of(node, "the type of values", problems)?;
    let (element_kind, element_limits, nullable) = kind(&mut element, problems)?;
    element.finish(problems);
    *limits = element_limits;
    if !matches!(element_kind, Kind::Text) || nullable {
        problems.add(
            at,
            "a map of other values than texts",
            "name the object as a schema",
        );
    }
    Some(Kind::Map)
}
