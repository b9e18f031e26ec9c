//! Settings and inputs: where they are read from, and errors that name them as the user knows them.

use gatelet_emulator::well_known;
use gatelet_test_support::raw_server::RawServer;

use crate::run::{CANARY, EmulatorServer, Fixture};

const JSON: &str = "application/json";
const LIST: &str = "dt active-gate-token list";

// U53
#[test]
fn a_utf_8_secret_is_read_and_another_encoding_is_named() {
    let server = EmulatorServer::start(&Fixture::new());
    let fixture = || Fixture::new().with("GATELET_DT_URL", &server.url);
    let token = well_known::DT_TOKEN;
    let files = Fixture::new();
    let file = files.path("token");
    for (before, after) in [
        ("", "\n"),
        ("", "\r\n"),
        ("\u{feff}", ""),
        ("\u{feff}", "\r\n"),
    ] {
        let text = format!("{before}{token}{after}");
        fixture()
            .with("GATELET_DT_TOKEN", &text)
            .run(LIST)
            .success();
        files.file("token", &text);
        fixture()
            .with("GATELET_DT_TOKEN_FILE", &file)
            .run(LIST)
            .success();
    }
    let utf16 = |text: &str, to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    };
    for text in [CANARY.to_owned(), format!("\u{feff}{CANARY}\r\n")] {
        for (bytes, encoding) in [
            (utf16(&text, u16::to_le_bytes), "UTF-16LE"),
            (utf16(&text, u16::to_be_bytes), "UTF-16BE"),
        ] {
            files.file("token", bytes);
            let line = fixture()
                .with("GATELET_DT_TOKEN_FILE", &file)
                .run(LIST)
                .fails_with(2);
            assert!(line.contains(encoding), "{line}");
        }
    }
}

#[test]
fn a_secret_is_read_from_a_file_without_its_newline() {
    let script = RawServer::always("200 OK", JSON, r#"{"totalCount":0,"activeGateTokens":[]}"#);
    let fixture = Fixture::new().with("GATELET_DT_URL", &script.url);
    let file = fixture.file("token", format!("{CANARY}\n"));
    let fixture = fixture.with("GATELET_DT_TOKEN_FILE", file.to_str().unwrap());
    fixture.run(LIST).success();
    let request = script.requests.recv().unwrap();
    assert!(
        request.contains(&format!("Api-Token {CANARY}\r\n")),
        "{request}"
    );

    let fixture = fixture.with("GATELET_DT_TOKEN", CANARY);
    assert!(fixture.run(LIST).fails_with(2).contains("not both"));
}

// U31, U19
#[test]
fn an_invalid_input_is_named_as_the_user_typed_it() {
    let dt = || Fixture::dt("http://127.0.0.1:1");
    let asa = || Fixture::asa("http://127.0.0.1:1");
    let files = Fixture::new();
    let two_ends = files.file("two-ends", "dt0c01.A.B\n\n");
    let two_ends = two_ends.to_str().unwrap().to_owned();
    let list = "dt token list";
    for (fixture, line, (name, reason)) in [
        (
            dt(),
            "dt token create x --expires 2020-01-31",
            ("invalid --expires", "past"),
        ),
        (
            dt(),
            "dt token expiring --within today",
            ("invalid --within", "is in the past"),
        ),
        (
            dt(),
            "dt token audit --unused-for tomorrow",
            ("invalid --unused-for", "is in the future"),
        ),
        (
            dt(),
            "dt update-job list-all --from 2d --to 32.01.2027",
            ("--to <TIME>", "such as 60d or 2w"),
        ),
        (
            dt(),
            "dt token create x --expires soon",
            ("--expires", "must be"),
        ),
        (
            dt(),
            "dt token list --page-size 99",
            ("--page-size", "must be from 100"),
        ),
        (
            dt(),
            "dt token list --page-size -5",
            ("--page-size <N>", "must be a whole number above 0"),
        ),
        (
            dt(),
            "dt token list --limit 0",
            ("--limit <N>", "must be a whole number above 0"),
        ),
        (
            dt(),
            "dt token list --page-size 4294967296",
            ("--page-size <N>", "number too large"),
        ),
        (
            dt(),
            "dt token list --limit 18446744073709551616",
            ("--limit <N>", "number too large"),
        ),
        (
            dt(),
            "dt token list --page-token nextPageKey=a&b",
            ("--page-token", "more than a cursor"),
        ),
        (
            asa(),
            "asa gateway list --page-token a|b",
            ("--page-token", "character"),
        ),
        (dt(), "dt token get ..", ("invalid <ID>", "must not be")),
        (
            dt().with("GATELET_DT_URL", "ftp://h"),
            list,
            ("GATELET_DT_URL", "https"),
        ),
        (
            asa().with("GATELET_ASA_URL", "h"),
            "asa gateway list",
            ("GATELET_ASA_URL", "has no scheme"),
        ),
        (
            asa().with("GATELET_ASA_TEAM", " "),
            "asa gateway list",
            ("GATELET_ASA_TEAM", "must not be blank"),
        ),
        (
            asa().with("GATELET_ASA_KEY_ID", "a b"),
            "asa gateway list",
            ("GATELET_ASA_KEY_ID", "space"),
        ),
        (
            asa().with("GATELET_ASA_KEY_SECRET", "a b"),
            "asa gateway list",
            ("GATELET_ASA_KEY_SECRET", "space"),
        ),
        (
            dt().with("GATELET_DT_TOKEN", "a b"),
            list,
            ("GATELET_DT_TOKEN", "space"),
        ),
        (
            dt().with("GATELET_DT_TOKEN", "a\n\n"),
            list,
            ("GATELET_DT_TOKEN", "it ends with more than one newline"),
        ),
        (
            Fixture::new()
                .with("GATELET_DT_URL", "http://127.0.0.1:1")
                .with("GATELET_DT_TOKEN_FILE", two_ends),
            list,
            ("GATELET_DT_TOKEN_FILE", "more than one newline"),
        ),
    ] {
        let error = fixture.run(line).fails_with(2);
        let named = error
            .split_once(name)
            .is_some_and(|(_, rest)| rest.contains(reason));
        assert!(named, "{line}: {error}");
    }
}

// U5
#[test]
fn the_error_of_a_list_that_never_started_repeats_no_input() {
    for options in ["--contains hunter2", "--page-token offset=hunter2"] {
        let output = Fixture::asa("http://127.0.0.1:1").run(&format!("asa gateway list {options}"));
        let error = output.fails_with(8);
        assert!(
            !error.contains("hunter2") && !error.contains("continue with"),
            "{error}"
        );
    }
}

// U62
#[test]
fn a_filter_too_long_for_a_url_exits_with_2_and_is_not_sent() {
    let line = format!("asa gateway list --contains {}", "x".repeat(66_000));
    let error = Fixture::asa("http://127.0.0.1:1").run(&line).fails_with(2);
    assert!(error.contains("the URL exceeds the limit"), "{error}");
}
