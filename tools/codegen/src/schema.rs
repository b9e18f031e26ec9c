//! Reads the schemas: named types, their fields, and the types of parameters.

use std::collections::HashSet;

use super::diagnostics::{Diagnostics, Position};
use super::ir::{DefaultValue, Field, Integer, Kind, Limits, Schema, Shape, TimestampForm, Word};
use super::names;
use super::pattern;
use super::reader::{Reader, boolean, entries, list, schema_reference, text};
use super::yaml::{Entry, Node, Value};

/// Reads `components/schemas`.
pub(crate) fn schemas(node: &Node, diagnostics: &mut Diagnostics) -> Vec<Schema> {
    entries(node, diagnostics)
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| schema(entry, diagnostics))
        .collect()
}

fn schema(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<Schema> {
    check_name(entry, diagnostics);
    let mut reader = Reader::new(&entry.value, "a schema", diagnostics)?;
    let description = reader.need_prose("description", diagnostics);
    let source = reader.need_prose("x-source", diagnostics);
    let (mut keeps_unknown, mut has_own_columns) = (false, false);
    let mut examples = Vec::new();
    let shape = match reader.need_text("type", diagnostics).as_str() {
        "object" => {
            keeps_unknown = mark(&mut reader, "x-keep-unknown", diagnostics);
            has_own_columns = mark(&mut reader, "x-own-columns", diagnostics);
            let nodes = reader.take("examples");
            let nodes = nodes.and_then(|node| list(node, diagnostics));
            examples.extend_from_slice(nodes.unwrap_or_default());
            object(&mut reader, diagnostics)
        }
        "string" if mark(&mut reader, "x-id", diagnostics) => Shape::Id,
        "string" => words(&mut reader, diagnostics),
        "" => return None,
        other => {
            diagnostics.add(
                reader.at,
                format!("a schema of type `{other}`"),
                "write the type where it is used; only objects, ids (`x-id`) and enums have names",
            );
            return None;
        }
    };
    reader.finish(diagnostics);
    Some(Schema {
        name: entry.key.clone(),
        description,
        source,
        shape,
        module: String::new(),
        is_request_only: false,
        keeps_unknown,
        has_own_columns,
        examples,
        at: entry.at,
    })
}

/// Reads a flag of ours, which is `true` or absent.
fn mark(reader: &mut Reader<'_>, keyword: &str, diagnostics: &mut Diagnostics) -> bool {
    let Some(node) = reader.take(keyword) else {
        return false;
    };
    if boolean(node, diagnostics) == Some(false) {
        diagnostics.add(node.at, format!("`{keyword}: false`"), "remove it");
    }
    true
}

fn check_name(entry: &Entry, diagnostics: &mut Diagnostics) {
    let name = &entry.key;
    let better = names::pascal(name);
    let is_free = |name: &str| names::is_identifier(name) && !names::TAKEN.contains(&name);
    if names::TAKEN.contains(&name.as_str()) {
        diagnostics.add(
            entry.at,
            format!("the schema `{name}` clashes with a Rust name"),
            "give it another name",
        );
    } else if better != *name || !is_free(name) {
        let fix = if is_free(&better) {
            format!("rename it to `{better}`")
        } else {
            "give it a name of letters and digits, starting with a capital, that Rust does not define".into()
        };
        diagnostics.add(entry.at, format!("a schema named `{name}`"), fix);
    }
}

fn words(reader: &mut Reader<'_>, diagnostics: &mut Diagnostics) -> Shape {
    let at = reader.at;
    let mut known = reader.texts("enum", diagnostics);
    check_duplicates(
        known.iter().map(|(word, at)| ((*word).to_owned(), *at)),
        "words",
        diagnostics,
    );
    let mut seen = HashSet::new();
    known.retain(|(word, _)| seen.insert(*word));
    if known.is_empty() {
        diagnostics.add(
            at,
            "a named string without `enum` or `x-id`",
            "add one of them",
        );
        return Shape::Enum(Vec::new());
    }
    let mut described = match reader.need("x-enum-meanings", diagnostics) {
        Some(node) => Reader::new(node, "`x-enum-meanings`", diagnostics),
        None => None,
    };
    let words: Vec<Word> = known
        .into_iter()
        .map(|(word, at)| Word {
            word: word.to_owned(),
            description: described
                .as_mut()
                .map(|described| described.need_prose(word, diagnostics))
                .unwrap_or_default(),
            at,
        })
        .collect();
    if let Some(described) = described {
        described.finish(diagnostics);
    }
    for word in &words {
        let variant = names::variant(&word.word);
        if !names::is_identifier(&variant) {
            diagnostics.add(
                word.at,
                format!("the word `{}` is not valid as a Rust variant", word.word),
                "remove it; unknown words are kept anyway",
            );
        }
    }
    check_rust_names(
        words
            .iter()
            .map(|word| (names::variant(&word.word), word.at)),
        "words",
        "remove one; unknown words are kept anyway",
        diagnostics,
    );
    Shape::Enum(words)
}

fn object(reader: &mut Reader<'_>, diagnostics: &mut Diagnostics) -> Shape {
    let required = reader.texts("required", diagnostics);
    let properties = reader
        .need("properties", diagnostics)
        .and_then(|node| entries(node, diagnostics))
        .unwrap_or_default();
    let names: HashSet<&str> = properties.iter().map(|it| it.key.as_str()).collect();
    for (name, at) in &required {
        if !names.contains(name) {
            diagnostics.add(
                *at,
                format!("`{name}` is required but not a property"),
                "describe the property, or do not require it",
            );
        }
    }
    check_duplicates(
        required.iter().map(|(name, at)| ((*name).to_owned(), *at)),
        "required properties",
        diagnostics,
    );
    let required: HashSet<&str> = required.into_iter().map(|(name, _)| name).collect();
    let fields: Vec<Field> = properties
        .iter()
        .filter_map(|entry| field(entry, required.contains(entry.key.as_str()), diagnostics))
        .collect();
    check_rust_names(
        // `level_1` and `level1` become the same name.
        fields
            .iter()
            .map(|field| (names::snake(&names::pascal(&field.rust)), field.at)),
        "properties",
        "give one an `x-rust-name`",
        diagnostics,
    );
    Shape::Object(fields)
}

/// Reports names that are the same in Rust.
pub(crate) fn check_rust_names(
    rust_names: impl Iterator<Item = (String, Position)>,
    what: &str,
    fix: &str,
    diagnostics: &mut Diagnostics,
) {
    for (name, at) in find_repeated(rust_names) {
        diagnostics.add(at, format!("two {what} are `{name}` in Rust"), fix);
    }
}

/// Reports names that are the same.
pub(crate) fn check_duplicates(
    names: impl Iterator<Item = (String, Position)>,
    what: &str,
    diagnostics: &mut Diagnostics,
) {
    for (name, at) in find_repeated(names) {
        diagnostics.add(
            at,
            format!("two {what} are `{name}`"),
            "keep one of the two",
        );
    }
}

/// Returns the items whose names occurred before.
fn find_repeated<T>(names: impl Iterator<Item = (String, T)>) -> impl Iterator<Item = (String, T)> {
    let mut seen = HashSet::new();
    names.filter(move |(name, _)| !seen.insert(name.clone()))
}

fn field(entry: &Entry, is_required: bool, diagnostics: &mut Diagnostics) -> Option<Field> {
    let mut reader = Reader::new(&entry.value, "a property", diagnostics)?;
    let description = reader.need_prose("description", diagnostics);
    let source = reader.prose("x-source", diagnostics);
    let rust = match reader.text("x-rust-name", diagnostics) {
        Some(name) => name.to_owned(),
        None => names::snake(&entry.key),
    };
    // The generated code uses these names for all other properties.
    let is_taken = ["unknown", "unknown_members"].contains(&rust.as_str());
    if !names::is_identifier(&rust) || names::snake(&rust) != rust || is_taken {
        diagnostics.add(
            entry.at,
            format!("the property `{}` cannot be `{rust}` in Rust", entry.key),
            "give it an `x-rust-name` in snake case that is not a keyword",
        );
    }
    let default = default(&mut reader, diagnostics);
    let is_omittable = mark(&mut reader, "x-omittable", diagnostics);
    let is_shown_once = mark(&mut reader, "x-shown-once", diagnostics);
    let is_lenient = mark(&mut reader, "x-lenient", diagnostics);
    let is_or_object = mark(&mut reader, "x-or-object", diagnostics);
    let (kind, limits, is_nullable) = kind(&mut reader, diagnostics)?;
    reader.finish(diagnostics);
    if is_or_object && !matches!(kind, Kind::Secret) {
        let what = format!("`x-or-object` on `{}`, which is no secret", entry.key);
        diagnostics.add(entry.at, what, "remove it, or add `x-secret: true`");
    }
    if is_required && default.is_some() {
        diagnostics.add(
            entry.at,
            format!("`{}` is required and has a default", entry.key),
            "keep one of the two",
        );
    }
    if is_required && is_nullable && !matches!(kind, Kind::List(_)) {
        diagnostics.add(
            entry.at,
            format!("`{}` is required but nullable", entry.key),
            "keep one of the two; only a list may be both, where null means empty",
        );
    }
    Some(Field {
        name: entry.key.clone(),
        rust,
        description,
        source,
        default: default.and_then(|node| default_value(node, diagnostics)),
        kind,
        limits,
        is_required,
        is_nullable,
        is_omittable,
        is_shown_once,
        is_lenient,
        is_or_object,
        at: entry.at,
    })
}

/// Returns the value of `default`, or of `x-default` beside a `$ref`, where other tools ignore `default`.
fn default<'a>(reader: &mut Reader<'a>, diagnostics: &mut Diagnostics) -> Option<&'a Node> {
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
        diagnostics.add(node.at, what, format!("rename it to `{keyword}`"));
    }
    reader.take(keyword)
}

