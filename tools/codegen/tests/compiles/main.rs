//! Every accepted description generates Rust and docs without warnings, and commands without clashes.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod house;
mod properties;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use proc_macro2::{TokenStream, TokenTree};

use gatelet_codegen::{Output, Vendor, generate_vendor, names};
use properties::properties;

/// A third vendor.
const HOUSE: Vendor = Vendor {
    name: "house",
    further: &[],
    account: Some("team"),
};

/// A description with everything that the generator distinguishes. [`description`] expands the words in capitals.
const ALL: &str = r##"openapi: 3.1.0
info: { title: All, version: "1", description: All, license: { name: MIT, identifier: MIT }, contact: { name: a, url: "https://b.example" } }
servers: [{ url: "https://doors.example", description: The house }]
security: [{ key: [] }]
tags:
  - { name: alloc, description: A }
  - { name: core, description: A }
  - { name: std, description: A }
  - { name: serde_core, description: A }
  - { name: de, description: A }
  - { name: check, description: A }
  - { name: decode, description: A }
  - { name: dialect, description: A }
  - { name: generated, description: A }
  - { name: http, description: A }
  - { name: gatelet_client, description: A }
  - { name: Élan vital, description: A }
  - { name: help desk, description: A }
  - { name: models, description: A, x-noun: help-desk model }
  - { name: API, description: A, x-noun: help-desk model api }
