//! Any text of a description is either rejected or has no special meaning in the output.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::Command;

use serde_json::{Value, json};

use gatelet_codegen::generate_vendor;

use super::{HOUSE, check, diagnostics};

/// A description with the same text, `TEXT`, wherever a text is allowed.
const TEXTS: &str = r##"openapi: 3.1.0
info: { title: TEXT, version: "1", description: TEXT, license: { name: MIT, identifier: MIT }, contact: { name: a, url: "https://b.example" } }
servers:
  - url: "https://{house}.example"
    description: TEXT
    variables: { house: { default: main, description: TEXT } }
security:
  - key: []
tags:
  - { name: TAG, description: TEXT }
paths:
  /doors/{id}:
    get:
      operationId: OpenDoor
      tags: [TAG]
      summary: TEXT
      description: TEXT
      x-source: TEXT
      x-idempotent: true
      x-permissions: [TEXT]
      parameters:
        - { name: id, in: path, required: true, description: TEXT, schema: { type: string, pattern: PATTERN } }
        - { name: TEXT, in: query, description: TEXT, schema: { type: string } }
      responses:
        "200":
          description: TEXT
          content: { application/json: { schema: { $ref: "#/components/schemas/Door" } } }
        4XX: { description: TEXT }
        default: { description: TEXT }
components:
  securitySchemes:
    key: { type: http, scheme: bearer, description: TEXT }
  schemas:
    DoorId: { type: string, x-id: true, description: TEXT, x-source: TEXT }
    Color:
      type: string
      enum: [red, WORD]
      x-enum-meanings: { red: TEXT, WORD: TEXT }
      description: TEXT
      x-source: TEXT
    Door:
      type: object
      description: TEXT
      x-source: TEXT
      properties:
        id: { $ref: "#/components/schemas/DoorId", description: TEXT, x-source: TEXT }
        color: { $ref: "#/components/schemas/Color", description: TEXT }
        WORD: { type: string, x-rust-name: word, default: TEXT, pattern: PATTERN, description: TEXT }
      examples: [{ id: TEXT, color: WORD, WORD: TEXT }]
...
"##;

/// Texts with special meanings somewhere: they would link, hide, quote, begin or end something.
const HOSTILE: &[&str] = &[
    "[foo]",
    "[`foo`]",
    "[foo](bar)",
    "[foo]: bar",
    "[crate::foo]",
    "[^1]: note",
    "![foo](bar)",
    "Vec<String>",
    "Option<Vec<u8>>",
    "</details>",
    "<!-- a",
    "<script>",
    "https://a.example/b",
    "(see http://a.example/b_(c)|d)",
    "<https://a.example",
    "`a",
    "a` `b` ``c",
    "`a|b` `[foo]` `# a` `<b>` `a\\|b`",
    "```\nlet a = b;\n```",
    "~~~ rust\nlet a = b;\n~~~",
    "    let a = b;",
    "a\n\n    let a = b;\n\nc",
    "*/ a",
    "/* a",
    "// a",
    "/// a",
    "//! a",
    "# a",
    "#[doc]",
    "#![a]",
    "- a",
    "+ a",
    "* a",
    "1. a",
    "1) a",
    "> a",
    "a\n---\nb",
    "a\n===",
    "| a | b |\n| --- | --- |\n| c | d |",
    "a | b\n--|--\nc | d",
    "\\",
    "a \\",
    "\"#",
    "\"",
    "'",
    "{}",
    "{a:?} {{",
    "${a} $b$",
    "%s",
    "&lt;a&gt; &#60;",
    "**a** __b__ ~~c~~",
    "a_b_c _d_",
    "\\u{202e}",
    "é ß … 語",
];

fn quoted(text: &str) -> String {
    json!(text).to_string()
}

/// Returns the description with this text; names, which are on one line, get a part of it.
fn with(text: &str) -> String {
    let name = text.replace('\n', " ");
    let pattern = regex_syntax::escape(&name);
    TEXTS
        .replace("TAG", &quoted(&format!("Doors {name}")))
        .replace("WORD", &quoted(&format!("word {name}")))
        .replace("PATTERN", &quoted(&pattern))
        .replace("name: TEXT", &format!("name: {}", quoted(&name)))
        .replace("title: TEXT", &format!("title: {}", quoted(&name)))
        .replace(
            "summary: TEXT",
            &format!("summary: {}", quoted(&format!("Reads {name}"))),
        )
        .replace("[TEXT]", &format!("[{}]", quoted(&name)))
        .replace("TEXT", &quoted(text))
}

