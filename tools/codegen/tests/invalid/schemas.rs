//! Schemas: types, names, references and defaults.

use super::{VALID, check, diagnostics};

#[test]
fn an_unsupported_type_is_an_error() {
    let list = "{ type: array, items: { type: string }";
    check(
        list,
        "{ type: number",
        "house.yaml:55:17: unknown type `number`; the fix: use string, integer, boolean, array or object",
    );
    check(
        list,
        "{ type: string, format: email",
        "house.yaml:55:17: unknown format `email` of a string; the fix: use `date-time`, or leave it out",
    );
    check(
        "format: int32",
        "format: int16",
        "house.yaml:22:68: unknown format `int16` of an integer; the fix: use int32, int64 or uint64",
    );
    check(
        list,
        "{ type: string, format: date-time, x-timestamp: seconds",
        "house.yaml:55:17: unknown `x-timestamp` `seconds`; the fix: use `milliseconds`, or leave it out",
    );
    check(
        list,
        "{ type: integer, format: int64, x-timestamp: seconds",
        "house.yaml:55:17: unknown `x-timestamp` `seconds`; the fix: use `milliseconds`, or leave it out",
    );
    check(
        list,
        "{ type: integer, format: int32, x-timestamp: milliseconds",
        "house.yaml:55:17: `x-timestamp` on an integer with limits or another format than int64; the fix: write `format: int64` and no limits",
    );
    check(
        list,
        "{ type: integer, format: int64, minimum: 0, x-timestamp: milliseconds",
        "house.yaml:55:17: `x-timestamp` on an integer with limits or another format than int64; the fix: write `format: int64` and no limits",
    );
    check(
        list,
        "{ type: string, format: date-time, x-secret: true",
        "house.yaml:55:17: a secret with a format; the fix: leave the format out",
    );
    check(
        list,
        "{ type: array, items: { type: [string, \"null\"] }",
        "house.yaml:55:39: nullable elements; the fix: make them non-nullable",
    );
    check(
        list,
        "{ type: array, items: { type: string, format: date-time, x-timestamp: milliseconds }",
        "house.yaml:55:39: `x-timestamp` in a list; the fix: remove `x-timestamp`, or extend the generator",
    );
    check(
        "minLength: 1",
        "format: date-time, x-timestamp: milliseconds",
        "house.yaml:63:9: `x-timestamp` in an update; the fix: remove `x-timestamp`, or extend the generator",
    );
    check(
        list,
        "{ type: object, additionalProperties: { type: boolean }",
        "house.yaml:55:17: a map whose values are not strings; the fix: name the object as a schema, or write `additionalProperties: true` for values of any kind",
    );
    check(
        list,
        "{ type: [string, integer]",
        "house.yaml:55:25: a `type` other than one type and \"null\"; the fix: write one type, or `[type, \"null\"]`",
    );
    check(
        list,
        "{ oneOf: [{ type: string }]",
        "house.yaml:55:26: `oneOf` with choices other than one `$ref` and null; the fix: write `oneOf: [{ $ref: … }, { type: \"null\" }]`",
    );
    check(
        "    Color:\n      type: string\n",
        "    Color:\n      type: integer\n",
        "house.yaml:42:7: a schema of type `integer`; the fix: write the type where it is used; only objects, ids (`x-id`) and enums have names",
    );
}

#[test]
fn a_dangling_or_cyclic_reference_is_an_error() {
    let list = "{ type: array, items: { type: string }";
    check(
        list,
        "{ type: array, items: { $ref: \"#/components/schemas/Doors\" }",
        "house.yaml:55:47: `$ref` to `#/components/schemas/Doors`, which does not exist; the fix: correct the name, or describe it",
    );
    check(
        "parameters/Id\"",
        "parameters/Id2\"",
        "house.yaml:12:15: `$ref` to `#/components/parameters/Id2`, which does not exist; the fix: correct the name, or describe it",
    );
    check(
        "#/components/schemas/Color",
        "other.yaml#/Color",
        "house.yaml:54:24: `$ref` to `other.yaml#/Color`; the fix: refer to `#/components/schemas/…`",
    );
    check(
        list,
        "{ $ref: \"#/components/schemas/Door\"",
        "house.yaml:55:25: `$ref` to `Door` closes a cycle; the fix: break the cycle: the depth of a model must be finite",
    );
}

#[test]
fn a_cycle_through_a_list_is_an_error() {
    check(
        "{ type: array, items: { type: string }",
        "{ type: array, items: { $ref: \"#/components/schemas/Door\" }",
        "house.yaml:55:47: `$ref` to `Door` closes a cycle; the fix: break the cycle: the depth of a model must be finite",
    );
}

