//! Operations, their paths, parameters and responses.

use super::{VALID, check, diagnostics};

#[test]
fn parameters_and_paging_that_do_not_fit_the_path_are_an_error() {
    check(
        "/doors/{id}:",
        "/doors/{door}:",
        "house.yaml:14:7: `/doors/{door}` does not contain the described parameters; the fix: describe each `{parameter}` of the path, in its order",
    );
    check(
        "name: id, in: path, required: true",
        "name: id, in: path",
        "house.yaml:38:9: an invalid `required` of the parameter `id`; the fix: require parameters of the path and no others",
    );
    check(
        "{ style: link,",
        "{ style: page,",
        "house.yaml:19:17: unknown paging style `page`; the fix: use link or cursor",
    );
    check(
        "page-token: after",
        "page-token: cursor",
        "house.yaml:19:17: `x-paging` names `cursor`, which is not a query parameter; the fix: describe the parameter",
    );
    check(
        "tags: [Doors]",
        "tags: [Windows]",
        "house.yaml:14:7: the tag `Windows` is not in `tags`; the fix: add it there with a description",
    );
}

#[test]
fn an_operation_that_changes_something_is_not_safe() {
    check(
        "x-idempotent: true",
        "x-idempotent: true\n      x-safe: true",
        "house.yaml:19:15: `x-safe: true` of a put; the fix: remove it; only a POST may change something or not",
    );
    let post = VALID.replace("    put:", "    post:");
    let found = diagnostics(&post.replace(
        "x-idempotent: true",
        "x-idempotent: false\n      x-safe: true",
    ));
    let told = "`x-safe` of what must not be repeated; the fix: let `x-idempotent` be true";
    assert!(found.contains(told), "{found}");
}

#[test]
fn paging_of_a_response_without_pages_is_an_error() {
    let no_list = "house.yaml:19:17: `x-paging` on a response without a list; the fix: describe the list in the schema of the response, or remove `x-paging`";
    check(
        "schemas/Door\" } } }\n",
        "schemas/DoorUpdate\" } } }\n",
        no_list,
    );
    check(
        "          content: { application/json: { schema: { $ref: \"#/components/schemas/Door\" } } }\n",
        "",
        no_list,
    );
    let no_cursor = "house.yaml:19:17: cursor paging of a response without an optional string `after`; the fix: describe it in the schema of the response as optional: the last page does not contain it";
    check("{ style: link,", "{ style: cursor,", no_cursor);
    for (required, after, expected) in [
        ("id", "string", ""),
        ("id", "[string, \"null\"]", ""),
        ("id", "boolean", no_cursor),
        ("id, after", "string", no_cursor),
    ] {
        let text = VALID
            .replace("{ style: link,", "{ style: cursor,")
            .replace("required: [id]", &format!("required: [{required}]"))
            .replace(
                "        hinges: {",
                &format!("        after: {{ type: {after}, description: What follows }}\n        hinges: {{"),
            )
            .replace("{ id: d1,", "{ id: d1, after: k,");
        assert_eq!(diagnostics(&text), expected, "{required} {after}");
    }
}

#[test]
fn a_path_without_operations_is_an_error() {
    check(
        "paths:\n",
        "paths:\n  /gates: {}\n",
        "house.yaml:10:3: the path `/gates` has no operations; the fix: remove it, or describe one",
    );
    let paths = VALID.find("  /doors").unwrap()..VALID.find("components:").unwrap();
    check(
        &VALID[paths],
        "  {}\n",
        "house.yaml:10:3: an API without operations; the fix: describe one",
    );
}

#[test]
fn a_path_with_an_invalid_segment_is_an_error() {
    for segment in ["..", "", "a b", "a%2fb", "a?b", "{id", "x{id}", "é"] {
        check(
            "/doors/{id}:",
            &format!("\"/{segment}/{{id}}\":"),
            &format!(
                "house.yaml:14:7: the invalid segment `{segment}` of `/{segment}/{{id}}`; the fix: write letters, digits and `-._~:@`, or one `{{parameter}}`"
            ),
        );
    }
}

#[test]
fn a_body_in_the_wrong_place_is_an_error() {
    check(
        "    put:",
        "    delete:",
        "house.yaml:14:7: a request body for a delete; the fix: remove it; servers and proxies drop it",
    );
    check(
        "\"200\":",
        "\"204\":",
        "house.yaml:14:7: a body in a 204 response; the fix: remove it, or give the status that the vendor sends with it",
    );
}

#[test]
fn an_unsupported_security_scheme_is_an_error() {
    check(
        "  - key: []",
        "  - lock: []",
        "house.yaml:6:5: the security scheme `lock`, which does not exist; the fix: correct the name, or describe it in `securitySchemes`",
    );
    check(
        "    key: { type",
        "    lock: { type: http, scheme: basic, description: Another }\n    key: { type",
        "house.yaml:36:5: `lock` is never used; the fix: remove it",
    );
}

