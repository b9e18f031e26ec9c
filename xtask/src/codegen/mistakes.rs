//! Every kind of mistake in a description is found, with its place and its remedy.

use super::describe;
use super::yaml::MAX_BYTES;

/// A sound description; each test makes one mistake in it.
const SOUND: &str = r##"openapi: 3.1.0
info: { title: Doors, version: "1", description: Doors of a house }
servers:
  - { url: "https://doors.example", description: The house }
security:
  - key: []
tags:
  - { name: Doors, description: What can be opened }
paths:
  /doors/{id}:
    parameters:
      - $ref: "#/components/parameters/Id"
    put:
      operationId: OpenDoor
      tags: [Doors]
      summary: Opens a door
      x-source: https://doors.example/open
      x-idempotent: true
      x-paging: { style: link, page-size: count, page-token: after }
      x-permissions: [porter]
      parameters:
        - { name: count, in: query, description: How many, schema: { type: integer, format: int32 } }
        - { name: after, in: query, description: Where, schema: { type: string } }
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/DoorUpdate" } } }
      responses:
        "200":
          description: The door
          content: { application/json: { schema: { $ref: "#/components/schemas/Door" } } }
components:
  securitySchemes:
    key: { type: http, scheme: bearer, description: A key }
  parameters:
    Id: { name: id, in: path, required: true, description: Which, schema: { $ref: "#/components/schemas/DoorId" } }
  schemas:
    DoorId: { type: string, x-id: true, description: The id of a door, x-source: a page }
    Colour:
      type: string
      enum: [red, blue]
      x-enum-descriptions: { red: Like fire, blue: Like water }
      description: A colour
      x-source: a page
    Door:
      type: object
      description: A door
      x-source: a page
      required: [id]
      properties:
        id: { $ref: "#/components/schemas/DoorId", description: Its id }
        colour: { $ref: "#/components/schemas/Colour", description: Its colour, default: red }
        hinges: { type: array, items: { type: string }, description: What it hangs on }
    DoorUpdate:
      type: object
      description: What becomes of a door
      x-source: a page
      properties:
        label: { type: [string, "null"], minLength: 1, description: What it says }
"##;

/// The mistakes in a text, one a line.
fn mistakes(text: &str) -> String {
    match describe("house", "house.yaml", text.as_bytes()) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    }
}

/// The mistakes in the sound description after a change.
fn after(from: &str, to: &str) -> String {
    assert!(SOUND.contains(from), "{from}");
    mistakes(&SOUND.replacen(from, to, 1))
}

#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    assert_eq!(after(from, to), expected, "{from} -> {to}");
}

#[test]
fn a_sound_description_has_no_mistakes() {
    assert_eq!(mistakes(SOUND), "");
}

#[test]
fn an_unknown_keyword_is_a_mistake() {
    check(
        "      summary: Opens a door\n",
        "      summary: Opens a door\n      deprecated: true\n",
        "house.yaml:17:7: unknown keyword `deprecated`; the fix: remove it, an operation cannot have it",
    );
    check(
        "description: Its id }",
        "description: Its id, title: Id }",
        "house.yaml:50:73: unknown keyword `title`; the fix: remove it, a property cannot have it",
    );
    check(
        "    put:",
        "    patch:",
        "house.yaml:13:5: unknown keyword `patch`; the fix: remove it, a path cannot have it",
    );
}

#[test]
fn a_value_of_the_wrong_type_is_a_mistake() {
    check(
        "summary: Opens a door",
        "summary: [Opens]",
        "house.yaml:16:16: a list in place of a text; the fix: write a text",
    );
    check(
        "x-idempotent: true",
        "x-idempotent: \"true\"",
        "house.yaml:18:21: a text in place of a boolean; the fix: write a boolean",
    );
    check(
        "minLength: 1",
        "minLength: one",
        "house.yaml:58:53: a text in place of an integer; the fix: write an integer",
    );
    check(
        "properties:\n        label",
        "properties: 7\n        #",
        "house.yaml:57:19: an integer in place of an object; the fix: write an object",
    );
    check(
        "description: A colour",
        "description: \"\"",
        "house.yaml:42:20: an empty text; the fix: write one",
    );
}

