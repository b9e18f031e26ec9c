//! However much is said, no secret is.

use std::collections::{BTreeMap, BTreeSet};

use gatelet_emulator::well_known;
use gatelet_models::{asa, dt};
use serde_json::Value;

use crate::run::{CommandOutput, EmulatorServer, Fixture};
use crate::scripted_server::{ScriptedResponse, ScriptedServer};

/// Every operation, and the command that calls it. An id is one that an earlier command of the same noun has shown.
const COMMANDS: [(&str, &str); 14] = [
    ("dt listTokens", "dt token list"),
    ("dt createToken", "dt token create edge-7"),
    ("dt getToken", "dt token get {id}"),
    ("dt revokeToken", "dt token delete {id}"),
    ("asa ListGateways", "asa gateway list"),
    ("asa GetGatewayInstance", "asa gateway get {id}"),
    (
        "asa UpdateGatewayInstance",
        "asa gateway update {id} --name y",
    ),
    ("asa GetGatewayStatusReport", "asa gateway status {id}"),
    ("asa DeleteGatewayInstance", "asa gateway delete {id}"),
    ("asa ListGatewaySetupTokens", "asa setup-token list"),
    ("asa CreateGatewaySetupToken", "asa setup-token create"),
    ("asa FetchGatewaySetupToken", "asa setup-token get {id}"),
    (
        "asa FetchGatewaySetupTokenAsAgentToken",
        "asa setup-token reveal {id}",
    ),
    ("asa DeleteGatewaySetupToken", "asa setup-token delete {id}"),
];

// C8
#[test]
fn the_commands_are_those_of_every_operation() {
    let asa = asa::OperationId::ALL.iter().map(|id| id.operation().name);
    let dt = dt::OperationId::ALL.iter().map(|id| id.operation().name);
    let mut operations: BTreeSet<_> = asa.chain(dt).collect();
    // No command makes it for its own sake; every other one of ASA makes it first.
    assert!(operations.remove("asa IssueServiceToken"));
    assert_eq!(operations, COMMANDS.map(|(name, _)| name).into());
}

/// With all that could make anything say more.
fn talkative(fixture: Fixture) -> Fixture {
    fixture
        .with("RUST_LOG", "trace")
        .with("RUST_BACKTRACE", "full")
}

// C8
#[test]
fn no_secret_is_seen_however_much_is_logged() {
    let server = EmulatorServer::start(&Fixture::new());
    for url in [server.url.as_str(), "http://127.0.0.1:1"] {
        for (_, command) in COMMANDS {
            let fixture = if command.starts_with("dt") {
                Fixture::dt(url)
            } else {
                Fixture::asa(url)
            };
            let line = format!("-vvv --timeout 2 {command}").replace("{id}", "x");
            // `CommandOutput` itself refuses output with the canary.
            let output = talkative(fixture).run(&line);
            assert!(output.code.unwrap() > 2, "{output:?}");
            assert!(output.stderr.contains("gatelet: < "), "{output:?}");
            let left = output.stderr.contains("gatelet: > ");
            assert_eq!(left, url == server.url, "{output:?}");
        }
    }
}

/// Runs every command, each of which goes well: what they said on stderr, and the secrets that they gave.
fn run_all(fixture: &Fixture, options: &str) -> (String, Vec<String>) {
    let mut ids = BTreeMap::new();
    let (mut said, mut secrets) = (String::new(), Vec::new());
    for (name, command) in COMMANDS {
        let noun: String = command.split(' ').take(2).collect();
        let id = ids.get(&noun).map_or("", String::as_str);
        let line = format!("-vvv -o json {options} {command}").replace("{id}", id);
        let CommandOutput {
            code,
            stdout,
            stderr,
        } = fixture.run(&line);
        assert_eq!(code, Some(0), "{name}: {stderr}");
        assert!(stderr.contains(": 20"), "{name}: {stderr}");
        said.push_str(&stderr);
        let document: Value = serde_json::from_str(&stdout).unwrap_or_default();
        let first = document.get(0).unwrap_or(&document);
        if let Some(id) = first["id"].as_str() {
            ids.entry(noun).or_insert_with(|| id.to_owned());
        }
        secrets.extend(first["token"].as_str().map(str::to_owned));
    }
    (said, secrets)
}

// C8
#[test]
fn no_secret_is_seen_on_stderr_while_all_goes_well() {
    let server = EmulatorServer::start_with(&talkative(Fixture::new()), &["-vvv"]);
    let embedded = run_all(&talkative(Fixture::new()), "--emulator");
    let over_http = run_all(&talkative(server.fixture()), "");
    server.signal("-TERM");
    let (_, lines) = server.wait();
    assert!(lines.len() > COMMANDS.len(), "{lines:?}");
    let said = lines.join("\n") + &embedded.0 + &over_http.0;
    let secrets = [embedded.1, over_http.1].concat();
    assert_eq!(secrets.len(), 4, "a created and a revealed one each");
    let secrets = secrets.iter().map(String::as_str).chain([
        well_known::DT_TOKEN,
        well_known::ASA_KEY_SECRET,
        "earer ",
        "pi-Token",
    ]);
    for secret in secrets {
        let part = secret.rsplit('.').next().unwrap();
        assert!(!said.contains(part), "{secret}: {said}");
    }
}

// U26
#[test]
fn a_request_that_did_not_leave_is_not_shown_as_sent() {
    const LINE: &str = "GET /api/v2/activeGateTokens";
    const LIST: &str = "-v --timeout 2 dt token list";
    let refused = Fixture::dt("http://127.0.0.1:1").run(LIST);
    let not_sent = format!("gatelet: < {LINE}: not sent: connection refused");
    assert!(refused.stderr.contains(&not_sent), "{refused:?}");

    // A server that speaks no TLS, and one that never says a word.
    let plain = ScriptedServer::new(|_| ScriptedResponse::Silence);
    let handshake = Fixture::dt(&plain.url.replace("http:", "https:")).run(LIST);
    for output in [refused, handshake] {
        assert!(output.code.unwrap() > 2, "{output:?}");
        assert!(output.stderr.contains(": not sent: "), "{output:?}");
        assert!(!output.stderr.contains("gatelet: > "), "{output:?}");
    }

    let silent = ScriptedServer::new(|_| ScriptedResponse::Silence);
    let output = Fixture::dt(&silent.url).run(LIST);
    let lines: Vec<&str> = output.stderr.lines().collect();
    assert_eq!(lines[0], format!("gatelet: > {LINE}"), "{output:?}");
    assert_eq!(
        lines[1],
        format!("gatelet: < {LINE}: canceled"),
        "{output:?}"
    );
}
