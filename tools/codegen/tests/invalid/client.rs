//! Descriptions from which no client can be generated.

use std::fs;
use std::path::Path;

use gatelet_codegen::{Vendor, generate_vendor, names};
use syn::{Item, UseTree, Visibility};

use super::{VALID, check, diagnostics};

/// Returns the errors of the valid description with a GET instead of the PUT, which makes it a list, after a change.
fn list(from: &str, to: &str) -> String {
    let body = VALID.find("      requestBody:").unwrap()..VALID.find("      responses:").unwrap();
    let text = VALID
        .replace(&VALID[body], "")
        .replace("    put:", "    get:");
    let update = text.find("    DoorUpdate:").unwrap();
    let text = text[..update].replace(
        "      required: [id]",
        "      x-keep-unknown: true\n      required: [id]",
    ) + "...\n";
    let keys =
        "        keys: { type: array, items: { type: string }, description: What opens it }\n";
    let text = text.replace("      x-keep-unknown: true\n", "");
    let text = text.replace(keys, "").replace(", keys: [k1]", "");
    assert!(text.contains(from), "{from}");
    diagnostics(&text.replacen(from, to, 1))
}

#[test]
fn a_list_has_no_diagnostics() {
    assert_eq!(list("", ""), "");
}

#[test]
fn a_tag_or_query_with_the_name_of_another_type_is_an_error() {
    let fix = "the fix: rename the tag, such as to its plural, or the operation";
    for (tag, expected) in [
        ("Door", format!("house.yaml:8:5: the client's type `Door`, which is also a schema; {fix}")),
        ("client", format!("house.yaml:8:5: the client's type `Client`, which the client already has; {fix}")),
        ("Items", format!("house.yaml:8:5: the client's type `Items`, which the client already has; {fix}")),
        ("option", format!("house.yaml:8:5: the client's type `Option`, which the client already has; {fix}")),
        ("open doorQuery", "house.yaml:14:7: two types of the client are `OpenDoorQuery` in Rust; the fix: rename the tag or the operation".into()),
        ("channel", format!("house.yaml:8:5: the client's type `Channel`, which the client already has; {fix}\nhouse.yaml:8:5: the tag `channel` hides `Client::channel`; the fix: rename it")),
        ("base URL", "house.yaml:8:5: the client's type `BaseUrl`, which the client already has; the fix: rename the tag, such as to its plural, or the operation\nhouse.yaml:8:5: the tag `base URL` hides `Client::base_url`; the fix: rename it".into()),
        ("team", "house.yaml:8:5: the tag `team` hides `Client::team`; the fix: rename it".into()),
        ("check", String::new()),
        ("generated", String::new()),
        ("Élan", String::new()),
    ] {
        let text = VALID.replace("name: Doors,", &format!("name: {tag},"));
        let text = text.replace("tags: [Doors]", &format!("tags: [{tag}]"));
        assert_eq!(diagnostics(&text), expected, "{tag}");
    }
}

#[test]
fn a_method_without_a_usable_name_is_an_error() {
    let fix = "write a verb in snake case that is not a keyword";
    for name in ["new", "type", "openDoor", "r#type", "self"] {
        check(
            "      tags: [Doors]\n",
            &format!("      tags: [Doors]\n      x-rust-name: {name}\n"),
            &format!("house.yaml:16:20: `{name}` cannot be the name of a method; the fix: {fix}"),
        );
    }
    check(
        "    put:",
        "    post:",
        "house.yaml:14:7: `{id}` cannot be the name of a method; the fix: give the operation an `x-rust-name`",
    );
}

