//! Servers, their variables, and other keywords at the head of a description.

use std::fs;

use gatelet_codegen::{VENDORS, Vendor};

use super::{check, diagnostics_after};

/// The server of the valid description.
const SERVER: &str = "{ url: \"https://doors.example\", description: The house }";

/// Checks the valid description with another server, given by its URL and its other keywords.
#[track_caller]
fn check_server(url: &str, keywords: &str, expected: &str) {
    let server = format!("{{ url: \"{url}\", description: D{keywords} }}");
    let expected: Vec<String> = expected
        .lines()
        .map(|line| format!("house.yaml:4:{line}"))
        .collect();
    check(SERVER, &server, &expected.join("\n"));
}

#[test]
fn a_variable_missing_from_the_url_or_undescribed_is_an_error() {
    let house = ", variables: { house: { default: main, description: Which } }";
    check_server("https://{house}.example", house, "");
    check_server("https://doors.example/{house}/api", house, "");
    check_server(
        "https://{house}.example",
        "",
        "12: the variable `house` is not in `variables`; the fix: describe it there, with a default",
    );
    check_server(
        "https://doors.example",
        house,
        "66: the variable `house` is not in `https://doors.example`; the fix: remove it, or write it there in braces",
    );
    check_server(
        "https://{house}.example/{house}",
        house,
        "12: two variables are `house`; the fix: keep one of the two",
    );
}

#[test]
fn a_variable_without_a_valid_default_is_an_error() {
    let url = "https://{house}.example";
    let check = |variable: &str, expected: &str| {
        check_server(
            url,
            &format!(", variables: {{ house: {{ description: W, {variable} }} }}"),
            expected,
        );
    };
    check("default: a, enum: [b, a]", "");
    check("enum: [a]", "75: a server variable without `default`");
    check(
        "default: c, enum: [a, b]",
        "102: the default `c` is not in `enum`; the fix: add it there, or use a value that is",
    );
    check(
        "default: a, enum: []",
        "102: the default `a` is not in `enum`; the fix: add it there, or use a value that is",
    );
    check(
        "default: a, enum: [a, a]",
        "115: two choices are `a`; the fix: keep one of the two",
    );
    check(
        "default: 1",
        "102: expected a string, found an integer; the fix: put it in quotes",
    );
    check(
        "default: a, example: a",
        "105: unknown keyword `example`; the fix: remove it; a server variable cannot have it",
    );
    check(
        "default: a, enum: [a, ..]",
        "115: the value `..` of a server variable; the fix: write letters, digits and `-._~`, with text on both sides of each dot",
    );
    for value in ["a/b", "a@b", "a b", "a:1", "{a}", "a..b", ".a"] {
        let mistake = format!(
            "the value `{value}` of a server variable; the fix: write letters, digits and `-._~`"
        );
        let found = diagnostics_after(
            SERVER,
            &format!(
                "{{ url: \"{url}\", description: D, variables: {{ house: {{ description: W, default: \"{value}\" }} }} }}"
            ),
        );
        assert!(found.contains(&mistake), "{found}");
    }
}

#[test]
fn an_invalid_server_url_is_an_error() {
    let house = ", variables: { house: { default: main, description: Which } }";
    for url in [
        "http://doors.example",
        "//doors.example",
        "/api",
        "https://",
        "https://doors.example/",
        "https://doors.example/a/",
        "https://doors.example//a",
        "https://doors.example/../a",
        "https://doors..example",
        "https://user@doors.example",
        "https://doors.example?a",
        "https://doors.example#a",
        "https://doors.example:0",
        "https://doors.example:x",
        "https://doors example",
        "https://dööörs.example",
    ] {
        check_server(
            url,
            "",
            &format!(
                "12: the invalid URL `{url}`; the fix: write https://, a host and a path that does not end with a slash, and nothing else"
            ),
        );
    }
    for url in [
        "https://{house.example",
        "https://house}.example",
        "https://{}.example",
        "https://{{house}}.example",
        "https://{a b}.example",
    ] {
        check_server(
            url,
            if url.contains("{house}}") { house } else { "" },
            &format!(
                "12: unbalanced braces in `{url}`; the fix: write each variable as `{{name}}`"
            ),
        );
    }
    check_server("https://doors.example:9999/a/b.c", "", "");
}

#[test]
fn two_servers_with_one_url_are_an_error() {
    let server = |url| format!("{{ url: \"{url}\", description: D }}");
    let one = server("https://doors.example");
    for (url, expected) in [
        ("https://gates.example", ""),
        (
            "https://doors.example",
            "house.yaml:5:5: two servers are `https://doors.example`; the fix: keep one of the two",
        ),
    ] {
        check(SERVER, &format!("{one}\n  - {}", server(url)), expected);
    }
}

#[test]
fn an_unknown_keyword_of_the_head_is_an_error() {
    check(
        "b.example\" }",
        "b.example\", email: c }",
        "house.yaml:2:155: unknown keyword `email`; the fix: remove it; a part of `info` cannot have it",
    );
}

// U27
#[test]
fn keywords_that_other_tools_require_are_required() {
    check(
        "license: { name: MIT, identifier: MIT }, ",
        "",
        "house.yaml:2:7: `info` without `license`",
    );
    check(
        "license: { name: MIT, identifier: MIT }",
        "license: { name: MIT }",
        "house.yaml:2:77: a part of `info` without `identifier`",
    );
    check(
        ", contact: { name: a, url: \"https://b.example\" }",
        "",
        "house.yaml:2:7: `info` without `contact`",
    );
    for url in ["b.example", "http://b.example", "https://[b", "/b"] {
        check(
            "https://b.example",
            url,
            &format!(
                "house.yaml:2:134: the invalid contact URL `{url}`; the fix: write https://, a host and a path"
            ),
        );
    }
    check(
        "      description: Nobody has to knock\n",
        "",
        "house.yaml:14:7: an operation without `description`",
    );
    let both = "the fix: describe `4XX` and `default` with the same body: other tools require the first, and clients decode failures with the second";
    for status in ["4XX", "default"] {
        check(
            &format!("        {status}: {{ description: It stays closed }}\n"),
            "",
            &format!("house.yaml:28:9: an operation without a response for `{status}`; {both}"),
        );
    }
    check(
        &format!("\n  - {SERVER}"),
        " []",
        "house.yaml:3:10: an API without a server; the fix: add the base URL of the API",
    );
}

// U27
#[test]
fn our_keywords_differ_from_those_of_other_tools() {
    for name in VENDORS.into_iter().flat_map(Vendor::descriptions) {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let file = format!("{root}/crates/models/openapi/{name}.yaml");
        let text = fs::read_to_string(file).unwrap();
        // Other tools have keywords with these names and other values.
        for keyword in [
            "x-enum-descriptions",
            "x-enum-varnames",
            "x-enumNames",
            "x-internal",
        ] {
            assert!(!text.contains(keyword), "{name}: {keyword}");
        }
    }
}