#[test]
fn a_cycle_through_other_schemas_is_an_error() {
    check(
        "    DoorUpdate:\n",
        concat!(
            "    Frame: { type: object, description: F, x-source: p, properties: { door: { $ref: \"#/components/schemas/Panel\", description: D } } }\n",
            "    Panel: { type: object, description: P, x-source: p, properties: { frame: { $ref: \"#/components/schemas/Frame\", description: F } } }\n",
            "    DoorUpdate:\n",
        ),
        "house.yaml:59:86: `$ref` to `Frame` closes a cycle; the fix: break the cycle: the depth of a model must be finite",
    );
}

#[test]
fn names_that_clash_are_an_error() {
    check(
        "color: {",
        "level1: { type: string, description: L }\n        level_1: { type: string, description: L }\n        color: {",
        "house.yaml:55:9: two properties are `level1` in Rust; the fix: give one an `x-rust-name`",
    );
    check(
        "color: {",
        "ID: { type: string, description: Twice }\n        color: {",
        "house.yaml:54:9: two properties are `id` in Rust; the fix: give one an `x-rust-name`",
    );
    check(
        "enum: [red, blue]\n      x-enum-meanings: {",
        "enum: [red, blue, RED]\n      x-enum-meanings: { RED: Loud,",
        "house.yaml:43:25: two words are `Red` in Rust; the fix: remove one; unknown words are kept anyway",
    );
    check(
        "enum: [red, blue]",
        "enum: [red, blue, red]",
        "house.yaml:43:25: two words are `red`; the fix: keep one of the two",
    );
    for taken in ["Self", "String", "From", "AsRef", "A", "Expiration"] {
        check(
            "    Color:\n",
            &format!(
                "    {taken}: {{ type: string, x-id: true, description: Taken, x-source: a page }}\n    Color:\n"
            ),
            &format!(
                "house.yaml:41:5: the schema `{taken}` clashes with a Rust name; the fix: give it another name"
            ),
        );
    }
    check(
        "    Color:\n",
        "    door_key: { type: string, x-id: true, description: Taken, x-source: a page }\n    Color:\n",
        "house.yaml:41:5: a schema named `door_key`; the fix: rename it to `DoorKey`",
    );
    for none in ["..", "1st", "string", "_"] {
        check(
            "    Color:\n",
            &format!(
                "    {none}: {{ type: string, x-id: true, description: None, x-source: a page }}\n    Color:\n"
            ),
            &format!(
                "house.yaml:41:5: a schema named `{none}`; the fix: give it a name of letters and digits, starting with a capital, that Rust does not define"
            ),
        );
    }
}

#[test]
fn names_that_are_invalid_in_rust_are_an_error() {
    check(
        "color: {",
        "type: { type: string, description: A keyword }\n        color: {",
        "house.yaml:54:9: the property `type` cannot be `type` in Rust; the fix: give it an `x-rust-name` in snake case that is not a keyword",
    );
    check(
        "color: {",
        "type: { type: string, description: A keyword, x-rust-name: kindOf }\n        color: {",
        "house.yaml:54:9: the property `type` cannot be `kindOf` in Rust; the fix: give it an `x-rust-name` in snake case that is not a keyword",
    );
    check(
        "color: {",
        "unknown: { type: string, description: Dark }\n        color: {",
        "house.yaml:54:9: the property `unknown` cannot be `unknown` in Rust; the fix: give it an `x-rust-name` in snake case that is not a keyword",
    );
    for id in ["open 1", "match", "__", "SELF"] {
        check(
            "operationId: OpenDoor",
            &format!("operationId: {id}"),
            &format!(
                "house.yaml:14:7: `{id}` is not a valid Rust name; the fix: give the operation another `operationId`"
            ),
        );
    }
    check(
        "enum: [red, blue]\n      x-enum-meanings: {",
        "enum: [red, blue, 1st]\n      x-enum-meanings: { 1st: Dark,",
        "house.yaml:43:25: the word `1st` is not valid as a Rust variant; the fix: remove it; unknown words are kept anyway",
    );
    let renamed = VALID
        .replace(
            "color: {",
            "type: { type: string, description: Wood, x-rust-name: door_type }\n        color: {",
        )
        .replace("{ id: d1,", "{ id: d1, type: oak,");
    assert_eq!(diagnostics(&renamed), "");
}

