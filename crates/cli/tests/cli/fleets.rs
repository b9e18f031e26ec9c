//! Commands with several profiles.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::Value;

use crate::profiles::{configured, environment};
use crate::run::{CANARY, CommandOutput, Fixture, team};

const JSON: &str = "application/json";
const LIST: &str = "dt active-gate-token list --all-profiles";

/// A response with tokens of these ids.
fn tokens(ids: &[&str]) -> RawResponse {
    let token = |id: &&str| {
        format!(
            r#"{{"id":"{id}","name":"n {id}","owner":"o","creationDate":"2026-01-01T00:00:00Z","expirationDate":"2026-02-01T00:00:00Z"}}"#
        )
    };
    let items: Vec<_> = ids.iter().map(token).collect();
    let body = format!(
        r#"{{"totalCount":{},"activeGateTokens":[{}]}}"#,
        ids.len(),
        items.join(",")
    );
    RawResponse::Bytes(response("200 OK", JSON, &body))
}

fn environment_with(ids: &'static [&'static str]) -> RawServer {
    RawServer::new(move |_| tokens(ids))
}

fn refusing() -> RawServer {
    let body = r#"{"error":{"code":403,"message":"no"}}"#;
    RawServer::always("403 Forbidden", JSON, body)
}

/// A fixture with a profile for each server.
fn fleet(servers: &[(&str, &RawServer)]) -> Fixture {
    let profiles = servers.iter();
    let text: String = profiles
        .map(|(name, server)| environment(name, &server.url))
        .collect();
    let fixture = configured(&text);
    fixture.file("token", CANARY);
    fixture
}

/// Two profiles. The first responds when the second has responded.
fn second_first() -> (Fixture, [RawServer; 2]) {
    let (done, wait) = mpsc::channel();
    let wait = Mutex::new(wait);
    let first = RawServer::new(move |_| {
        wait.lock().unwrap().recv().unwrap();
        tokens(&["a1", "a2"])
    });
    let second = RawServer::new(move |_| {
        done.send(()).unwrap();
        tokens(&["b1"])
    });
    let fixture = fleet(&[("west", &first), ("east", &second)]);
    (fixture, [first, second])
}

#[test]
fn the_rows_of_all_profiles_are_one_list_in_the_order_of_the_file() {
    for (format, expected) in [
        (
            "table --columns ID,name",
            "PROFILE  ID  NAME\nwest     a1  n a1\nwest     a2  n a2\neast     b1  n b1\n",
        ),
        (
            "table --columns PROFILE,ID --no-headers",
            "west  a1\nwest  a2\neast  b1\n",
        ),
        (
            "csv --columns ID",
            "PROFILE,ID\r\nwest,a1\r\nwest,a2\r\neast,b1\r\n",
        ),
        (
            "csv --columns ID --sort-by profile",
            "PROFILE,ID\r\neast,b1\r\nwest,a1\r\nwest,a2\r\n",
        ),
        ("name", "west\ta1\nwest\ta2\neast\tb1\n"),
        (
            "markdown --columns ID",
            "| PROFILE | ID |\n| --- | --- |\n| west | a1 |\n| west | a2 |\n| east | b1 |\n",
        ),
    ] {
        let (fixture, _servers) = second_first();
        let output = fixture.run(&format!("{LIST} -o {format}"));
        assert_eq!(output.success(), expected, "{format}");
    }
    let rows = |documents: Vec<Value>| {
        let row = |it: Value| format!("{} {}", it["profile"], it["id"]).replace('"', "");
        documents.into_iter().map(row).collect::<Vec<_>>()
    };
    let (fixture, _servers) = second_first();
    let list = fixture.run(&format!("{LIST} -o json")).json();
    let list = list.as_array().unwrap().clone();
    assert_eq!(list[0].as_object().unwrap()["name"], "n a1");
    assert_eq!(rows(list), ["west a1", "west a2", "east b1"]);
    let (fixture, _servers) = second_first();
    let yaml = fixture.run(&format!("{LIST} -o yaml")).success();
    assert!(yaml.starts_with("- profile: west\n  id: a1\n"), "{yaml}");
}

#[test]
fn rows_as_ndjson_are_printed_as_they_come() {
    let (printed, wait) = mpsc::channel();
    let wait = Mutex::new(wait);
    let first = RawServer::new(move |_| {
        wait.lock().unwrap().recv().unwrap();
        tokens(&["a1"])
    });
    let second = environment_with(&["b1"]);
    let fixture = fleet(&[("west", &first), ("east", &second)]);
    let mut child = fixture
        .command(format!("{LIST} -o ndjson").split(' '))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut profile = || {
        let line = lines.next().unwrap().unwrap();
        serde_json::from_str::<Value>(&line).unwrap()["profile"].clone()
    };
    assert_eq!(profile(), "east");
    printed.send(()).unwrap();
    assert_eq!(profile(), "west");
    assert!(child.wait().unwrap().success());
}

#[cfg(feature = "jq")]
#[test]
fn an_expression_of_jq_is_applied_to_the_one_list() {
    let (fixture, _servers) = second_first();
    let line = [LIST, "--jq", "group_by(.profile)|map(length)"].join(" ");
    assert_eq!(fixture.run(&line).success(), "[1,2]\n");
}

