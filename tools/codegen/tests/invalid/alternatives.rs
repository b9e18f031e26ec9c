//! Errors in a second description, whose operations stand in for those of the first.

use gatelet_codegen::{Vendor, generate_vendor};

use super::HOUSE;

const GARDEN: Vendor = Vendor {
    further: &["garden"],
    ..HOUSE
};

/// Returns a description of the snapshots, after a change if it contains `from`.
fn description(file: &str, [from, to]: [&str; 2]) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots/");
    let text = std::fs::read_to_string(format!("{folder}{file}")).unwrap();
    text.replacen(from, to, 1)
}

/// Returns the errors after a change in one of the descriptions.
fn diagnostics_after(change: [&str; 2]) -> String {
    let texts = ["alternatives.yaml", "alternatives.further.yaml"]
        .map(|file| (file, description(file, change)));
    let descriptions = texts.each_ref().map(|(file, text)| {
        let file = if file.contains("further") {
            "garden.yaml"
        } else {
            *file
        };
        (file, text.as_bytes())
    });
    let generated = generate_vendor(GARDEN, &descriptions);
    generated.err().unwrap_or_default()
}

#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    assert_eq!(diagnostics_after([from, to]), expected, "{from} -> {to}");
}

#[test]
fn valid_descriptions_have_no_diagnostics() {
    check("no such text", "", "");
}

#[test]
fn an_operation_of_a_further_description_names_the_one_that_it_stands_in_for() {
    check(
        "      x-alternative-to: ListDoors\n",
        "",
        "garden.yaml:12:7: an operation of a further description without `x-alternative-to`; the fix: name the operation that it stands in for, or extend the generator",
    );
    check(
        "x-alternative-to: ListDoors",
        "x-alternative-to: ListGates",
        "garden.yaml:13:25: `x-alternative-to` names `ListGates`, which is not an operation of the first description; the fix: correct the name",
    );
    check(
        "x-alternative-to: CreateDoor",
        "x-alternative-to: ListDoors",
        "garden.yaml:30:25: two operations that stand in for one are `ListDoors`; the fix: keep one of the two",
    );
    check(
        "      operationId: GetWindow\n",
        "      operationId: GetWindow\n      x-alternative-to: ListDoors\n",
        "alternatives.yaml:58:25: `x-alternative-to` in the first description of a vendor; the fix: remove it, or move the operation\ngarden.yaml:13:25: two operations that stand in for one are `ListDoors`; the fix: keep one of the two",
    );
}

#[test]
fn parts_of_the_method_belong_to_the_first_description() {
    check(
        "      operationId: RemoveGardenDoor\n",
        "      operationId: RemoveGardenDoor\n      x-rust-name: delete\n",
        "garden.yaml:43:7: `x-rust-name` of an operation that stands in for `RemoveDoor`; the fix: remove it; that of `RemoveDoor` applies",
    );
    check(
        "      operationId: CreateGardenDoor\n",
        "      operationId: CreateGardenDoor\n      x-by-hand: { decode: D }\n",
        "garden.yaml:29:7: `x-by-hand` of an operation that stands in for `CreateDoor`; the fix: remove it; that of `CreateDoor` applies",
    );
    check(
        "x-by-hand: { check: A name is refused }",
        "x-by-hand: { method: M }",
        "garden.yaml:29:7: `CreateDoor`, whose method is written by hand, has an alternative; the fix: remove one of the two",
    );
}