#[test]
fn a_default_or_requirement_that_does_not_fit_is_an_error() {
    check(
        "x-default: red",
        "x-default: green",
        "house.yaml:54:9: the default of `color` does not fit its type; the fix: give a value of its type, which must not be nullable",
    );
    check(
        "x-default: red",
        "x-default: [red]",
        "house.yaml:54:89: a list as default; the fix: use a boolean, an integer, a string or `{}`",
    );
    check(
        "x-default: red",
        "default: red",
        "house.yaml:54:87: `default` beside a `$ref`; the fix: rename it to `x-default`",
    );
    check(
        "minLength: 1",
        "minLength: 1, x-default: Door",
        "house.yaml:63:67: `x-default` without `$ref`; the fix: rename it to `default`",
    );
    check(
        "required: [id]",
        "required: [id, color]",
        "house.yaml:54:9: `color` is required and has a default; the fix: keep one of the two",
    );
    check(
        "required: [id]",
        "required: [id, id]",
        "house.yaml:51:22: two required properties are `id`; the fix: keep one of the two",
    );
    check(
        "properties:\n        label",
        "required: [label]\n      properties:\n        label",
        "house.yaml:64:9: `label` is required but nullable; the fix: keep one of the two; only a list may be both, where null means empty",
    );
    check(
        "required: [id]",
        "required: [id, key]",
        "house.yaml:51:22: `key` is required but not a property; the fix: describe the property, or do not require it",
    );
}

#[test]
fn limits_that_no_value_satisfies_are_an_error() {
    for limits in [
        "minLength: 2, maxLength: 1",
        "minLength: -1",
        "maxLength: -1",
    ] {
        check(
            "minLength: 1",
            limits,
            "house.yaml:63:9: limits that no value satisfies",
        );
    }
    for limits in ["minimum: 2, maximum: 1", "minimum: 3000000000"] {
        check(
            "format: int32",
            &format!("format: int32, {limits}"),
            "house.yaml:22:11: limits that no value satisfies",
        );
    }
    let list = "{ type: array, items: { type: string }";
    for (limits, default) in [
        ("maximum: 9", 10),
        ("minimum: 1", 0),
        ("maximum: 9", 3_000_000_000_i64),
    ] {
        check(
            list,
            &format!("{{ type: integer, format: int32, {limits}, default: {default}"),
            "house.yaml:55:9: the default of `hinges` does not fit its type; the fix: give a value of its type, which must not be nullable",
        );
    }
    check(
        "minLength: 1",
        "minLength: 1, default: Door",
        "house.yaml:63:9: the default of `label` does not fit its type; the fix: give a value of its type, which must not be nullable",
    );
}

#[test]
fn an_invalid_pattern_is_an_error() {
    check(
        "minLength: 1",
        "pattern: \"^(a\"",
        "house.yaml:63:51: the pattern `^(a`: unclosed group at character 2; the fix: write an ECMA-262 regular expression",
    );
}

#[test]
fn a_count_that_an_update_can_clear_is_an_error() {
    check(
        "{ type: [string, \"null\"], minLength: 1,",
        "{ type: [integer, \"null\"], format: int32, minimum: 0,",
        "house.yaml:63:9: a nullable count in an update; the fix: remove `minimum`, or extend the generator",
    );
}

#[test]
fn a_put_that_drops_unknown_members_is_an_error() {
    check(
        "      x-keep-unknown: true\n",
        "",
        "house.yaml:26:56: `OpenDoor` replaces the whole object, but `DoorUpdate` drops unknown members; the fix: add `x-keep-unknown: true` to the schema",
    );
    check(
        "x-keep-unknown: true",
        "x-keep-unknown: false",
        "house.yaml:64:23: `x-keep-unknown: false`; the fix: remove it",
    );
    check(
        "label: { type: [string, \"null\"],",
        "door: { $ref: \"#/components/schemas/Door\", description: D }\n        label: { type: [string, \"null\"],",
        "house.yaml:63:23: `DoorUpdate` keeps unknown members, but `Door` inside it does not; the fix: add `x-keep-unknown: true` to it",
    );
    check(
        "label: { type",
        "unknown_members: { type",
        "house.yaml:63:9: the property `unknown_members` cannot be `unknown_members` in Rust; the fix: give it an `x-rust-name` in snake case that is not a keyword",
    );
}

#[test]
fn a_property_that_is_required_or_of_a_request_is_not_lenient() {
    check(
        "hinges: { type: array, items: { type: string }",
        "hinges: { type: string, default: a, x-lenient: true",
        "house.yaml:55:9: `x-lenient` on `hinges`; the fix: remove it, or put it on an optional property of a response that is neither an object nor a secret",
    );
}