#[test]
fn a_profile_that_fails_is_named_and_the_others_go_on() {
    let (west, north, east) = (
        environment_with(&["a1"]),
        refusing(),
        environment_with(&["b1"]),
    );
    let fixture = fleet(&[("west", &west), ("north", &north), ("east", &east)]);
    let output = fixture.run(&format!("{LIST} -o name"));
    assert_eq!(output.code, Some(14), "{output:?}");
    assert_eq!(output.stdout, "west\ta1\neast\tb1\n");
    let lines: Vec<_> = output.stderr.lines().collect();
    assert!(
        lines[0].starts_with("gatelet: profile north: dt listTokens: 403"),
        "{output:?}"
    );
    assert_eq!(
        lines[1..],
        ["gatelet: 1 of 3 profiles failed"],
        "{output:?}"
    );

    let output = fixture.run(&format!("{LIST} -o json"));
    let object: Value = serde_json::from_str(&output.raw_stderr).unwrap();
    let (error, part) = (&object["error"], &object["error"]["errors"][0]);
    assert_eq!(error["exitCode"], 14);
    assert_eq!(error["message"], "1 of 3 profiles failed");
    assert_eq!(
        (&part["profile"], &part["exitCode"]),
        (&"north".into(), &4.into())
    );
    assert_eq!(part["operation"], "dt listTokens");
}

#[test]
fn a_check_that_found_something_exits_with_20_if_no_profile_failed() {
    let (west, north, none) = (environment_with(&["a1"]), refusing(), environment_with(&[]));
    let fixture = fleet(&[("west", &west), ("north", &north), ("none", &none)]);
    for (profiles, code) in [("west,none", 20), ("none", 0), ("*", 14)] {
        let line = format!("dt active-gate-token expiring -o name --profiles {profiles}");
        let output = fixture.run(&line);
        assert_eq!(output.code, Some(code), "{output:?}");
    }
}

#[test]
fn profiles_without_settings_of_the_vendor_are_passed_over_unless_they_are_named() {
    let list = r#"{"list":[]}"#;
    let okta = team(move |_| RawResponse::Bytes(response("200 OK", JSON, list)));
    let dynatrace = environment_with(&["a1"]);
    let text = format!(
        "{}[profiles.team.asa]\nurl = \"{}\"\nteam = \"example-team\"\nkey_id = \"k\"\nkey_secret_file = \"token\"\n[profiles.empty]\n",
        environment("west", &dynatrace.url),
        okta.url
    );
    let fixture = configured(&text);
    fixture.file("token", CANARY);
    assert_eq!(
        fixture.run(&format!("{LIST} -o name")).success(),
        "west\ta1\n"
    );
    let header = fixture
        .run("asa gateway list --all-profiles --columns ID")
        .success();
    assert_eq!(header, "PROFILE  ID\n");
    let output = fixture.run(&format!("{LIST} -v"));
    let line = "gatelet: skipped profiles without settings of the vendor: team, empty";
    assert!(output.stderr.contains(line), "{output:?}");
    assert!(
        output.stderr.contains("\ngatelet: profile west: > GET "),
        "{output:?}"
    );
    let output = fixture.run("dt active-gate-token list --profiles t*,west,team");
    assert_eq!(output.code, Some(14), "{output:?}");
    let line = "gatelet: profile team: the profile team has no dt.url;";
    assert!(output.stderr.starts_with(line), "{output:?}");
    let line = fixture.run("dt token list --profiles t*").fails_with(13);
    assert!(line.contains("an address or a credential of dt"), "{line}");
}

#[test]
fn what_is_not_for_several_profiles_is_refused_before_anything_is_sent() {
    let server = environment_with(&["a1"]);
    let fixture = fleet(&[("west", &server)]);
    for (line, expected) in [
        ("dt token create a --all-profiles", "changes something"),
        (
            "dt token delete a --yes --profiles west",
            "changes something",
        ),
        ("asa gst reveal a --all-profiles", "one secret"),
        (
            "dt token list --all-profiles --page-token k1",
            "--page-token",
        ),
        ("dt active-gate watch --all-profiles", "never ends"),
        ("asa gateway watch --all-profiles", "never ends"),
        (
            "dt token prune --unused-for 90d --plan plan.json --all-profiles",
            "--plan is a file of one environment",
        ),
        ("config list --all-profiles", "call an API"),
        ("emulator serve --all-profiles", "call an API"),
        ("--profile west dt token list --all-profiles", "--profile;"),
        ("--emulator dt token list --profiles west", "--emulator"),
        (
            "--all-profiles dt token list --profiles west",
            "--profiles cannot",
        ),
        ("dt token list --profiles", "--profiles"),
        ("dt token list --profiles wset", "did you mean west?"),
        ("dt token list --profiles a*", "matches a*"),
        (
            "dt token list --all-profiles --concurrency 0",
            "--concurrency",
        ),
        (
            "dt token list --all-profiles --columns wrong",
            "unknown column",
        ),
    ] {
        let error = fixture.run(line).fails_with(2);
        assert!(error.contains(expected), "{error}");
    }
    let none = Fixture::new().with("GATELET_CONFIG", "/nowhere/config.toml");
    let line = none.run(LIST).fails_with(13);
    assert!(line.contains("no configuration"), "{line}");
    let sent = server.requests.try_iter();
    assert!(sent.count() <= 1, "only that of an unknown column");
}

