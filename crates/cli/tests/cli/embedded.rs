//! Every command on `--emulator`.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::run::Fixture;

fn names(list: &Value, field: &str) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|item| item[field].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn gateways_are_listed_in_every_format() {
    let fixture = Fixture::new();
    let json = fixture.run("--emulator asa gateway list -o json").json();
    assert_eq!(
        names(&json, "name"),
        ["Production gateway", "Dev gateway", "Labeled gateway"]
    );
    assert_eq!(json[0]["refuse_connections"], Value::Bool(false));

    let ndjson = fixture
        .run("--emulator asa gateways ls -o ndjson")
        .success();
    let lines: Vec<Value> = ndjson
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(Value::Array(lines), json);

    let table = fixture.run("--emulator asa gw list").success();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(
        lines[0].starts_with("ID ") && lines[0].ends_with("LABELS"),
        "{table}"
    );
    assert!(
        lines[1].contains("Production gateway") && lines[1].contains(" - "),
        "{table}"
    );
}

#[test]
fn a_list_can_be_filtered_paged_reversed_and_limited() {
    let fixture = Fixture::new();
    let list = |options: &str| {
        names(
            &fixture
                .run(&format!("--emulator asa gateway list -o json {options}"))
                .json(),
            "name",
        )
    };
    assert_eq!(list("--contains Dev"), ["Dev gateway"]);
    let all = ["Production gateway", "Dev gateway", "Labeled gateway"];
    assert_eq!(list("--page-size 1"), all);
    assert_eq!(
        list("--descending"),
        all.into_iter().rev().collect::<Vec<_>>()
    );
    assert_eq!(list("--limit 1"), ["Production gateway"]);
    assert_eq!(list("--limit 1 --page-size 1"), ["Production gateway"]);
    assert_eq!(
        fixture
            .run("--emulator asa gateway list -o json --contains nothing")
            .success(),
        "[]\n"
    );
}

#[test]
fn a_gateway_is_shown_changed_and_deleted() {
    let fixture = Fixture::new();
    let id = fixture.run("--emulator asa gateway list -o json").json()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let get = || {
        fixture
            .run(&format!("--emulator asa gateway get {id} -o json"))
            .json()
    };
    assert_eq!(get()["name"], "Production gateway");
    assert!(
        fixture
            .run(&format!("--emulator asa gateway status {id} -o json"))
            .json()["active_connections"]
            .is_u64()
    );

    let update = format!(
        "--emulator asa gateway update {id} --name eu-1 --label zone=a --refuse-connections true"
    );
    let updated = fixture.run(&update);
    assert_eq!(updated.stderr, format!("gatelet: updated gateway {id}\n"));
    assert_eq!(updated.success(), "");
    let gateway = get();
    assert_eq!(
        (&gateway["name"], &gateway["refuse_connections"]),
        (&"eu-1".into(), &true.into())
    );
    assert_eq!(gateway["labels"]["zone"], "a");
    assert_eq!(
        gateway["description"], "Gateway used for production env",
        "what is not named stays"
    );

    fixture
        .run(&format!(
            "--emulator asa gateway update {id} --no-description --clear-labels"
        ))
        .success();
    let gateway = get();
    assert!(gateway["description"].is_null());
    assert!(
        gateway["labels"]
            .as_object()
            .is_none_or(serde_json::Map::is_empty),
        "{gateway}"
    );

    let deleted = fixture.run(&format!("--emulator asa gateway delete --yes {id}"));
    assert_eq!(deleted.stderr, format!("gatelet: deleted gateway {id}\n"));
    deleted.success();
    fixture
        .run(&format!("--emulator asa gateway get {id}"))
        .fails_with(5);
    fixture
        .run(&format!("--emulator asa gateway delete --yes {id}"))
        .fails_with(5);
}