#[test]
fn a_secret_that_is_shown_once_and_may_be_missing_is_an_error() {
    let hinges = "hinges: { type: array, items: { type: string }";
    for wrong in [
        "hinges: { type: string, x-secret: true, x-shown-once: true",
        "hinges: { type: string, x-shown-once: true",
    ] {
        check(
            hinges,
            wrong,
            "house.yaml:55:9: `x-shown-once` on `hinges`; the fix: remove `x-shown-once`, or put it on a required secret of a response",
        );
    }
}

#[test]
fn a_lenient_secret_or_object_or_required_property_is_an_error() {
    let hinges = "hinges: { type: array, items: { type: string }";
    for wrong in [
        "hinges: { type: string, x-secret: true, x-lenient: true",
        "hinges: { $ref: \"#/components/schemas/Color\", x-lenient: true",
    ] {
        check(
            hinges,
            wrong,
            "house.yaml:55:9: `x-lenient` on `hinges`; the fix: remove it, or put it on an optional property of a response that is neither an object nor a secret",
        );
    }
}

#[test]
fn a_property_that_is_no_secret_is_not_read_from_an_object() {
    let hinges = "hinges: { type: array, items: { type: string }";
    for wrong in [
        "hinges: { type: string, x-or-object: true",
        "hinges: { type: boolean, x-or-object: true",
        "hinges: { type: array, items: { type: string, x-secret: true }, x-or-object: true",
    ] {
        check(
            hinges,
            wrong,
            "house.yaml:55:9: `x-or-object` on `hinges`, which is no secret; the fix: remove it, or add `x-secret: true`",
        );
    }
}

#[test]
fn a_required_or_nullable_property_is_not_omittable() {
    for (from, to, place) in [
        (
            "minLength: 1",
            "x-omittable: true",
            "63:9: `x-omittable` on `label`",
        ),
        (
            "x-default: red",
            "x-omittable: true",
            "54:9: `x-omittable` on `color`",
        ),
    ] {
        check(
            from,
            to,
            &format!(
                "house.yaml:{place}; the fix: remove it, or put it on a request property that is neither required nor nullable"
            ),
        );
    }
}

#[test]
fn an_object_with_arguments_is_not_a_default() {
    for (keywords, expected) in [
        (
            "x-omittable: true",
            "house.yaml:64:9: the default of `lock` does not fit its type; the fix: give a value of its type, which must not be nullable",
        ),
        ("x-omittable: true, default: open", ""),
    ] {
        let lock = format!(
            "    Lock: {{ type: object, x-keep-unknown: true, description: L, x-source: p, properties: {{ kind: {{ type: string, description: K, {keywords} }} }}, examples: [{{ kind: bolt }}] }}\n    DoorUpdate:"
        );
        let text = VALID
            .replace("    DoorUpdate:", &lock)
            .replace(
                "        label: {",
                "        lock: { $ref: \"#/components/schemas/Lock\", description: L, x-default: {} }\n        label: {",
            )
            .replace("{ label: Pull }", "{ label: Pull, lock: { kind: bolt } }");
        assert_eq!(diagnostics(&text), expected, "{keywords}");
    }
}

#[test]
fn the_fix_of_a_misspelled_keyword_is_the_right_one() {
    let list = "{ type: array, items: { type: string }";
    for (keywords, column, wrong, right) in [
        ("type: string, x-secert: true", 33, "x-secert", "x-secret"),
        ("type: string, x_secret: true", 33, "x_secret", "x-secret"),
        ("type: string, X-Secret: true", 33, "X-Secret", "x-secret"),
        ("type: string, secret: true", 33, "secret", "x-secret"),
        ("type: string, maxlength: 1", 33, "maxlength", "maxLength"),
        (
            "type: string, x-shownonce: true",
            33,
            "x-shownonce",
            "x-shown-once",
        ),
        (
            "type: string, x-ommitable: true",
            33,
            "x-ommitable",
            "x-omittable",
        ),
        (
            "type: string, x-rust_name: a",
            33,
            "x-rust_name",
            "x-rust-name",
        ),
    ] {
        check(
            list,
            &format!("{{ {keywords}"),
            &format!(
                "house.yaml:55:{column}: unknown keyword `{wrong}`; the fix: rename it to `{right}`, or remove it"
            ),
        );
    }
    check(
        "x-keep-unknown: true",
        "x-keeps-unknown: true",
        "house.yaml:64:7: unknown keyword `x-keeps-unknown`; the fix: rename it to `x-keep-unknown`, or remove it",
    );
    check(
        "x-permissions: [porter]",
        "x-permission: [porter]",
        "house.yaml:20:7: unknown keyword `x-permission`; the fix: rename it to `x-permissions`, or remove it",
    );
}

