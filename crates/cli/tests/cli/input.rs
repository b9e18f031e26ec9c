//! Settings and inputs: where they are read from, and errors that name them as the user knows them.

use gatelet_emulator::well_known;

use crate::run::{CANARY, EmulatorServer, Fixture};
use crate::scripted_server::ScriptedServer;

const JSON: &str = "application/json";
const LIST: &str = "dt active-gate-token list";

// U53
#[test]
fn a_secret_is_read_where_its_encoding_is_certain_and_another_encoding_is_named() {
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
        std::fs::write(&file, &text).unwrap();
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
            std::fs::write(&file, bytes).unwrap();
            let line = fixture()
                .with("GATELET_DT_TOKEN_FILE", &file)
                .run(LIST)
                .fails_with(2);
            assert!(line.contains(encoding), "{line}");
        }
    }
}

#[test]
fn a_secret_is_read_from_a_file_without_its_line_end() {
    let script =
        ScriptedServer::always("200 OK", JSON, r#"{"totalCount":0,"activeGateTokens":[]}"#);
    let fixture = Fixture::new().with("GATELET_DT_URL", &script.url);
    let file = fixture.file("token", &format!("{CANARY}\n"));
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
fn a_bad_input_is_named_as_the_user_typed_it() {
    let dt = || Fixture::dt("http://127.0.0.1:1");
    let asa = || Fixture::asa("http://127.0.0.1:1");
    let files = Fixture::new();
    let two_ends = files.file("two-ends", "dt0c01.A.B\n\n");
    let two_ends = two_ends.to_str().unwrap().to_owned();
    let list = "dt token list";
    for (fixture, line, says) in [
        (
            dt(),
            "dt token create x --expires 2027-01-01",
            "--expires cannot be used: is a date without a time of day",
        ),
        (
            dt(),
            "dt token create x --expires soon",
            "--expires cannot be used: must be",
        ),
        (
            dt(),
            "dt token list --page-size 99",
            "--page-size cannot be used: must be from 100",
        ),
        (
            dt(),
            "dt token list --page-size -5",
            "--page-size <N>: a whole number above 0 is wanted",
        ),
        (
            dt(),
            "dt token list --limit 0",
            "--limit <N>: a whole number above 0 is wanted",
        ),
        (
            dt(),
            "dt token list --page-size 4294967296",
            "--page-size <N>: the number is too large",
        ),
        (
            dt(),
            "dt token list --limit 18446744073709551616",
            "--limit <N>: the number is too large",
        ),
        (
            dt(),
            "dt token list --page-token nextPageKey=a&b",
            "--page-token cannot be used: is a query",
        ),
        (
            asa(),
            "asa gateway list --page-token a|b",
            "--page-token cannot be used: holds a character",
        ),
        (
            dt(),
            "dt token get ..",
            "the id cannot be used: must not be",
        ),
        (
            dt().with("GATELET_DT_URL", "ftp://h"),
            list,
            "GATELET_DT_URL cannot be used: has a scheme",
        ),
        (
            asa().with("GATELET_ASA_URL", "h"),
            "asa gateway list",
            "GATELET_ASA_URL cannot be used: has no scheme",
        ),
        (
            asa().with("GATELET_ASA_TEAM", " "),
            "asa gateway list",
            "GATELET_ASA_TEAM cannot be used: must not be blank",
        ),
        (
            asa().with("GATELET_ASA_KEY_ID", "a b"),
            "asa gateway list",
            "GATELET_ASA_KEY_ID cannot be used: holds a space",
        ),
        (
            asa().with("GATELET_ASA_KEY_SECRET", "a b"),
            "asa gateway list",
            "GATELET_ASA_KEY_SECRET cannot be used: holds a space",
        ),
        (
            dt().with("GATELET_DT_TOKEN", "a b"),
            list,
            "GATELET_DT_TOKEN cannot be used: holds a space",
        ),
        (
            dt().with("GATELET_DT_TOKEN", "a\n\n"),
            list,
            "GATELET_DT_TOKEN cannot be used: it ends with more than one line end",
        ),
        (
            Fixture::new()
                .with("GATELET_DT_URL", "http://127.0.0.1:1")
                .with("GATELET_DT_TOKEN_FILE", two_ends),
            list,
            "GATELET_DT_TOKEN_FILE names",
        ),
    ] {
        let said = fixture.run(line).fails_with(2);
        assert!(said.contains(says), "{line}: {said}");
    }
}

// U5
#[test]
fn the_hint_of_a_listing_that_never_began_repeats_nothing_that_was_typed() {
    for options in ["--contains hunter2", "--page-token offset=hunter2"] {
        let output = Fixture::asa("http://127.0.0.1:1").run(&format!("asa gateway list {options}"));
        let said = output.fails_with(8);
        assert!(
            !said.contains("hunter2") && !said.contains("go on"),
            "{said}"
        );
    }
}

// U62
#[test]
fn a_filter_that_no_url_has_room_for_is_2_and_not_sent() {
    let line = format!("asa gateway list --contains {}", "x".repeat(66_000));
    let said = Fixture::asa("http://127.0.0.1:1").run(&line).fails_with(2);
    assert!(said.contains("the URL exceeds the limit"), "{said}");
}
