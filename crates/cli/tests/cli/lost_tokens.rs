//! Creates whose secret was lost: the error says what to do, and `find-lost` finds the tokens.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::Fixture;

const JSON: &str = "application/json";

/// Runs a create against a server that responds to it like this; returns the error line.
fn create(arguments: &str, response: RawResponse) -> String {
    let server = RawServer::new(move |_| response.clone());
    let line = format!("dt active-gate-token create --timeout 2 {arguments}");
    Fixture::dt(&server.url).run(&line).fails_with(12)
}

#[test]
fn a_create_without_a_secret_says_how_to_delete_the_token() {
    for body in [
        r#"{"id": "dt0g02.4KWZO5EF"}"#,
        r#"{"id": "dt0g02.4KWZO5EF", "token": null}"#,
    ] {
        let line = create(
            "edge-7",
            RawResponse::Bytes(response("201 Created", JSON, body)),
        );
        let advice =
            "its secret is lost, so delete it: gatelet dt active-gate-token delete dt0g02.4KWZO5EF";
        assert!(line.ends_with(&format!("{advice}\n")), "{line}");
    }
}

#[test]
fn a_create_with_an_unknown_outcome_says_how_to_find_the_token() {
    let created = || response("201 Created", JSON, "{}");
    for (arguments, response, options) in [
        ("edge-7", RawResponse::Silence, "edge-7"),
        ("edge-7", RawResponse::Bytes(Vec::new()), "edge-7"),
        ("edge-7", RawResponse::Bytes(created()), "edge-7"),
        (
            "edge-7 --type cluster --seed",
            RawResponse::Bytes(created()),
            "--type cluster --seed edge-7",
        ),
        ("-- -it's", RawResponse::Bytes(created()), r"-- '-it'\''s'"),
    ] {
        let line = create(arguments, response);
        let (_, command) = line
            .split_once("find it, then delete it: gatelet ")
            .unwrap_or_else(|| panic!("{line}"));
        let (command, since) = command.split_once(" --since ").unwrap();
        assert_eq!(command, "dt active-gate-token find-lost");
        let (since, rest) = since.trim_end().split_once(' ').unwrap();
        assert_eq!(rest, options);
        let run = Fixture::new().run(&format!(
            "--emulator dt active-gate-token find-lost --since {since} edge-7"
        ));
        run.success();
    }
}

#[test]
fn a_suggested_command_has_the_profile_and_the_api_of_the_create() {
    let server = RawServer::new(|_| RawResponse::Bytes(response("201 Created", JSON, "{}")));
    let fixture = Fixture::new();
    let profile = format!(
        "[profiles.prod.dt]\nurl = \"{}\"\ntoken_file = \"token\"\n",
        server.url
    );
    let config = fixture.file("config.toml", profile);
    fixture.file("token", crate::run::CANARY);
    let fixture = fixture.with("GATELET_CONFIG", config.to_str().unwrap());
    let create = "dt token create edge-7 --profile prod --api classic";
    let line = fixture.run(create).fails_with(12);
    let options = " --profile=prod --api=classic edge-7\n";
    assert!(line.ends_with(options), "{line}");
}

#[test]
fn a_create_that_was_refused_gives_no_such_advice() {
    let refused = response("400 Bad Request", JSON, r#"{"error":{"code":400}}"#);
    let server = RawServer::new(move |_| RawResponse::Bytes(refused.clone()));
    let fixture = Fixture::dt(&server.url);
    let line = fixture.run("dt token create edge-7").fails_with(6);
    assert!(!line.contains("lost"), "{line}");
}

#[test]
fn lost_tokens_are_found_by_name_type_kind_and_time() {
    let fixture = Fixture::new();
    let created = fixture
        .run("--emulator dt token create edge-7 -o json")
        .json();
    let find = |arguments: &str| {
        fixture.run(&format!(
            "--emulator dt token find-lost {arguments} -o ndjson"
        ))
    };
    for arguments in [
        "edge-7 --since 1m",
        "edge-7 --since 0s",
        "edge-7 --since 2001-01-01T00:00:00Z",
        "edge-7 --since yesterday",
        "edge-7 --since 2001-01-01",
    ] {
        let found = find(arguments).success();
        assert_eq!(found.lines().count(), 1, "{arguments}");
        assert!(found.contains(created["id"].as_str().unwrap()), "{found}");
    }
    for arguments in [
        "edge-8 --since 1m",
        "edge-7 --since 1m --type cluster",
        "edge-7 --since 1m --seed",
        "edge-7 --since 9001-01-01T00:00:00Z",
    ] {
        let found = find(arguments);
        assert_eq!(found.stdout, "", "{arguments}");
        assert!(found.stderr.contains("no such token"), "{}", found.stderr);
    }
    for arguments in ["edge-7", "edge-7 --since before"] {
        let line = find(arguments).fails_with(2);
        assert!(line.contains("--since"), "{line}");
    }
}

#[cfg(unix)]
#[test]
fn the_command_that_finds_a_lost_token_has_its_name_with_invisible_characters() {
    let name = "team \u{200d}\u{1f469}\u{200d}\u{1f4bb}\u{202e} it's";
    let server = RawServer::new(|_| RawResponse::Bytes(response("201 Created", JSON, "{}")));
    let mut create = Fixture::dt(&server.url).command(["dt", "token", "create", name]);
    let created = create.output().unwrap();
    let line = String::from_utf8(created.stderr).unwrap();
    let (_, command) = line
        .split_once("find it, then delete it: gatelet ")
        .unwrap();
    let script = format!("printf '%s\\n' {command}");
    let words = std::process::Command::new("bash")
        .args(["-c", &script])
        .output();
    let words = String::from_utf8(words.unwrap().stdout).unwrap();
    assert_eq!(words.lines().last(), Some(name), "{line}");
}

#[test]
fn a_response_that_does_not_confirm_the_end_of_a_new_token_is_warned_of() {
    let warning = "warning: the token was created, but the response does not say that it ends; see gatelet dt active-gate-token get dt0g02.A";
    for (end, expires, is_warned) in [
        ("", "--expires now+60d", true),
        (r#","expirationDate":null"#, "--expires now+60d", true),
        (
            r#","expirationDate":"0001-01-01T00:00:00Z""#,
            "--expires now+60d",
            true,
        ),
        (
            r#","expirationDate":"2999-01-01T00:00:00Z""#,
            "--expires now+60d",
            false,
        ),
        ("", "", false),
    ] {
        let body = format!(
            r#"{{"id":"dt0g02.A","token":"dt0g02.A.{}"{end}}}"#,
            "S".repeat(64)
        );
        let server =
            RawServer::new(move |_| RawResponse::Bytes(response("201 Created", JSON, &body)));
        let created = Fixture::dt(&server.url).run(&format!("dt token create a {expires}"));
        assert_eq!(created.code, Some(0), "{created:?}");
        assert_eq!(created.stderr.contains(warning), is_warned, "{created:?}");
    }
}
