//! What commands cannot be generated from.

use super::{VALID, check, diagnostics};

/// The mistakes in the sound description whose operation has a command by hand, with this tag and this method.
fn command(tag: &str, method: &str) -> String {
    let text = VALID.replace("name: Doors,", &format!("name: {tag},"));
    let by_hand =
        format!("tags: [{tag}]\n      x-by-hand: {{ command: C }}\n      x-rust-name: {method}\n");
    diagnostics(&text.replace("tags: [Doors]\n", &by_hand))
}

/// The mistakes in the sound description with a second tag, and an operation of it.
fn second_tag(name: &str) -> String {
    let description = "description: What can be opened }\n";
    let tag = format!("{description}  - {{ name: {name}, description: More }}\n");
    let operation = format!(
        "  /more:
    delete: {{ operationId: DeleteMore, tags: [{name}], summary: Deletes more, description: D, x-source: p, x-idempotent: true, responses: {{ \"204\": {{ description: D }}, 4XX: {{ description: D }}, default: {{ description: D }} }} }}
components:
"
    );
    let text = VALID.replace(description, &tag).replace("Doors,", "Gates,");
    let text = text.replace(
        "tags: [Doors]\n",
        "tags: [Gates]\n      x-by-hand: { command: C }\n",
    );
    diagnostics(&text.replace("components:\n", &operation))
}

#[test]
fn a_tag_that_cannot_be_a_command_is_an_error() {
    assert_eq!(command("Doors", "open"), "");
    for (tag, module) in [("Types", "type"), ("Help", "help"), ("Selfs", "self")] {
        assert_eq!(
            command(tag, "open"),
            format!(
                "house.yaml:8:5: the tag `{tag}` is not valid as the command `{module}`; the fix: rename it"
            )
        );
    }
    // Its command is not by hand, so no module has its name.
    assert_eq!(second_tag("Types"), "");
    let fix = "the fix: rename one of the tags";
    assert_eq!(
        second_tag("Gate"),
        format!("house.yaml:9:5: two commands are `gate` in Rust; {fix}")
    );
}

#[test]
fn a_method_that_cannot_be_a_command_is_an_error() {
    let fix = "the fix: give the operation an `x-rust-name`";
    assert_eq!(
        command("Doors", "help"),
        format!("house.yaml:14:7: `help` cannot be the name of a command; {fix}")
    );
    check(
        "tags: [Doors]\n",
        "tags: [Doors]\n      x-by-hand: { method: M, command: C }\n",
        "",
    );
    let by_hand = "    post:\n      x-by-hand: { method: M, command: C }\n";
    check(
        "    put:\n",
        by_hand,
        &format!("house.yaml:14:7: `{{id}}` cannot be the name of a command; {fix}"),
    );
}

#[test]
fn a_command_with_the_name_or_alias_of_another_is_an_error() {
    let delete = |name: &str| {
        let responses = "responses: { \"204\": { description: D }, 4XX: { description: D }, default: { description: D } }";
        let delete = format!(
            "    delete: {{ operationId: DeleteDoor, tags: [Doors], summary: Deletes a door, description: D, x-source: p, x-idempotent: true, {responses} }}
components:
"
        );
        let by_hand = format!(
            "tags: [Doors]\n      x-by-hand: {{ method: M, command: C }}\n      x-rust-name: {name}\n"
        );
        let text = VALID.replace("tags: [Doors]\n", &by_hand);
        diagnostics(&text.replace("components:\n", &delete))
    };
    let fix = "the fix: give the operation an `x-rust-name`";
    assert_eq!(delete("open"), "");
    assert_eq!(
        delete("rm"),
        format!("house.yaml:36:13: two commands of the tag `Doors` are `rm` in Rust; {fix}")
    );
}

#[test]
fn an_operation_whose_handler_cannot_have_its_name_is_an_error() {
    for id in ["Match", "type", "self"] {
        check(
            "operationId: OpenDoor",
            &format!("operationId: {id}"),
            &format!(
                "house.yaml:14:7: `{id}` is not a valid Rust name; the fix: give the operation another `operationId`"
            ),
        );
    }
}

#[test]
fn an_argument_that_cannot_be_told_from_another_is_an_error() {
    check(
        "        - { name: after, in: query,",
        "        - { name: output, in: query, description: D, schema: { type: string } }\n        - { name: query_output, in: query, description: D, schema: { type: string } }\n        - { name: after, in: query,",
        "house.yaml:24:11: two arguments of a command are `query_output` in Rust; the fix: remove one",
    );
}

#[test]
fn a_summary_that_cannot_be_a_request_is_an_error() {
    let text = VALID.replace(
        "tags: [Doors]\n",
        "tags: [Doors]\n      x-by-hand: { command: C }\n",
    );
    for summary in ["Open a door", "The door", "opens a door"] {
        let text = text.replace("summary: Opens a door", &format!("summary: {summary}"));
        assert_eq!(
            diagnostics(&text),
            format!(
                "house.yaml:14:7: the summary `{summary}` does not begin with what the operation does; the fix: begin with a verb in the third person, such as `Lists`"
            )
        );
    }
}

#[test]
fn own_columns_of_what_no_generated_command_prints_are_an_error() {
    let own = "    Door:\n      type: object\n      x-own-columns: true\n";
    let expected = "house.yaml:47:5: `x-own-columns` on `Door`, which no generated command prints; the fix: remove it; a handwritten command defines its own columns";
    check("    Door:\n      type: object\n", own, expected);
    let text = VALID.replace("    Door:\n      type: object\n", own);
    let get = "    get: { operationId: GetDoor, tags: [Doors], summary: Reads a door, description: D, x-source: p, x-idempotent: true, responses: { \"200\": { description: D, content: { application/json: { schema: { $ref: \"#/components/schemas/Door\" } } } }, 4XX: { description: D }, default: { description: D } } }
components:
";
    let text = text.replace("components:\n", get).replace(
        "      required: [id]\n",
        "      x-keep-unknown: true\n      required: [id]\n",
    );
    let text = text.replace(
        "tags: [Doors]\n",
        "tags: [Doors]\n      x-rust-name: open\n",
    );
    assert_eq!(diagnostics(&text), "");
}

#[test]
fn a_command_beside_the_operations_has_a_name_and_a_request_of_its_own() {
    let tag = "description: What can be opened }";
    let own =
        |commands: &str| format!("description: What can be opened, x-commands: {commands} }}");
    let after = |commands: &str| super::diagnostics_after(tag, &own(commands));
    assert_eq!(after("{ polish: Polishes the doors }"), "");
    for (name, fix) in [("Polish", "rename it"), ("help", "rename it")] {
        let expected = format!("`{name}` cannot be the name of a command; the fix: {fix}");
        let found = after(&format!("{{ {name}: Polishes the doors }}"));
        assert!(found.ends_with(&expected), "{found}");
    }
    let found = after("{ polish: For the doors }");
    assert!(found.contains("does not begin with what"), "{found}");
    assert_eq!(
        after("{ polish: { summary: Polishes the doors, changes: true } }"),
        ""
    );
    let found = after("{ polish: { summary: Polishes the doors, change: true } }");
    assert!(found.contains("rename it to `changes`"), "{found}");
    let found = after("{ polish: { changes: true } }");
    assert!(found.contains("a command without `summary`"), "{found}");
    let found = after("[polish]");
    assert!(found.contains("expected an object"), "{found}");
}

#[test]
fn another_name_of_a_noun_is_one_word_and_belongs_to_one_noun() {
    assert_eq!(nouns(&["Keys, x-aliases: [ky, master-key]"]), "");
    let expected = "`Ky` cannot be another name of commands; the fix: write one word of lower-case letters, such as `gw` or `setup-token`";
    let found = nouns(&["Keys, x-aliases: [Ky]"]);
    assert!(found.contains(expected), "{found}");
    let expected = "two commands are `door` in Rust; the fix: rename one of the tags";
    let found = nouns(&["Keys, x-aliases: [door]"]);
    assert!(found.contains(expected), "{found}");
}

#[test]
fn a_secret_alone_is_that_of_a_command_beside_the_operations() {
    let after = |own: &str| super::diagnostics_after("x-idempotent: true", own);
    let found = after("x-idempotent: true\n      x-secret-by: reveal");
    let expected = "has no command `reveal`; the fix: add it to the `x-commands` of the tag";
    assert!(found.contains(expected), "{found}");
    let found = after("x-idempotent: true\n      x-secret-by: Reveal");
    assert!(found.contains("cannot be the name of a method"), "{found}");
}

/// The mistakes in the sound description, whose tag has the command `open`, with further tags and an operation of each.
fn nouns(tags: &[&str]) -> String {
    let description = "description: What can be opened }\n";
    let (mut more, mut operations) = (description.to_owned(), String::new());
    for (number, tag) in tags.iter().enumerate() {
        let name = tag.split(',').next().unwrap();
        more += &format!("  - {{ name: {tag}, description: More }}\n");
        operations += &format!(
            "  /more/{number}:
    delete: {{ operationId: Delete{number}, x-rust-name: delete, tags: [{name}], summary: Deletes more, description: D, x-source: p, x-idempotent: true, responses: {{ \"204\": {{ description: D }}, 4XX: {{ description: D }}, default: {{ description: D }} }} }}\n"
        );
    }
    let text = VALID.replace(description, &more);
    let by_hand = "tags: [Doors]\n      x-by-hand: { command: C }\n      x-rust-name: open\n";
    let text = text.replace("tags: [Doors]\n", by_hand);
    diagnostics(&text.replace("components:\n", &(operations + "components:\n")))
}

#[test]
fn a_noun_below_another_is_accepted_up_to_three_words() {
    for tags in [
        &["Keys, x-noun: door key"][..],
        &["Keys, x-noun: key"],
        &["Rings, x-noun: door key ring", "Keys, x-noun: door key"],
        // The same words in another place.
        &[
            "Open, x-noun: door door",
            "Gates",
            "Keys, x-noun: gate door",
        ],
    ] {
        assert_eq!(nouns(tags), "", "{tags:?}");
    }
}

#[test]
fn a_noun_with_a_name_of_its_parent_is_an_error() {
    let fix = "the fix: give the nested tag another `x-noun`";
    for (tags, line, name) in [
        (&["Keys, x-noun: door open"][..], 9, "open"),
        (
            &["Keys, x-noun: door key", "Locks, x-noun: door key"],
            10,
            "key",
        ),
        (
            &["Keys, x-noun: door key", "Keyses, x-noun: door keys"],
            10,
            "keys",
        ),
    ] {
        let expected = format!(
            "house.yaml:{line}:5: two commands of the tag `Doors` are `{name}` in Rust; {fix}"
        );
        assert_eq!(nouns(tags), expected);
    }
    // An alias of a verb, and of a noun.
    let expected = "two commands of the tag `Gates` are `rm` in Rust";
    let found = nouns(&["Gates", "Keys, x-noun: gate rm"]);
    assert!(found.contains(expected), "{found}");
    let expected = "two commands are `gate` in Rust; the fix: rename one of the tags";
    let found = nouns(&["Gates", "Keys, x-noun: gate"]);
    assert!(found.contains(expected), "{found}");
}

#[test]
fn a_noun_below_none_is_an_error() {
    let fix = "the fix: correct the words before the last, or give a tag these words as its noun";
    let expected = "`gate key` is below `gate`, which is not the noun of a tag with commands";
    assert_eq!(
        nouns(&["Keys, x-noun: gate key"]),
        format!("house.yaml:9:27: {expected}; {fix}")
    );
    let expected =
        "`door key ring` is below `door key`, which is not the noun of a tag with commands";
    assert_eq!(
        nouns(&["Rings, x-noun: door key ring"]),
        format!("house.yaml:9:28: {expected}; {fix}")
    );
}

#[test]
fn a_noun_that_cannot_be_typed_is_an_error() {
    for (noun, word) in [
        ("Door key", "Door"),
        ("door  key", ""),
        ("door help", "help"),
        ("door self", "self"),
        ("door a-key", "a-key"),
        ("door -key", "-key"),
        ("door key2", "key2"),
        ("door schlüssel", "schlüssel"),
    ] {
        let fix = "write words of lower-case letters with one space between them, such as `service-user key`";
        assert_eq!(
            nouns(&[&format!("Keys, x-noun: {noun}")]),
            format!("house.yaml:9:27: `{word}` cannot be a word of a noun; the fix: {fix}")
        );
    }
    assert_eq!(
        nouns(&["Keys, x-noun: door key ring tag"]),
        "house.yaml:9:27: `x-noun` with 4 words; the fix: write at most 3; hyphens join the parts of one word"
    );
    let found = nouns(&["Keys, x-noun: [door, key]"]);
    assert!(found.contains("expected a string, found a list"), "{found}");
}

#[test]
fn nouns_that_are_the_same_in_rust_are_an_error() {
    assert_eq!(
        nouns(&["Keys, x-noun: door key", "Door keys"]),
        "house.yaml:10:5: two nouns of commands are `door_key` in Rust; the fix: give one of the tags another `x-noun`"
    );
}

#[test]
fn a_noun_without_commands_is_an_error() {
    check(
        "description: What can be opened }",
        "description: What can be opened, x-noun: gate }",
        "house.yaml:8:61: `x-noun` on the tag `Doors`, which has no command; the fix: remove it",
    );
    check(
        "      tags: [Doors]\n",
        "      tags: [Doors]\n      x-noun: door\n",
        "house.yaml:16:7: unknown keyword `x-noun`; the fix: put `x-noun` on a tag",
    );
}