#[test]
fn a_credential_of_the_environment_is_not_sent_to_profiles() {
    let server = environment_with(&["a1"]);
    for (name, is_refused) in [
        ("GATELET_DT_TOKEN", true),
        ("DYNATRACE_API_TOKEN", true),
        ("GATELET_DT_URL", true),
        ("GATELET_ASA_KEY_SECRET", false),
    ] {
        let fixture = fleet(&[("west", &server)]).with(name, CANARY);
        match is_refused {
            true => {
                let line = fixture.run(LIST).fails_with(2);
                assert!(
                    line.contains(name) && line.contains("--all-profiles"),
                    "{line}"
                );
            }
            false => drop(fixture.run(LIST).success()),
        }
    }
    assert_eq!(server.requests.try_iter().count(), 1);
}

#[test]
fn the_credential_of_a_profile_is_not_shown_in_the_rows_of_another() {
    let secret = "CANARYSECRETCANARYSECRET";
    let (begun, wait) = mpsc::channel();
    let wait = Mutex::new(wait);
    let first = RawServer::new(move |_| {
        // By now, the list has begun, and the other credential is known.
        wait.lock().unwrap().recv().unwrap();
        tokens(&[&secret.replace("CANARY", "PARROT")])
    });
    let second = RawServer::new(move |_| {
        begun.send(()).unwrap();
        tokens(&["b1"])
    });
    let text = format!(
        "{}[profiles.east.dt]\nurl = \"{}\"\ntoken_file = \"other\"\n",
        environment("west", &first.url),
        second.url
    );
    let fixture = configured(&text);
    fixture.file("token", CANARY);
    fixture.file("other", CANARY.replace("CANARY", "PARROT"));
    let output = fixture.run(&format!("{LIST} -o csv --columns ID,NAME"));
    assert!(!output.stdout.contains("PARROTSECRET"), "{output:?}");
    let expected = "PROFILE,ID,NAME\r\nwest,[redacted],n [redacted]\r\neast,b1,n b1\r\n";
    assert_eq!(output.success(), expected);
}

#[test]
fn so_many_profiles_run_at_the_same_time_as_the_option_says() {
    let (now, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let pair = Barrier::new(2);
    let server = {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        RawServer::new(move |_| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            pair.wait();
            now.fetch_sub(1, Ordering::SeqCst);
            pair.wait();
            tokens(&["a1"])
        })
    };
    let fixture = fleet(&["a", "b", "c", "d"].map(|name| (name, &server)));
    let rows = fixture.run(&format!("{LIST} -o name --concurrency 2"));
    assert_eq!(rows.success().lines().count(), 4);
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_all_and_says_how_each_list_continues() {
    let (reached, wait) = mpsc::channel();
    let silent = RawServer::new(move |request| {
        if request.contains("nextPageKey") {
            reached.send(()).unwrap();
            return RawResponse::Silence;
        }
        let body = r#"{"totalCount":9,"nextPageKey":"k2","activeGateTokens":[{"id":"a1","name":"n","owner":"o","creationDate":"2026-01-01T00:00:00Z"}]}"#;
        RawResponse::Bytes(response("200 OK", JSON, body))
    });
    let whole = environment_with(&["b1"]);
    let fixture = fleet(
        &[("west", &silent), ("east", &whole), ("my north", &silent)].map(|it| match it.0 {
            "my north" => ("\"my north\"", it.1),
            _ => it,
        }),
    );
    let child = fixture
        .command(format!("{LIST} -o name --limit 5").split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    for _ in 0..2 {
        wait.recv().unwrap();
    }
    assert!(whole.requests.recv().is_ok());
    crate::run::send_signal("-INT", &child);
    let output = CommandOutput::from(child.wait_with_output().unwrap());
    assert_eq!(output.code, Some(130), "{output:?}");
    assert!(output.stdout.contains("west\ta1\n"), "{output:?}");
    assert!(output.stdout.ends_with("my north\ta1\n"), "{output:?}");
    for line in [
        "gatelet: profile west: interrupted; continue with --profile=west --page-token k2 --limit 4\n",
        "gatelet: profile my north: interrupted; continue with '--profile=my north' --page-token k2 --limit 4\n",
        "gatelet: interrupted; 1 of 3 profiles are complete\n",
    ] {
        assert!(output.stderr.contains(line), "{output:?}");
    }
}

#[test]
fn a_reader_that_has_left_ends_all() {
    let server = environment_with(&["a1"]);
    let fixture = fleet(&[("a", &server), ("b", &server)]);
    let output = fixture.run_in_shell(format!("{LIST} -o ndjson").split(' '), "| head -0");
    assert_eq!(output.stderr, "");
}
