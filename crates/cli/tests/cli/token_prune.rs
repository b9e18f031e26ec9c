//! `dt active-gate-token prune`.

use std::fs;
use std::sync::Mutex;

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::Value;

use crate::run::{CommandOutput, Fixture};

const JSON: &str = "application/json";

/// Runs a command against the embedded emulator, of whose tokens two are seed tokens, and ActiveGates show the others.
fn run(fixture: &Fixture, line: &str) -> CommandOutput {
    fixture.run(&format!("--emulator dt token {line}"))
}

/// Starts an environment with tokens `a` and `b`, which were used in 2021, and no ActiveGate. `respond` may answer a request itself.
fn environment(respond: impl Fn(&str) -> Option<RawResponse> + Send + Sync + 'static) -> RawServer {
    let deleted = Mutex::new(Vec::<String>::new());
    RawServer::new(move |request| {
        if let Some(response) = respond(request) {
            return response;
        }
        let path = request.split(' ').nth(1).unwrap().to_owned();
        let mut deleted = deleted.lock().unwrap();
        let token = |id: &str| {
            format!(
                r#"{{"id":"{id}","name":"edge {id}","creationDate":"2020-01-01T00:00:00Z","lastUsedDate":"2021-01-01T00:00:00Z","seedToken":false}}"#
            )
        };
        let id = path.rsplit('/').next().unwrap().to_owned();
        if request.starts_with("DELETE") {
            deleted.push(id);
            return RawResponse::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec());
        }
        let body = match id.as_str() {
            "a" | "b" if deleted.contains(&id) => {
                let gone = r#"{"error":{"code":404}}"#;
                return RawResponse::Bytes(response("404 Not Found", JSON, gone));
            }
            "a" | "b" => token(&id),
            _ if path.contains("/activeGateTokens") => {
                format!(r#"{{"activeGateTokens":[{},{}]}}"#, token("a"), token("b"))
            }
            _ => r#"{"activeGates":[]}"#.to_owned(),
        };
        RawResponse::Bytes(response("200 OK", JSON, &body))
    })
}

fn changes(server: &RawServer) -> usize {
    let requests = server.requests.try_iter();
    requests.filter(|it| !it.starts_with("GET")).count()
}

// U73
#[test]
fn a_plan_deletes_nothing_and_its_application_deletes_what_it_names() {
    let server = environment(|_| None);
    let fixture = Fixture::dt(&server.url);
    let plan = fixture.path("plan.json");
    let printed = fixture.run("dt token prune --unused-for 90d -o json");
    assert_eq!(
        printed.stderr,
        "gatelet: 2 tokens may be deleted; none is kept\n"
    );
    assert_eq!(printed.json().as_array().unwrap().len(), 2);
    let made = fixture.run(&format!("dt token prune --unused-for 90d --plan {plan}"));
    let line =
        format!("to apply it after a review: gatelet dt active-gate-token prune --apply={plan}\n");
    assert!(made.stderr.contains(&line), "{made:?}");
    let table = made.success();
    assert!(
        table.contains("CANDIDATE") && table.contains("UNUSED"),
        "{table}"
    );
    let text = fs::read_to_string(&plan).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["tokens"][0]["name"], "edge a");
    assert_eq!(file["environment"], format!("{}/api/v2", server.url));
    assert_eq!(changes(&server), 0);

    // A row that the review removes is not deleted.
    file["tokens"].as_array_mut().unwrap().remove(1);
    fs::write(&plan, file.to_string()).unwrap();
    let apply = format!("dt token prune --apply {plan}");
    let line = fixture.run(&apply).fails_with(2);
    assert!(line.contains("add --yes"), "{line}");
    let shown = fixture.run(&format!("{apply} --dry-run -o json")).json();
    assert_eq!(shown[0]["outcome"], "CANDIDATE");
    assert_eq!(changes(&server), 0);
    let applied = fixture.run(&format!("{apply} --yes -o json"));
    assert_eq!(
        applied.stderr,
        "gatelet: 1 of 1 tokens of the plan were deleted\n"
    );
    let rows = applied.json();
    assert_eq!(
        (&rows[0]["tokenId"], &rows[0]["outcome"]),
        (&"a".into(), &"DELETED".into())
    );
    assert_eq!(changes(&server), 1);
    let again = fixture.run(&format!("{apply} --yes -o json")).json();
    assert_eq!(again[0]["outcome"], "GONE");
    assert_eq!(changes(&server), 0);
}

