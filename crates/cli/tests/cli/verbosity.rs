//! No verbosity shows a secret.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use gatelet_emulator::well_known;
use gatelet_models::{asa, dt};
use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::Value;

use crate::run::{CommandOutput, EmulatorServer, Fixture};

/// Exits with 1, because the labels of the example are null.
const UNJUDGED: &str = "asa gateway-setup-token projects {id}";

/// The arguments of commands that need more than an id that an earlier command of the same noun has printed, which is `{id}`. The
/// number is that of an ActiveGate. A command of several operations stands for itself.
const ARGUMENTS: &[(&str, &str)] = &[
    ("dt createToken", "edge-7"),
    ("dt active-gate-token find-lost", "edge-7 --since 1h"),
    // With a token that ends soon, the exit code is 20.
    ("dt active-gate-token expiring", "--within 1h"),
    ("dt active-gate-token prune", "--unused-for 90d"),
    ("dt getUpdateJobListByAgId", "-1556499193"),
    ("dt createUpdateJobForAg", "-1556499193 latest"),
    ("dt validateUpdateJobForAg", "-1556499193 latest"),
    ("dt getUpdateJobByJobIdForAg", "-1556499193 {id}"),
    ("dt deleteUpdateJobByJobIdForAg", "-1556499193 {id}"),
    ("asa UpdateGatewayInstance", "{id} --name y"),
    ("asa ListServerEnrollmentTokens", "web"),
    ("asa CreateServerEnrollmentToken", "web --description edge"),
    ("asa FetchServerEnrollmentToken", "web {id}"),
    ("asa RemoveServerEnrollmentToken", "web {id}"),
    ("asa enrollment-token reveal", "web {id}"),
    // The labels of the other gateways are null.
    (
        "asa gateway projects",
        "3d9a5c1e-6f70-4e0b-9c52-7b8e4a1d2f66",
    ),
    ("asa FetchProject", "web"),
    ("asa project gateways", "web"),
    ("asa ListResourceGroupProjects", RESOURCE_GROUP),
    ("asa FetchResourceGroupProject", PROJECT),
    ("asa resource-group project gateways", PROJECT),
    (
        "asa ListResourceGroupProjectServerEnrollmentTokens",
        PROJECT,
    ),
    (
        "asa CreateResourceGroupProjectServerEnrollmentToken",
        CREATE,
    ),
    (
        "asa GetResourceGroupProjectServerEnrollmentToken",
        ENROLLMENT_TOKEN,
    ),
    (
        "asa RemoveResourceGroupProjectServerEnrollmentToken",
        ENROLLMENT_TOKEN,
    ),
    (
        "asa resource-group enrollment-token reveal",
        ENROLLMENT_TOKEN,
    ),
    ("asa GetServiceUser", "reporter"),
    ("asa ListServiceUserKeys", "reporter"),
    ("asa RotateServiceUserKey", "reporter"),
    ("asa DeleteServiceUserKey", "reporter {id}"),
    ("asa ServiceUserUpdate", "reporter --status ACTIVE"),
];

/// Those of the emulator's examples.
const RESOURCE_GROUP: &str = "2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111";
const PROJECT: &str = "2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111 5b0c7d9e-8a4f-4b6a-9f37-2d1c0e9b8a55";
const ENROLLMENT_TOKEN: &str =
    "2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111 5b0c7d9e-8a4f-4b6a-9f37-2d1c0e9b8a55 {id}";
const CREATE: &str =
    "2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111 5b0c7d9e-8a4f-4b6a-9f37-2d1c0e9b8a55 --description edge";

/// A command and how it is called.
#[derive(Clone)]
struct Command {
    /// The operation that it calls, as the help says; empty if there are several.
    operation: String,
    /// All words but the last.
    noun: String,
    verb: String,
    arguments: String,
    /// The required arguments, as the usage names them.
    names: Vec<String>,
}

impl Command {
    fn new(words: &str, help: &str) -> Self {
        let operation = match help.split_once("API:\n  ") {
            Some((_, api)) => api.split_once(": ").unwrap().0,
            None => "",
        };
        let mut own = ARGUMENTS.iter();
        let own = own.find(|(key, _)| *key == operation || *key == words);
        let names = help.split_once("\nArguments:\n").map_or("", |(_, it)| it);
        let names = names.lines().take_while(|line| !line.ends_with("ptions:"));
        let names = names.filter_map(|line| line.split_whitespace().next());
        // An argument that can be repeated is named by each of its values.
        let names = names.map(|name| name.trim_end_matches("..."));
        let names: Vec<_> = names
            .filter(|it| it.starts_with('<'))
            .map(str::to_owned)
            .collect();
        let arguments = match own {
            Some((_, arguments)) => format!(" {arguments}"),
            None => names.iter().map(|_| " {id}").collect(),
        };
        let (noun, verb) = words.rsplit_once(' ').unwrap();
        Self {
            operation: operation.to_owned(),
            noun: noun.to_owned(),
            verb: verb.to_owned(),
            arguments,
            names,
        }
    }

