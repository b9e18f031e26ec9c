//! `dt active-gate-token rotate` and the files of new tokens.

use std::fs;
#[cfg(unix)]
use std::process::Stdio;
use std::sync::Mutex;

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::Value;

use crate::run::{CommandOutput, Fixture};
#[cfg(unix)]
use crate::run::{send_signal, stop_signals};

const JSON: &str = "application/json";

/// The token of the emulator that ends in 20 days, and that an ActiveGate shows.
const SOON: &str = "dt0g02.soon20";

fn run(fixture: &Fixture, line: &str) -> CommandOutput {
    fixture.run(&format!("--emulator dt token {line}"))
}

fn count(fixture: &Fixture) -> usize {
    let list = run(fixture, "list -o json").json();
    list.as_array().unwrap().len()
}

/// Returns the ID of the token in a file.
fn id_in(text: &str) -> String {
    let token = text.trim().rsplit(['=', ' ']).next().unwrap();
    let (id, _) = token.rsplit_once('.').unwrap();
    id.to_owned()
}

// U71
#[test]
fn a_token_that_ends_soon_gets_one_successor_in_a_file_however_often_the_command_runs() {
    let fixture = Fixture::new();
    let folder = fixture.path("tokens");
    fs::create_dir(&folder).unwrap();
    let before = count(&fixture);
    let rotate = format!("rotate --out-dir {folder} -o json");
    let first = run(&fixture, &rotate);
    let path = format!("{folder}/system_initial-setup.token");
    let text = fs::read_to_string(&path).unwrap();
    let id = id_in(&text);
    assert!(!first.raw_stderr.contains(text.trim()), "{first:?}");
    let lines: Vec<&str> = first.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            format!("gatelet: created token {id} to replace {SOON}"),
            format!("gatelet: stored the new token in {path}.new"),
            format!("gatelet: read the new token {id}"),
            format!("gatelet: moved the new token to {path}"),
        ]
    );
    let rows = first.json();
    let row = &rows[0];
    assert_eq!(row["tokenId"], SOON);
    assert_eq!(row["successorId"], *id);
    assert_eq!(
        (&row["step"], &row["old"]),
        (&"CREATED".into(), &"kept".into())
    );
    assert_eq!(row["file"], *path);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    assert_eq!(count(&fixture), before + 1);
    let second = run(&fixture, &rotate).json();
    assert_eq!(second[0]["step"], "EXISTS");
    assert_eq!(second[0]["successorId"], *id);
    assert_eq!(count(&fixture), before + 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    // A successor is replaced under the same name and in the same file.
    let third = run(&fixture, &format!("rotate {id} --out {path}")).success();
    assert!(third.contains("CREATED"), "{third}");
    assert_ne!(fs::read_to_string(&path).unwrap(), text);
    let names = run(&fixture, "list -o json").json();
    let names = names
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap());
    let made = names.filter(|name| name.starts_with("system:initial-setup-rotated-"));
    let made: Vec<_> = made.collect();
    assert_eq!(made.len(), 2);
    assert_eq!(made[0].len(), made[1].len());
}

// U71
#[test]
fn a_successor_whose_secret_is_not_in_its_file_is_named_and_no_other_one_is_created() {
    let fixture = Fixture::new();
    let path = fixture.path("edge.token");
    let rotate = format!("rotate --out {path}");
    run(&fixture, &rotate).success();
    let id = id_in(&fs::read_to_string(&path).unwrap());
    fs::remove_file(&path).unwrap();
    let before = count(&fixture);
    let again = run(&fixture, &rotate);
    assert_eq!(again.code, Some(20), "{again:?}");
    let remedy = format!(
        "`gatelet dt active-gate-token delete --emulator {id}` and run again; nothing was created to replace it\n"
    );
    assert!(again.stderr.ends_with(&remedy), "{again:?}");
    assert_eq!(count(&fixture), before);
    run(&fixture, &format!("delete {id} --yes")).success();
    run(&fixture, &rotate).success();
    assert_eq!(count(&fixture), before);
}