// U73
#[test]
fn a_plan_of_another_environment_is_refused_before_anything_is_sent() {
    let server = environment(|_| None);
    let fixture = Fixture::dt(&server.url);
    let plan = fixture.path("plan.json");
    fixture
        .run(&format!("dt token prune --unused-for 90d --plan {plan}"))
        .success();
    let other = environment(|_| panic!("nothing is sent"));
    let refused = Fixture::dt(&other.url).run(&format!("dt token prune --apply {plan} --yes"));
    let line = refused.fails_with(2);
    assert!(
        line.contains(&format!("the plan is for {}", server.url)),
        "{line}"
    );
    let text = fs::read_to_string(&plan).unwrap();
    let old: Value = serde_json::from_str(&text).unwrap();
    let created = old["createdAt"].as_str().unwrap();
    fs::write(&plan, text.replace(created, "2026-01-01T00:00:00Z")).unwrap();
    changes(&server);
    let line = fixture
        .run(&format!("dt token prune --apply {plan} --yes"))
        .fails_with(2);
    let again = format!(
        "make a new one with `gatelet dt active-gate-token prune --unused-for 90d --min-age 30d --plan={plan}`"
    );
    assert!(line.contains(&again), "{line}");
    assert_eq!(server.requests.try_iter().count(), 0);
}

#[test]
fn a_failure_after_a_deletion_has_an_exit_code_of_its_own() {
    let denied = |request: &str| {
        let is_it = request.starts_with("DELETE") && request.contains("/b ");
        let body = r#"{"error":{"code":500,"message":"no"}}"#;
        is_it.then(|| RawResponse::Bytes(response("500 Internal Server Error", JSON, body)))
    };
    let server = environment(denied);
    let fixture = Fixture::dt(&server.url);
    let plan = fixture.path("plan.json");
    fixture
        .run(&format!("dt token prune --unused-for 90d --plan {plan}"))
        .success();
    let applied = fixture.run(&format!(
        "dt token prune --apply {plan} --yes --retries 0 -o json"
    ));
    assert_eq!(applied.code, Some(12), "{applied:?}");
    let rows: Value = serde_json::from_str(&applied.stdout).unwrap();
    assert_eq!(
        (&rows[0]["outcome"], &rows[1]["outcome"]),
        (&"DELETED".into(), &"FAILED".into())
    );
    let state = "1 tokens of the plan were not deleted because of a failure; 1 of 2 tokens of the plan were deleted; run the same command again\n";
    assert!(applied.stderr.contains(state), "{applied:?}");
}

#[test]
fn a_missing_permission_ends_the_application() {
    let denied = |request: &str| {
        let body = r#"{"error":{"code":403,"message":"no"}}"#;
        let is_it = request.starts_with("DELETE");
        is_it.then(|| RawResponse::Bytes(response("403 Forbidden", JSON, body)))
    };
    let server = environment(denied);
    let fixture = Fixture::dt(&server.url);
    let plan = fixture.path("plan.json");
    fixture
        .run(&format!("dt token prune --unused-for 90d --plan {plan}"))
        .success();
    let applied = fixture.run(&format!("dt token prune --apply {plan} --yes -o json"));
    assert_eq!(applied.code, Some(4), "{applied:?}");
    let rows: Value = serde_json::from_str(&applied.stdout).unwrap();
    assert_eq!(rows[1]["outcome"], "NOT_TRIED");
    assert_eq!(changes(&server), 1);
}