    /// Returns the words before the arguments; nobody can be asked about a deletion.
    fn words(&self) -> String {
        match self.verb.as_str() {
            "delete" => format!("{} delete --yes", self.noun),
            verb => format!("{} {verb}", self.noun),
        }
    }

    fn line(&self) -> String {
        format!("{}{}", self.words(), self.arguments)
    }
}

/// Adds the commands below these words, as the help lists them; nouns are nested.
fn add_commands(fixture: &Fixture, words: &str, commands: &mut Vec<Command>) {
    let help = fixture.run(&format!("{words} --help")).success();
    let Some((_, list)) = help.split_once("\nCommands:\n") else {
        return commands.push(Command::new(words, &help));
    };
    let lines = list.lines().take_while(|line| !line.is_empty());
    // A line that begins with more spaces is the rest of the one before.
    let lines = lines.filter_map(|line| line.strip_prefix("  "));
    let lines = lines.filter(|line| !line.starts_with(' '));
    let names = lines.filter_map(|line| line.split_whitespace().next());
    for name in names.filter(|name| *name != "help") {
        add_commands(fixture, &format!("{words} {name}"), commands);
    }
}

/// Every operation's command.
fn commands_of_operations() -> Vec<Command> {
    let mut commands = commands();
    commands.retain(|it| !it.operation.is_empty());
    commands
}

/// Every command, those that delete last.
fn commands() -> Vec<Command> {
    let (fixture, mut commands) = (Fixture::new(), Vec::new());
    for vendor in ["dt", "asa"] {
        add_commands(&fixture, vendor, &mut commands);
    }
    // It takes two profiles, as no other command does.
    commands.retain(|it| it.noun != "asa migrate");
    commands.sort_by_key(|it| it.verb == "delete");
    commands
}

// C8
#[test]
fn every_operation_has_a_command() {
    let asa = asa::OperationId::ALL.iter().map(|id| id.operation().name);
    let dt = dt::OperationId::ALL.iter().map(|id| id.operation());
    // The command of an operation is also that of its alternative.
    let dt = dt
        .filter(|it| it.alternative_to.is_none())
        .map(|it| it.name);
    let mut operations: BTreeSet<_> = asa.chain(dt).collect();
    // No command is for the token exchange, which every ASA command makes first.
    assert!(operations.remove("asa IssueServiceToken"));
    let commands = commands_of_operations();
    let named: BTreeSet<_> = commands.iter().map(|it| it.operation.as_str()).collect();
    assert_eq!(operations, named);
    assert_eq!(commands.len(), named.len());
}

// C8
#[test]
fn the_reference_names_the_command_of_every_operation() {
    for command in commands_of_operations() {
        let name = &command.operation;
        let (vendor, id) = name.split_once(' ').unwrap();
        let page = format!(
            "{}/../../docs/reference/{vendor}.md",
            env!("CARGO_MANIFEST_DIR")
        );
        let page = std::fs::read_to_string(page).unwrap();
        let section = page
            .split("\n#### ")
            .find(|it| it.lines().next() == Some(id));
        let row = format!("| command | `gatelet {} {}` |", command.noun, command.verb);
        assert!(section.unwrap().contains(&row), "{name}: {row}");
    }
}

/// Sets everything that could make the binary log more.
fn verbose_fixture(fixture: Fixture) -> Fixture {
    fixture
        .with("RUST_LOG", "trace")
        .with("RUST_BACKTRACE", "full")
}

// C8
#[test]
fn no_secret_is_shown_at_any_verbosity() {
    let server = EmulatorServer::start(&Fixture::new());
    let commands = commands();
    for url in [server.url.as_str(), "http://127.0.0.1:1"] {
        for command in &commands {
            let fixture = if command.noun.starts_with("dt ") {
                Fixture::dt(url)
            } else {
                Fixture::asa(url)
            };
            let line = format!("-vvv --timeout 2 {}", command.line()).replace("{id}", "x");
            // `CommandOutput` checks both streams for the canary.
            let output = verbose_fixture(fixture).run(&line);
            assert!(output.code.unwrap() > 2, "{output:?}");
            assert!(output.stderr.contains("gatelet: < "), "{output:?}");
            let left = output.stderr.contains("gatelet: > ");
            assert_eq!(left, url == server.url, "{output:?}");
        }
    }
}