fn default_value(node: &Node, diagnostics: &mut Diagnostics) -> Option<DefaultValue> {
    match &node.value {
        Value::Boolean(value) => Some(DefaultValue::Boolean(*value)),
        Value::Integer(value) => Some(DefaultValue::Integer(*value)),
        Value::Text(value) => Some(DefaultValue::Text(value.clone())),
        Value::Object(entries) if entries.is_empty() => Some(DefaultValue::EmptyObject),
        other => {
            diagnostics.add(
                node.at,
                format!("{} as default", other.kind()),
                "use a boolean, an integer, a string or `{}`",
            );
            None
        }
    }
}

/// Reads the keywords of a type, and whether null is one of its values.
pub(crate) fn kind(
    reader: &mut Reader<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<(Kind, Limits, bool)> {
    if let Some(target) = reader.take("$ref") {
        return Some((named(target, diagnostics)?, Limits::default(), false));
    }
    if let Some(choices) = reader.take("oneOf") {
        return Some((or_null(choices, diagnostics)?, Limits::default(), true));
    }
    let (name, is_nullable) = type_name(reader, diagnostics)?;
    let at = reader.at;
    let mut limits = Limits::default();
    let kind = match name {
        "string" => string(reader, &mut limits, diagnostics)?,
        "integer" => integer(reader, &mut limits, diagnostics)?,
        "boolean" => Kind::Boolean,
        "array" => {
            let items = reader.need("items", diagnostics)?;
            let mut element = Reader::new(items, "the type of elements", diagnostics)?;
            let (element_kind, element_limits, nullable) = kind(&mut element, diagnostics)?;
            element.finish(diagnostics);
            if nullable {
                diagnostics.add(items.at, "nullable elements", "make them non-nullable");
            }
            if matches!(element_kind, Kind::Timestamp(form) if form != TimestampForm::Text) {
                let fix = "remove `x-timestamp`, or extend the generator";
                diagnostics.add(items.at, "`x-timestamp` in a list", fix);
            }
            limits = element_limits;
            Kind::List(Box::new(element_kind))
        }
        "object" => map(reader, &mut limits, diagnostics)?,
        other => {
            diagnostics.add(
                at,
                format!("unknown type `{other}`"),
                "use string, integer, boolean, array or object",
            );
            return None;
        }
    };
    Some((kind, limits, is_nullable))
}

fn named(target: &Node, diagnostics: &mut Diagnostics) -> Option<Kind> {
    schema_reference(target, diagnostics).map(Kind::Named)
}

/// Reads a `oneOf`, which may only mean "this schema, or null".
fn or_null(choices: &Node, diagnostics: &mut Diagnostics) -> Option<Kind> {
    let (mut targets, mut nulls, mut others) = (Vec::new(), 0, 0);
    for choice in list(choices, diagnostics)? {
        let mut reader = Reader::new(choice, "a choice", diagnostics)?;
        match reader.take("$ref") {
            Some(node) => targets.push(node),
            None if reader.text("type", diagnostics) == Some("null") => nulls += 1,
            None => others += 1,
        }
        reader.finish(diagnostics);
    }
    match targets[..] {
        [target] if nulls == 1 && others == 0 => named(target, diagnostics),
        _ => {
            diagnostics.add(
                choices.at,
                "`oneOf` with choices other than one `$ref` and null",
                "write `oneOf: [{ $ref: … }, { type: \"null\" }]`",
            );
            None
        }
    }
}

/// Reads a type: `type: string` or `type: [string, "null"]`.
fn type_name<'a>(
    reader: &mut Reader<'a>,
    diagnostics: &mut Diagnostics,
) -> Option<(&'a str, bool)> {
    let node = reader.need("type", diagnostics)?;
    if let Value::Text(name) = &node.value {
        return Some((name, false));
    }
    let names: Vec<&str> = list(node, diagnostics)?
        .iter()
        .filter_map(|node| text(node, diagnostics))
        .collect();
    match names[..] {
        [name, "null"] => Some((name, true)),
        _ => {
            diagnostics.add(
                node.at,
                "a `type` other than one type and \"null\"",
                "write one type, or `[type, \"null\"]`",
            );
            None
        }
    }
}

