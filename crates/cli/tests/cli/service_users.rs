//! `asa service-user` against scripted servers.

use std::process::Stdio;

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{CommandOutput, Fixture, team};

#[test]
fn a_service_that_cannot_say_who_calls_is_answered_by_the_bearer() {
    // {"user":"bot"}
    let bearer = r#"{"bearer_token":"e30.eyJ1c2VyIjoiYm90In0.c2ln","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    for (status, content_type, body) in [
        (
            "404 Not Found",
            "application/json",
            r#"{"code":404,"type":"resource_does_not_exist","message":"no"}"#,
        ),
        ("404 Not Found", "text/plain", "404 page not found"),
        ("404 Not Found", "text/plain", ""),
        ("404 Not Found", "application/json", "{}"),
        ("405 Method Not Allowed", "text/plain", "no"),
        ("501 Not Implemented", "text/plain", "no"),
        (
            "401 Unauthorized",
            "application/json",
            r#"{"code":401,"type":"authorization_error","message":"no"}"#,
        ),
        (
            "403 Forbidden",
            "application/json",
            r#"{"code":403,"type":"authorization_error","message":"no"}"#,
        ),
    ] {
        let server = RawServer::new(move |request| {
            let (status, content_type, body) = match request.contains("/service_token ") {
                true => ("200 OK", "application/json", bearer),
                false => (status, content_type, body),
            };
            RawResponse::Bytes(response(status, content_type, body))
        });
        let fixture = Fixture::asa(&server.url);
        let output = fixture.run("asa service-user whoami -o json --timeout 5");
        assert_eq!(
            output.json(),
            serde_json::json!({ "name": "bot" }),
            "{status} {body}"
        );
    }
}

#[test]
fn whoami_asks_once_who_it_is() {
    let server = team(|request| {
        let body = match request.contains("/keys") {
            true => r#"{"list": []}"#,
            false => r#"{"id":"1","name":"bot","team_name":"example-team"}"#,
        };
        RawResponse::Bytes(response("200 OK", "application/json", body))
    });
    Fixture::asa(&server.url).run("asa su whoami").success();
    let requests = server.requests.try_iter();
    let asked = requests.filter(|request| request.contains("/current_user"));
    assert_eq!(asked.count(), 1);
}