#[test]
fn each_form_of_a_token_goes_to_stdout_once() {
    let fixture = Fixture::new();
    for (options, start) in [
        ("", "ID "),
        ("--out-format secret", "dt0g02."),
        ("--out-format dotenv --out-name AG", "AG=dt0g02."),
        ("--out-format kubernetes", "apiVersion: v1\nkind: Secret\n"),
    ] {
        let printed = run(&fixture, &format!("rotate {options}"));
        let text = printed.stdout.clone();
        assert!(text.starts_with(start), "{printed:?}");
        let tokens = run(&fixture, "list -o name").success();
        let id = tokens.lines().last().unwrap();
        assert!(text.contains(&format!("{id}.")), "{text}");
        let again = run(&fixture, &format!("rotate {options}"));
        assert!(!again.stdout.contains(&format!("{id}.")), "{again:?}");
        assert!(again.stderr.contains("has the successor"), "{again:?}");
        run(&fixture, &format!("delete {id} --yes")).success();
    }
}

#[test]
#[cfg(unix)]
fn a_command_gets_the_token_and_one_that_reads_nothing_leaves_none() {
    let fixture = Fixture::new();
    let path = fixture.path("token");
    let before = count(&fixture);
    let words = ["--emulator", "dt", "token", "rotate", "--out-command"];
    let refused = fixture.run_args(words.iter().chain([&"true"]));
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.stderr.contains("it did not read the secret"),
        "{refused:?}"
    );
    assert!(
        refused
            .stderr
            .contains("it was deleted again: rotate again"),
        "{refused:?}"
    );
    assert_eq!(count(&fixture), before);
    let store = format!("cat > {path}");
    fixture.run_args(words.iter().chain([&&*store])).success();
    assert!(fs::read_to_string(&path).unwrap().starts_with("dt0g02."));
    assert_eq!(count(&fixture), before + 1);
}

// U72
#[test]
fn an_old_token_in_use_is_deleted_only_if_that_is_asked_for() {
    let fixture = Fixture::new();
    let path = fixture.path("edge.token");
    let before = count(&fixture);
    let rotate = format!("rotate --out {path} --delete-old");
    let line = run(&fixture, &rotate).fails_with(2);
    assert!(line.contains("add --yes"), "{line}");
    assert_eq!(count(&fixture), before);
    let kept = run(&fixture, &format!("{rotate} --yes"));
    assert_eq!(kept.code, Some(20), "{kept:?}");
    let reason = format!("the old token {SOON} was not deleted: ActiveGates show it: ");
    assert!(kept.stderr.contains(&reason), "{kept:?}");
    assert!(
        kept.stderr.contains("the new token shows no use yet"),
        "{kept:?}"
    );
    assert_eq!(count(&fixture), before + 1);
    let deleted = run(&fixture, &format!("{rotate} --yes --even-if-used -o json")).json();
    assert_eq!(deleted[0]["step"], "EXISTS");
    assert_eq!(deleted[0]["old"], "deleted");
    assert_eq!(count(&fixture), before);
    run(&fixture, &format!("get {SOON}")).fails_with(5);
}

#[test]
#[cfg(unix)]
fn an_old_token_is_not_deleted_if_the_new_one_is_printed() {
    let fixture = Fixture::new();
    let line = run(&fixture, "rotate --delete-old --yes").fails_with(2);
    assert!(line.contains("use --out"), "{line}");
    assert_eq!(count(&fixture), 4);
}

#[test]
fn nothing_but_a_secret_is_printed_where_one_belongs() {
    let fixture = Fixture::new();
    let first = run(&fixture, "rotate --out-format secret").success();
    assert!(first.starts_with("dt0g02."), "{first}");
    for format in ["--out-format secret", "--out-format kubernetes"] {
        let again = run(&fixture, &format!("rotate {format}"));
        assert_eq!(again.stdout, "", "{again:?}");
        assert_eq!(again.code, Some(20), "{again:?}");
        let line = "nothing was written to stdout";
        assert!(again.stderr.contains(line), "{again:?}");
    }
    let again = run(&fixture, "rotate");
    assert_eq!(again.stdout, "", "{again:?}");
    again.success();
}

#[test]
fn an_old_token_is_kept_if_nobody_is_known_to_have_the_secret_of_its_successor() {
    let fixture = Fixture::new();
    let failed = fixture.run_args([
        "--emulator",
        "dt",
        "token",
        "rotate",
        "--out-command",
        "cat >/dev/null; exit 7",
    ]);
    assert_ne!(failed.code, Some(0), "{failed:?}");
    let before = count(&fixture);
    let again = fixture.run_args([
        "--emulator",
        "dt",
        "token",
        "rotate",
        "--delete-old",
        "--yes",
        "--out-command",
        "cat >/dev/null",
    ]);
    assert_eq!(again.code, Some(20), "{again:?}");
    assert_eq!(count(&fixture), before);
}

