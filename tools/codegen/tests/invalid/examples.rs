//! Examples of object schemas.

use super::{VALID, check, diagnostics};

const DOOR: &str = "[{ id: d1, color: red, hinges: [left], keys: [k1] }]";

#[test]
fn a_schema_without_an_example_is_an_error() {
    let missing = "house.yaml:58:5: the schema `DoorUpdate` has no example; the fix: add `examples`, a list whose first element shows every property";
    check("      examples: [{ label: Pull }]\n", "", missing);
    check("[{ label: Pull }]", "[]", missing);
    check(
        "[{ label: Pull }]",
        "{ label: Pull }",
        "house.yaml:65:17: expected a list, found an object",
    );
    check(
        "      x-keep-unknown: true\n      examples:",
        "      x-keep-unknown: true\n      example:",
        "house.yaml:65:7: unknown keyword `example`; the fix: rename it to `examples`, or remove it",
    );
}

#[test]
fn an_example_that_lacks_a_property_is_an_error() {
    check(
        DOOR,
        "[{ id: d1, color: red, keys: [k1] }]",
        "house.yaml:57:18: an example of `Door` without `hinges`; the fix: add it; the first example shows every property",
    );
    check(
        DOOR,
        "[{ color: red, hinges: [left], keys: [k1] }]",
        "house.yaml:57:18: an example of `Door` without `id`; the fix: add it; it is required",
    );
    let with = |text: &str| {
        let first = DOOR.strip_suffix(']').unwrap();
        diagnostics(&VALID.replace(DOOR, &format!("{first}, {text}]")))
    };
    assert_eq!(with("{ id: d2 }"), "");
    assert_eq!(
        with("{ color: red }"),
        "house.yaml:57:70: an example of `Door` without `id`; the fix: add it; it is required"
    );
}

#[test]
fn an_unknown_property_in_an_example_is_an_error() {
    check(
        "{ label: Pull }",
        "{ label: Pull, lable: Push }",
        "house.yaml:65:33: `DoorUpdate` has no property `lable`; the fix: correct the name, describe the property, or remove it from the example",
    );
}

#[test]
fn null_or_an_empty_collection_in_the_first_example_is_an_error() {
    check(
        "{ label: Pull }",
        "{ label: null }",
        "house.yaml:65:27: null in the first example; the fix: give a value; further examples may have null",
    );
    check(
        "{ label: Pull }]",
        "{ label: Pull }, { label: null }, {}]",
        "",
    );
    check(
        "hinges: [left]",
        "hinges: []",
        "house.yaml:57:48: an empty list in the first example; the fix: give it an element",
    );
}

#[test]
fn an_example_value_of_the_wrong_type_is_an_error() {
    for (from, to, expected) in [
        (
            "red, hinges",
            "green, hinges",
            "57:35: `green` is not a word of `Color`; the fix: write one of red, blue",
        ),
        (
            "id: d1",
            "id: 1",
            "57:24: expected a string, found an integer",
        ),
        ("[left]", "left", "57:48: expected a list, found a string"),
        (
            "[left]",
            "[true]",
            "57:49: expected a string, found a boolean",
        ),
        (
            "Pull",
            "\"\"",
            "65:27: a string of 0 characters in an example; the fix: keep to `minLength` and `maxLength`",
        ),
        (
            "[k1]",
            "[hunter2]",
            "57:63: `hunter2` in a property that is not secret; the fix: add `x-secret: true` to the property, or write another text",
        ),
        (
            "Pull }]",
            "Pull }, one]",
            "65:35: expected an object, found a string",
        ),
    ] {
        check(from, to, &format!("house.yaml:{expected}"));
    }
    let label = "{ type: [string, \"null\"], minLength: 1,";
    for (kind, value, expected) in [
        (
            "type: string, x-secret: true",
            "letmein",
            "a secret in an example; the fix: write `hunter2`, which stands for every secret",
        ),
        ("type: string, x-secret: true", "hunter2", ""),
        (
            "type: object, additionalProperties: true",
            "{ a: [hunter2] }",
            "`hunter2` in a property that is not secret; the fix: add `x-secret: true` to the property, or write another text",
        ),
        (
            "type: object, additionalProperties: true",
            "{ a: 1, b: [true], c: { d: e } }",
            "",
        ),
        (
            "type: string, format: date-time",
            "2026-11-21",
            "the timestamp `2026-11-21` in an example; the fix: write it as the model does: `2026-11-21T20:48:09Z`",
        ),
        (
            "type: string, format: date-time",
            "2026-11-21T20:48:09Z",
            "",
        ),
        (
            "type: integer, format: int32, maximum: 9",
            "10",
            "the integer 10 in an example is out of range; the fix: write an integer from -2147483648 to 9",
        ),
        ("type: integer, format: int32, maximum: 9", "9", ""),
        ("type: boolean", "yes", "expected a boolean, found a string"),
        (
            "type: object, additionalProperties: { type: string, maxLength: 3 }",
            "{ a: long }",
            "a string of 4 characters in an example; the fix: keep to `minLength` and `maxLength`",
        ),
    ] {
        let text = VALID.replace(label, &format!("{{ {kind},"));
        let text = text.replace("label: Pull", &format!("label: {value}"));
        let found = diagnostics(&text);
        let message = found.splitn(4, ':').nth(3).unwrap_or_default().trim_start();
        assert!(
            found.is_empty() || found.starts_with("house.yaml:65:"),
            "{found}"
        );
        assert_eq!(message, expected, "{kind}");
    }
}
