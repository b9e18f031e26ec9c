//! `--dry-run`: what would be sent is printed, and only reads and token exchanges are sent.

use std::collections::BTreeSet;
use std::fmt::Debug;

use gatelet_models::samples::{Sample, Visitor};
use gatelet_models::{Method, Operation, asa, dt};
use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::run::{CANARY, EmulatorServer, Fixture};

/// The reference, which is generated from the command line and has an example of each command.
const REFERENCE: &str = include_str!("../../../../docs/reference/cli.md");

fn operations() -> impl Iterator<Item = &'static Operation> {
    let asa = asa::OperationId::ALL.iter().map(|id| id.operation());
    let dt = dt::OperationId::ALL.iter().map(|id| id.operation());
    // Those that stand in for another have its command.
    let all = asa.chain(dt);
    all.filter(|it| it.authenticated && it.alternative_to.is_none())
}

/// Finds the first example of a model.
struct Example(&'static str, &'static str, Option<&'static str>);

impl Visitor for Example {
    fn visit<T: Debug + DeserializeOwned + PartialEq + Serialize + 'static>(
        &mut self,
        sample: &'static Sample,
        _: fn(&T) -> Option<&str>,
    ) {
        if (sample.vendor, sample.name) == (self.0, self.1) {
            self.2 = sample.examples.first().copied();
        }
    }
}

/// Returns the example of what an operation returns, with the id that was asked for and without a further page.
fn example(operation: &Operation, values: &[String]) -> Option<Value> {
    let mut example = Example(operation.vendor, operation.response?, None);
    asa::samples::visit(&mut example);
    dt::samples::visit(&mut example);
    let mut body: Value = serde_json::from_str(example.2?).unwrap();
    let members = body.as_object_mut().unwrap();
    members.remove("nextPageKey");
    if let (Some(id), Some(asked)) = (members.get_mut("id"), values.last()) {
        *id = json!(asked);
    }
    Some(body)
}

/// Starts a server of both vendors that responds to every read with an example.
fn server_of_examples() -> RawServer {
    crate::run::team(|request| {
        let target = request.split(' ').nth(1).unwrap();
        let path = target.split('?').next().unwrap();
        let path = path.strip_prefix("/api/v2").unwrap_or(path);
        let found = operations().find_map(|it| {
            let values = it.match_path(path).filter(|_| it.method == Method::Get)?;
            example(it, &values)
        });
        let (status, body) = match found {
            Some(body) => ("200 OK", body),
            None => ("500 Internal Server Error", json!({})),
        };
        RawResponse::Bytes(response(status, "application/json", &body.to_string()))
    })
}

fn fixture_of_both(url: &str) -> Fixture {
    Fixture::asa(url)
        .with("GATELET_DT_URL", url)
        .with("GATELET_DT_TOKEN", CANARY)
        .with("PATH", "/usr/bin:/bin")
}

/// Returns the words of a line, of which some may be in single quotes.
fn words(line: &str) -> Vec<&str> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(number, part)| match number % 2 {
        0 => part.split_whitespace().collect(),
        _ => vec![part],
    });
    words.skip(1).collect()
}

#[test]
fn no_command_sends_more_than_reads_and_token_exchanges() {
    let server = server_of_examples();
    let fixture = fixture_of_both(&server.url);
    let vendors = ["  gatelet asa ", "  gatelet dt "];
    let lines = REFERENCE.lines();
    let lines = lines.filter(|line| vendors.iter().any(|it| line.starts_with(it)));
    let lines: BTreeSet<_> = lines.collect();
    assert!(lines.len() > 40, "{lines:?}");
    let mut planned = BTreeSet::new();
    for line in lines {
        let arguments = [&words(line)[..], &["--dry-run", "-o", "json"]].concat();
        let mut command = fixture.command(&arguments);
        command.current_dir(fixture.path(""));
        let output = crate::run::CommandOutput::from(command.output().unwrap());
        let (code, stderr) = (output.code, output.stderr.clone());
        let only_reads = code == Some(2) && stderr.contains("this one does not");
        let has_nothing_to_do = code == Some(0) && stderr.contains("nothing would be changed");
        // They print more than a request, and need more than examples: their own tests show it.
        let jobs = [
            "active-gate-token rotate",
            "active-gate-token prune",
            "migrate apply",
        ];
        let is_job = jobs.iter().any(|job| line.contains(job));
        if only_reads || has_nothing_to_do || is_job {
            continue;
        }
        let request = output.json();
        assert_eq!(request["dryRun"], true, "{line}: {request}");
        planned.insert(request["operation"].as_str().unwrap().to_owned());
    }
    let changes = operations().filter(|it| !it.safe);
    let changes: BTreeSet<_> = changes.map(|it| it.name.to_owned()).collect();
    assert_eq!(planned, changes);
    drop(fixture);
    for request in server.requests.try_iter() {
        let line = request.lines().next().unwrap();
        let is_exchange = line.starts_with("POST ") && line.contains("/service_token ");
        assert!(line.starts_with("GET ") || is_exchange, "{line}");
    }
}

