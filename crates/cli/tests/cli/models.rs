//! Values that no description knows are kept, printed and sent back.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{CommandOutput, Fixture, team};

const JSON: &str = "application/json";
const ID: &str = "dt0g02.4KWZO5EF";
const TOKEN: &str = "dt0g02.4KWZO5EF.NEWSECRETNEWSECRETNEW";

/// Creates a token on a server that returns this expiration date, or none.
fn create(expires: Option<&'static str>, format: &str) -> CommandOutput {
    let expires = expires.map_or_else(String::new, |it| format!(r#","expirationDate":{it}"#));
    let body = format!(r#"{{"id":"{ID}","token":"{TOKEN}"{expires}}}"#);
    let dt = RawServer::new(move |_| RawResponse::Bytes(response("201 Created", JSON, &body)));
    Fixture::dt(&dt.url).run(&format!("dt active-gate-token create edge-7 -o {format}"))
}

// U16
#[test]
fn a_new_token_with_an_unreadable_date_is_printed_with_a_warning() {
    for (raw, text) in [
        (r#""""#, r#""""#),
        (r#""2027-01-01 00:00""#, r#""2027-01-01 00:00""#),
        ("1798761600000", r#""1798761600000""#),
        ("[1,null]", r#""[1,null]""#),
        (r#""\u001b[31m\n\u202e""#, r#""\u{1b}[31m\n\u{202e}""#),
    ] {
        let warning = format!(
            "gatelet: warning: the token was created, but its expirationDate is unreadable: {text}\n"
        );
        let output = create(Some(raw), "table");
        assert_eq!(output.stderr, warning);
        let rows: Vec<_> = output.success().lines().map(str::to_owned).collect();
        assert_eq!(rows.len(), 2, "{rows:?}");
        let cells: Vec<_> = rows[1].splitn(3, "  ").map(str::trim).collect();
        assert_eq!(cells, [ID, TOKEN, &format!("{text} (unreadable)")]);

        let output = create(Some(raw), "ndjson");
        assert_eq!(output.stderr, warning);
        let kept: serde_json::Value = serde_json::from_str(raw).unwrap();
        let expected = format!(r#"{{"id":"{ID}","token":"{TOKEN}","expirationDate":{kept}}}"#);
        assert_eq!(output.success(), expected + "\n");

        let output = create(Some(raw), "json");
        assert_eq!(output.stderr, warning);
        assert_eq!(output.json()["expirationDate"], kept);
    }
    // A token without a date never expires, so there is no warning.
    for absent in [None, Some("null")] {
        let output = create(absent, "ndjson");
        assert_eq!(output.stderr, "");
        assert_eq!(
            output.success(),
            format!("{{\"id\":\"{ID}\",\"token\":\"{TOKEN}\"}}\n")
        );
    }
}

// U16
#[test]
fn a_new_token_of_asa_with_an_unreadable_date_is_printed_with_a_warning() {
    const VALUE: &str = "CANARYSECRETCANARYSECRET";
    let asa = team(|_| {
        let body = format!(
            r#"{{"id":"t1","registration_type":"gateway-agent","token":"{VALUE}","created_at":"","issued_at":""}}"#
        );
        RawResponse::Bytes(response("201 Created", JSON, &body))
    });
    for (command, warning) in [
        (
            "enrollment-token create web --description x",
            "gatelet: warning: the enrollment token was created, but its issued_at is unreadable: \"\"\n",
        ),
        (
            "gateway-setup-token create --description x",
            "gatelet: warning: the gateway setup token was created, but its created_at is unreadable: \"\"\n",
        ),
    ] {
        let output = Fixture::asa(&asa.url).run(&format!("asa {command} -o csv"));
        assert_eq!(output.stderr, warning);
        let printed = output.success();
        assert!(printed.contains(r#"""""" (unreadable)"#), "{printed}");
    }
}

// A29
#[test]
fn a_create_of_an_unclear_outcome_says_how_to_look_or_to_delete() {
    for (body, advice) in [
        (
            r#"{"id":"t1","registration_type":"gateway-agent","description":5}"#,
            [
                "to delete what was created: gatelet asa enrollment-token delete web t1",
                "to delete what was created: gatelet asa gateway-setup-token delete t1",
            ],
        ),
        (
            "{",
            [
                "to look whether it exists: gatelet asa enrollment-token list web",
                "to look whether it exists: gatelet asa gateway-setup-token list",
            ],
        ),
    ] {
        let asa = team(move |_| RawResponse::Bytes(response("201 Created", JSON, body)));
        let commands = [
            "enrollment-token create web --description x",
            "gateway-setup-token create",
        ];
        for (command, advice) in commands.into_iter().zip(advice) {
            let output = Fixture::asa(&asa.url).run(&format!("asa {command}"));
            let line = output.fails_with(12);
            assert!(line.trim_end().ends_with(advice), "{line}");
        }
    }
}

#[test]
fn a_resource_group_is_shown_with_the_groups_that_administer_it() {
    let asa = team(|_| {
        let body = r#"{"id":"r1","name":"shop","delegated_resource_admin_groups":[{"name":"ops"},{"id":"g2","missing":true}]}"#;
        RawResponse::Bytes(response("200 OK", JSON, body))
    });
    let run = |format| {
        let output = Fixture::asa(&asa.url).run(&format!("asa resource-group get r1 -o {format}"));
        output.success()
    };
    assert_eq!(
        run("csv"),
        "ID,NAME,DESCRIPTION,TEAM ID,ADMINS\r\nr1,shop,,,\"ops, g2 (missing)\"\r\n"
    );
    assert!(run("wide").contains("ops, g2 (missing)"));
}

// U16
#[test]
fn a_date_that_repeats_the_access_token_is_withheld() {
    // `CommandOutput` checks both streams for the canary.
    for raw in [
        r#""CANARYSECRETCANARYSECRET""#,
        r#""%43ANARYSECRETCANARYSECRET""#,
        r#"["Q0FOQVJZU0VDUkVU"]"#,
    ] {
        for format in ["table", "json", "ndjson"] {
            let output = create(Some(raw), format);
            assert!(output.stderr.contains("[withheld]"), "{output:?}");
            assert!(!format!("{output:?}").contains("Q0FOQVJZ"), "{output:?}");
            assert!(output.success().contains(TOKEN));
        }
    }
}

/// Updates a gateway that the server returns as `read`; returns the output and the body sent, if any.
fn update(read: &'static str, changes: &str) -> (CommandOutput, Option<String>) {
    let asa = team(move |request| match request.starts_with("GET") {
        true => RawResponse::Bytes(response("200 OK", JSON, read)),
        false => RawResponse::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()),
    });
    let output = Fixture::asa(&asa.url).run(&format!("asa gateway update g1 {changes}"));
    let put = asa.requests.try_iter().find(|it| it.starts_with("PUT "));
    let body = put.map(|it| it.split_once("\r\n\r\n").unwrap().1.to_owned());
    (output, body)
}

// U17
#[test]
fn an_update_sends_back_known_and_unknown_members() {
    let read = r#"{"id":"g1","name":"eu","refuse_connections":false,"labels":null,"description":null,"cloud_provider":"aws",
        "last_seen":"2026-11-21T20:48:09Z","access_address":"10.0.0.1:7234","infrastructure_orchestrator":{"name":"k8s","zone":{"rack":7}},
        "x_pool":{"weight":0.1,"size":18446744073709551615,"list":[null,true,"\u00e9"]}}"#;
    let rest = concat!(
        r#""access_address":"10.0.0.1:7234","infrastructure_orchestrator":{"name":"k8s","zone":{"rack":7}},"#,
        r#""x_pool":{"weight":0.1,"size":18446744073709551615,"list":[null,true,"é"]}}"#
    );
    for (changes, known) in [
        (
            "--name us",
            r#""name":"us","refuse_connections":false,"labels":{},"description":null,"#,
        ),
        (
            "--label env=dev --description d",
            r#""name":"eu","refuse_connections":false,"labels":{"env":"dev"},"description":"d","#,
        ),
    ] {
        let (output, body) = update(read, changes);
        assert_eq!(body, Some(format!("{{{known}{rest}")));
        assert_eq!(output.stderr, "gatelet: updated gateway g1\n");
        assert_eq!(output.success(), "");
    }
}

// U17
#[test]
fn an_update_sends_back_all_digits_of_a_number() {
    let read =
        r#"{"id":"g1","name":"eu","refuse_connections":false,"x_size":[12345678901234567890123]}"#;
    let (output, body) = update(read, "--name us");
    output.success();
    let sent = r#"{"name":"us","refuse_connections":false,"x_size":[12345678901234567890123]}"#;
    assert_eq!(body.as_deref(), Some(sent));
}