/// Generates the files of a description, with their names.
fn generate_files(description: &str) -> Vec<(String, String)> {
    let output = generate_vendor(HOUSE, &[("house.yaml", description.as_bytes())]);
    let output = output.unwrap_or_else(|diagnostics| panic!("{diagnostics}\n{description}"));
    let files = output.files();
    let files = files.map(|(path, text)| (path.display().to_string(), text.clone()));
    files.collect()
}

/// Returns each text as it is, and at the beginning of a line in a wrapped comment.
fn texts() -> impl Iterator<Item = String> {
    HOSTILE.iter().flat_map(|text| {
        let wrapped = format!("{} {text} end", "x".repeat(109));
        [(*text).to_owned(), wrapped]
    })
}

/// Collects the doc comments of a file.
fn comments(source: &str, comments: &mut BTreeSet<String>) {
    let mut comment = String::new();
    for line in source.lines().chain([""]) {
        let line = line.trim_start();
        if let Some(text) = line.strip_prefix("//!").or(line.strip_prefix("///")) {
            writeln!(comment, "///{text}").unwrap();
        } else if !comment.is_empty() {
            comments.insert(std::mem::take(&mut comment));
        }
    }
}

fn rustdoc(arguments: &[&str], folder: &std::path::Path) -> String {
    let program = std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    let output = Command::new(program)
        .args(["--edition=2024", "--crate-type=lib", "-Dwarnings", "lib.rs"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    text + &String::from_utf8_lossy(&output.stdout)
}

// U28
#[test]
fn a_hostile_text_generates_valid_rust_and_docs_without_warnings() {
    let mut all = BTreeSet::new();
    for text in texts() {
        for (path, source) in generate_files(&with(&text)) {
            if path.ends_with(".rs") {
                syn::parse_file(&source).unwrap_or_else(|error| panic!("{text}: {path}: {error}"));
                comments(&source, &mut all);
            }
        }
    }
    // The examples need the crates that they use.
    let mut all: BTreeSet<String> = all
        .iter()
        .map(
            |comment| match comment.split_once("/// ```\n/// # async fn example(") {
                Some((before, _)) => before.to_owned(),
                None => comment.clone(),
            },
        )
        .map(|comment| {
            comment.replace(
                "](gatelet_transport::Error::applied)",
                "](https://example.com)",
            )
        })
        .collect();
    // A link to a field needs the field.
    all.retain(|comment| !comment.contains("](Self::"));
    let items = all.iter().enumerate();
    let items = items.map(|(number, comment)| format!("{comment}pub struct Item{number};\n"));
    let crate_text = format!("//! All hostile texts.\n{}", items.collect::<String>());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lib.rs"), crate_text).unwrap();
    assert_eq!(rustdoc(&[], folder.path()), "");
    let tests = rustdoc(&["--test"], folder.path());
    assert!(tests.contains("running 0 tests"), "{tests}");
}

/// Returns the headings of a page and the shapes of its tables; a bar after a backslash is text.
fn shape(page: &str) -> Vec<String> {
    let shape = page.lines().filter_map(|line| match line {
        line if line.starts_with('#') => Some(line.chars().take_while(|c| *c == '#').collect()),
        line if line.starts_with('|') => {
            let bars = line.replace("\\|", "").matches('|').count();
            Some(format!("{bars} bars"))
        }
        _ => None,
    });
    shape.collect()
}

/// Returns Markdown without code, URLs and escaped characters.
fn without_escapes(page: &str) -> String {
    let page = page
        .replace("\\\\", "")
        .replace("\\`", "")
        .replace("\\<", "");
    let mut outside = String::new();
    let mut rest = page.as_str();
    while let Some((before, opened)) = rest.split_once('`') {
        outside.push_str(before);
        let ticks = 1 + opened.chars().take_while(|c| *c == '`').count();
        let (fence, inside) = ("`".repeat(ticks), &opened[ticks - 1..]);
        rest = inside.split_once(&fence).map_or("", |(_, after)| after);
    }
    outside.push_str(rest);
    for tag in ["<http", "<code>", "</code>", "<!-- @generated"] {
        outside = outside.replace(tag, "");
    }
    outside.replace("\\[", "")
}

// U28
#[test]
fn a_hostile_text_leaves_the_page_and_the_schema_in_shape() {
    let tame = generate_files(&with("tame"));
    for text in HOSTILE {
        let files = generate_files(&with(text));
        for ((path, tame), (_, file)) in tame.iter().zip(&files) {
            if path.ends_with(".md") {
                assert_eq!(shape(file), shape(tame), "{text}\n{file}");
                let outside = without_escapes(file);
                assert!(!outside.contains('<'), "{text}\n{outside}");
                for link in outside.split('[').skip(1) {
                    let is_ours = link
                        .split_once("](#")
                        .is_some_and(|(name, _)| syn::parse_str::<syn::Ident>(name).is_ok());
                    assert!(is_ours, "{text}: [{link}");
                }
            }
            if path.ends_with(".json") {
                let schema: Value = serde_json::from_str(file).unwrap();
                let described = schema["$defs"]["DoorId"]["description"].as_str().unwrap();
                assert_eq!(
                    described.strip_suffix('.').unwrap_or(described),
                    text.trim().trim_end_matches('.')
                );
                let word = &schema["$defs"]["Door"]["properties"]
                    [format!("word {}", text.replace('\n', " "))];
                assert_eq!(word["default"], *text);
            }
        }
    }
}

// U28
#[test]
fn an_invisible_character_is_an_error_everywhere() {
    for (c, name) in [
        ("\u{202e}", "U+202E"),
        ("\u{2066}", "U+2066"),
        ("\u{2028}", "U+2028"),
        ("\u{200b}", "U+200B"),
        ("\u{feff}", "U+FEFF"),
        ("\u{a0}", "U+00A0"),
        ("\t", "U+0009"),
        ("\u{b}", "U+000B"),
    ] {
        let fix = "an invisible character; the fix: remove it, or write a space";
        check(
            "summary: Opens a door",
            &format!("summary: Opens {c}a door"),
            &format!("house.yaml:16:22: {name}, {fix}"),
        );
        check(
            "    put:",
            &format!("    put: # a comment {c}"),
            &format!("house.yaml:13:22: {name}, {fix}"),
        );
        let escaped = format!("\"a\\u{:04x}b\"", u32::from(c.chars().next().unwrap()));
        for (place, at) in [
            ("summary: Opens a door", "16:16"),
            ("description: A key", "36:53"),
        ] {
            let keyword = place.split_once(": ").unwrap().0;
            check(
                place,
                &format!("{keyword}: {escaped}"),
                &format!("house.yaml:{at}: {name}, {fix}"),
            );
        }
    }
    let everywhere = diagnostics(&with("Opens \u{202e} a door"));
    assert_eq!(
        everywhere.lines().count(),
        TEXTS
            .lines()
            .filter(|it| ["TEXT", "WORD", "TAG"].iter().any(|text| it.contains(text)))
            .count(),
        "{everywhere}"
    );
}

#[test]
fn a_name_of_several_lines_is_an_error() {
    check(
        "summary: Opens a door",
        "summary: \"Opens\\na door\"",
        "house.yaml:16:16: a text of several lines; the fix: write it on one line",
    );
    check(
        "label: {",
        "\"la\\nbel\": {",
        "house.yaml:63:9: U+000A, an invisible character; the fix: remove it, or write a space",
    );
}

#[test]
fn an_invalid_name_of_a_path_parameter_is_an_error() {
    for name in ["a b", "a`", "<a>", ""] {
        check(
            "/doors/{id}:",
            &format!("\"/doors/{{{name}}}/{{id}}\":"),
            &format!(
                "house.yaml:14:7: `/doors/{{{name}}}/{{id}}` does not contain the described parameters; the fix: describe each `{{parameter}}` of the path, in its order\n\
                house.yaml:14:7: the invalid segment `{{{name}}}` of `/doors/{{{name}}}/{{id}}`; the fix: write letters, digits and `-._~:@`, or one `{{parameter}}`"
            ),
        );
    }
}