#[test]
fn a_type_that_has_no_rust_is_a_mistake() {
    let list = "{ type: array, items: { type: string }";
    check(
        list,
        "{ type: number",
        "house.yaml:52:17: unknown type `number`; the fix: use string, integer, boolean, array or object",
    );
    check(
        list,
        "{ type: string, format: email",
        "house.yaml:52:17: unknown format `email` of a string; the fix: use `date-time`, or leave it out",
    );
    check(
        "format: int32",
        "format: int16",
        "house.yaml:22:68: unknown format `int16` of an integer; the fix: use int32, int64 or uint64",
    );
    check(
        list,
        "{ type: string, format: date-time, x-timestamp: seconds",
        "house.yaml:52:17: unknown `x-timestamp` `seconds`; the fix: use `milliseconds`, or leave it out",
    );
    check(
        list,
        "{ type: string, format: date-time, x-secret: true",
        "house.yaml:52:17: a secret with a format; the fix: leave the format out",
    );
    check(
        list,
        "{ type: array, items: { type: [string, \"null\"] }",
        "house.yaml:52:39: elements that may be null; the fix: make them not null",
    );
    check(
        list,
        "{ type: array, items: { type: string, format: date-time, x-timestamp: milliseconds }",
        "house.yaml:52:39: `x-timestamp` in a list; the fix: leave `x-timestamp` out, or teach the generator",
    );
    check(
        "minLength: 1",
        "format: date-time, x-timestamp: milliseconds",
        "house.yaml:58:9: `x-timestamp` in an update; the fix: leave `x-timestamp` out, or teach the generator",
    );
    check(
        list,
        "{ type: object, additionalProperties: { type: boolean }",
        "house.yaml:52:17: a map of other values than texts; the fix: name the object as a schema",
    );
    check(
        list,
        "{ type: [string, integer]",
        "house.yaml:52:25: a `type` that is no type with \"null\"; the fix: write one type, or `[type, \"null\"]`",
    );
    check(
        list,
        "{ oneOf: [{ type: string }]",
        "house.yaml:52:26: `oneOf` with other choices than one `$ref` and null; the fix: write `oneOf: [{ $ref: … }, { type: \"null\" }]`",
    );
    check(
        "    Colour:\n      type: string\n",
        "    Colour:\n      type: integer\n",
        "house.yaml:39:7: a schema of type `integer`; the fix: only objects, ids (`x-id`) and enums have names; write the type where it is used",
    );
}

#[test]
fn a_reference_that_leads_nowhere_or_back_is_a_mistake() {
    let list = "{ type: array, items: { type: string }";
    check(
        list,
        "{ type: array, items: { $ref: \"#/components/schemas/Doors\" }",
        "house.yaml:52:47: `$ref` to `#/components/schemas/Doors`, which is not there; the fix: correct the name, or describe it",
    );
    check(
        "parameters/Id\"",
        "parameters/Id2\"",
        "house.yaml:12:15: `$ref` to `#/components/parameters/Id2`, which is not there; the fix: correct the name, or describe it",
    );
    check(
        "#/components/schemas/Colour",
        "other.yaml#/Colour",
        "house.yaml:51:25: `$ref` to `other.yaml#/Colour`; the fix: refer to `#/components/schemas/…`",
    );
    check(
        list,
        "{ $ref: \"#/components/schemas/Door\"",
        "house.yaml:52:25: `$ref` to `Door` closes a circle; the fix: break the circle, models are finite",
    );
}

#[test]
fn a_circle_through_other_schemas_is_a_mistake() {
    check(
        "    DoorUpdate:\n",
        concat!(
            "    Frame: { type: object, description: F, x-source: p, properties: { door: { $ref: \"#/components/schemas/Panel\", description: D } } }\n",
            "    Panel: { type: object, description: P, x-source: p, properties: { frame: { $ref: \"#/components/schemas/Frame\", description: F } } }\n",
            "    DoorUpdate:\n",
        ),
        "house.yaml:54:86: `$ref` to `Frame` closes a circle; the fix: break the circle, models are finite",
    );
}