fn string(
    reader: &mut Reader<'_>,
    limits: &mut Limits,
    diagnostics: &mut Diagnostics,
) -> Option<Kind> {
    let at = reader.at;
    limits.min_length = reader.integer("minLength", diagnostics);
    limits.max_length = reader.integer("maxLength", diagnostics);
    limits.pattern = reader.read("pattern", pattern, diagnostics);
    let is_secret = mark(reader, "x-secret", diagnostics);
    match reader.text("format", diagnostics) {
        None if is_secret => Some(Kind::Secret),
        Some(_) if is_secret => {
            diagnostics.add(at, "a secret with a format", "leave the format out");
            None
        }
        None => Some(Kind::Text),
        Some("date-time") => match reader.text("x-timestamp", diagnostics) {
            None => Some(Kind::Timestamp(TimestampForm::Text)),
            Some("milliseconds") => Some(Kind::Timestamp(TimestampForm::TextMillis)),
            Some(other) => unknown_form(other, at, diagnostics),
        },
        Some(other) => {
            diagnostics.add(
                at,
                format!("unknown format `{other}` of a string"),
                "use `date-time`, or leave it out",
            );
            None
        }
    }
}

fn unknown_form(form: &str, at: Position, diagnostics: &mut Diagnostics) -> Option<Kind> {
    diagnostics.add(
        at,
        format!("unknown `x-timestamp` `{form}`"),
        "use `milliseconds`, or leave it out",
    );
    None
}