#[test]
fn what_cannot_be_done_as_a_whole_is_refused_before_anything_is_created() {
    let fixture = Fixture::new();
    let held = fixture.file("held", "dt0g02.OTHER.SECRETOFANOTHERTOKEN\n");
    let text = fixture.file("text", "hunter2");
    let (held, text) = (held.to_str().unwrap(), text.to_str().unwrap());
    for (arguments, code, problem) in [
        (
            "dt0g02.none".to_owned(),
            5,
            "there is no ActiveGate token dt0g02.none",
        ),
        ("dt0g02.abc123".to_owned(), 2, "--expires is needed"),
        (
            "dt0g02.abc123 dt0g02.321cba --expires 60d".to_owned(),
            2,
            "use --out-dir",
        ),
        (
            format!(
                "dt0g02.abc123 dt0g02.321cba --expires 60d --out-dir {}",
                fixture.path("")
            ),
            2,
            "would have the same file",
        ),
        (
            format!("--out {held}"),
            2,
            "contains the token dt0g02.OTHER, which is not the one",
        ),
        (
            format!("--out {text}"),
            2,
            "contains something else than a token",
        ),
        ("--out /nowhere/token".to_owned(), 2, "could not create"),
        ("--out-dir /nowhere".to_owned(), 2, "could not create"),
        (
            "--out-format secret --out-name A".to_owned(),
            2,
            "invalid --out-name",
        ),
        (
            "--within 30d dt0g02.abc123".to_owned(),
            2,
            "cannot be used with",
        ),
        ("-o name".to_owned(), 2, "would not print the secret"),
    ] {
        let refused = run(&fixture, &format!("rotate {arguments}"));
        assert_eq!(refused.code, Some(code), "{refused:?}");
        assert!(refused.stderr.contains(problem), "{refused:?}");
        assert!(!refused.stderr.contains("SECRETOF"), "{refused:?}");
    }
    assert_eq!(count(&fixture), 4);
    assert_eq!(fs::read_to_string(text).unwrap(), "hunter2");
    assert!(!fs::exists(format!("{held}.new")).unwrap());
}

#[test]
fn a_profile_for_reading_only_refuses_a_rotation() {
    let server = RawServer::new(|_| panic!("nothing is sent"));
    let fixture = Fixture::new();
    let profile = format!(
        "[profiles.prod]\nreadonly = true\n[profiles.prod.dt]\nurl = \"{}\"\ntoken_file = \"token\"\n",
        server.url
    );
    let config = fixture.file("config.toml", profile);
    fixture.file("token", crate::run::CANARY);
    let fixture = fixture.with("GATELET_CONFIG", config.to_str().unwrap());
    let refused = fixture.run("dt token rotate --profile prod").fails_with(2);
    assert!(refused.contains("rotate"), "{refused}");
}

#[test]
fn a_dry_run_shows_what_would_be_created_and_deleted_and_sends_no_change() {
    let fixture = Fixture::new();
    let path = fixture.path("edge.token");
    let rotate = format!("rotate --within 400d --out {path} --delete-old --dry-run -o json");
    let shown = run(&fixture, &rotate);
    assert_eq!(shown.stderr, "gatelet: dry run: nothing was changed\n");
    let rows = shown.json();
    assert_eq!(
        (&rows[0]["tokenId"], &rows[0]["step"]),
        (&SOON.into(), &"PLANNED".into())
    );
    assert_eq!(rows[0]["old"], "deleted if unused");
    let name = rows[0]["successorName"].as_str().unwrap();
    assert!(name.starts_with("system:initial-setup-rotated-"), "{name}");
    assert_eq!(count(&fixture), 4);
    assert!(!fs::exists(&path).unwrap() && !fs::exists(format!("{path}.new")).unwrap());
    run(&fixture, &format!("rotate --out {path}")).success();
    let shown = run(&fixture, &rotate);
    assert!(
        shown.stderr.contains("would be kept: ActiveGates show it"),
        "{shown:?}"
    );
    let rows = shown.json();
    assert_eq!(
        (&rows[0]["step"], &rows[0]["old"]),
        (&"EXISTS".into(), &"kept".into())
    );
    assert_eq!(count(&fixture), 5);
}