#[test]
fn a_setup_token_is_created_revealed_and_deleted() {
    let fixture = Fixture::new();
    let created = fixture
        .run_args([
            "--emulator",
            "asa",
            "setup-token",
            "create",
            "--description",
            "two run_args",
            "--label",
            "env=dev",
            "-o",
            "json",
        ])
        .json();
    let id = created["id"].as_str().unwrap();
    assert_eq!(
        (
            &created["description"],
            &created["details"]["labels"]["env"]
        ),
        (&"two run_args".into(), &"dev".into())
    );

    let value = fixture
        .run(&format!("--emulator asa setup-token reveal {id}"))
        .success();
    assert!(value.starts_with("sft-gw."), "the value alone, on one line");
    assert_eq!(value.lines().count(), 1);
    let revealed = fixture
        .run(&format!("--emulator asa setup-token reveal {id} -o json"))
        .json();
    assert_eq!(revealed["token"], value.trim_end());

    for read in [
        format!("get {id} -o json"),
        format!("get {id}"),
        "list -o json".into(),
        "list -o ndjson".into(),
        "list".into(),
    ] {
        let shown = fixture
            .run(&format!("--emulator asa gateway-setup-tokens {read}"))
            .success();
        assert!(
            shown.contains(id) && !shown.contains(value.trim_end()) && !shown.contains("\"token\""),
            "{shown}"
        );
    }

    fixture
        .run(&format!("--emulator asa setup-token delete --yes {id}"))
        .success();
    fixture
        .run(&format!("--emulator asa setup-token get {id}"))
        .fails_with(5);
    fixture
        .run(&format!("--emulator asa setup-token reveal {id}"))
        .fails_with(5);
}

#[test]
fn a_gateway_enrolls_with_a_setup_token() {
    let fixture = Fixture::new();
    let token = fixture
        .run("--emulator asa gst create --label env=dev -o json")
        .json();
    let id = token["id"].as_str().unwrap();
    let gateway = fixture
        .run(&format!("emulator enroll eu-7 --setup-token {id} -o json"))
        .json();
    assert_eq!(
        (&gateway["name"], &gateway["labels"]["env"]),
        (&"eu-7".into(), &"dev".into())
    );
    let listed = &fixture
        .run("--emulator asa gw list --contains eu-7 -o json")
        .json()[0];
    for field in ["id", "name", "labels", "refuse_connections"] {
        assert_eq!(listed[field], gateway[field]);
    }
    // A null of the service is printed as null.
    assert_eq!(listed.get("description"), Some(&Value::Null));
    fixture
        .run("emulator enroll eu-8 --setup-token 00000000-0000-4000-8000-000000000000")
        .fails_with(5);
}

// U19
#[test]
fn an_expiration_is_parsed_in_every_common_form() {
    for (given, read) in [
        ("2027-01-31T12:00:00+0000", "2027-01-31T12:00:00.000Z"),
        ("2027-01-31T12:00:00+00", "2027-01-31T12:00:00.000Z"),
        ("2027-01-31 12:00:00Z", "2027-01-31T12:00:00.000Z"),
        ("2027-01-31T23:59:60Z", "2027-01-31T23:59:59.999"),
    ] {
        let fixture = Fixture::new();
        let created = fixture
            .run_args([
                "--emulator",
                "dt",
                "token",
                "create",
                "edge-7",
                "--expires",
                given,
                "-o",
                "json",
            ])
            .json();
        let end = created["expirationDate"].as_str().unwrap();
        assert!(end.starts_with(read), "{given}: {end}");
    }
}

#[test]
fn an_activegate_token_is_created_shown_and_deleted() {
    let fixture = Fixture::new();
    let before = fixture
        .run("--emulator dt active-gate-token list -o json")
        .json()
        .as_array()
        .unwrap()
        .len();
    let created = fixture
        .run("--emulator dt token create edge-7 --type cluster --expires now+60d --seed -o json")
        .json();
    let (id, secret) = (
        created["id"].as_str().unwrap(),
        created["token"].as_str().unwrap(),
    );
    assert!(secret.starts_with(id));

    let token = fixture
        .run(&format!("--emulator dt token get {id} -o json"))
        .json();
    assert_eq!(
        (&token["name"], &token["activeGateType"]),
        (&"edge-7".into(), &"CLUSTER".into())
    );
    assert!(token["expirationDate"].is_string());
    let list = fixture.run("--emulator dt tokens list -o ndjson").success();
    assert_eq!(list.lines().count(), before + 1);
    assert!(!list.contains(secret));

    fixture
        .run(&format!("--emulator dt token delete --yes {id}"))
        .success();
    fixture
        .run(&format!("--emulator dt token get {id}"))
        .fails_with(5);
}