#[test]
fn a_token_that_is_used_again_is_kept() {
    let used = |request: &str| {
        let now = r#"{"id":"a","name":"edge a","creationDate":"2020-01-01T00:00:00Z","lastUsedDate":"2999-01-01T00:00:00Z","seedToken":false}"#;
        let is_it = request.contains("/activeGateTokens/a ");
        is_it.then(|| RawResponse::Bytes(response("200 OK", JSON, now)))
    };
    let server = environment(used);
    let fixture = Fixture::dt(&server.url);
    let plan = fixture.path("plan.json");
    fixture
        .run(&format!("dt token prune --unused-for 90d --plan {plan}"))
        .success();
    let applied = fixture.run(&format!("dt token prune --apply {plan} --yes -o json"));
    assert_eq!(applied.code, Some(20), "{applied:?}");
    let rows: Value = serde_json::from_str(&applied.stdout).unwrap();
    assert_eq!(
        (&rows[0]["outcome"], &rows[0]["reason"]),
        (&"KEPT".into(), &"USED".into())
    );
    assert_eq!(rows[1]["outcome"], "DELETED");
}

#[test]
fn an_environment_whose_active_gates_do_not_say_which_tokens_they_have_has_no_plan() {
    let silent = |request: &str| {
        let list = r#"{"activeGates":[{"id":"1"}]}"#;
        let is_it = request.contains("/activeGates ");
        is_it.then(|| RawResponse::Bytes(response("200 OK", JSON, list)))
    };
    let server = environment(silent);
    let fixture = Fixture::dt(&server.url);
    let plan = fixture.path("plan.json");
    let prune = format!("dt token prune --unused-for 90d --plan {plan}");
    let line = fixture.run(&prune).fails_with(20);
    assert!(line.contains("--allow-unreported"), "{line}");
    assert!(!fs::exists(&plan).unwrap());
    fixture
        .run(&format!("{prune} --allow-unreported"))
        .success();
}

#[test]
fn options_that_no_plan_can_have_are_refused() {
    let fixture = Fixture::new();
    let file = fixture.file("file", "hunter2");
    for (options, problem) in [
        ("".to_owned(), "--unused-for"),
        ("--unused-for 1h".to_owned(), "at least 1d"),
        ("--unused-for tomorrow".to_owned(), "in the future"),
        (
            "--unused-for 90d --apply x".to_owned(),
            "cannot be used with",
        ),
        ("--apply /nowhere".to_owned(), "nothing was deleted"),
        (
            format!("--unused-for 90d --plan {}", file.display()),
            "exists and is no plan",
        ),
    ] {
        let refused = run(&fixture, &format!("prune {options}"));
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(problem), "{refused:?}");
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "hunter2");
    let none = run(&fixture, "prune --unused-for 90d");
    assert!(
        none.stderr
            .contains("0 tokens may be deleted; kept: 2 SEED, 2 SHOWN\n"),
        "{none:?}"
    );
}

#[test]
fn a_profile_for_reading_only_may_plan_and_not_apply() {
    let server = environment(|_| None);
    let fixture = Fixture::new();
    let profile = format!(
        "[profiles.prod]\nreadonly = true\n[profiles.prod.dt]\nurl = \"{}\"\ntoken_file = \"token\"\n",
        server.url
    );
    let config = fixture.file("config.toml", profile);
    fixture.file("token", crate::run::CANARY);
    let fixture = fixture.with("GATELET_CONFIG", config.to_str().unwrap());
    let plan = fixture.path("plan.json");
    fixture
        .run(&format!(
            "dt token prune --unused-for 90d --plan {plan} --profile prod"
        ))
        .success();
    let apply = format!("dt token prune --apply {plan} --yes --profile prod");
    let line = fixture.run(&apply).fails_with(2);
    assert!(line.contains("prune"), "{line}");
    assert_eq!(changes(&server), 0);
}
