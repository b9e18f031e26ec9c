//! Each kind of error has its exit code and prints one line to stderr.

use gatelet_emulator::well_known;
use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{EmulatorServer, Fixture, team};

const JSON: &str = "application/json";
const LIST: &str = "dt active-gate-token list";

/// Starts a server that responds with an error of the Dynatrace API.
fn envelope(status: &'static str) -> RawServer {
    RawServer::always(status, JSON, r#"{"error":{"code":1,"message":"so it is"}}"#)
}

// C3
#[test]
fn a_wrong_credential_exits_with_3() {
    let server = EmulatorServer::start(&Fixture::new());
    Fixture::dt(&server.url).run(LIST).fails_with(3);
    Fixture::asa(&server.url)
        .run("asa gateway list")
        .fails_with(3);
}

// C3
#[test]
fn a_rejected_key_exits_with_3_and_any_other_failed_token_exchange_has_its_own_code() {
    for (status, code) in [
        ("400 Bad Request", 3),
        ("403 Forbidden", 3),
        // A 404 of the token exchange is not about the gateway.
        ("404 Not Found", 3),
        ("409 Conflict", 3),
        ("500 Internal Server Error", 11),
    ] {
        let exchange = RawServer::always(
            status,
            JSON,
            r#"{"type":"resource_does_not_exist","message":"so it is"}"#,
        );
        Fixture::asa(&exchange.url)
            .run("asa gateway delete --yes x")
            .fails_with(code);
    }
}

// C3
#[test]
fn no_credential_exits_with_13_and_names_the_variable() {
    let line = Fixture::new()
        .with("GATELET_DT_URL", "http://127.0.0.1:1")
        .run(LIST)
        .fails_with(13);
    assert!(line.contains("GATELET_DT_TOKEN_FILE"), "{line}");
}

// C3
#[test]
fn a_missing_setting_exits_with_13_and_is_named() {
    assert!(
        Fixture::new()
            .run(LIST)
            .fails_with(13)
            .contains("GATELET_DT_URL")
    );
    assert!(
        Fixture::new()
            .run("asa gateway list")
            .fails_with(13)
            .contains("GATELET_ASA_TEAM")
    );
}

// C3
#[test]
fn a_missing_scope_exits_with_4() {
    let server = EmulatorServer::start(&Fixture::new());
    let fixture = Fixture::new()
        .with("GATELET_DT_URL", &server.url)
        .with("GATELET_DT_TOKEN", well_known::DT_READ_ONLY_TOKEN);
    fixture.run(LIST).success();
    let line = fixture.run("dt token create edge").fails_with(4);
    assert!(line.contains("activeGateTokenManagement"), "{line}");

    let fixture = Fixture::new()
        .with("GATELET_ASA_URL", &server.url)
        .with("GATELET_ASA_TEAM", well_known::ASA_TEAM)
        .with("GATELET_ASA_KEY_ID", well_known::ASA_REPORTING_KEY_ID)
        .with(
            "GATELET_ASA_KEY_SECRET",
            well_known::ASA_REPORTING_KEY_SECRET,
        );
    fixture.run("asa gateway list").success();
    let line = fixture.run("asa setup-token create").fails_with(4);
    assert!(line.contains("authorization_error"), "{line}");
}

// C3
#[test]
fn an_unknown_id_exits_with_5() {
    let fixture = Fixture::new();
    fixture
        .run("--emulator asa gateway get 00000000-0000-4000-8000-000000000000")
        .fails_with(5);
    fixture
        .run("--emulator asa gateway update 00000000-0000-4000-8000-000000000000 --name x")
        .fails_with(5);
    fixture
        .run("--emulator dt token delete --yes dt0g02.UNKNOWN2")
        .fails_with(5);
}

// C3
#[test]
fn a_404_that_is_not_the_apis_own_exits_with_10() {
    for (content_type, body) in [
        ("application/json", ""),
        ("application/json", "{}"),
        ("text/plain", "default backend - 404"),
    ] {
        let script = RawServer::always("404 Not Found", content_type, body);
        Fixture::dt(&script.url)
            .run("dt token get dt0g02.EDGE")
            .fails_with(10);
    }
}

// C3
#[test]
fn an_id_that_is_not_a_path_segment_exits_with_2() {
    let fixture = Fixture::new();
    for id in ["..", ".", "a\nb"] {
        fixture
            .run_args(["--emulator", "dt", "token", "get", id])
            .fails_with(2);
        fixture
            .run_args(["--emulator", "asa", "gateway", "get", id])
            .fails_with(2);
    }
    fixture
        .run_args(["--emulator", "dt", "token", "get", ""])
        .fails_with(2);
}

// C3
#[test]
fn a_page_size_out_of_bounds_exits_with_2() {
    let fixture = Fixture::new();
    for size in ["99", "3001"] {
        let line = fixture
            .run(&format!("--emulator {LIST} --page-size {size}"))
            .fails_with(2);
        assert!(line.contains("size"), "{line}");
    }
    for size in ["100", "3000"] {
        fixture
            .run(&format!("--emulator {LIST} --page-size {size}"))
            .success();
    }
}

// C3
#[test]
fn a_foreign_page_token_exits_with_6_with_the_vendors_message() {
    let line = Fixture::new()
        .run(&format!(
            "--emulator {LIST} --page-token not-of-this-server"
        ))
        .fails_with(6);
    assert!(
        line.contains("; nextPageKey: ") && !line.contains("continue with"),
        "{line}"
    );
}

// C3
#[test]
fn a_rejected_request_exits_with_6() {
    Fixture::dt(&envelope("409 Conflict").url)
        .run(LIST)
        .fails_with(6);
    Fixture::dt(&envelope("400 Bad Request").url)
        .run(LIST)
        .fails_with(6);
}

// C3
#[test]
fn a_rate_limit_exits_with_7() {
    let limited = RawServer::new(|_| {
        RawResponse::Bytes(
            b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 60\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec(),
        )
    });
    Fixture::dt(&limited.url)
        .run(&format!("--timeout 5 {LIST}"))
        .fails_with(7);
}

/// The rest of a response whose body cannot be read, after its status line.
const DEFECTS: [&str; 4] = [
    "content-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\x0b\x08",
    "transfer-encoding: gzip, chunked\r\n\r\n3\r\n\x1f\x0b\x08\r\n0\r\n\r\n",
    "content-length: 20000000\r\n\r\n{",
    "content-length: 100\r\n\r\n{",
];

// U6
#[test]
fn a_status_has_its_code_whatever_its_body() {
    let respond = |status: &str, fields: &str, defect: &str| {
        let head = "content-type: application/json\r\nconnection: close";
        RawResponse::Bytes(
            format!("HTTP/1.1 {status} X\r\n{head}\r\n{fields}{defect}").into_bytes(),
        )
    };
    for defect in DEFECTS {
        for (status, wait, code) in [("429", 60, 7), ("503", 60, 11), ("520", 60, 11)] {
            let fields = format!("retry-after: {wait}\r\n");
            let script = RawServer::new(move |_| respond(status, &fields, defect));
            Fixture::dt(&script.url)
                .run(&format!("--timeout 5 {LIST}"))
                .fails_with(code);
            assert_eq!(
                script.requests.try_iter().count(),
                1,
                "the wait is too long"
            );
        }
        for status in ["429", "503"] {
            let script = RawServer::new(move |_| respond(status, "retry-after: 0\r\n", defect));
            Fixture::dt(&script.url).run(LIST);
            assert_eq!(script.requests.try_iter().count(), 3, "{status} {defect:?}");
        }
        let script = team(move |_| respond("401", "", defect));
        Fixture::asa(&script.url)
            .run("asa gateway list")
            .fails_with(3);
        let requests = script.requests.try_iter();
        let exchanges = requests.map(|request| request.contains("/service_token "));
        assert_eq!(exchanges.collect::<Vec<_>>(), [true, false, true, false]);
        let script = RawServer::new(move |_| respond("404", "", defect));
        Fixture::dt(&script.url)
            .run("dt token get dt0g02.EDGE")
            .fails_with(10);
        // A 204 needs no body.
        let script = RawServer::new(move |_| respond("204", "", defect));
        Fixture::dt(&script.url)
            .run("dt token delete --yes dt0g02.EDGE")
            .success();
    }
}

// U20
#[test]
fn a_server_error_exits_with_11_with_any_body() {
    for status in ["502 Bad Gateway", "520 X", "524 X", "530 X"] {
        for (content_type, body) in [("text/html", "<html>"), ("text/plain", "error"), (JSON, "")] {
            let script = RawServer::always(status, content_type, body);
            Fixture::dt(&script.url).run(LIST).fails_with(11);
            assert_eq!(script.requests.try_iter().count(), 3, "{status}");
        }
    }
}

// C3
#[test]
fn a_refused_connection_exits_with_8() {
    // Port 1 is never assigned by chance, unlike a port that was just closed.
    let url = "http://127.0.0.1:1";
    Fixture::dt(url).run(LIST).fails_with(8);
    Fixture::dt(url).run("dt token create edge").fails_with(8);
    Fixture::asa(url).run("asa gateway list").fails_with(8);
}

// C3
#[test]
fn a_server_that_never_responds_exits_with_9_or_12_for_a_create() {
    let silent = RawServer::new(|_| RawResponse::Silence);
    let line = Fixture::dt(&silent.url)
        .run(&format!("--timeout 0.3 {LIST}"))
        .fails_with(9);
    assert!(line.contains("the call timed out"), "{line}");
    let line = Fixture::asa(&silent.url)
        .run("--timeout 0.3 asa gateway list")
        .fails_with(9);
    assert!(line.contains("the call timed out"), "{line}");
    let line = Fixture::dt(&silent.url)
        .run("--timeout 0.3 dt token create edge")
        .fails_with(12);
    assert!(line.contains("may have been applied"), "{line}");
}

// C3
#[test]
fn an_html_page_exits_with_10() {
    let login = RawServer::always("200 OK", "text/html", "<html>please log in</html>");
    let line = Fixture::dt(&login.url).run(LIST).fails_with(10);
    assert!(!line.contains("please"), "{line}");
}

// C3
#[test]
fn a_truncated_body_exits_with_9_or_10_if_its_length_matches() {
    let body = r#"{"totalCount":1,"activeGateTokens":[{"id":"dt0g02.A","#;
    let cut = RawServer::new(move |_| {
        let mut bytes = response("200 OK", JSON, &format!("{body}{body}"));
        bytes.truncate(bytes.len() - body.len());
        RawResponse::Bytes(bytes)
    });
    Fixture::dt(&cut.url).run(LIST).fails_with(9);
    Fixture::dt(&RawServer::always("200 OK", JSON, body).url)
        .run(LIST)
        .fails_with(10);
}

// C3
#[test]
fn a_redirect_and_a_model_mismatch_exit_with_10() {
    let elsewhere = RawServer::new(|_| {
        RawResponse::Bytes(b"HTTP/1.1 302 Found\r\nlocation: https://elsewhere.example/x?y\r\ncontent-length: 0\r\n\r\n".to_vec())
    });
    Fixture::dt(&elsewhere.url).run(LIST).fails_with(10);
    let line = Fixture::dt(&RawServer::always("200 OK", JSON, r#"{"totalCount":"3"}"#).url)
        .run(LIST)
        .fails_with(10);
    assert!(line.contains("totalCount"), "{line}");
}

// C3
#[test]
fn a_failing_server_exits_with_11_or_12_for_a_create() {
    Fixture::dt(&envelope("500 Internal Server Error").url)
        .run(LIST)
        .fails_with(11);
    Fixture::dt(&envelope("500 Internal Server Error").url)
        .run("dt token create edge")
        .fails_with(12);
}

// C3
#[test]
fn a_create_whose_response_is_lost_exits_with_12() {
    let lost = RawServer::new(|_| RawResponse::Bytes(Vec::new()));
    Fixture::dt(&lost.url)
        .run("dt token create edge")
        .fails_with(12);
    let garbled = RawServer::always("201 Created", JSON, r#"{"id":"dt0g02.A","#);
    let line = Fixture::dt(&garbled.url)
        .run("dt token create edge")
        .fails_with(12);
    assert!(line.contains("was applied"), "{line}");
}

// C3
#[test]
fn a_list_that_fails_names_the_page_token_to_continue_with() {
    let script = RawServer::new(|request| {
        RawResponse::Bytes(if request.contains("nextPageKey=second") {
            response("500 Internal Server Error", JSON, "{}")
        } else {
            response(
                "200 OK",
                JSON,
                r#"{"totalCount":2,"nextPageKey":"second","activeGateTokens":[]}"#,
            )
        })
    });
    let line = Fixture::dt(&script.url)
        .run(&format!("{LIST} -o json"))
        .fails_with(11);
    assert!(line.contains("--page-token second"), "{line}");
}

// C3
#[test]
fn a_wrong_command_line_exits_with_2() {
    let fixture = Fixture::new();
    for line in [
        "dt",
        "dt token",
        "nothing",
        "dt token get",
        "dt token list --limit 0",
        "dt token list -o xml",
        "asa gw update x",
    ] {
        let output = fixture.run(line);
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (Some(2), ""),
            "{line}"
        );
    }
    fixture.run("dt token list extra").fails_with(2);
}

#[test]
fn an_emulator_for_other_machines_must_be_allowed() {
    let line = Fixture::new()
        .run("emulator serve --address 0.0.0.0:0")
        .fails_with(2);
    assert!(line.contains("--beyond-loopback"), "{line}");
}

#[test]
fn help_and_version_are_0_and_on_stdout() {
    let fixture = Fixture::new();
    for line in [
        "--help",
        "-h",
        "asa --help",
        "dt token create --help",
        "emulator serve --help",
    ] {
        assert!(
            fixture.run(line).success().contains("Usage: gatelet"),
            "{line}"
        );
    }
    assert_eq!(
        fixture.run("--version").success(),
        format!("gatelet {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert!(fixture.run("--help").success().contains("130  interrupted"));
}

#[test]
fn a_deletion_that_nobody_can_confirm_is_refused_and_sends_nothing() {
    let server = RawServer::always("204 No Content", JSON, "");
    let asa = || Fixture::asa(&server.url);
    for (fixture, line) in [
        (Fixture::dt(&server.url), "dt token delete x"),
        (asa(), "asa gateway rm x"),
        (asa(), "asa setup-token delete x"),
        (asa(), "asa enrollment-token delete web x"),
        (asa(), "asa service-user key delete bot x"),
        (asa(), "asa service-user update bot --status DELETED"),
    ] {
        let refused = fixture.run(line).fails_with(2);
        assert!(
            refused.contains("add --yes; nothing was deleted"),
            "{refused}"
        );
    }
    assert_eq!(server.requests.try_iter().count(), 0);
}