#[test]
fn names_that_clash_are_a_mistake() {
    check(
        "colour: {",
        "ID: { type: string, description: Twice }\n        colour: {",
        "house.yaml:51:9: two properties are `id` in Rust; the fix: rename one, for a property with `x-rust-name`",
    );
    check(
        "enum: [red, blue]\n      x-enum-descriptions: {",
        "enum: [red, blue, RED]\n      x-enum-descriptions: { RED: Loud,",
        "house.yaml:40:25: two words are `Red` in Rust; the fix: rename one, for a property with `x-rust-name`",
    );
    check(
        "    Colour:\n",
        "    String: { type: string, x-id: true, description: Taken, x-source: a page }\n    Colour:\n",
        "house.yaml:38:5: the schema `String` clashes with a Rust name; the fix: give it another name",
    );
    check(
        "    Colour:\n",
        "    door_key: { type: string, x-id: true, description: Taken, x-source: a page }\n    Colour:\n",
        "house.yaml:38:5: a schema named `door_key`; the fix: call it `DoorKey`",
    );
}

#[test]
fn names_that_rust_cannot_have_are_a_mistake() {
    check(
        "colour: {",
        "type: { type: string, description: A keyword }\n        colour: {",
        "house.yaml:51:9: the property `type` cannot be `type` in Rust; the fix: give it an `x-rust-name` in snake case that is no keyword",
    );
    check(
        "colour: {",
        "type: { type: string, description: A keyword, x-rust-name: kindOf }\n        colour: {",
        "house.yaml:51:9: the property `type` cannot be `kindOf` in Rust; the fix: give it an `x-rust-name` in snake case that is no keyword",
    );
    check(
        "colour: {",
        "unknown: { type: string, description: Dark }\n        colour: {",
        "house.yaml:51:9: the property `unknown` cannot be `unknown` in Rust; the fix: give it an `x-rust-name` in snake case that is no keyword",
    );
    check(
        "operationId: OpenDoor",
        "operationId: open 1",
        "house.yaml:14:7: `open 1` is no Rust name; the fix: give the operation another `operationId`",
    );
    check(
        "enum: [red, blue]\n      x-enum-descriptions: {",
        "enum: [red, blue, unknown]\n      x-enum-descriptions: { unknown: Dark,",
        "house.yaml:40:25: the word `unknown` makes no Rust variant; the fix: leave it out, unknown words are kept anyway",
    );
    assert_eq!(
        after(
            "colour: {",
            "type: { type: string, description: Wood, x-rust-name: door_type }\n        colour: {"
        ),
        ""
    );
}

#[test]
fn what_is_missing_is_a_mistake() {
    check(
        "      x-source: https://doors.example/open\n",
        "",
        "house.yaml:14:7: an operation without `x-source`; the fix: add `x-source`",
    );
    check(
        "description: A door\n      x-source: a page\n",
        "description: A door\n",
        "house.yaml:45:7: a schema without `x-source`; the fix: add `x-source`",
    );
    check(
        "      x-idempotent: true\n",
        "",
        "house.yaml:14:7: an operation without `x-idempotent`; the fix: add `x-idempotent`",
    );
    check(
        "\"200\":",
        "default:",
        "house.yaml:28:9: an operation without success status; the fix: add the response that the vendor sends, such as \"200\"",
    );
    check(
        "openapi: 3.1.0\n",
        "",
        "house.yaml:1:1: a description without `openapi`; the fix: add `openapi`",
    );
    check(
        "openapi: 3.1.0",
        "openapi: 3.0.2",
        "house.yaml:1:10: another version of OpenAPI; the fix: write it for 3.1",
    );
    check(
        "{ red: Like fire, blue",
        "{ blue",
        "house.yaml:41:28: `x-enum-descriptions` without `red`; the fix: add `red`",
    );
}

#[test]
fn what_is_never_used_is_a_mistake() {
    check(
        "    Colour:\n",
        "    Room: { type: string, x-id: true, description: R, x-source: a page }\n    Colour:\n",
        "house.yaml:38:5: the schema `Room` is never used; the fix: remove it",
    );
    check(
        "  schemas:\n",
        "    Old: { name: old, in: query, description: O, schema: { type: boolean } }\n  schemas:\n",
        "house.yaml:36:5: `Old` is never used; the fix: remove it",
    );
}

#[test]
fn a_default_or_requirement_that_does_not_fit_is_a_mistake() {
    check(
        "default: red",
        "default: green",
        "house.yaml:51:9: the default of `colour` does not fit its type; the fix: give a value of its type, which must not be nullable",
    );
    check(
        "default: red",
        "default: [red]",
        "house.yaml:51:90: a list as default; the fix: use a boolean, an integer, a text or `{}`",
    );
    check(
        "required: [id]",
        "required: [id, colour]",
        "house.yaml:51:9: `colour` is required and has a default; the fix: keep one of the two",
    );
    check(
        "required: [id]",
        "required: [id, key]",
        "house.yaml:48:22: `key` is required and no property; the fix: describe the property, or do not require it",
    );
}