/// Runs every command successfully; returns their stderr and the secrets they printed.
fn run_all(fixture: &Fixture, commands: &[Command], options: &str) -> (String, Vec<String>) {
    let mut ids = BTreeMap::new();
    let (mut all_stderr, mut secrets) = (String::new(), Vec::new());
    for command in commands {
        let (name, noun) = (&command.operation, &command.noun);
        let command = command.line();
        let mut line = format!("-vvv -o json {options} {command}");
        if line.contains("{id}") {
            let id: Option<&String> = ids.get(noun);
            let id = id.unwrap_or_else(|| {
                panic!(
                    "`{command}` needs an id, and no command of the noun has printed one: add a row with an id of the \
                     emulator's examples for `{name}` to ARGUMENTS in {}",
                    file!()
                )
            });
            line = line.replace("{id}", id);
        }
        let CommandOutput {
            code,
            stdout,
            stderr,
            ..
        } = fixture.run(&line);
        let expected = i32::from(command == UNJUDGED);
        assert_eq!(
            code,
            Some(expected),
            "`{command}` fails; if it needs other arguments, add a row for `{name}` to ARGUMENTS in {}: {stderr}",
            file!()
        );
        assert!(stderr.contains(": 20"), "{name}: {stderr}");
        all_stderr.push_str(&stderr);
        let document: Value = serde_json::from_str(&stdout).unwrap_or_default();
        let first = document.get(0).unwrap_or(&document);
        let id = first["id"].as_str().or_else(|| first["jobId"].as_str());
        if let Some(id) = id {
            ids.entry(noun).or_insert_with(|| id.to_owned());
        }
        let shown = ["token", "secret"].map(|name| first[name].as_str());
        let shown = shown.into_iter().flatten();
        secrets.extend(shown.filter(|it| *it != "[redacted]").map(str::to_owned));
    }
    (all_stderr, secrets)
}

// C8
#[test]
fn no_secret_is_on_stderr_of_successful_commands() {
    let server = EmulatorServer::start_with(&verbose_fixture(Fixture::new()), &["-vvv"]);
    let mut commands = commands();
    // It succeeds only until it is stopped.
    commands.retain(|it| it.verb != "watch");
    let embedded = run_all(&verbose_fixture(Fixture::new()), &commands, "--emulator");
    let over_http = run_all(&verbose_fixture(server.fixture()), &commands, "");
    let mut of_dt = commands.clone();
    of_dt.retain(|command| command.noun.starts_with("dt "));
    let by_oauth = run_all(&verbose_fixture(server.oauth_fixture()), &of_dt, "");
    server.signal("-TERM");
    let (_, lines) = server.wait();
    assert!(lines.len() > commands.len(), "{lines:?}");
    let stderr = lines.join("\n") + &embedded.0 + &over_http.0 + &by_oauth.0;
    assert!(stderr.contains("/sso/oauth2/token"), "{stderr}");
    let secrets = [embedded.1, over_http.1].concat();
    assert_eq!(
        secrets.len(),
        12,
        "a created, two rotated and three revealed ones each"
    );
    let secrets = secrets.iter().chain(&by_oauth.1).map(String::as_str);
    let secrets = secrets.chain([
        well_known::DT_TOKEN,
        well_known::DT_OAUTH_CLIENT_SECRET,
        // The start of a JSON Web Token.
        "eyJ",
        well_known::ASA_KEY_SECRET,
        "earer ",
        "pi-Token",
    ]);
    for secret in secrets {
        let part = secret.rsplit('.').next().unwrap();
        assert!(!stderr.contains(part), "{secret}: {stderr}");
    }
}

// U26
#[test]
fn a_request_that_was_not_sent_is_not_logged_as_sent() {
    const LINE: &str = "GET /api/v2/activeGateTokens";
    const LIST: &str = "-v --timeout 2 dt token list";
    let refused = Fixture::dt("http://127.0.0.1:1").run(LIST);
    let not_sent = format!("gatelet: < {LINE}: not sent: connection refused");
    assert!(refused.stderr.contains(&not_sent), "{refused:?}");

    // A server without TLS and one that never responds.
    let plain = RawServer::new(|_| RawResponse::Silence);
    let handshake = Fixture::dt(&plain.url.replace("http:", "https:")).run(LIST);
    for output in [refused, handshake] {
        assert!(output.code.unwrap() > 2, "{output:?}");
        assert!(output.stderr.contains(": not sent: "), "{output:?}");
        assert!(!output.stderr.contains("gatelet: > "), "{output:?}");
    }

    let silent = RawServer::new(|_| RawResponse::Silence);
    let output = Fixture::dt(&silent.url).run(LIST);
    let lines: Vec<&str> = output.stderr.lines().collect();
    assert_eq!(lines[0], format!("gatelet: > {LINE}"), "{output:?}");
    let canceled = format!("gatelet: < {LINE}: canceled (");
    assert!(lines[1].starts_with(&canceled), "{output:?}");
}