// U27
#[test]
fn a_security_scheme_that_other_tools_reject_is_an_error() {
    let types = "the fix: use `http` with a `scheme`, or `apiKey` with a `name` in a header";
    for (scheme, expected) in [
        ("type: http, scheme: bearer, bearerFormat: JWT", String::new()),
        ("type: apiKey, name: Authorization, in: header", String::new()),
        (
            "type: oauth",
            format!("house.yaml:36:10: a security scheme of type `oauth`; {types}"),
        ),
        (
            "type: http",
            "house.yaml:36:10: a security scheme without `scheme`".into(),
        ),
        (
            "type: http, scheme: bearer, in: header",
            "house.yaml:36:40: unknown keyword `in`; the fix: remove it; a security scheme cannot have it".into(),
        ),
        (
            "type: http, scheme: basic, bearerFormat: JWT",
            "house.yaml:36:39: unknown keyword `bearerFormat`; the fix: remove it; a security scheme cannot have it".into(),
        ),
        (
            "type: apiKey, in: header",
            "house.yaml:36:10: a security scheme without `name`".into(),
        ),
        (
            "type: apiKey, name: key, in: query",
            "house.yaml:36:10: a credential in `query`; the fix: put it in a header; URLs are logged".into(),
        ),
    ] {
        check("type: http, scheme: bearer", scheme, &expected);
    }
}

#[test]
fn duplicates_are_an_error() {
    let door = concat!(
        "  /doors/{id}/open:\n    get: { operationId: openDoor, tags: [Doors], summary: S, description: D, x-source: p, x-idempotent: true, parameters: ",
        "[{ $ref: \"#/components/parameters/Id\" }], responses: { \"204\": { description: D }, 4XX: { description: D }, default: { description: D } } }\ncomponents:\n",
    );
    check(
        "components:\n",
        door,
        "house.yaml:35:10: two operations are `OpenDoor` in Rust; the fix: give one another `operationId`",
    );
    let same = "  /doors/{door}:\n    put: { operationId: Other, x-rust-name: other, tags: [Doors], summary: S, description: D, x-source: p, x-idempotent: true, parameters: [{ name: door, in: path, required: true, description: D, schema: { type: string } }], responses: { \"204\": { description: D }, 4XX: { description: D }, default: { description: D } } }\ncomponents:\n";
    check(
        "components:\n",
        same,
        "house.yaml:35:10: two operations are `put /doors/{}`; the fix: keep one of the two",
    );
    check(
        "description: What can be opened }\n",
        "description: What can be opened }\n  - { name: doors, description: Again }\n",
        "house.yaml:9:5: two tags are `doors` in Rust; the fix: rename one",
    );
    check(
        "        - { name: after,",
        "        - { name: count, in: query, description: Again, schema: { type: string } }\n        - { name: after,",
        "house.yaml:23:11: two parameters are `count`; the fix: keep one of the two",
    );
    check(
        "    Color:\n",
        "    DoorId: { type: string, x-id: true, description: The id of a door, x-source: a page }\n    Color:\n",
        "house.yaml:41:5: duplicate key `DoorId`; the fix: keep one of the two",
    );
}

#[test]
fn an_unsupported_operation_is_an_error() {
    check(
        "/doors/{id}:",
        "doors/{id}:",
        "house.yaml:14:7: the path `doors/{id}` does not begin with a slash; the fix: add it",
    );
    check(
        "tags: [Doors]",
        "tags: [Doors, Doors]",
        "house.yaml:14:7: an operation without exactly one tag; the fix: give it one",
    );
    check(
        "\"200\":",
        "\"404\": { description: No }\n        \"200\":",
        "house.yaml:28:9: a response for `404`; the fix: describe one success status, `4XX` and `default`",
    );
    check(
        "\"200\":",
        "\"+201\": { description: New }\n        \"200\":",
        "house.yaml:28:9: a response for `+201`; the fix: describe one success status, `4XX` and `default`",
    );
    check(
        "\"200\":",
        "\"201\": { description: New }\n        \"200\":",
        "house.yaml:29:9: a second success status; the fix: keep the one that the vendor sends",
    );
    check(
        "name: count, in: query",
        "name: count, in: header",
        "house.yaml:22:11: a parameter in `header`; the fix: use `path` or `query`",
    );
    check(
        "{ type: integer, format: int32 } }",
        "{ type: array, items: { type: boolean } } }",
        "house.yaml:22:11: the parameter `count` has an unsupported type; the fix: use a string or an id in the path; a string, an id, an enum, a list of those, an integer or a boolean in the query",
    );
    check(
        "        required: true\n",
        "        required: false\n",
        "house.yaml:25:9: an optional request body; the fix: add `required: true`",
    );
}

#[test]
fn different_bodies_of_failures_are_an_error() {
    let response = |status: &str, name: &str| {
        format!(
            "        {status}: {{ description: D, content: {{ application/json: {{ schema: {{ $ref: \"#/components/schemas/{name}\" }} }} }} }}\n"
        )
    };
    let none = |status| format!("        {status}: {{ description: It stays closed }}\n");
    let different = "house.yaml:31:9: `4XX` and `default` with different bodies; the fix: give both the same body; failures have one type";
    for (refusal, failure, expected) in [
        ("DoorUpdate", Some("DoorUpdate"), ""),
        ("DoorUpdate", Some("Door"), different),
        ("DoorUpdate", None, different),
    ] {
        let failure = failure.map_or(none("default"), |name| response("default", name));
        check(
            &(none("4XX") + &none("default")),
            &(response("4XX", refusal) + &failure),
            expected,
        );
    }
}