#[test]
fn an_operation_that_stands_in_for_another_takes_and_returns_the_same() {
    for (from, to, expected) in [
        (
            "operationId: RemoveGardenDoor\n      x-alternative-to: RemoveDoor",
            "operationId: RemoveGardenDoor\n      x-alternative-to: GetWindow",
            "garden.yaml:43:7: `RemoveGardenDoor` cannot stand in for `GetWindow`: it has another `x-safe`; the fix: make both the same\ngarden.yaml:43:7: `RemoveGardenDoor` cannot stand in for `GetWindow`: it has another method; the fix: make both the same\ngarden.yaml:43:7: `RemoveGardenDoor` cannot stand in for `GetWindow`: it has another response; the fix: make both the same\ngarden.yaml:43:7: `RemoveGardenDoor` cannot stand in for `GetWindow`: it has another tag; the fix: make both the same\ngarden.yaml:43:7: `RemoveGardenDoor` cannot stand in for `GetWindow`: its path has other parameters; the fix: make both the same",
        ),
        (
            "x-source: https://garden.example/RemoveGardenDoor\n      x-idempotent: true",
            "x-source: https://garden.example/RemoveGardenDoor\n      x-idempotent: false",
            "garden.yaml:43:7: `RemoveGardenDoor` cannot stand in for `RemoveDoor`: it has another `x-idempotent`; the fix: make both the same",
        ),
        (
            "schema: { $ref: \"alternatives.yaml#/components/schemas/DoorId\" }",
            "schema: { type: string }",
            "garden.yaml:43:7: `RemoveGardenDoor` cannot stand in for `RemoveDoor`: its path has other parameters; the fix: make both the same",
        ),
        (
            "x-paging: { style: cursor, page-size: page-size, page-token: page-key, next: nextPageKey }",
            "x-paging: { style: link, page-size: page-size, page-token: page-key }",
            "garden.yaml:12:7: `ListGardenDoors` cannot stand in for `ListDoors`: it pages differently; the fix: make both the same",
        ),
        (
            "format: int32, description: How wide it is, default: 90, x-omittable: true }\n      examples: [{ name: front, width: 80 }]",
            "format: int64, description: How wide it is, default: 90, x-omittable: true }\n      examples: [{ name: front, width: 80 }]",
            "garden.yaml:69:9: `CreateGardenDoor` cannot stand in for `CreateDoor`: the body of the other has no such property `width`; the fix: make both the same",
        ),
    ] {
        check(from, to, expected);
    }
}

#[test]
fn a_further_description_refers_to_schemas_of_the_first_by_its_name() {
    check(
        "alternatives.yaml#/components/schemas/DoorList",
        "#/components/schemas/DoorList",
        "garden.yaml:25:90: `$ref` to `#/components/schemas/DoorList`, which does not exist; the fix: correct the name, or describe it",
    );
    check(
        "alternatives.yaml#/components/schemas/DoorList",
        "alternatives.yaml#/components/schemas/GardenFailure",
        "garden.yaml:19:17: `x-paging` on a response without a list; the fix: describe the list in the schema of the response, or remove `x-paging`\ngarden.yaml:19:17: cursor paging of a response without an optional string `nextPageKey`; the fix: describe it in the schema of the response as optional: the last page does not contain it\ngarden.yaml:25:90: `$ref` to `alternatives.yaml#/components/schemas/GardenFailure`, which does not exist; the fix: correct the name, or describe it",
    );
    check(
        "alternatives.yaml#/components/schemas/DoorList",
        "house.yaml#/components/schemas/DoorList",
        "garden.yaml:25:90: `$ref` to `house.yaml#/components/schemas/DoorList`; the fix: refer to `#/components/schemas/…`",
    );
    check(
        "{ schema: { $ref: \"#/components/schemas/Window\" } }",
        "{ schema: { $ref: \"garden.yaml#/components/schemas/GardenFailure\" } }",
        "alternatives.yaml:66:90: `$ref` to `garden.yaml#/components/schemas/GardenFailure`; the fix: refer to `#/components/schemas/…`",
    );
    check(
        "    GardenFailure:",
        "    Failure:",
        "alternatives.yaml:73:93: `$ref` to `#/components/schemas/Failure`, which does not exist; the fix: correct the name, or describe it\ngarden.yaml:60:93: `$ref` to `#/components/schemas/GardenFailure`, which does not exist; the fix: correct the name, or describe it\ngarden.yaml:71:5: two schemas are `Failure`; the fix: keep one of the two",
    );
    check(
        "page-token: page-key, next: nextPageKey",
        "page-token: page-key",
        "garden.yaml:19:17: cursor paging of a response without an optional string `page-key`; the fix: describe it in the schema of the response as optional: the last page does not contain it",
    );
}

#[test]
fn a_tag_does_not_hide_the_choice_of_an_api() {
    let texts = ["alternatives.yaml", "alternatives.further.yaml"].map(|file| {
        let text = description(file, ["no such text", ""]);
        text.replace("Windows", "API")
    });
    let [first, further] = &texts;
    let descriptions = [
        ("alternatives.yaml", first.as_bytes()),
        ("garden.yaml", further.as_bytes()),
    ];
    let refused = generate_vendor(GARDEN, &descriptions).unwrap_err();
    assert_eq!(
        refused,
        "alternatives.yaml:9:5: the tag `API` hides `Client::api`; the fix: rename it"
    );
}