fn pattern(node: &Node, diagnostics: &mut Diagnostics) -> Option<String> {
    let pattern = text(node, diagnostics)?;
    if let Some(error) = pattern::find_error(pattern) {
        let what = format!("the pattern `{pattern}`: {error}");
        diagnostics.add(node.at, what, "write an ECMA-262 regular expression");
    }
    Some(pattern.to_owned())
}

fn integer(
    reader: &mut Reader<'_>,
    limits: &mut Limits,
    diagnostics: &mut Diagnostics,
) -> Option<Kind> {
    let at = reader.at;
    limits.minimum = reader.integer("minimum", diagnostics);
    limits.maximum = reader.integer("maximum", diagnostics);
    if let Some(form) = reader.text("x-timestamp", diagnostics) {
        return timestamp(reader, form, limits, diagnostics);
    }
    let is_count = limits.minimum.is_some_and(|minimum| minimum >= 0);
    let range = match reader
        .need("format", diagnostics)
        .and_then(|node| text(node, diagnostics))?
    {
        "int32" if is_count => Integer::Count32,
        "int32" => Integer::Int32,
        "int64" if is_count => Integer::Count64,
        "int64" => Integer::Int64,
        "uint64" => Integer::Uint64,
        other => {
            diagnostics.add(
                at,
                format!("unknown format `{other}` of an integer"),
                "use int32, int64 or uint64",
            );
            return None;
        }
    };
    Some(Kind::Integer(range))
}

/// Milliseconds since 1970.
fn timestamp(
    reader: &mut Reader<'_>,
    form: &str,
    limits: &Limits,
    diagnostics: &mut Diagnostics,
) -> Option<Kind> {
    let at = reader.at;
    if form != "milliseconds" {
        return unknown_form(form, at, diagnostics);
    }
    let format = reader.need_text("format", diagnostics);
    if format != "int64" || limits.minimum.is_some() || limits.maximum.is_some() {
        let what = "`x-timestamp` on an integer with limits or another format than int64";
        diagnostics.add(at, what, "write `format: int64` and no limits");
        return None;
    }
    Some(Kind::Timestamp(TimestampForm::UnixMillis))
}

fn map(
    reader: &mut Reader<'_>,
    limits: &mut Limits,
    diagnostics: &mut Diagnostics,
) -> Option<Kind> {
    let at = reader.at;
    let node = reader.need("additionalProperties", diagnostics)?;
    if matches!(node.value, Value::Boolean(true)) {
        return Some(Kind::FreeMap);
    }
    let mut element = Reader::new(node, "the type of values", diagnostics)?;
    let (element_kind, element_limits, nullable) = kind(&mut element, diagnostics)?;
    element.finish(diagnostics);
    *limits = element_limits;
    if !matches!(element_kind, Kind::Text) || nullable {
        diagnostics.add(
            at,
            "a map whose values are not strings",
            "name the object as a schema, or write `additionalProperties: true` for values of any kind",
        );
    }
    Some(Kind::Map)
}