paths:
  /bare/{id}/{body}/{checked}/{client}/{query}/{self}/{last}:
    put: { operationId: PutBare, tags: [check], x-by-hand: { check: C }, parameters: [PATH id, PATH body, PATH checked, PATH client, PATH query, PATH self, PATH last], requestBody: BODY EmptyKept, responses: { "204": { description: D }
  /decoded:
    post: { operationId: PostDecoded, tags: [decode], x-by-hand: { decode: D }, requestBody: BODY Sent, responses: { "201": RESPONSE Shown
  /accounts/{account}/{body}:
    get: { operationId: GetAccount, tags: [dialect], parameters: [ACCOUNT account, PATH body], responses: { "200": RESPONSE Shown
    delete: { operationId: DeleteAccount, tags: [dialect], parameters: [ACCOUNT account, PATH body], responses: { "200": RESPONSE Shown
  /accounts/{account}:
    get: { operationId: GetOnlyAccount, tags: [dialect], x-rust-name: fmt, parameters: [ACCOUNT account], responses: { "200": RESPONSE Shown
  /asked:
    get: { operationId: Ask, tags: [generated], x-by-hand: { check: C }, parameters: [QUERIES], responses: { "200": RESPONSE Shown
    post: { operationId: SendAsked, tags: [generated], x-rust-name: default, x-by-hand: { check: C }, parameters: [QUERIES], requestBody: BODY Sent, responses: { "204": { description: D }
  /pages/{client}/{id}:
    get: { operationId: ListPages, tags: [generated], x-paging: { style: cursor, page-size: size, page-token: next, total-count: total }, parameters: [PATH client, PATH id, NUMBER size, TEXT next], responses: { "200": RESPONSE Page
    post: { operationId: SearchPages, tags: [generated], x-rust-name: search, x-paging: { style: cursor, page-size: size, page-token: next }, parameters: [PATH client, PATH id, NUMBER size, TEXT next], requestBody: BODY Sent, responses: { "200": RESPONSE Page
  /dates:
    get: { operationId: ListDates, tags: [http], x-paging: { style: link, page-size: size, page-token: next, backwards: back }, parameters: [NUMBER size, TEXT next, FLAG back, QUERIES], responses: { "200": RESPONSE DatePage
  /secrets:
    get: { operationId: ListSecrets, tags: [gatelet_client], x-paging: { style: link, page-size: size, page-token: next }, parameters: [NUMBER size, TEXT next], responses: { "200": RESPONSE SecretPage
  /words:
    get: { operationId: ListWords, tags: [Élan vital], x-paging: { style: link, page-size: size, page-token: next }, parameters: [NUMBER size, TEXT next], responses: { "200": RESPONSE WordPage
  /kept:
    get: { operationId: GetKept, tags: [alloc], responses: { "200": RESPONSE Kept
    put: { operationId: PutKept, tags: [alloc], requestBody: BODY Kept, responses: { "200": RESPONSE Kept
  /once:
    put: { operationId: PutUpdate, tags: [alloc], requestBody: BODY Update, responses: { "200": RESPONSE Once
  /sent:
    post: { operationId: Send, tags: [core], requestBody: BODY Sent, responses: { "200": RESPONSE Shown
  /omitted:
    post: { operationId: Omit, tags: [core], requestBody: BODY Omitted, responses: { "200": RESPONSE Empty
  /named:
    get: { operationId: GetNamed, tags: [std], responses: { "200": RESPONSE NamedKept
    put: { operationId: PutNamed, tags: [std], requestBody: BODY NamedKept, responses: { "200": RESPONSE NamedOnce
    post: { operationId: PostNamed, tags: [std], requestBody: BODY Named, responses: { "200": RESPONSE Types
  /empty:
    put: { operationId: PutEmpty, tags: [serde_core], requestBody: BODY EmptyKept, responses: { "204": { description: D }
  /clashes/{Output}/{WritePages}/{Text}/{last}:
    get: { operationId: ListClashes, tags: [help desk], x-paging: { style: link, page-size: size, page-token: next }, parameters: [PATH Output, PATH WritePages, PATH Text, PATH last, NUMBER size, TEXT next, CLASHES], responses: { "200": RESPONSE WordPage
    delete: { operationId: DeleteClash, tags: [help desk], parameters: [PATH Output, PATH WritePages, PATH Text, PATH last, CLASHES], responses: { "204": { description: D }
  /clashes:
    get: { operationId: GetClashes, tags: [help desk], x-rust-name: help_me, parameters: [CLASHES], responses: { "200": RESPONSE Kept
    put: { operationId: PutClashes, tags: [help desk], parameters: [CLASHES], responses: { "204": { description: D }
    post: { operationId: PostClashes, tags: [help desk], x-rust-name: send, x-by-hand: { command: C }, requestBody: BODY Sent, responses: { "204": { description: D }
  /model:
    post: { operationId: PostModel, tags: [models], x-rust-name: send, x-by-hand: { command: C }, requestBody: BODY Sent, responses: { "204": { description: D }
    get: { operationId: GetModel, tags: [models], responses: { "200": RESPONSE Kept
  /api:
    post: { operationId: PostApi, tags: [API], x-rust-name: send, x-by-hand: { command: C }, requestBody: BODY Sent, responses: { "204": { description: D }
OPERATIONS
  /bare:
    delete: { operationId: Delete, tags: [de], responses: { "204": { description: D }
components:
  securitySchemes: { key: { type: http, scheme: bearer, description: A key } }
  responses:
    Failure: { description: F, content: { application/json: { schema: { $ref: "#/components/schemas/Shown" } } } }
  schemas:
    AnId: { type: string, x-id: true, description: I, x-source: p }
    Word: { type: string, description: W, x-source: p, enum: [w, a, known, some], x-enum-meanings: { w: W, a: A, known: K, some: S } }
    Inner: { type: object, description: I, x-source: p, x-keep-unknown: true, properties: { text: { type: string, description: T } }, examples: [{ text: a }] }
    Shown:
      TYPES
    Sent:
      TYPES
    Omitted:
      OMITTABLE
    Kept:
      x-keep-unknown: true
      TYPES
    Update:
      x-keep-unknown: true
      TYPES
    Once:
      ONCE
    Named:
      NAMES
    NamedKept:
      x-keep-unknown: true
      NAMES
    NamedOnce:
      required: [map]
      NAMES ONCE
    Page: { type: object, description: P, x-source: p, required: [total], properties: { next: { type: string, description: N }, total: { type: integer, format: int64, minimum: 0, description: T }, size: { type: integer, format: int32, minimum: 0, description: T }, list: { type: array, description: L, items: { type: integer, format: uint64 } } }, examples: [{ next: n, total: 1, size: 1, list: [1] }] }
    DatePage: { type: object, description: P, x-source: p, required: [list], properties: { list: { type: array, description: L, items: { type: string, format: date-time } } }, examples: [{ list: ["2026-01-01T00:00:00Z"] }] }
    SecretPage: { type: object, description: P, x-source: p, properties: { list: { type: array, description: L, items: { type: array, items: { type: string, x-secret: true } } } }, examples: [{ list: [[hunter2]] }] }
    WordPage: { type: object, description: P, x-source: p, properties: { list: { type: array, description: L, items: { $ref: "#/components/schemas/Word" } } }, examples: [{ list: [w] }] }
    Empty: { type: object, description: E, x-source: p, properties: {}, examples: [{}] }
    EmptyKept: { type: object, description: E, x-source: p, x-keep-unknown: true, properties: {}, examples: [{}] }
    Types:
MORE...
"##;

/// Names that generated code uses itself, or that resemble them.
const NAMES: &[&str] = &[
    "a",
    "map",
    "field",
    "field_slot",
    "key",
    "name",
    "f",
    "fields",
    "serializer",
    "deserializer",
    "value",
    "it",
    "de",
    "ser",
    "read",
    "new",
    "default",
    "slot",
    "core",
    "alloc",
    "crates",
    "start",
    "some",
    "none",
    "ok",
    "err",
    "string",
    "with_a",
    "out_a",
    "without_a",
    "map_slot",
    "holds_secret",
    "member",
    "inexact_member",
    "unreadable_members",
    "error",
    "result",
    "serde_core",
    "self_",
    "clone",
    "fmt",
    "finish",
    "debug",
    "collector",
    "unknown_slot",
];

/// Query parameters named like options and variables of the commands.
const CLASHES: [&str; 24] = [
    "body",
    "client",
    "deleted",
    "emulator",
    "help",
    "id",
    "it",
    "limit",
    "list",
    "operations",
    "output",
    "page-size",
    "page-token",
    "paging",
    "proxy-from-environment",
    "query",
    "report",
    "report_deleted",
    "text",
    "timeout",
    "verbose",
    "version",
    "write_pages",
    "self",
];

/// Returns [`ALL`] with an object for each of the names `types`, and an operation that responds with it.
fn description(types: &BTreeSet<String>) -> String {
    let head = "type: object, description: O, x-source: p";
    let (mut more, mut schemas) = (String::from("      properties:\n"), String::new());
    let mut examples = String::from("      examples:\n      -\n");
    let mut operations = String::new();
    for name in types {
        let method = names::snake(name);
        writeln!(operations, "  /types/{name}:\n    get: {{ operationId: Get{name}Type, tags: [generated], x-rust-name: get_{method}, responses: {{ \"200\": RESPONSE {name}").unwrap();
        writeln!(
            more,
            "        p{name}: {{ $ref: \"#/components/schemas/{name}\", description: P }}"
        )
        .unwrap();
        let inner = "type: array, description: B, items: { $ref: \"#/components/schemas/Inner\" }";
        writeln!(schemas, "    {name}: {{ {head}, properties: {{ a: {{ type: string, description: A }}, b: {{ {inner} }} }}, examples: [{{ a: a, b: [{{ text: a }}] }}] }}").unwrap();
        writeln!(examples, "        p{name}: {{ a: a }}").unwrap();
    }
    let once = "type: string, x-secret: true, x-shown-once: true, description: P";
    let (types, example) = properties("");
    let (omittable, omittable_example) = properties(", x-omittable: true");
    let types_once = types.replace("required:\n", "required:\n        - once\n");
    let once_example = format!("{example}        once: hunter2\n");
    let names = NAMES
        .iter()
        .map(|it| format!("        {it}: {{ type: string, description: P }}\n"));
    let named = NAMES.iter().map(|it| format!("        {it}: a\n"));
    let named = format!("      examples:\n      -\n{}", named.collect::<String>());
    let named_once = named.replace("map: a", "map: hunter2");
    let names = format!("      properties:\n{}", names.collect::<String>());
    let names_once = names.replace(
        "map: { type: string, description: P",
        &format!("map: {{ {once}"),
    );
    let object =
        |text: &str| format!("      type: object\n      description: O\n      x-source: p\n{text}");
    let operation = "summary: Calls it, description: D, x-source: p, x-idempotent: true";
    let failures = "4XX: { $ref: \"#/components/responses/Failure\" }, default: { $ref: \"#/components/responses/Failure\" } } }\n";
    ALL.replace("OPERATIONS\n", &operations)
        .replace("      TYPES\n", &object(&(types + &example)))
        .replace(
            "      OMITTABLE\n",
            &object(&(omittable + &omittable_example)),
        )
        .replace(
            "      ONCE\n",
            &(object(&types_once) + &format!("        once: {{ {once} }}\n") + &once_example),
        )
        .replace("      NAMES ONCE\n", &object(&(names_once + &named_once)))
        .replace("      NAMES\n", &object(&(names + &named)))
        .replace(
            "    Types:\nMORE",
            &(schemas + "    Types:\n" + &object(&(more + &examples))),
        )
        .lines()
        .map(parameters)
        .map(|line| match line.split_once("operationId: ") {
            Some((method, rest)) => bodies(&format!(
                "{method}{operation}, operationId: {rest}, {failures}"
            )),
            None => format!("{line}\n"),
        })
        .collect()
}

/// Expands the parameters of an operation.
fn parameters(line: &str) -> String {
    let queries = "TEXT text, TEXT type, TEXT query, WORD word, WORDS words, ID id, IDS ids, TEXTS texts, FLAG flag, NUMBER int32, LONG int64, COUNT count32, COUNT64 count64, UINT64 uint64";
    let clashes = CLASHES.map(|it| format!("TEXT {it}")).join(", ");
    let line = line
        .replace("QUERIES", queries)
        .replace("CLASHES", &clashes);
    let mut words = line.split(' ').peekable();
    let mut written = Vec::new();
    while let Some(word) = words.next() {
        let start = if word.starts_with('[') { "[" } else { "" };
        let (place, kind) = match word.trim_start_matches('[') {
            "PATH" => ("path, required: true", "string"),
            "ACCOUNT" => ("path, required: true, x-account: true", "string"),
            "TEXT" => ("query", "string"),
            "WORD" => ("query", "REF Word"),
            "WORDS" => ("query", "array, items: { REF Word }"),
            "ID" => ("query", "REF AnId"),
            "IDS" => ("query", "array, items: { REF AnId }"),
            "TEXTS" => ("query", "array, items: { type: string }"),
            "FLAG" => ("query", "boolean"),
            "NUMBER" => ("query", "integer, format: int32"),
            "LONG" => ("query", "integer, format: int64"),
            "COUNT" => ("query", "integer, format: int32, minimum: 0"),
            "COUNT64" => ("query", "integer, format: int64, minimum: 0"),
            "UINT64" => ("query", "integer, format: uint64"),
            _ => {
                written.push(word.to_owned());
                continue;
            }
        };
        let name = words.next().unwrap();
        let (name, end) = name.split_at(name.find([']', ',']).unwrap());
        let kind = format!("type: {kind}")
            .replace("type: REF", "REF")
            .replace("REF Word", "$ref: \"#/components/schemas/Word\"")
            .replace("REF AnId", "$ref: \"#/components/schemas/AnId\"");
        written.push(format!(
            "{start}{{ name: {name}, in: {place}, description: D, schema: {{ {kind} }} }}{end}"
        ));
    }
    written.join(" ")
}

/// Expands the request and response bodies of an operation.
fn bodies(line: &str) -> String {
    let words = line.split(' ').collect::<Vec<&str>>();
    let mut line = line.to_owned();
    for pair in words.windows(2) {
        let (keywords, name) = match pair {
            ["BODY", name] => ("required: true", name.trim_end_matches(',')),
            ["RESPONSE", name] => ("description: A", name.trim_end_matches(',')),
            _ => continue,
        };
        let body = format!(
            "{{ {keywords}, content: {{ application/json: {{ schema: {{ $ref: \"#/components/schemas/{name}\" }} }} }} }}"
        );
        line = line.replacen(&format!("{} {name}", pair[0]), &body, 1);
    }
    line
}

/// Returns the description without the lines that the reader refuses.
fn accepted(mut text: String) -> String {
    loop {
        let Err(diagnostics) = generate_vendor(HOUSE, &[("house.yaml", text.as_bytes())]) else {
            return text;
        };
        let lines: Vec<&str> = text.lines().collect();
        let mut drop = BTreeSet::new();
        for diagnostic in diagnostics.lines() {
            let number = diagnostic
                .strip_prefix("house.yaml:")
                .unwrap()
                .split(':')
                .next()
                .unwrap();
            let Ok(number) = number.parse::<usize>() else {
                continue;
            };
            let line = lines[number - 1];
            assert!(line.starts_with("      "), "{diagnostic}\n{line}");
            drop.insert(number);
        }
        let kept = lines
            .iter()
            .enumerate()
            .filter(|(index, _)| !drop.contains(&(index + 1)));
        text = kept.map(|(_, line)| format!("{line}\n")).collect();
    }
}

/// Returns the capitalized identifiers of the generated code.
fn types_of(output: &Output) -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for (path, text) in output.files() {
        if path.extension().is_some_and(|it| it == "rs") {
            collect(text.parse().unwrap(), &mut types);
        }
    }
    types
}

fn collect(tokens: TokenStream, types: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), types),
            TokenTree::Ident(name) => drop(types.insert(name.to_string())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn generate(text: &str) -> Output {
    let output = generate_vendor(HOUSE, &[("house.yaml", text.as_bytes())]);
    output.unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

// U28
#[test]
fn every_accepted_description_compiles_and_is_documented() {
    let text = accepted(description(&BTreeSet::from(["Other".to_owned()])));
    // No schema may have the name of a tag's or a query's type.
    let tags = text
        .lines()
        .filter_map(|it| it.strip_prefix("  - { name: ")?.split_once(','));
    let tags: BTreeSet<String> = tags.map(|(name, _)| names::pascal(name)).collect();
    let is_of_client = |it: &String| {
        let query = it.strip_suffix("Query");
        tags.contains(it) || query.is_some_and(|it| text.contains(&format!("operationId: {it},")))
    };
    // Few are refused: a required nullable property, for example.
    assert!(text.lines().count() > 900, "{}", text.lines().count());
    let is_free = |it: &String| {
        names::pascal(it) == *it
            && !names::TAKEN.contains(&it.as_str())
            && !is_of_client(it)
            && !text.contains(&format!("    {it}:"))
    };
    let types: BTreeSet<String> = types_of(&generate(&text))
        .into_iter()
        .filter(is_free)
        .collect();
    for name in ["Method", "Operation"] {
        assert!(types.contains(name), "{types:?}");
    }
    let output = generate(&accepted(description(&types)));
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // Below the target folder, so that only the first run builds the dependencies.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiles");
    let root = folder.join("workspace");
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    copy(&workspace, &root);
    for (path, text) in output.files() {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    house::add_vendor(&root);
    let cargo = |arguments: &str, flags: &str| {
        cargo(arguments, flags, &root, &folder.join("target"));
    };
    // The models, the client, the emulator, and the command line with its test.
    cargo(
        "test --quiet --package=gatelet --bin=gatelet --features=gatelet-models/samples house",
        "RUSTFLAGS",
    );
    cargo(
        "doc --package=gatelet-models --features=samples --lib",
        "RUSTDOCFLAGS",
    );
    cargo(
        "doc --package=house-client --lib --no-default-features --no-deps",
        "RUSTDOCFLAGS",
    );
    // The examples.
    cargo(
        "test --quiet --package=house-client --doc --no-default-features",
        "RUSTDOCFLAGS",
    );
}

/// Copies the files of the workspace that cargo reads, without build output.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        let is_output = path.join("CACHEDIR.TAG").exists() || name == "target" || name == ".git";
        let extension = path.extension().and_then(|it| it.to_str());
        if path.is_dir() && !is_output {
            copy(&path, &to.join(name));
        } else if matches!(extension, Some("rs" | "toml" | "lock" | "json" | "md")) {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

#[track_caller]
fn cargo(arguments: &str, flags: &str, root: &Path, target: &Path) {
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(arguments.split(' '))
        .args(["--offline", "--target-dir"])
        .arg(target)
        .env(flags, "-Dwarnings")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
