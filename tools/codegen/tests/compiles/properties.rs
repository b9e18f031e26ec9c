//! Properties of each type, present in each way.

use std::fmt::Write as _;

/// The types: each with an example, and with a default where one is allowed.
const TYPES: &[(&str, Option<&str>, &str)] = &[
    ("type: string", Some("a \\\"b\\\" {}"), "a"),
    (
        "type: string, minLength: 1, maxLength: 9, pattern: \"^`[a-z|]+$\"",
        Some("a"),
        "a",
    ),
    ("type: string, x-secret: true", None, "hunter2"),
    (
        "type: string, x-secret: true, x-or-object: true",
        None,
        "hunter2",
    ),
    (
        "type: string, format: date-time",
        None,
        "2026-11-21T20:48:09Z",
    ),
    (
        "type: string, format: date-time, x-timestamp: milliseconds",
        None,
        "2026-11-21T20:48:09.000Z",
    ),
    (
        "type: integer, format: int64, x-timestamp: milliseconds",
        None,
        "1763758089000",
    ),
    ("type: boolean", Some("true"), "true"),
    ("type: integer, format: int32", Some("-1"), "1"),
    (
        "type: integer, format: int64, minimum: -5, maximum: 5",
        Some("-1"),
        "1",
    ),
    ("type: integer, format: int32, minimum: 0", Some("1"), "1"),
    (
        "type: integer, format: int64, minimum: 0, maximum: 9",
        Some("1"),
        "1",
    ),
    ("type: integer, format: uint64", Some("1"), "1"),
    ("$ref: \"#/components/schemas/AnId\"", None, "a"),
    ("$ref: \"#/components/schemas/Word\"", Some("w"), "w"),
    (
        "$ref: \"#/components/schemas/Inner\"",
        Some("{}"),
        "{ text: a }",
    ),
    ("type: array, items: { type: string }", None, "[a]"),
    (
        "type: array, items: { type: string, x-secret: true }",
        None,
        "[hunter2]",
    ),
    (
        "type: array, items: { type: string, format: date-time }",
        None,
        "[\"2026-11-21T20:48:09Z\"]",
    ),
    ("type: array, items: { type: boolean }", None, "[true]"),
    (
        "type: array, items: { type: integer, format: int32 }",
        None,
        "[1]",
    ),
    (
        "type: array, items: { type: integer, format: int64, minimum: 0 }",
        None,
        "[1]",
    ),
    (
        "type: array, items: { type: integer, format: uint64 }",
        None,
        "[1]",
    ),
    (
        "type: array, items: { $ref: \"#/components/schemas/AnId\" }",
        None,
        "[a]",
    ),
    (
        "type: array, items: { $ref: \"#/components/schemas/Word\" }",
        None,
        "[w]",
    ),
    (
        "type: array, items: { $ref: \"#/components/schemas/Inner\" }",
        None,
        "[{ text: a }]",
    ),
    (
        "type: array, items: { type: array, items: { type: string } }",
        None,
        "[[a]]",
    ),
    (
        "type: object, additionalProperties: { type: string }",
        None,
        "{ a: b }",
    ),
    (
        "type: object, additionalProperties: true",
        None,
        "{ a: b, c: [1, { d: null }], e: true }",
    ),
];

/// Returns a property for each type and each way to be absent, and their examples; each has the keyword `extra`.
pub(super) fn properties(extra: &str) -> (String, String) {
    let mut required = String::from("      required:\n");
    let mut properties = String::from("      properties:\n");
    let mut examples = String::from("      examples:\n      -\n");
    for (number, (kind, default, example)) in TYPES.iter().enumerate() {
        let nullable = match kind.split_once(": ") {
            Some(("type", rest)) => match rest.split_once(',') {
                Some((name, rest)) => format!("type: [{name}, \"null\"],{rest}"),
                None => format!("type: [{rest}, \"null\"]"),
            },
            _ => format!("oneOf: [{{ {kind} }}, {{ type: \"null\" }}]"),
        };
        let keyword = if kind.starts_with('$') {
            "x-default"
        } else {
            "default"
        };
        let quote = if kind.starts_with("type: string") {
            "\""
        } else {
            ""
        };
        let defaulted = default.map(|it| format!("{kind}, {keyword}: {quote}{it}{quote}"));
        for (way, text) in [
            ("needed", Some((*kind).to_owned())),
            ("listed", Some(nullable.clone())),
            ("absent", Some((*kind).to_owned())),
            ("null", Some(nullable)),
            ("default", defaulted),
        ] {
            let Some(text) = text else { continue };
            let name = format!("p{number}_{way}");
            if matches!(way, "needed" | "listed") {
                writeln!(required, "        - {name}").unwrap();
            }
            writeln!(
                properties,
                "        {name}: {{ {text}, description: P{extra} }}"
            )
            .unwrap();
            writeln!(examples, "        {name}: {example}").unwrap();
        }
    }
    (required + &properties, examples)
}