/// Starts an environment with one token that is to be replaced, where `create` is the response to its successor. What is created is listed
/// if `is_listed`.
fn environment(create: RawResponse, is_listed: bool) -> RawServer {
    let name = Mutex::new(String::new());
    RawServer::new(move |request| {
        if request.starts_with("POST") {
            let (_, body) = request.split_once("\r\n\r\n").unwrap();
            let body: Value = serde_json::from_str(body).unwrap();
            *name.lock().unwrap() = body["name"].as_str().unwrap().to_owned();
            return create.clone();
        }
        if request.starts_with("DELETE") {
            assert!(request.contains("/dt0g02.lost "), "{request}");
            return RawResponse::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec());
        }
        let old = r#"{"id":"dt0g02.old","name":"edge","creationDate":"2026-01-01T00:00:00Z","expirationDate":"2026-02-01T00:00:00Z"}"#;
        let name = name.lock().unwrap();
        let lost = match is_listed && !name.is_empty() {
            true => format!(
                r#",{{"id":"dt0g02.lost","name":"{name}","creationDate":"2999-01-01T00:00:00Z"}}"#
            ),
            false => String::new(),
        };
        let list = format!(r#"{{"activeGateTokens":[{old}{lost}]}}"#);
        RawResponse::Bytes(response("200 OK", JSON, &list))
    })
}

// U71
#[test]
fn a_create_with_an_unclear_outcome_is_sent_once_and_its_token_is_deleted() {
    let lost = || RawResponse::Bytes(Vec::new());
    let server = environment(lost(), true);
    let fixture = Fixture::dt(&server.url);
    let path = fixture.path("edge.token");
    let line = fixture.run(&format!("dt token rotate dt0g02.old --out {path}"));
    let line = line.fails_with(12);
    let state = "the token dt0g02.lost, whose secret is lost, was deleted again\n";
    assert!(line.ends_with(state), "{line}");
    let sent: Vec<_> = server.requests.try_iter().collect();
    let methods = |method: &str| sent.iter().filter(|it| it.starts_with(method)).count();
    assert_eq!((methods("POST"), methods("DELETE")), (1, 1));
    assert!(!fs::exists(format!("{path}.new")).unwrap());

    let server = environment(lost(), false);
    let fixture = Fixture::dt(&server.url);
    let line = fixture.run("dt token rotate dt0g02.old").fails_with(12);
    let advice = "find it, then delete it: gatelet dt active-gate-token find-lost --since ";
    assert!(line.contains(advice), "{line}");
    let sent: Vec<_> = server.requests.try_iter().collect();
    assert_eq!(sent.iter().filter(|it| it.starts_with("POST")).count(), 1);
}

#[test]
#[cfg(unix)]
fn a_new_token_whose_secret_nobody_is_known_to_have_does_not_lock_the_gates_out() {
    let fixture = Fixture::new();
    let words = ["--emulator", "dt", "token", "rotate", "--out-command"];
    fixture
        .run_args(words.iter().chain([&"cat > /dev/null"]))
        .success();
    let before = count(&fixture);
    let more = ["cat > /dev/null", "--delete-old", "--even-if-used", "--yes"];
    let kept = fixture.run_args(words.iter().chain(&more));
    assert_eq!(kept.code, Some(20), "{kept:?}");
    assert!(
        kept.stderr
            .contains("whether its secret is stored cannot be seen here"),
        "{kept:?}"
    );
    assert_eq!(count(&fixture), before);
}

#[test]
#[cfg(unix)]
fn a_rotation_that_is_stopped_before_the_response_to_its_create_says_what_may_exist() {
    for (signal, code, word) in stop_signals() {
        let server = environment(RawResponse::Silence, false);
        let fixture = Fixture::dt(&server.url);
        let path = fixture.path("edge.token");
        let rotate = format!("dt token rotate dt0g02.old --out {path}");
        let mut command = fixture.command(rotate.split(' '));
        let process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let process = process.unwrap();
        let mut requests = server.requests.iter();
        requests.find(|it| it.starts_with("POST")).unwrap();
        send_signal(signal, &process);
        let stopped = CommandOutput::from(process.wait_with_output().unwrap());
        let line = stopped.fails_with(code);
        let start = format!(
            "gatelet: {word}; create: outcome unknown; a token may exist whose secret is lost; find it, then delete it: gatelet dt active-gate-token find-lost --since "
        );
        assert!(line.starts_with(&start), "{line}");
    }
}

