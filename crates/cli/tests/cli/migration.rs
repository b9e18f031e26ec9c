//! `asa migrate`: between two emulators, and to a server that fails.

use std::fs;

use gatelet_emulator::well_known;
use gatelet_test_support::raw_server::{RawResponse, response};
use serde_json::{Value, json};

use crate::run::{EmulatorServer, Fixture, team};

const JSON: &str = "application/json";

/// Returns a profile of a team.
fn profile(name: &str, url: &str) -> String {
    format!(
        "[profiles.{name}.asa]\nteam = \"{}\"\nurl = \"{url}\"\nkey_id = \"{}\"\nkey_secret_file = \"secret\"\n",
        well_known::ASA_TEAM,
        well_known::ASA_KEY_ID,
    )
}

/// Returns a fixture with the profiles `asa` and `opa` of these servers, and what else the file has.
fn profiles(asa: &str, opa: &str, rest: &str) -> Fixture {
    let fixture = Fixture::new();
    fixture.file("secret", well_known::ASA_KEY_SECRET);
    let text = profile("asa", asa) + &profile("opa", opa) + rest;
    let config = fixture.file("config.toml", text);
    fixture.with("GATELET_CONFIG", config.to_str().unwrap())
}

/// Returns two emulators and a fixture of both, the first with setup tokens that the second does not have.
fn teams() -> (EmulatorServer, EmulatorServer, Fixture) {
    let servers = [(); 2].map(|()| EmulatorServer::start(&Fixture::new()));
    let [asa, opa] = servers;
    let fixture = profiles(&asa.url, &opa.url, "");
    for options in ["--description edge", "--description edge", ""] {
        let create = "asa gateway-setup-token create --label env=dev --profile asa";
        fixture.run(&format!("{create} {options}")).success();
    }
    (asa, opa, fixture)
}

fn plan(fixture: &Fixture) -> String {
    let path = fixture.path("plan.json");
    let line = "asa migrate plan --from-profile asa --to-profile opa -o json --plan";
    fixture.run(&format!("{line} {path}")).success();
    path
}

fn list(fixture: &Fixture, profile: &str) -> Value {
    let line = format!("asa gateway-setup-token list -o json --profile {profile}");
    fixture.run(&line).json()
}

/// Returns the results of the setup tokens `edge`.
fn results(rows: &Value) -> Vec<&str> {
    let rows = rows.as_array().unwrap().iter();
    let edge = rows.filter(|row| row["description"] == "edge");
    edge.map(|row| row["result"].as_str().unwrap()).collect()
}