#[test]
fn a_handwritten_part_of_nothing_is_an_error() {
    let by_hand = |text: &str| format!("      tags: [Doors]\n      x-by-hand: {text}\n");
    let tags = "      tags: [Doors]\n";
    let parts = "house.yaml:16:18: an invalid combination in `x-by-hand`; the fix: give `method`, or `check` and `decode` or one of them; `command` may be added or stand alone";
    for (text, expected) in [
        ("{}", parts),
        ("{ method: M, check: C }", parts),
        (
            "{ check: \"\" }",
            "house.yaml:16:18: an invalid combination in `x-by-hand`; the fix: give `method`, or `check` and `decode` or one of them; `command` may be added or stand alone\nhouse.yaml:16:27: an empty text",
        ),
        (
            "{ decoding: D }",
            "house.yaml:16:18: an invalid combination in `x-by-hand`; the fix: give `method`, or `check` and `decode` or one of them; `command` may be added or stand alone\nhouse.yaml:16:20: unknown keyword `decoding`; the fix: remove it; `x-by-hand` cannot have it",
        ),
        ("{ check: C, decode: D }", ""),
    ] {
        check(tags, &by_hand(text), expected);
    }
    let fix = "the fix: remove it, or give `method`";
    for part in ["check", "decode"] {
        let expected = format!("house.yaml:14:7: `{part}` by hand of a list; {fix}");
        assert_eq!(list(tags, &by_hand(&format!("{{ {part}: P }}"))), expected);
    }
    let body = "          content: { application/json: { schema: { $ref: \"#/components/schemas/Door\" } } }\n";
    let text = VALID
        .replace(body, "")
        .replace(tags, &by_hand("{ decode: D }"));
    let text = text.replace(
        "      x-paging: { style: link, page-size: count, page-token: after }\n",
        "",
    );
    assert_eq!(
        diagnostics(&text).lines().next().unwrap(),
        "house.yaml:14:7: `decode` by hand of a response without a body; the fix: remove it, or describe the body of the response"
    );
}

