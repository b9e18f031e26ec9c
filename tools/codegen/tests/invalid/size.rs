//! Descriptions that are too long, too deep, truncated or malformed are rejected quickly.

use gatelet_codegen::{MAX_BYTES, VENDORS, Vendor, generate, generate_vendor};

use super::{HOUSE, VALID, diagnostics};

#[test]
fn a_truncated_description_is_an_error() {
    for end in (0..VALID.trim_end().len()).step_by(7) {
        assert_ne!(diagnostics(&VALID[..end]), "", "cut at {end}");
    }
    let cut = |before: &str| diagnostics(VALID.split_once(before).unwrap().0);
    assert_eq!(
        cut("x-source: https"),
        "house.yaml:17:7: a description without its end mark; it may be truncated; the fix: end it with a line `...`"
    );
    // Only the end mark is missing.
    assert_eq!(
        cut("...\n"),
        "house.yaml:66:1: a description without its end mark; it may be truncated; the fix: end it with a line `...`"
    );
    assert_eq!(
        cut("porter]"),
        "house.yaml:21:1: invalid YAML: while parsing a node, did not find expected node content"
    );
}

#[test]
fn an_oversized_description_is_an_error() {
    assert_eq!(
        diagnostics(&" ".repeat(MAX_BYTES + 1)),
        "house.yaml:1:1: a description of more than 1048576 bytes; the fix: make it shorter"
    );
    assert_eq!(
        diagnostics(&"- ".repeat(1000)),
        "house.yaml:1:67: more than 32 levels of nesting; the fix: make the inner part a schema and refer to it"
    );
    for (open, column) in [("[", 256), ("{a: ", 1021)] {
        assert_eq!(
            diagnostics(&open.repeat(1000)),
            format!(
                "house.yaml:1:{column}: more than 32 levels of nesting; the fix: make the inner part a schema and refer to it"
            )
        );
    }
    let broken =
        generate_vendor(HOUSE, &[("house.yaml", b"openapi: 3.1.0\ninfo: \xff")]).unwrap_err();
    assert_eq!(
        broken,
        "house.yaml:2:7: bytes that are not UTF-8; the fix: save the file as UTF-8"
    );
}

#[test]
fn a_file_of_10_megabytes_is_not_even_read_to_its_end() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("crates/models/openapi");
    std::fs::create_dir_all(&folder).unwrap();
    let door = "    Color:\n";
    let doors = (0..150_000).map(|number| {
        format!(
            "    Door{number}: {{ type: string, x-id: true, description: D, x-source: a page }}\n"
        )
    });
    let text = VALID.replace(door, &(doors.collect::<String>() + door));
    assert!(text.len() > 10_000_000);
    let names = || VENDORS.into_iter().flat_map(Vendor::descriptions);
    for name in names() {
        std::fs::write(folder.join(format!("{name}.yaml")), &text).unwrap();
    }
    let failure = generate(root.path()).unwrap_err();
    let expected: Vec<String> = names().map(|name| format!("crates/models/openapi/{name}.yaml:1:1: a description of more than 1048576 bytes; the fix: make it shorter")).collect();
    assert_eq!(failure, expected.join("\n"));
    assert_eq!(
        std::fs::read_dir(root.path().join("crates/models"))
            .unwrap()
            .count(),
        1
    );
}

/// The description has the maximum length and an error in every schema, so that quadratic work would take noticeably long.
#[test]
fn a_description_of_the_maximum_length_is_checked() {
    let line = |number| {
        format!("    Door{number}: {{ type: string, x-id: true, description: D, x-source: p }}\n")
    };
    let doors: String = (0..14_000).map(line).collect();
    let text = VALID.replace("    Color:\n", &(doors + "    Color:\n"));
    assert!((900_000..MAX_BYTES).contains(&text.len()), "{}", text.len());
    let diagnostics = diagnostics(&text);
    let lines: Vec<&str> = diagnostics.lines().collect();
    assert_eq!(lines.len(), 101);
    let last = "house.yaml:140:5: the schema `Door99` is never used; the fix: remove it";
    assert_eq!(lines[99..], [last, "house.yaml: and 13900 more"]);
}

#[test]
fn a_long_name_is_truncated() {
    let long = "é".repeat(400_000);
    let diagnostics = diagnostics(&VALID.replace("tags: [Doors]", &format!("tags: [{long}]")));
    let expected = format!(
        "house.yaml:14:7: the tag `{}…; the fix: add it there with a description",
        "é".repeat(500 - 9)
    );
    assert_eq!(diagnostics, expected);
}

#[test]
fn a_path_with_many_errors_is_reported_once() {
    let path: String = (0..150).map(|number| format!("/ {number}")).collect();
    let diagnostics = diagnostics(&VALID.replace("/doors/{id}:", &format!("\"{path}/{{id}}\":")));
    assert!(diagnostics.starts_with("house.yaml:14:7: the invalid segment ` 0` of `/ 0/ 1/ "));
    assert_eq!(diagnostics.lines().count(), 1);
}

/// Every operation refers to every schema, and the meanings of an enum are in another order than its words.
#[test]
fn a_description_of_many_references_and_words_is_checked() {
    let operations: String = (0..2000)
        .map(|number| {
            let response = r##"{ "200": { description: A, content: { application/json: { schema: { $ref: "#/components/schemas/Part0" } } } }, 4XX: { description: D }, default: { description: D } }"##;
            format!("  /parts/p{number}:\n    get: {{ operationId: Get{number}, tags: [Doors], summary: Reads one, description: D, x-source: p, x-idempotent: true, responses: {response} }}\n")
        })
        .collect();
    let part = |number| {
        format!(
            "    Part{number}: {{ type: object, description: P, x-source: p, properties: {{ next: {{ $ref: \"#/components/schemas/Part{}\", description: N }} }}, examples: [{{ next: {} }}] }}\n",
            number + 1,
            if number == 1499 { "w1" } else { "{}" }
        )
    };
    let parts: String = (0..1500).map(part).collect();
    let words = |numbers: &mut dyn Iterator<Item = u32>, end| {
        let words = numbers.map(|number| format!("w{number}{end}, "));
        words.collect::<String>()
    };
    let last = format!(
        "    Part1500:\n      type: string\n      description: P\n      x-source: p\n      enum: [{}]\n      x-enum-meanings: {{ {} }}\n",
        words(&mut (0..10_000), ""),
        words(&mut (0..10_000).rev(), ": d"),
    );
    let text = VALID
        .replace("components:\n", &(operations + "components:\n"))
        .replace("    Color:\n", &(parts + &last + "    Color:\n"));
    assert!((700_000..MAX_BYTES).contains(&text.len()), "{}", text.len());
    assert_eq!(diagnostics(&text), "");
}

#[test]
fn many_meanings_of_other_words_are_not_compared_with_each_word() {
    let all = |letter, end| {
        let words = (0..5000).map(|number| format!("{letter}{number}{end}, "));
        words.collect::<String>()
    };
    let text = VALID
        .replace("enum: [red, blue]", &format!("enum: [{}]", all('w', "")))
        .replace(
            "{ red: Like fire, blue: Like water }",
            &format!("{{ {} }}", all('v', ": d")),
        );
    let diagnostics = diagnostics(&text);
    assert!(diagnostics.contains("and 9900 more"), "{diagnostics}");
}