#[test]
fn a_refused_create_leaves_no_file() {
    let refused = response(
        "400 Bad Request",
        JSON,
        r#"{"error":{"code":400,"message":"no"}}"#,
    );
    let server = environment(RawResponse::Bytes(refused), false);
    let fixture = Fixture::dt(&server.url);
    let path = fixture.path("edge.token");
    let rotate = format!("dt token rotate dt0g02.old --out {path}");
    let line = fixture.run(&rotate).fails_with(6);
    assert!(!line.contains("lost"), "{line}");
    assert!(!fs::exists(&path).unwrap() && !fs::exists(format!("{path}.new")).unwrap());
}

#[test]
fn a_new_token_that_cannot_be_read_stays_beside_its_file() {
    let created = format!(
        r#"{{"id":"dt0g02.new","token":"dt0g02.new.{}"}}"#,
        "S".repeat(64)
    );
    let created = RawResponse::Bytes(response("201 Created", JSON, &created));
    let server = environment(created, false);
    let fixture = Fixture::dt(&server.url);
    let path = fixture.path("edge.token");
    let rotate = format!("dt token rotate dt0g02.old --out {path}");
    let CommandOutput {
        code, stderr: line, ..
    } = fixture.run(&rotate);
    assert_eq!(code, Some(12), "{line}");
    assert!(
        line.contains(&format!("is kept, and its secret is in {path}.new: ")),
        "{line}"
    );
    assert!(
        line.ends_with("; the old token dt0g02.old was not changed\n"),
        "{line}"
    );
    let kept = fs::read_to_string(format!("{path}.new")).unwrap();
    assert!(kept.starts_with("dt0g02.new.SSS"), "{kept}");
    let next = fixture.run(&rotate).fails_with(2);
    assert!(
        next.contains(".new contains the token dt0g02.new,"),
        "{next}"
    );
    assert!(!next.contains("SSS"), "{next}");
}

#[test]
fn a_created_token_goes_to_a_new_file_only() {
    let fixture = Fixture::new();
    let path = fixture.path("edge.env");
    let create = format!("create edge-7 --out {path} --out-format dotenv");
    let created = run(&fixture, &format!("{create} -o json"));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("ACTIVE_GATE_TOKEN=dt0g02."), "{text}");
    assert!(!created.raw_stderr.contains(&text[20..]), "{created:?}");
    let row = created.json();
    assert_eq!(
        (&row["id"], &row["file"]),
        (&id_in(&text).into(), &path.clone().into())
    );
    let before = count(&fixture);
    let line = run(&fixture, &create).fails_with(2);
    assert!(
        line.contains("exists; to replace it, add --overwrite"),
        "{line}"
    );
    assert_eq!(count(&fixture), before);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    run(&fixture, &format!("{create} --overwrite")).success();
    assert_ne!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(count(&fixture), before + 1);
}

#[test]
#[cfg(unix)]
fn a_created_token_whose_file_is_lost_is_deleted_again() {
    let folder = tempfile::tempdir().unwrap();
    let beside = folder.path().join("token.new");
    let created = format!(
        r#"{{"id":"dt0g02.lost","token":"dt0g02.lost.{}"}}"#,
        "S".repeat(64)
    );
    let server = RawServer::new(move |request| {
        if request.starts_with("POST") {
            fs::remove_file(&beside).unwrap();
            return RawResponse::Bytes(response("201 Created", JSON, &created));
        }
        assert!(request.starts_with("DELETE"), "{request}");
        RawResponse::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())
    });
    let path = folder.path().join("token");
    let create = format!("dt token create edge-7 --out {}", path.display());
    let CommandOutput {
        code, stderr: line, ..
    } = Fixture::dt(&server.url).run(&create);
    assert_eq!(code, Some(1), "{line}");
    assert!(
        line.ends_with("; it was deleted again: create another\n"),
        "{line}"
    );
    assert!(!path.exists());
}