#[test]
fn the_fix_of_a_misplaced_keyword_of_ours_is_its_place() {
    let secret = "put `x-secret` on `type: string` of a property or of the elements of a list";
    let list = "{ type: array, items: { type: string }";
    check(
        "x-default: red",
        "x-secret: true",
        &format!("house.yaml:54:78: unknown keyword `x-secret`; the fix: {secret}"),
    );
    check(
        "x-default: red",
        "x-secert: true",
        &format!("house.yaml:54:78: unknown keyword `x-secert`; the fix: {secret}"),
    );
    check(
        list,
        &format!("{list}, x-secret: true"),
        &format!("house.yaml:55:57: unknown keyword `x-secret`; the fix: {secret}"),
    );
    check(
        "      x-keep-unknown: true\n",
        "      x-keep-unknown: true\n      x-shown-once: true\n",
        "house.yaml:65:7: unknown keyword `x-shown-once`; the fix: put `x-shown-once` on a property of the response",
    );
    check(
        "      x-idempotent: true\n",
        "      x-idempotent: true\n      x-keep-unknown: true\n",
        "house.yaml:19:7: unknown keyword `x-keep-unknown`; the fix: put `x-keep-unknown` on a schema of type object",
    );
    check(
        list,
        "{ type: string, x-secret: false",
        "house.yaml:55:43: `x-secret: false`; the fix: remove it",
    );
    check(
        list,
        "{ type: string, x-secret: \"true\"",
        "house.yaml:55:43: expected a boolean, found a string",
    );
}

#[test]
fn a_choice_that_would_be_dropped_is_an_error() {
    let door = "{ $ref: \"#/components/schemas/DoorId\" }";
    let color = "{ $ref: \"#/components/schemas/Color\" }";
    let null = "{ type: \"null\" }";
    for choices in [
        format!("{door}, {color}, {null}"),
        format!("{{ type: string }}, {door}, {null}"),
        format!("{door}, {null}, {null}"),
        format!("{null}, {null}"),
        door.to_owned(),
    ] {
        check(
            "{ type: array, items: { type: string }",
            &format!("{{ oneOf: [{choices}]"),
            "house.yaml:55:26: `oneOf` with choices other than one `$ref` and null; the fix: write `oneOf: [{ $ref: … }, { type: \"null\" }]`",
        );
    }
    for choices in [format!("{door}, {null}"), format!("{null}, {door}")] {
        let list = "{ type: array, items: { type: string }";
        let text = VALID.replacen(list, &format!("{{ oneOf: [{choices}]"), 1);
        let text = text.replace("hinges: [left]", "hinges: left");
        assert_eq!(diagnostics(&text), "", "{choices}");
    }
}

#[test]
fn a_secret_that_is_shown_once_is_in_the_response_itself_and_alone() {
    let once = |name| {
        format!("{name}: {{ type: string, x-secret: true, x-shown-once: true, description: S }}")
    };
    let fix = "the fix: remove `x-shown-once`, or put it on a required secret of a response";
    let one = VALID
        .replace("required: [id]", "required: [id, one]")
        .replace(
            "        color: {",
            &format!("        {}\n        color: {{", once("one")),
        )
        .replace("{ id: d1,", "{ id: d1, one: hunter2,");
    assert_eq!(diagnostics(&one), "");
    let two = one.replace("[id, one]", "[id, one, two]").replace(
        "        color: {",
        &format!("        {}\n        color: {{", once("two")),
    );
    assert_eq!(
        diagnostics(&two),
        "house.yaml:55:9: `two` is shown once beside `one`; the fix: keep one of the two; otherwise some responses could not be decoded"
    );
    let inner = VALID.replace(
        "        color: {",
        "        lock: { $ref: \"#/components/schemas/Lock\", description: L }\n        color: {",
    );
    let lock = format!(
        "    Lock: {{ type: object, description: L, x-source: p, required: [one], properties: {{ {} }} }}\n    DoorUpdate:",
        once("one")
    );
    assert_eq!(
        diagnostics(&inner.replace("    DoorUpdate:", &lock)),
        format!("house.yaml:59:87: `x-shown-once` on `one`; {fix}")
    );
}