#[test]
fn an_identity_of_what_is_not_read_by_an_id_is_an_error() {
    let fix = "remove it; only the generated method of a GET without pages compares ids";
    let put = format!(
        "house.yaml:19:19: `x-identity` of an operation that does not read one object; the fix: {fix}"
    );
    check(
        "      x-idempotent: true\n",
        "      x-idempotent: true\n      x-identity: id\n",
        &put,
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let text = fs::read_to_string(folder.join("ids_and_enums.yaml")).unwrap();
    for (from, to, expected) in [
        (
            "x-identity: id",
            "x-identity: color",
            "`x-identity` names `color`, which is no `DoorId` in the response; the fix: name the property with the id",
        ),
        (
            "x-identity: id",
            "x-identity: nothing",
            "`x-identity` names `nothing`, which is no `DoorId` in the response; the fix: name the property with the id",
        ),
        (
            "description: The door, schema: { $ref: \"#/components/schemas/DoorId\" }",
            "description: The door, schema: { type: string }",
            "`x-identity` of an operation whose path does not end with an id; the fix: remove it",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        let expected = format!("house.yaml:18:19: {expected}");
        assert_eq!(diagnostics(&text.replacen(from, to, 1)), expected, "{to}");
    }
}

#[test]
fn an_account_outside_the_path_or_beside_another_is_an_error() {
    check(
        "name: count, in: query,",
        "name: count, in: query, x-account: true,",
        "house.yaml:22:48: `x-account` of a query parameter; the fix: remove it; an account is part of the path",
    );
    check(
        "name: count, in: query,",
        "name: count, in: query, x-reserved: [a],",
        "house.yaml:22:50: `x-reserved` of a query parameter; the fix: remove it, only a value in the path can be a path of its own",
    );
    let text = VALID.replace("/doors/{id}:", "/doors/{house}/{id}:");
    let text = text.replace(
        "      - $ref: \"#/components/parameters/Id\"\n",
        "      - { name: house, in: path, required: true, x-account: true, description: D, schema: { type: string } }\n      - $ref: \"#/components/parameters/Id\"\n",
    );
    assert_eq!(diagnostics(&text), "");
    let text = text.replace(
        "name: id, in: path,",
        "name: id, in: path, x-account: true,",
    );
    assert_eq!(
        diagnostics(&text),
        "house.yaml:39:9: `id` is a second account in the path; the fix: keep one `x-account`"
    );
}

#[test]
fn an_account_of_a_vendor_without_accounts_is_an_error() {
    let text = VALID.replace(
        "name: id, in: path,",
        "name: id, in: path, x-account: true,",
    );
    let text = text.replace(
        "schema: { $ref: \"#/components/schemas/DoorId\" } }",
        "schema: { type: string } }",
    );
    assert_eq!(diagnostics(&text), "");
    let vendor = Vendor {
        name: "house",
        further: &[],
        account: None,
    };
    let generated = generate_vendor(vendor, &[("house.yaml", text.as_bytes())]);
    assert_eq!(
        generated.unwrap_err(),
        "house.yaml:38:9: `x-account` of a vendor whose client has no account; the fix: remove it, so that `id` is an argument, or give the client an account and name it in `VENDORS`"
    );
}

#[test]
fn paging_with_wrong_types_is_an_error() {
    check(
        "description: How many, schema: { type: integer, format: int32 }",
        "description: How many, schema: { type: string }",
        "house.yaml:22:11: `x-paging` names `count`, which is not an integer; the fix: make it an integer",
    );
    check(
        "description: Where, schema: { type: string }",
        "description: Where, schema: { type: boolean }",
        "house.yaml:23:11: `x-paging` names `after`, which is not a string; the fix: make it a string",
    );
    check(
        "page-token: after }",
        "page-token: after, backwards: after }",
        "house.yaml:23:11: `x-paging` names `after`, which is not a boolean; the fix: make it a boolean",
    );
    check(
        "page-token: after }",
        "page-token: after, total-count: total }",
        "house.yaml:19:17: `x-paging` names `total`, which is not a count in the response; the fix: describe it in the schema of the response, with `minimum: 0`",
    );
    let small = "house.yaml:52:9: `count` of a page is not a small count; the fix: describe it with `format: int32` and `minimum: 0`, without a default";
    let fits = "house.yaml:54:18: an example of `Door` without `count`; the fix: add it; the first example shows every property";
    for (member, expected) in [
        ("type: string", small),
        ("type: integer, format: int64, minimum: 0", small),
        ("type: integer, format: int32", small),
        (
            "type: integer, format: int32, minimum: 0, default: 1",
            small,
        ),
        ("type: integer, format: int32, minimum: 0", fits),
    ] {
        let member = format!("        count: {{ {member}, description: N }}\n        hinges: {{");
        assert_eq!(list("        hinges: {", &member), expected, "{member}");
    }
}

#[test]
fn a_page_with_two_lists_is_an_error() {
    let hinges = "        hinges: {";
    let keys =
        "        keys: { type: array, items: { type: string }, description: What opens it }\n";
    assert_eq!(
        list(hinges, &format!("{keys}{hinges}")),
        "house.yaml:53:9: `hinges` is a second list in a page; the fix: remove it, or extend `x-paging` to name the list of the items"
    );
}

#[test]
fn a_page_that_shows_a_secret_once_is_an_error() {
    assert_eq!(
        list(
            "required: [id]\n      properties:\n",
            "required: [id, pin]\n      properties:\n        pin: { type: string, x-secret: true, x-shown-once: true, description: P }\n"
        ),
        "house.yaml:50:9: `pin` of a page is shown once; the fix: remove `x-shown-once`, a list can be read again"
    );
}

/// Collects the names that a `use` imports.
fn collect_used(tree: &UseTree, names: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => collect_used(&path.tree, names),
        UseTree::Name(name) => names.push(name.ident.to_string()),
        UseTree::Rename(rename) => names.push(rename.rename.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|it| collect_used(it, names)),
        UseTree::Glob(_) => {}
    }
}

#[test]
fn no_generated_type_of_a_client_is_hidden_by_what_it_exports() {
    for client in ["asa-client", "dt-client"] {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../crates/{client}/src/lib.rs"));
        let file = syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap();
        let mut names = Vec::new();
        for item in file.items {
            if let Item::Use(item) = item
                && matches!(item.vis, Visibility::Public(_))
            {
                collect_used(&item.tree, &mut names);
            }
        }
        assert!(names.len() > 10, "{names:?}");
        let types = names.iter().filter(|it| it.starts_with(char::is_uppercase));
        for name in types {
            assert!(names::is_taken_in_client(name), "{client} exports {name}");
        }
    }
}