#[test]
fn a_reviewed_plan_is_applied_once() {
    let (_asa, _opa, fixture) = teams();
    let before = list(&fixture, "asa");
    let path = plan(&fixture);
    let written: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(written["version"], 1);
    let entries = written["setupTokens"].as_array().unwrap();
    let of = |action: &str| entries.iter().filter(|it| it["action"] == action).count();
    assert_eq!(of("create"), 2, "{written}");
    let reasons: Vec<_> = entries
        .iter()
        .filter_map(|it| it["reason"].as_str())
        .collect();
    assert!(
        reasons
            .iter()
            .any(|it| it.starts_with("has no description")),
        "{reasons:?}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    let apply = format!("asa migrate apply --plan {path}");
    let asked = fixture.run(&apply).fails_with(2);
    assert!(asked.contains("Create 2 setup tokens in team"), "{asked}");
    assert!(asked.contains("add --yes; nothing was created"), "{asked}");
    let in_target = list(&fixture, "opa").as_array().unwrap().len();

    let planned = fixture.run(&format!("{apply} --dry-run -o json")).json();
    assert_eq!(planned["method"], "POST");
    assert_eq!(planned["then"], json!(["create 1 setup token more"]));
    assert_eq!(list(&fixture, "opa").as_array().unwrap().len(), in_target);

    let applied = fixture.run(&format!("{apply} --yes -o json"));
    assert!(
        applied.stderr.contains("reveal --profile=opa"),
        "{applied:?}"
    );
    assert_eq!(results(&applied.json()), ["created", "created"]);
    for format in [
        "table", "wide", "json", "ndjson", "csv", "yaml", "name", "markdown",
    ] {
        let again = fixture.run(&format!("{apply} -o {format}")).success();
        assert!(!again.contains("created"), "{format}: {again}");
    }
    let again = fixture.run(&format!("{apply} -o json")).json();
    assert_eq!(results(&again), ["present", "present"]);
    assert_eq!(
        list(&fixture, "opa").as_array().unwrap().len(),
        in_target + 2
    );
    assert_eq!(list(&fixture, "asa"), before);
}

#[test]
fn a_plan_is_refused_where_it_is_not_about_the_profiles() {
    let (asa, opa, fixture) = teams();
    let path = plan(&fixture);
    let line = "asa migrate plan --from-profile asa --to-profile opa --plan";
    let exists = fixture.run(&format!("{line} {path}")).fails_with(2);
    assert!(exists.contains("it exists"), "{exists}");
    let itself = "asa migrate plan --from-profile asa --to-profile asa --plan p";
    let same = fixture.run(itself).fails_with(2);
    assert!(same.contains("name the same team"), "{same}");
    for option in ["--profile asa", "--emulator"] {
        let both = fixture.run(&format!("{line} p {option}")).fails_with(2);
        assert!(both.contains("leave them out"), "{both}");
    }

    let apply = format!("asa migrate apply --yes --plan {path}");
    let elsewhere = profiles(&asa.url, "http://localhost:9", "");
    let moved = elsewhere.run(&apply).fails_with(2);
    assert!(
        moved.contains("make a new plan; nothing was sent"),
        "{moved}"
    );
    let reading = profiles(&asa.url, &opa.url, "[profiles.opa]\nreadonly = true\n");
    let readonly = reading.run(&apply).fails_with(2);
    assert!(
        readonly.contains("the profile opa is readonly"),
        "{readonly}"
    );
    let columns = fixture.run(&format!("{apply} --columns id")).fails_with(2);
    assert!(columns.contains("commands that only read"), "{columns}");
}

#[test]
fn a_failure_in_the_middle_is_reported_and_the_rest_is_created() {
    let (asa, _opa, fixture) = teams();
    let create = "asa gateway-setup-token create --profile asa --description last --label env=prod";
    fixture.run(create).success();
    let first_post = std::sync::atomic::AtomicBool::new(true);
    let failing = team(move |request| {
        let is_first = || first_post.swap(false, std::sync::atomic::Ordering::Relaxed);
        RawResponse::Bytes(match request.starts_with("POST ") {
            false => response("200 OK", JSON, r#"{"list":[]}"#),
            true if is_first() => response("403 Forbidden", JSON, r#"{"code":403}"#),
            true => {
                let created =
                    r#"{"id":"new","registration_type":"gateway-agent","token":"CANARY"}"#;
                response("201 Created", JSON, created)
            }
        })
    });
    let fixture = profiles(&asa.url, &failing.url, "");
    let path = plan(&fixture);
    let entries: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let entries = entries["setupTokens"].as_array().unwrap();
    let creates = entries.iter().filter(|it| it["action"] == "create").count();
    assert!(creates >= 3, "{entries:?}");
    let applied = fixture.run(&format!("asa migrate apply --yes --plan {path} -o json"));
    assert_eq!(applied.code, Some(12), "{applied:?}");
    let rows: Value = serde_json::from_str(&applied.stdout).unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), entries.len());
    let of = |result: &str| rows.iter().filter(|it| it["result"] == result).count();
    assert_eq!((of("failed"), of("created")), (1, creates - 1), "{rows:?}");
    let posts = failing.requests.try_iter();
    let posts = posts.filter(|it| it.starts_with("POST ") && !it.contains("/service_token "));
    assert_eq!(posts.count(), creates);
}