#[test]
#[cfg(unix)]
fn whoami_prints_before_it_asks_for_the_end_of_the_key() {
    let body = r#"{"id":"1","name":"bot","team_name":"example-team"}"#;
    let server = team(move |request| match request.contains("/keys") {
        true => RawResponse::Silence,
        false => RawResponse::Bytes(response("200 OK", "application/json", body)),
    });
    let process = Fixture::asa(&server.url)
        .command(["asa", "su", "whoami", "-o", "json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut requests = server.requests.iter();
    assert!(requests.any(|request| request.contains("/keys")));
    crate::run::send_signal("-TERM", &process);
    let output = CommandOutput::from(process.wait_with_output().unwrap());
    assert!(output.stdout.contains("bot"), "{output:?}");
}

#[test]
fn a_name_or_status_that_the_service_does_not_know_is_not_sent() {
    let fixture = Fixture::asa("http://127.0.0.1:1");
    let (name, update) = ("x".repeat(300), ["asa", "su", "update", "bot", "--status"]);
    let create = ["asa", "su", "create"];
    for (words, value) in [
        (&create[..], ""),
        (&create, ".."),
        (&create, &name),
        (&update, ""),
        (&update, "GONE"),
    ] {
        let line = fixture.run_args(words.iter().chain([&value])).fails_with(2);
        assert!(!line.contains("xxx"), "{line}");
    }
}

#[test]
fn a_list_of_keys_that_fails_leaves_whoami_with_a_line_that_says_why_unless_the_role_is_missing() {
    let user = r#"{"id":"1","name":"bot","team_name":"example-team"}"#;
    let unknown = "gatelet: warning: whether the key that this command logs in with ends is unknown: asa ListServiceUserKeys: ";
    let json = "application/json";
    let missing = r#"{"code":403,"type":"authorization_error","message":"no"}"#;
    let absent = r#"{"code":404,"type":"resource_does_not_exist","message":"no"}"#;
    for (status, content_type, body, is_said) in [
        ("500 Internal Server Error", "text/plain", "no", true),
        ("400 Bad Request", json, "{}", true),
        ("200 OK", json, r#"{"list":[{"id":5}]}"#, true),
        ("403 Forbidden", json, missing, false),
        ("401 Unauthorized", json, missing, false),
        ("404 Not Found", "text/plain", "no", true),
        ("404 Not Found", json, absent, true),
    ] {
        let server = team(move |request| {
            let (status, content_type, body) = match request.contains("/keys") {
                true => (status, content_type, body),
                false => ("200 OK", json, user),
            };
            RawResponse::Bytes(response(status, content_type, body))
        });
        let output = Fixture::asa(&server.url).run("asa su whoami -o name --timeout 2");
        assert_eq!(output.stderr.starts_with(unknown), is_said, "{output:?}");
        assert_eq!(output.stderr.is_empty(), !is_said, "{output:?}");
        assert_eq!(output.success(), "bot\n");
    }
}

#[test]
fn who_calls_is_unknown_if_neither_the_service_nor_the_bearer_says_it() {
    let body = r#"{"code":404,"type":"resource_does_not_exist","message":"no"}"#;
    let server =
        team(move |_| RawResponse::Bytes(response("404 Not Found", "application/json", body)));
    let fixture = Fixture::asa(&server.url);
    let unknown = "gatelet: asa GetCurrentUser: 404 Not Found: the bearer does not name the service user either: no [resource_does_not_exist] (1 attempt, nothing was applied)";
    let line = fixture.run("asa su whoami").fails_with(5);
    assert_eq!(line, format!("{unknown}\n"));
    let path = fixture.path("key.json");
    let line = fixture
        .run(&format!("asa su key rotate --out {path}"))
        .fails_with(5);
    assert_eq!(
        line,
        format!("{unknown}; give the NAME of the service user\n")
    );
}

#[test]
fn one_unreadable_date_of_a_key_hides_no_other_key() {
    let own = "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0effff";
    for odd in ["\"\"", "0", "true", "\"2027-01-01\"", "\"soon\""] {
        let list = format!(
            r#"{{"list":[{{"id":"{own}","expires_at":"2027-12-03T00:00:00Z"}},{{"id":"other","issued_at":{odd},"expires_at":{odd},"last_used":{odd}}}]}}"#
        );
        let server = team(move |request| {
            let body = match request {
                it if it.starts_with("POST") => r#"{"id":"new","secret":"canary"}"#,
                it if it.contains("/keys") => list.as_str(),
                _ => r#"{"id":"1","name":"bot","team_name":"example-team"}"#,
            };
            RawResponse::Bytes(response("200 OK", "application/json", body))
        });
        let fixture = Fixture::asa(&server.url);
        let ends = "warning: the key that this command logs in with ends at 2027-12-03T00:00:00Z\n";
        let whoami = fixture.run("asa su whoami");
        assert!(whoami.stderr.ends_with(ends), "{whoami:?}");
        let table = fixture.run("asa su key list bot -o csv").success();
        let shown = format!(r#""""{}"" (unreadable)""#, odd.trim_matches('"'));
        let row = format!("other,{shown},{shown},{shown}");
        assert!(table.trim_end().ends_with(&row), "{table}");
        let json = fixture.run("asa su key list bot -o json").json();
        let sent: serde_json::Value = serde_json::from_str(odd).unwrap();
        assert_eq!(json[1]["expires_at"], sent);
        let path = fixture.path("key.json");
        fixture
            .run(&format!("asa su key rotate bot --out {path}"))
            .success();
    }
}

#[test]
fn an_end_of_the_key_in_use_that_the_list_does_not_tell_is_warned_of() {
    let own = r#"{"list":[{"id":"5c1f3f0e-3a52-4a35-9a0c-2f6b6a0effff","expires_at":"soon"}]}"#;
    for (keys, cause) in [
        (own, "what the service lists is not a date"),
        (r#"{"list":[]}"#, "the service does not list that key"),
        (
            r#"{"list":[{"id":"other","expires_at":null}]}"#,
            "the service does not list that key",
        ),
    ] {
        let server = team(move |request| {
            let body = match request.contains("/keys") {
                true => keys,
                false => r#"{"id":"1","name":"bot","team_name":"example-team"}"#,
            };
            RawResponse::Bytes(response("200 OK", "application/json", body))
        });
        let output = Fixture::asa(&server.url).run("asa su whoami");
        let line = format!(
            "gatelet: warning: whether the key that this command logs in with ends is unknown: {cause}\n"
        );
        assert_eq!(output.stderr, line);
    }
}