#[test]
fn the_table_of_a_created_token_shows_its_secret() {
    let table = Fixture::new()
        .run("--emulator dt token create edge-7")
        .success();
    let row: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
    assert!(row[1].starts_with(row[0]) && row[1].len() > row[0].len());
    assert_eq!(row[2], "-", "it never expires");
}

#[test]
fn concurrent_commands_wait_for_each_other() {
    let fixture = Fixture::new();
    let creates: Vec<_> = (0..8)
        .map(|number| {
            let mut create = fixture.command([
                "--emulator",
                "dt",
                "token",
                "create",
                &format!("edge-{number}"),
            ]);
            create
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for create in creates {
        crate::run::CommandOutput::from(create.wait_with_output().unwrap()).success();
    }
    let list = fixture.run("--emulator dt token list -o ndjson").success();
    assert_eq!(list.matches("\"edge-").count(), 8);
}

#[test]
fn an_unset_home_is_tolerated() {
    let output: crate::run::CommandOutput = Fixture::new()
        .command(["--emulator", "asa", "gateway", "list"])
        .env_clear()
        .env("XDG_DATA_HOME", tempfile::tempdir().unwrap().path())
        .output()
        .unwrap()
        .into();
    assert!(output.success().contains("Dev gateway"));
}

#[test]
fn a_state_file_that_cannot_be_created_is_a_one_line_error() {
    let line = Fixture::new()
        .with("GATELET_EMULATOR_DATA", "/proc/none/emulator.redb")
        .run("--emulator asa gateway list")
        .fails_with(1);
    assert!(line.contains("/proc/none"), "{line}");
}

#[test]
fn active_gates_are_listed_by_their_tokens_and_shown() {
    let fixture = Fixture::new();
    let list = |options: &str| {
        let line = format!("--emulator dt active-gate list -o json {options}");
        names(&fixture.run(&line).json(), "id")
    };
    assert_eq!(list(""), ["1541791174", "-1556499193", "0x3efdd091"]);
    assert_eq!(list("--token-state EXPIRING"), ["-1556499193"]);
    assert_eq!(
        list("--enabled-module LOGS --enabled-module SYNTHETIC"),
        [""; 0]
    );
    assert_eq!(list("--online=false"), ["0x3efdd091"]);
    assert_eq!(
        list("--online --active-gate-version 1.343.12"),
        ["1541791174"]
    );
    let table = fixture
        .run("--emulator dt active-gate get -1556499193")
        .success();
    assert!(table.contains("dt0g02.soon20 EXPIRING"), "{table}");
    let groups = fixture.run("--emulator dt active-gate groups").success();
    assert_eq!(groups, "NAME\ndefault\n");
    let enforcement = fixture.run("--emulator dt active-gate token-enforcement");
    let enforcement = enforcement.success();
    let rows: Vec<_> = enforcement.lines().map(str::trim).collect();
    assert!(rows[0].ends_with("AUTO ENFORCED IN"), "{enforcement}");
    assert!(rows[1].ends_with("30 DAYS"), "{enforcement}");
    for command in ["list", "get", "groups", "attention"] {
        let help = fixture.run(&format!("dt active-gate {command} --help"));
        let help = help.success();
        let told = "deprecated on SaaS since version 1.343";
        assert!(help.contains(told), "{help}");
    }
    let help = fixture.run("dt active-gate-token users --help").success();
    assert!(help.contains("deprecated on SaaS"), "{help}");
}

#[test]
fn an_update_job_is_checked_created_shown_and_deleted() {
    let fixture = Fixture::new();
    let run = |command: &str| fixture.run(&format!("--emulator dt update-job {command}"));
    run("validate -1556499193 latest").success();
    let created = run("create -1556499193 latest -o json").json();
    assert_eq!(created["jobState"], "PENDING");
    let id = created["jobId"].as_str().unwrap();
    assert_eq!(
        run(&format!("get -1556499193 {id} -o json")).json(),
        created
    );
    assert_eq!(
        names(&run("list -1556499193 -o json").json(), "jobId"),
        [id]
    );
    let all = run("list-all -o json").json();
    let gate = "1541791174";
    assert_eq!(names(&all, "agId"), [gate, gate, "-1556499193"]);
    assert_eq!(all[0]["updateJob"]["jobState"], "SUCCEED");
    let failed = &all[1]["updateJob"];
    assert_eq!(failed["jobState"], "FAILED");
    assert!(failed["error"].is_string());
    let read = run(&format!(
        "get {gate} {} -o json",
        failed["jobId"].as_str().unwrap()
    ));
    assert_eq!(&read.json(), failed);
    assert_eq!(all[2]["updateJob"], created);
    run(&format!("delete --yes -1556499193 {id}")).success();
    let refused = run("create -1556499193 1.2.3");
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("invalid <VERSION>"), "{refused:?}");
}

#[test]
fn a_service_user_is_created_shown_and_disabled() {
    let fixture = Fixture::new();
    let run = |arguments: &str| fixture.run(&format!("--emulator asa service-user {arguments}"));
    let whoami = run("whoami -o json").json();
    assert_eq!(whoami["name"], "administrator");
    let created = run("create deploy-bot -o json").json();
    assert_eq!(created["status"], "ACTIVE");
    assert_eq!(run("get deploy-bot -o json").json(), created);
    let updated = run("update deploy-bot --status DISABLED -o json").json();
    assert_eq!(updated["id"], created["id"]);
    let list = run("list --status DISABLED -o json").json();
    assert_eq!(names(&list, "name"), ["deploy-bot"]);
    let table = run("list --starts-with deploy").success();
    assert!(table.starts_with("NAME "), "{table}");
}

#[test]
fn the_users_of_a_token_are_a_table_or_one_document() {
    let fixture = Fixture::new();
    let run = |line: &str| fixture.run(&format!("--emulator dt {line}"));
    let users = run("token users dt0g02.soon20");
    assert!(users.stderr.contains("last used 20"), "{users:?}");
    assert!(users.stderr.contains("more than 2 hours"), "{users:?}");
    let table = users.success();
    let row: Vec<_> = table.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(
        row[..3],
        ["-1556499193", "activegate-2.example.com", "EXPIRING"]
    );

    let document = run("token users dt0g02.soon20 -o json").json();
    assert_eq!(names(&document["activeGates"], "id"), ["-1556499193"]);
    assert_eq!(document["shownForSecondsAfterDisconnect"], 7200);
    assert!(document["token"]["lastUsedDate"].is_string());

    let unused = run("token users dt0g02.abc123");
    assert!(unused.stderr.contains("shows no last use"), "{unused:?}");
    assert_eq!(unused.success().lines().count(), 1);
    run("token users dt0g02.missing").fails_with(5);

    run("token delete --yes dt0g02.soon20").success();
    let deleted = run("token users dt0g02.soon20");
    let line = "the environment does not know it";
    assert!(deleted.stderr.contains(line), "{deleted:?}");
    assert!(deleted.success().contains("UNKNOWN"));
}

// U43
#[test]
#[cfg(unix)]
fn the_state_is_its_owners_alone_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("share/gatelet");
    let binary = env!("CARGO_BIN_EXE_gatelet");
    let script = "umask 000 && exec \"$0\" --emulator dt token list";
    let status = Command::new("/bin/sh")
        .args(["-c", script, binary])
        .env_clear()
        .env("GATELET_EMULATOR_DATA", state.join("emulator.redb"))
        .stdout(Stdio::null())
        .status();
    assert!(status.unwrap().success());
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    let files = std::fs::read_dir(&state).unwrap();
    let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{file:?}");
    }
}

#[test]
fn attention_has_a_row_for_each_finding() {
    let fixture = Fixture::new();
    let run = |line: &str| fixture.run(&format!("--emulator dt active-gate attention {line}"));
    let table = run("").success();
    let row: Vec<_> = table.lines().nth(1).unwrap().split_whitespace().collect();
    let expected = [
        "-1556499193",
        "TOKEN_EXPIRES",
        "activegate-2.example.com",
        "dt0g02.soon20",
    ];
    assert_eq!((row.len(), &row[..4]), (5, &expected[..]));
    let found = run("-o json").json();
    let reasons = ["TOKEN_EXPIRES", "TOKEN_ABSENT", "OFFLINE"];
    assert_eq!(names(&found, "reason"), reasons);
    assert_eq!(names(&found, "activeGateId")[0], "-1556499193");
    assert_eq!(found[0]["tokenId"], "dt0g02.soon20");
    assert!(found[0]["date"].is_string() && found[2]["date"].is_string());
    let sooner = run("--within 19d -o json").json();
    assert_eq!(names(&sooner, "reason"), reasons[1..]);
    let wrong = run("--within 30");
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
}
