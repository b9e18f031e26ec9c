//! Profiles of the configuration file.

use gatelet_emulator::well_known;
use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{CANARY, EmulatorServer, Fixture, team};

const JSON: &str = "application/json";
const EMPTY: &str = r#"{"totalCount":0,"activeGateTokens":[]}"#;
const LIST: &str = "dt active-gate-token list";

/// A fixture with a configuration file and without other settings.
pub(crate) fn configured(text: &str) -> Fixture {
    let fixture = Fixture::new();
    let path = fixture.file("config.toml", text);
    fixture.with("GATELET_CONFIG", path.to_str().unwrap())
}

/// A profile of a Dynatrace environment, and the file of its token.
pub(crate) fn environment(name: &str, url: &str) -> String {
    format!("[profiles.{name}.dt]\nurl = \"{url}\"\ntoken_file = \"token\"\n")
}

/// A fixture with a profile `prod` of this server.
fn prod(url: &str) -> Fixture {
    let fixture = configured(&environment("prod", url));
    fixture.file("token", CANARY);
    fixture
}

#[test]
fn a_profile_has_address_and_credential() {
    let server = RawServer::always("200 OK", JSON, EMPTY);
    let fixture = prod(&server.url);
    for line in [
        "--profile prod dt token list",
        "dt token list --profile prod",
    ] {
        fixture.run(line).success();
        let request = server.requests.recv().unwrap();
        assert!(request.contains(&format!("Api-Token {CANARY}")));
    }
    let line = fixture.run(LIST).fails_with(13);
    assert!(line.contains("name a profile"), "{line}");
    let fixture = fixture.with("GATELET_PROFILE", "prod");
    fixture.run(LIST).success();
}

#[test]
fn a_named_profile_is_not_mixed_with_the_environment() {
    let server = RawServer::always("200 OK", JSON, EMPTY);
    for (name, value) in [
        ("GATELET_DT_TOKEN", CANARY),
        ("GATELET_DT_TOKEN_FILE", "/nowhere"),
        ("DT_API_TOKEN", CANARY),
        ("GATELET_DT_URL", "https://example.com"),
        ("DYNATRACE_ENV_URL", "https://example.com"),
    ] {
        let fixture = prod(&server.url).with(name, value);
        let line = fixture.run("--profile prod dt token list").fails_with(2);
        assert!(
            line.contains(name) && line.contains("--profile prod"),
            "{line}"
        );
    }
    assert_eq!(server.requests.try_iter().count(), 0);
}

#[test]
fn a_credential_of_the_environment_is_not_sent_to_the_default_profile() {
    let server = RawServer::always("200 OK", JSON, EMPTY);
    let fixture = prod(&server.url).with("GATELET_DT_TOKEN", CANARY);
    fixture.run("config use prod").success();
    let line = fixture.run(LIST).fails_with(13);
    assert!(line.contains("GATELET_DT_URL is not set"), "{line}");
    assert_eq!(server.requests.try_iter().count(), 0);
}