#[test]
fn a_request_is_shown_for_people_without_its_secrets() {
    let server = server_of_examples();
    let fixture = fixture_of_both(&server.url);
    let output = fixture.run("dt token create edge-7 --expires 60d --dry-run");
    let url = &server.url;
    for line in [
        format!("POST {url}/api/v2/activeGateTokens\n"),
        "authorization: [masked]\n".to_owned(),
        "content-type: application/json\n".to_owned(),
        "\n  \"name\": \"edge-7\",\n".to_owned(),
        "\n  \"expirationDate\": \"now+60d\"".to_owned(),
    ] {
        assert!(output.stdout.contains(&line), "{line:?}: {output:?}");
    }
    let line = "gatelet: dry run: this request was not sent, and nothing was changed\n";
    assert_eq!(output.stderr, line);
    assert_eq!(output.code, Some(0));
    assert_eq!(server.requests.try_iter().count(), 0);
}

#[test]
fn a_dry_run_asks_nothing_and_changes_nothing() {
    let fixture = Fixture::new();
    let tokens = || fixture.run("--emulator dt token list -o name").success();
    let before = tokens();
    let id = before.lines().next().unwrap();
    let line = format!("--emulator dt token delete {id} --dry-run -o json");
    let request = fixture.run(&line).json();
    assert_eq!(request["method"], "DELETE");
    assert_eq!(request["body"], Value::Null);
    let url = request["url"].as_str().unwrap();
    assert!(url.ends_with(&format!("/activeGateTokens/{id}")), "{url}");
    assert_eq!(tokens(), before);
}

#[test]
fn a_dry_run_of_a_rotation_names_the_steps_that_would_follow_and_leaves_no_file() {
    let fixture = Fixture::new();
    let out = fixture.path("key.json");
    let line = format!("--emulator asa service-user key rotate --delete-old --out {out} --dry-run");
    let output = fixture.run(&line);
    assert!(output.stdout.starts_with("POST "), "{output:?}");
    let steps = [
        "this request was not sent, and nothing was changed".to_owned(),
        format!("then it would write the new key to {out}"),
        "then it would log in with the new key".to_owned(),
        "then it would delete the key that this command logs in with".to_owned(),
    ];
    let steps = steps.map(|step| format!("gatelet: dry run: {step}\n"));
    assert_eq!(output.stderr, steps.concat());
    let folder = std::fs::read_dir(fixture.path("")).unwrap();
    let names = folder.map(|it| it.unwrap().file_name().into_string().unwrap());
    let left: Vec<_> = names
        .filter(|it| !it.starts_with("emulator.redb"))
        .collect();
    assert_eq!(left, <[String; 0]>::default());
}

#[test]
fn a_dry_run_exchanges_the_credential_of_an_oauth_client() {
    let server = EmulatorServer::start(&Fixture::new());
    let fixture = server.oauth_fixture();
    let request = fixture
        .run("dt token create edge-7 --dry-run -o json")
        .json();
    assert_eq!(request["method"], "POST");
    let names = fixture.run("dt token list --columns name -o csv").success();
    assert!(!names.contains("edge-7"), "{names}");
}

#[test]
fn a_dry_run_fails_where_the_command_would_before_its_change() {
    let id = "00000000-0000-4000-8000-000000000000";
    let line = format!("--emulator asa gateway update {id} --name a --dry-run");
    let error = Fixture::new().run(&line).fails_with(5);
    assert!(error.contains("404"), "{error}");
}

#[test]
fn a_command_that_changes_nothing_at_a_server_has_no_dry_run() {
    let fixture = Fixture::new();
    for line in [
        "--emulator dt token list --dry-run",
        "--emulator dt update-job validate 1 latest --dry-run",
        "config set dt.url https://h --profile p --dry-run",
        "emulator serve --dry-run",
        "doctor --dry-run",
        "exporter --dry-run",
    ] {
        let error = fixture.run(line).fails_with(2);
        assert!(error.contains("this one does not; leave it out"), "{error}");
    }
    assert!(!std::path::Path::new(&fixture.path("emulator.redb")).exists());
}

#[test]
fn a_dry_run_is_allowed_where_the_profile_only_reads() {
    let server = server_of_examples();
    let fixture = Fixture::new();
    let text = format!(
        "[profiles.audit]\nreadonly = true\n[profiles.audit.dt]\nurl = \"{}\"\ntoken_file = \"token\"\n",
        server.url
    );
    fixture.file("token", CANARY);
    let config = fixture.file("config.toml", text);
    let fixture = fixture.with("GATELET_CONFIG", config.to_str().unwrap());
    let line = "--profile audit dt token create edge-7";
    assert_eq!(fixture.run(line).code, Some(2));
    let line = format!("{line} --dry-run -o json");
    assert_eq!(fixture.run(&line).json()["method"], "POST");
    assert_eq!(server.requests.try_iter().count(), 0);
}