#[test]
fn parameters_and_paging_that_do_not_fit_the_path_are_a_mistake() {
    check(
        "/doors/{id}:",
        "/doors/{door}:",
        "house.yaml:14:7: `/doors/{door}` has not the parameters that are described; the fix: describe each `{parameter}` of the path, in its order",
    );
    check(
        "name: id, in: path, required: true",
        "name: id, in: path",
        "house.yaml:35:9: `required` of the parameter `id`; the fix: require parameters of the path and no others",
    );
    check(
        "{ style: link,",
        "{ style: page,",
        "house.yaml:19:17: paging of style `page`; the fix: use link or cursor",
    );
    check(
        "page-token: after",
        "page-token: cursor",
        "house.yaml:14:7: `x-paging` names `cursor`, which is no parameter of the query; the fix: describe the parameter",
    );
    check(
        "tags: [Doors]",
        "tags: [Windows]",
        "house.yaml:14:7: the tag `Windows` is not in `tags`; the fix: add it there with a description",
    );
}

#[test]
fn yaml_beyond_plain_values_is_a_mistake() {
    check(
        "x-permissions: [porter]",
        "x-permissions: &all [porter]",
        "house.yaml:20:22: a YAML anchor; the fix: use `$ref`, or repeat the value",
    );
    check(
        "x-permissions: [porter]",
        "x-permissions: !!seq [porter]",
        "house.yaml:20:22: a YAML tag; the fix: remove it; quote a text that looks like a number",
    );
    check(
        "tags:\n  - { name",
        "tags:\n  - &tag { name",
        "house.yaml:8:5: a YAML anchor; the fix: use `$ref`, or repeat the value",
    );
    check(
        "      required: [id]\n",
        "      required: [id]\n      required: [id]\n",
        "house.yaml:49:7: duplicate key `required`; the fix: keep one of the two",
    );
    check(
        "x-permissions: [porter]",
        "x-permissions: [porter",
        "house.yaml:21:17: no YAML: illegal placement of ':' indicator; the fix: mend the syntax",
    );
    check(
        "required: true\n        content: {",
        "required: &yes true\n        content: {",
        "house.yaml:25:19: a YAML anchor; the fix: use `$ref`, or repeat the value",
    );
    let alias = mistakes("openapi: &version 3.1.0\ninfo: *version\n");
    let expected = "house.yaml:2:7: a YAML alias; the fix: use `$ref`, or repeat the value";
    assert!(alias.lines().any(|line| line == expected), "{alias}");
    assert_eq!(
        mistakes("{}\n---\n{}\n"),
        "house.yaml:3:1: a second document; the fix: keep one document in a file"
    );
}

#[test]
fn all_mistakes_are_shown_at_once_in_the_order_of_the_file() {
    let text = SOUND
        .replace("minLength: 1", "minLength: one")
        .replace("summary: Opens a door", "summary: 7");
    assert_eq!(
        mistakes(&text),
        "house.yaml:16:16: an integer in place of a text; the fix: write a text\n\
         house.yaml:58:53: a text in place of an integer; the fix: write an integer"
    );
}

#[test]
fn a_description_that_was_cut_anywhere_is_a_mistake() {
    for end in (0..SOUND.trim_end().len()).step_by(7) {
        assert_ne!(mistakes(&SOUND[..end]), "", "cut at {end}");
    }
}

#[test]
fn a_description_that_is_too_much_is_a_mistake() {
    assert_eq!(
        mistakes(&" ".repeat(MAX_BYTES + 1)),
        "house.yaml:1:1: a description of more than 1048576 bytes; the fix: make it shorter"
    );
    assert_eq!(
        mistakes(&"- ".repeat(1000)),
        "house.yaml:1:67: more than 32 levels of nesting; the fix: name the inner part and refer to it"
    );
    let broken = describe("house", "house.yaml", b"openapi: 3.1.0\ninfo: \xff").unwrap_err();
    assert_eq!(
        broken.to_string(),
        "house.yaml:2:7: bytes that are not UTF-8; the fix: save the file as UTF-8"
    );
}
