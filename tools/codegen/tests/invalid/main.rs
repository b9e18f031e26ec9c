//! Every kind of error in a description is reported with its position and, if it is not obvious, its fix.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod alternatives;
mod client;
mod commands;
mod examples;
mod operations;
mod schemas;
mod servers;
mod size;
mod texts;

use gatelet_codegen::{Vendor, generate_vendor};

/// A vendor of nothing but doors.
const HOUSE: Vendor = Vendor {
    name: "house",
    further: &[],
    account: Some("team"),
};

/// A valid description, into which each test puts one error.
const VALID: &str = r##"openapi: 3.1.0
info: { title: Doors, version: "1", description: Doors of a house, license: { name: MIT, identifier: MIT }, contact: { name: a, url: "https://b.example" } }
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
        4XX: { description: It stays closed }
        default: { description: It stays closed }
      description: Nobody has to knock
components:
  securitySchemes:
    key: { type: http, scheme: bearer, description: A key }
  parameters:
    Id: { name: id, in: path, required: true, description: Which, schema: { $ref: "#/components/schemas/DoorId" } }
  schemas:
    DoorId: { type: string, x-id: true, description: The id of a door, x-source: a page }
    Color:
      type: string
      enum: [red, blue]
      x-enum-meanings: { red: Like fire, blue: Like water }
      description: A color
      x-source: a page
    Door:
      type: object
      description: A door
      x-source: a page
      required: [id]
      properties:
        id: { $ref: "#/components/schemas/DoorId", description: Its id }
        color: { $ref: "#/components/schemas/Color", description: Its color, x-default: red }
        hinges: { type: array, items: { type: string }, description: What it hangs on }
        keys: { type: array, items: { type: string }, description: What opens it }
      examples: [{ id: d1, color: red, hinges: [left], keys: [k1] }]
    DoorUpdate:
      type: object
      description: What becomes of a door
      x-source: a page
      properties:
        label: { type: [string, "null"], minLength: 1, description: What it says }
      x-keep-unknown: true
      examples: [{ label: Pull }]
...
"##;

/// Returns the errors of a description, one on each line.
fn diagnostics(text: &str) -> String {
    let generated = generate_vendor(HOUSE, &[("house.yaml", text.as_bytes())]);
    generated.err().unwrap_or_default()
}

/// Returns the errors of the valid description after a change.
fn diagnostics_after(from: &str, to: &str) -> String {
    assert!(VALID.contains(from), "{from}");
    diagnostics(&VALID.replacen(from, to, 1))
}

#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    assert_eq!(diagnostics_after(from, to), expected, "{from} -> {to}");
}

#[test]
fn a_valid_description_has_no_diagnostics() {
    assert_eq!(diagnostics(VALID), "");
}

#[test]
fn an_unknown_keyword_is_an_error() {
    check(
        "      summary: Opens a door\n",
        "      summary: Opens a door\n      callbacks: {}\n",
        "house.yaml:17:7: unknown keyword `callbacks`; the fix: remove it; an operation cannot have it",
    );
    check(
        "description: Its id }",
        "description: Its id, title: Id }",
        "house.yaml:53:73: unknown keyword `title`; the fix: remove it; a property cannot have it",
    );
    check(
        "    put:",
        "    patch:",
        "house.yaml:10:3: the path `/doors/{id}` has no operations; the fix: remove it, or describe one\n\
         house.yaml:13:5: unknown keyword `patch`; the fix: remove it; a path cannot have it",
    );
}

#[test]
fn a_value_of_the_wrong_type_is_an_error() {
    check(
        "summary: Opens a door",
        "summary: [Opens]",
        "house.yaml:16:16: expected a string, found a list",
    );
    check(
        "version: \"1\"",
        "version: 2",
        "house.yaml:2:32: expected a string, found an integer; the fix: put it in quotes",
    );
    check(
        "version: \"1\"",
        "version:",
        "house.yaml:2:30: expected a string, found null",
    );
    check(
        "x-idempotent: true",
        "x-idempotent: \"true\"",
        "house.yaml:18:21: expected a boolean, found a string",
    );
    check(
        "minLength: 1",
        "minLength: one",
        "house.yaml:63:53: expected an integer, found a string",
    );
    check(
        "properties:\n        label",
        "properties: 7\n        #",
        "house.yaml:62:19: expected an object, found an integer",
    );
    check(
        "description: A color",
        "description: \"\"",
        "house.yaml:45:20: an empty text",
    );
}