/// A server that is unavailable once, and then has no tokens.
fn unavailable_once() -> RawServer {
    let (busy, list) = (
        AtomicBool::new(true),
        r#"{"totalCount":0,"activeGateTokens":[]}"#,
    );
    RawServer::new(move |_| {
        let status = match busy.swap(false, Ordering::Relaxed) {
            true => "503 Service Unavailable",
            false => "200 OK\r\nset-cookie: CANARY\r\nserver: test",
        };
        RawResponse::Bytes(response(status, "application/json", list))
    })
}

#[test]
fn each_attempt_is_logged_with_its_duration_and_the_wait_before_it() {
    let server = unavailable_once();
    let output = Fixture::dt(&server.url).run("-v dt token list --page-size 500");
    let lines: Vec<_> = output.stderr.lines().collect();
    const LINE: &str = "GET /api/v2/activeGateTokens";
    for (line, expected) in lines.iter().zip([
        format!("gatelet: > {LINE}"),
        format!("gatelet: < {LINE}: 503 Service Unavailable ("),
        format!("gatelet: > {LINE} (attempt 2, after "),
        format!("gatelet: < {LINE}: 200 OK ("),
    ]) {
        assert!(line.starts_with(&expected), "{output:?}");
        assert!(!line.contains("pageSize"), "{output:?}");
    }
    assert_eq!(lines.len(), 4, "{output:?}");
}

#[test]
fn more_verbosity_shows_urls_and_headers_without_those_that_may_be_secret() {
    let server = unavailable_once();
    let output = Fixture::dt(&server.url).run("-vv dt token list --page-size 500");
    for expected in [
        format!(
            "> GET {}/api/v2/activeGateTokens?pageSize=500\n",
            server.url
        ),
        ">   authorization: [masked]\n".to_owned(),
        ">   user-agent: gatelet/".to_owned(),
        "<   content-type: application/json\n".to_owned(),
        "<   set-cookie: [masked]\n".to_owned(),
    ] {
        assert!(output.stderr.contains(&expected), "{expected}: {output:?}");
    }
}

#[test]
fn a_log_of_json_has_an_object_on_each_line() {
    let server = unavailable_once();
    let fixture = Fixture::dt(&server.url);
    let output = fixture.run("--log-json -vv dt token list");
    let lines = output.raw_stderr.lines();
    let objects: Vec<Value> = lines.map(|it| serde_json::from_str(it).unwrap()).collect();
    let events: Vec<_> = objects
        .iter()
        .map(|it| it["event"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["request", "response", "request", "response"]);
    assert_eq!(objects[2]["attempt"], 2);
    assert_eq!(objects[3]["status"], 200);
    for object in &objects {
        assert!(object["time"].as_str().unwrap().ends_with('Z'), "{object}");
        assert_eq!(object["level"], "debug");
    }
    let failed = fixture.run("--log-json dt token get none --timeout x");
    let error: Value = serde_json::from_str(&failed.raw_stderr).unwrap();
    assert_eq!(error["error"]["exitCode"], 2);
}

// U31
#[test]
fn an_error_of_an_argument_has_its_name_in_the_usage() {
    let nowhere = "http://127.0.0.1:1";
    // Those of names that are in no path.
    let without_path = ["asa CreateServiceUser", "dt createToken"];
    let all = commands().into_iter();
    let all = all.filter(|it| !without_path.contains(&it.operation.as_str()));
    for command in all.filter(|it| it.verb != "find-lost") {
        let fixture = match command.noun.starts_with("dt ") {
            true => Fixture::dt(nowhere),
            false => Fixture::asa(nowhere),
        };
        let arguments: Vec<&str> = command.arguments.split_whitespace().collect();
        for (n, name) in command.names.iter().enumerate() {
            let mut arguments = arguments.clone();
            arguments[n] = "";
            let words = command.words();
            let words = words.split(' ').chain(arguments);
            let line = fixture.run_args(words).fails_with(2);
            let is_named = line.contains(&format!("invalid {name}: "))
                || line.contains(&format!("for '{name}'"));
            assert!(is_named, "{}: {name}: {line}", command.line());
        }
    }
}
