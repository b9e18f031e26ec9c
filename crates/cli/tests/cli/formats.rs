//! The formats of results, and the options that choose what is in them.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::json;

use crate::run::Fixture;

const JSON: &str = "application/json";

/// Starts an environment with two tokens, the second of which has an odd name.
fn environment() -> RawServer {
    let token = |id: &str, name: &str, end: &str| {
        json!({
            "id": id, "name": name, "owner": "no", "creationDate": "2026-01-01T00:00:00Z", "expirationDate": end,
        })
    };
    let list = json!({"totalCount": 2, "activeGateTokens": [
        token("dt0g02.b", "語, \u{202e}\n\"x\"", "2027-01-31T00:00:00Z"),
        token("dt0g02.a", "9", "2027-01-01T00:00:00Z"),
    ]});
    RawServer::new(move |_| RawResponse::Bytes(response("200 OK", JSON, &list.to_string())))
}

fn printed(options: &str) -> String {
    let server = environment();
    let output = Fixture::dt(&server.url).run(&format!("dt token list {options}"));
    output.success()
}

#[test]
fn a_list_is_printed_in_each_format() {
    assert_eq!(
        printed("-o table --columns id,expires"),
        "ID        EXPIRES\ndt0g02.b  2027-01-31T00:00:00Z\ndt0g02.a  2027-01-01T00:00:00Z\n"
    );
    assert_eq!(
        printed("-o csv --columns ID,NAME,LAST_USED"),
        "ID,NAME,LAST USED\r\ndt0g02.b,\"語, \u{202e}\n\"\"x\"\"\",\r\ndt0g02.a,9,\r\n"
    );
    assert_eq!(printed("-o name"), "dt0g02.b\ndt0g02.a\n");
    assert_eq!(
        printed("-o markdown --columns ID,owner"),
        "| ID | OWNER |\n| --- | --- |\n| dt0g02.b | no |\n| dt0g02.a | no |\n"
    );
    let yaml = printed("-o yaml");
    for line in [
        "- id: dt0g02.b",
        "  name: \"語, \\u202e\\n\\\"x\\\"\"",
        "  owner: \"no\"",
        "  creationDate: \"2026-01-01T00:00:00.000Z\"",
        "  name: \"9\"",
    ] {
        assert!(yaml.lines().any(|it| it == line), "{line}: {yaml}");
    }
    assert!(printed("-o wide").starts_with("ID        NAME  "));
}

// U35
#[test]
fn invisible_characters_are_exact_in_json_and_escaped_in_a_table() {
    assert!(printed("-o json").contains("語, \u{202e}\\n"));
    assert!(printed("-o ndjson").contains("語, \u{202e}\\n"));
    assert!(printed("").contains("語, \\u{202e}\\n\"x\""));
}

#[test]
fn a_list_is_sorted_by_a_column_in_each_format() {
    assert_eq!(printed("-o name --sort-by expires"), "dt0g02.a\ndt0g02.b\n");
    let json = printed("-o json --sort-by ID");
    assert!(json.find("dt0g02.a").unwrap() < json.find("dt0g02.b").unwrap());
}

#[test]
fn a_list_without_headers_has_rows_only() {
    assert_eq!(printed("--columns ID --no-headers"), "dt0g02.b\ndt0g02.a\n");
    assert_eq!(
        printed("-o csv --columns ID --no-headers"),
        "dt0g02.b\r\ndt0g02.a\r\n"
    );
}

#[test]
fn an_unknown_column_exits_with_2_and_names_the_known_ones() {
    for option in ["--columns=ID,hunter2", "--sort-by=hunter2"] {
        let server = environment();
        let output = Fixture::dt(&server.url).run(&format!("dt token list {option}"));
        let line = output.fails_with(2);
        assert!(line.contains("known columns: ID, NAME, SEED, "), "{line}");
        assert!(!line.contains("hunter2"), "{line}");
        assert_eq!(server.requests.try_iter().count(), 0);
    }
}

#[test]
fn columns_sets_the_width_of_a_table_also_in_a_pipe() {
    let server = environment();
    for width in ["20", "40", "60"] {
        let fixture = Fixture::dt(&server.url).with("COLUMNS", width);
        let table = fixture.run("dt token list").success();
        let width = width.parse().unwrap();
        assert!(
            table.lines().all(|line| line.chars().count() <= width),
            "{table}"
        );
        assert!(table.contains("dt0g02.a"), "{table}");
        let wide = fixture.run("dt token list -o wide").success();
        assert!(wide.contains("2027-01-31T00:00:00Z"), "{wide}");
    }
}

#[test]
fn colors_are_written_where_they_are_asked_for() {
    let bold = "\u{1b}[1mID\u{1b}[0m";
    assert!(!printed("").contains('\u{1b}'));
    assert!(printed("--color always").contains(bold));
    let server = environment();
    let forced = Fixture::dt(&server.url).with("CLICOLOR_FORCE", "1");
    assert!(forced.run("dt token list").success().contains(bold));
    let never = forced.run("dt token list --color never").success();
    assert!(!never.contains('\u{1b}'), "{never}");
}

#[test]
fn an_empty_list_is_a_document_too() {
    let server = RawServer::new(|_| {
        let list = r#"{"totalCount":0,"activeGateTokens":[]}"#;
        RawResponse::Bytes(response("200 OK", JSON, list))
    });
    for (format, empty) in [
        ("json", "[]\n"),
        ("yaml", "[]\n"),
        ("ndjson", ""),
        ("name", ""),
        ("table", "ID  NAME  EXPIRES  LAST USED  TYPE\n"),
    ] {
        let output = Fixture::dt(&server.url).run(&format!("dt token list -o {format}"));
        assert_eq!(output.success(), empty, "{format}");
    }
}

#[cfg(feature = "jq")]
#[test]
fn an_expression_of_jq_is_applied_to_the_document_or_to_each_line() {
    let server = environment();
    let run = |arguments: &[&str]| {
        let list = [&["dt", "token", "list"], arguments].concat();
        Fixture::dt(&server.url).run_args(list)
    };
    let ids = run(&["--jq", ".[] | select(.name | test(\"^[0-9]$\")) | .id"]);
    assert_eq!(ids.success(), "dt0g02.a\n");
    let pairs = run(&["-o", "ndjson", "--jq", "[.id, .owner]"]);
    assert_eq!(
        pairs.success(),
        "[\"dt0g02.b\",\"no\"]\n[\"dt0g02.a\",\"no\"]\n"
    );
    let line = run(&["--jq", ".[].id | .hunter2"]).fails_with(1);
    assert!(
        line.contains("--jq: ") && !line.contains("hunter2"),
        "{line}"
    );
    let requests = server.requests.try_iter().count();
    let line = run(&["--jq", ".[hunter2"]).fails_with(2);
    assert!(line.contains("--jq") && !line.contains("hunter2"), "{line}");
    assert_eq!((requests, server.requests.try_iter().count()), (3, 0));
}

#[cfg(feature = "jq")]
#[test]
fn an_expression_that_may_leave_out_a_created_secret_is_refused() {
    let fixture = Fixture::new();
    for create in ["dt token create new", "asa su key rotate"] {
        for expression in [".id", ".token", "empty"] {
            let create = format!("--emulator {create} --jq {expression}");
            let line = fixture.run(&create).fails_with(2);
            assert!(line.ends_with("; nothing was created\n"), "{line}");
        }
    }
    let list = fixture.run("--emulator dt token list --jq .[].name");
    assert!(!list.success().contains("new"));
    let keys = fixture.run("--emulator asa su key list administrator --jq length");
    assert_eq!(keys.success(), "1\n");
}