#[test]
fn a_missing_keyword_is_an_error() {
    check(
        "      x-source: https://doors.example/open\n",
        "",
        "house.yaml:14:7: an operation without `x-source`",
    );
    check(
        "description: A door\n      x-source: a page\n",
        "description: A door\n",
        "house.yaml:48:7: a schema without `x-source`",
    );
    check(
        "      x-idempotent: true\n",
        "",
        "house.yaml:14:7: an operation without `x-idempotent`",
    );
    check(
        "\"200\":\n          description: The door\n          content: { application/json: { schema: { $ref: \"#/components/schemas/Door\" } } }\n        ",
        "",
        "house.yaml:28:9: an operation without success status; the fix: add the response that the vendor sends, such as \"200\"",
    );
    check(
        "openapi: 3.1.0\n",
        "",
        "house.yaml:1:1: a description without `openapi`",
    );
    check(
        "openapi: 3.1.0",
        "openapi: 3.0.2",
        "house.yaml:1:10: an unsupported version of OpenAPI; the fix: use OpenAPI 3.1",
    );
    check(
        "{ red: Like fire, blue",
        "{ blue",
        "house.yaml:44:24: `x-enum-meanings` without `red`",
    );
}

#[test]
fn an_unused_component_is_an_error() {
    check(
        "    Color:\n",
        "    Room: { type: string, x-id: true, description: R, x-source: a page }\n    Color:\n",
        "house.yaml:41:5: the schema `Room` is never used; the fix: remove it",
    );
    check(
        "  schemas:\n",
        "    Old: { name: old, in: query, description: O, schema: { type: boolean } }\n  schemas:\n",
        "house.yaml:39:5: `Old` is never used; the fix: remove it",
    );
}

#[test]
fn a_tag_that_is_never_used_is_an_error() {
    check(
        "description: What can be opened }\n",
        "description: What can be opened }\n  - { name: Windows, description: Nobody }\n",
        "house.yaml:9:5: the tag `Windows` is never used; the fix: remove it",
    );
}

#[test]
fn an_incomplete_schema_is_an_error() {
    check(
        "x-id: true",
        "x-id: false",
        "house.yaml:40:35: `x-id: false`; the fix: remove it",
    );
    check(
        "DoorId: { type: string, x-id: true,",
        "DoorId: { type: string,",
        "house.yaml:40:13: a named string without `enum` or `x-id`; the fix: add one of them",
    );
    for (tag, module) in [("type", "type"), ("Shared", "shared")] {
        let text = VALID.replace("{ name: Doors,", &format!("{{ name: {tag},"));
        assert_eq!(
            diagnostics(&text.replace("[Doors]", &format!("[{tag}]"))),
            format!(
                "house.yaml:8:5: the tag `{tag}` is not valid as the module `{module}`; the fix: rename it"
            )
        );
    }
    check(
        "summary: Opens a door",
        "? [summary]\n      : Opens a door",
        "house.yaml:16:9: a key that is not a string; the fix: write a plain word as key",
    );
    assert_eq!(diagnostics(""), "house.yaml:1:1: an empty description");
}

#[test]
fn yaml_beyond_plain_values_is_an_error() {
    check(
        "x-permissions: [porter]",
        "x-permissions: &all [porter]",
        "house.yaml:20:22: a YAML anchor; the fix: use `$ref`, or repeat the value",
    );
    check(
        "x-permissions: [porter]",
        "x-permissions: !!seq [porter]",
        "house.yaml:20:22: a YAML tag; the fix: remove it; quote a string that looks like a number",
    );
    check(
        "tags:\n  - { name",
        "tags:\n  - &tag { name",
        "house.yaml:8:5: a YAML anchor; the fix: use `$ref`, or repeat the value",
    );
    check(
        "      required: [id]\n",
        "      required: [id]\n      required: [id]\n",
        "house.yaml:52:7: duplicate key `required`; the fix: keep one of the two",
    );
    check(
        "x-permissions: [porter]",
        "x-permissions: [porter",
        "house.yaml:21:17: invalid YAML: illegal placement of ':' indicator",
    );
    check(
        "required: true\n        content: {",
        "required: &yes true\n        content: {",
        "house.yaml:25:19: a YAML anchor; the fix: use `$ref`, or repeat the value",
    );
    let alias = diagnostics("openapi: &version 3.1.0\ninfo: *version\n");
    let expected = "house.yaml:2:7: a YAML alias; the fix: use `$ref`, or repeat the value";
    assert!(alias.lines().any(|line| line == expected), "{alias}");
    assert_eq!(
        diagnostics("{}\n---\n{}\n"),
        "house.yaml:3:1: a second document; the fix: keep one document in a file"
    );
}

#[test]
fn all_diagnostics_are_shown_at_once_in_the_order_of_the_file() {
    let text = VALID
        .replace("minLength: 1", "minLength: one")
        .replace("summary: Opens a door", "summary: 7");
    assert_eq!(
        diagnostics(&text),
        "house.yaml:16:16: expected a string, found an integer; the fix: put it in quotes\n\
         house.yaml:63:53: expected an integer, found a string"
    );
}