#[test]
fn variables_of_other_tools_are_read() {
    let server = RawServer::always("200 OK", JSON, EMPTY);
    for (url, token, scheme) in [
        ("DT_ENV_URL", "DT_API_TOKEN", "Api-Token"),
        ("DYNATRACE_ENV_URL", "DYNATRACE_API_TOKEN", "Api-Token"),
        ("DT_ENV_URL", "DT_PLATFORM_TOKEN", "Bearer"),
    ] {
        let fixture = Fixture::new().with(url, &server.url).with(token, CANARY);
        fixture.run(LIST).success();
        let request = server.requests.recv().unwrap();
        assert!(request.contains(&format!("{scheme} {CANARY}")), "{scheme}");
    }
    let okta = team(|_| RawResponse::Bytes(response("200 OK", JSON, r#"{"list":[]}"#)));
    let fixture = Fixture::new()
        .with("OKTAPAM_API_HOST", &okta.url)
        .with("OKTAPAM_TEAM", "example-team")
        .with("OKTAPAM_KEY", "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0effff")
        .with("OKTAPAM_SECRET", CANARY);
    fixture.run("asa gateway list").success();
}

#[test]
fn a_readonly_profile_sends_no_change() {
    let server = RawServer::always("200 OK", JSON, EMPTY);
    let fixture = prod(&server.url);
    fixture
        .run("--profile prod config set readonly true")
        .success();
    for change in ["dt token create ci", "dt token delete dt0g02.abc123 --yes"] {
        let line = fixture
            .run(&format!("--profile prod {change}"))
            .fails_with(2);
        assert!(line.contains("the profile prod is readonly"), "{line}");
    }
    fixture.run("--profile prod dt token list").success();
    assert_eq!(server.requests.try_iter().count(), 1);
}

#[test]
fn a_configuration_is_made_step_by_step_and_keeps_what_it_has() {
    let fixture = Fixture::new();
    let path = fixture.path("new/config.toml");
    let fixture = fixture.with("GATELET_CONFIG", &path);
    assert_eq!(fixture.run("config path").success(), format!("{path}\n"));
    let line = fixture.run("config list").fails_with(13);
    assert!(line.contains("gatelet config init"), "{line}");
    fixture.run("config init").success();
    assert!(fixture.run("config init").fails_with(2).contains("exists"));
    fixture.run("config validate").success();
    for line in [
        "--profile prod config set dt.url https://abc12345.live.dynatrace.com",
        "--profile prod config set dt.token_command -- pass show --clip=no dt",
        "--profile test config set asa.team example-team",
    ] {
        fixture.run(line).success();
    }
    fixture.run("config validate").success();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("# Profiles of gatelet"), "{text}");
    let url = fixture.run("config get dt.url").success();
    assert_eq!(url, "https://abc12345.live.dynatrace.com\n");
    let command = fixture.run("config get dt.token_command").success();
    assert_eq!(command, "[\"pass\", \"show\", \"--clip=no\", \"dt\"]\n");
    fixture.run("config use test").success();
    let list = fixture.run("config list -o json").success();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list[0]["name"], "prod");
    assert_eq!(list[1]["default"], true);
    fixture.run("config unset asa.team").success();
    fixture.run("config unset asa.team").fails_with(2);
    fixture.run("config use none").fails_with(2);
}

#[test]
fn a_wrong_key_or_value_changes_nothing() {
    let text = environment("prod", "https://abc12345.live.dynatrace.com");
    let fixture = configured(&text);
    for (arguments, expected) in [
        ("dt.ulr https://a", "did you mean dt.url?"),
        ("dt.url http://example.com", "invalid dt.url: "),
        ("dt.url https://a b", "takes one value"),
        ("readonly yes", "must be true or false"),
        ("dt.api both", "must be one of classic, platform"),
    ] {
        let line = fixture
            .run(&format!("--profile prod config set {arguments}"))
            .fails_with(2);
        assert!(line.contains(expected), "{line}");
    }
    let line = fixture.run("config set readonly true").fails_with(2);
    assert!(line.contains("--profile"), "{line}");
    let path = fixture.path("config.toml");
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}

#[test]
fn a_broken_configuration_is_reported_with_its_line() {
    let fixture = configured("[profiles.prod]\nurl = CANARY\n");
    for line in [LIST, "config list", "config validate"] {
        let line = fixture.run(line).fails_with(2);
        assert!(line.contains("config.toml:2: "), "{line}");
    }
    // What needs no configuration works.
    fixture.run("config path").success();
    fixture.run("--emulator dt token list").success();
    let fixture = configured("[profiles.prod.dt]\nulr = \"a\"\n");
    let output = fixture.run("config validate");
    assert_eq!(output.code, Some(2));
    assert!(
        output
            .stderr
            .contains("unknown key dt.ulr; did you mean dt.url?"),
        "{output:?}"
    );
}

#[test]
fn an_option_behind_the_values_is_no_value() {
    let fixture = configured("default_profile = \"prod\"\n[profiles.prod]\n");
    fixture
        .run("config set dt.token_command pass show dt --profile test")
        .success();
    let text = std::fs::read_to_string(fixture.path("config.toml")).unwrap();
    assert!(text.contains("[profiles.test.dt]"), "{text}");
    assert!(text.contains(r#"["pass", "show", "dt"]"#), "{text}");
}

#[test]
fn the_variable_chooses_the_profile_that_is_changed() {
    let fixture = configured(
        "default_profile = \"prod\"\n[profiles.prod]\nreadonly = true\n[profiles.test]\nreadonly = true\n",
    )
    .with("GATELET_PROFILE", "test");
    fixture.run("config unset readonly").success();
    let get = |name: &str| fixture.run(&format!("config get readonly --profile {name}"));
    assert_eq!(get("prod").success(), "true\n");
    get("test").fails_with(13);
}

#[test]
fn changes_at_the_same_time_lose_nothing() {
    let fixture = configured("");
    let changes: Vec<_> = (0..12)
        .map(|number| {
            let line = format!("config set --profile p{number} readonly true");
            let mut command = fixture.command(line.split(' '));
            command.stderr(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut change in changes {
        assert!(change.wait().unwrap().success());
    }
    let list = fixture.run("config list -o ndjson").success();
    assert_eq!(list.lines().count(), 12, "{list}");
}

#[test]
fn the_first_profile_alone_becomes_the_default() {
    let fixture = configured("");
    let first = fixture.run("config set --profile a readonly true");
    assert!(
        first.stderr.contains("a is the profile to use"),
        "{first:?}"
    );
    let fixture = configured("[profiles.a]\n[profiles.b]\n");
    fixture
        .run("config set --profile b readonly true")
        .success();
    let text = std::fs::read_to_string(fixture.path("config.toml")).unwrap();
    assert!(!text.contains("default_profile"), "{text}");
}

#[test]
fn a_secret_in_the_configuration_is_refused_and_never_printed() {
    let token = "dt0c01.CANARYPUBLIC.CANARYSECRET";
    let url = "http://127.0.0.1:1";
    let fixture = configured(&format!(
        "default_profile = \"prod\"\n[profiles.prod.dt]\nurl = \"{url}\"\ntoken_command = [\"{token}\"]\n"
    ));
    let line = fixture.run(LIST).fails_with(2);
    assert!(line.contains("invalid dt.token_command"), "{line}");
    assert_eq!(fixture.run("config validate").code, Some(2));
    let value = fixture.run("config get dt.token_command").success();
    assert_eq!(value, "[redacted]\n");
    fixture.run("config get").success();
    let fixture = configured(&format!("default_profile = \"{token}\"\n"));
    fixture.run(LIST).fails_with(2);
    assert_eq!(fixture.run("config validate").code, Some(2));
}

#[test]
fn readonly_in_another_spelling_changes_nothing() {
    let server = RawServer::always("200 OK", JSON, EMPTY);
    let text = environment("prod", &server.url).replace(
        "[profiles.prod.dt]",
        "[profiles.prod]\nReadOnly = true\n[profiles.prod.dt]",
    );
    let fixture = configured(&text);
    fixture.file("token", CANARY);
    let delete = "--profile prod dt token delete dt0g02.abc123 --yes";
    let line = fixture.run(delete).fails_with(2);
    assert!(line.contains("did you mean readonly?"), "{line}");
    assert_eq!(server.requests.try_iter().count(), 0);
}

#[test]
fn a_value_is_printed_in_each_format_and_without_control_characters_on_a_terminal() {
    let fixture = configured("[profiles.prod.asa]\nteam = \"a\\u001bb\"\n");
    let json = fixture
        .run("config get asa.team --profile prod -o json")
        .success();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["value"], "a\u{1b}b");
    let table = fixture.run("config get asa.team --profile prod").success();
    assert_eq!(table, "a\\u{1b}b\n");
}

#[cfg(unix)]
#[test]
fn what_is_not_a_file_is_not_replaced() {
    let fixture = Fixture::new();
    let link = fixture.path("link");
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    let fixture = fixture.with("GATELET_CONFIG", &link);
    let line = fixture
        .run("config set --profile a readonly true")
        .fails_with(2);
    assert!(line.contains("leads nowhere"), "{line}");
    let fixture = Fixture::new().with("GATELET_CONFIG", "/dev/null");
    fixture
        .run("config set --profile a readonly true")
        .fails_with(2);
}

#[test]
fn without_a_home_folder_the_environment_is_enough() {
    let server = RawServer::always("200 OK", JSON, EMPTY);
    Fixture::dt(&server.url)
        .with("HOME", "/dev/null")
        .run(LIST)
        .success();
}

#[test]
fn a_rotation_renews_the_key_file_of_a_profile_in_place() {
    let server = EmulatorServer::start(&Fixture::new());
    let text = format!(
        "default_profile = \"prod\"\n[profiles.prod.asa]\nurl = \"{}\"\nteam = \"{}\"\nkey_file = \"key.json\"\n",
        server.url,
        well_known::ASA_TEAM,
    );
    let fixture = configured(&text);
    let pair = format!(
        r#"{{"key_id":"{}","key_secret":"{}"}}"#,
        well_known::ASA_KEY_ID,
        well_known::ASA_KEY_SECRET,
    );
    let file = fixture.file("key.json", &pair);
    fixture.run("asa gateway list").success();
    let out = format!("asa service-user key rotate --out {}", file.display());
    fixture.run(&out).success();
    let renewed = std::fs::read_to_string(&file).unwrap();
    assert_ne!(renewed, pair);
    // The ID of the key in use is no secret.
    let renewed: serde_json::Value = serde_json::from_str(&renewed).unwrap();
    let list = format!("asa su key list {} -o json", well_known::ASA_USER);
    let keys = fixture.run(&list).json();
    assert_eq!(keys[1]["id"], renewed["key_id"], "{keys}");
    fixture.run("config validate").success();
}

#[test]
fn a_key_file_of_another_form_is_named_and_not_repeated() {
    let profile = "[profiles.prod.asa]\nteam = \"t\"\nkey_file = \"key.json\"\n";
    let fixture = configured(profile);
    fixture.file("key.json", "CANARY");
    let line = fixture.run("--profile prod asa gateway list").fails_with(2);
    let expected = "the file that asa.key_file of the profile prod names is no JSON object";
    assert!(line.contains(expected), "{line}");

    let fixture = configured(&format!("{profile}key_id = \"k\"\n"));
    let line = fixture.run("--profile prod asa gateway list").fails_with(2);
    assert!(line.contains("asa.key_file"), "{line}");
    assert!(line.contains("asa.key_id"), "{line}");
}

#[test]
fn a_profile_chooses_the_format_where_no_option_does() {
    let server = RawServer::always("200 OK", JSON, EMPTY);
    let text = environment("prod", &server.url);
    let text =
        format!("default_profile = \"prod\"\n{text}[profiles.prod.output]\nformat = \"json\"\n");
    let fixture = configured(&text);
    fixture.file("token", CANARY);
    assert_eq!(fixture.run(LIST).success(), "[]\n");
    assert!(
        fixture
            .run(&format!("{LIST} -o csv"))
            .success()
            .starts_with("ID,")
    );
    let fixture = fixture.with("GATELET_OUTPUT", "csv");
    assert!(fixture.run(LIST).success().starts_with("ID,"));
    let fixture = fixture.with("GATELET_OUTPUT", "xml");
    let line = fixture.run(LIST).fails_with(2);
    assert!(
        line.contains("invalid GATELET_OUTPUT: must be one of table, "),
        "{line}"
    );
}
