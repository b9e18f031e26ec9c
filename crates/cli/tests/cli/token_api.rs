//! `--api`: which API of Dynatrace the commands on ActiveGate tokens call.

use gatelet_emulator::well_known;
use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{CANARY, EmulatorServer, Fixture};

const LIST: &str = "dt active-gate-token list -o json";
const FLEET: &str = "/platform/fleet-management/v1/activegate/tokens";

/// Starts a server without tokens that keeps the requests.
fn server() -> RawServer {
    RawServer::new(|_| {
        let body = r#"{"totalCount": 0, "activeGateTokens": []}"#;
        RawResponse::Bytes(response("200 OK", "application/json", body))
    })
}

/// Runs `list` with these variables and options; returns the first line of the request and its credential.
fn request(options: &str, variables: &[(&'static str, &str)]) -> (String, String) {
    let server = server();
    let fixture = Fixture::dt(&server.url);
    let fixture = variables
        .iter()
        .fold(fixture, |fixture, (name, value)| fixture.with(name, *value));
    fixture.run(&format!("{LIST} {options}")).success();
    let request = server.requests.recv().unwrap();
    let credential = request.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization").then_some(value)
    });
    let line = request.lines().next().unwrap();
    (line.to_owned(), credential.unwrap().to_owned())
}

#[test]
fn an_option_or_a_variable_chooses_the_api_and_the_scheme_of_the_token() {
    let classic = (
        "/api/v2/activeGateTokens?pageSize=3000".to_owned(),
        format!("Api-Token {CANARY}"),
    );
    let platform = (
        format!("{FLEET}?page-size=3000"),
        format!("Bearer {CANARY}"),
    );
    let variable = "GATELET_DT_API";
    for (options, variables, (path, credential)) in [
        ("", &[][..], &classic),
        ("--api classic", &[], &classic),
        ("--api platform", &[], &platform),
        ("", &[(variable, "platform")], &platform),
        ("", &[(variable, "")], &classic),
        ("--api classic", &[(variable, "platform")], &classic),
    ] {
        let (line, sent) = request(options, variables);
        assert_eq!(
            line,
            format!("GET {path} HTTP/1.1"),
            "{options} {variables:?}"
        );
        assert_eq!(sent, *credential, "{options} {variables:?}");
    }
}

#[test]
fn the_prefix_of_a_token_chooses_its_scheme_unless_the_variable_does() {
    let (token, scheme) = ("GATELET_DT_TOKEN", "GATELET_DT_TOKEN_SCHEME");
    let platform = "dt0s16.CANARYPUBLIC.CANARYSECRET";
    for (variables, expected) in [
        (&[(token, platform)][..], "Bearer"),
        (&[(token, platform), (scheme, "api-token")], "Api-Token"),
        (&[(token, platform), (scheme, "")], "Bearer"),
        (&[(scheme, "bearer")], "Bearer"),
        (&[], "Api-Token"),
    ] {
        let (line, sent) = request("", variables);
        assert!(line.contains("/api/v2/activeGateTokens"), "{line}");
        let sent = sent.split_once(' ').unwrap().0;
        assert_eq!(sent, expected, "{variables:?}");
    }
    let server = server();
    let fixture = Fixture::dt(&server.url).with(token, "");
    let file = fixture.file("token", platform);
    let fixture = fixture.with("GATELET_DT_TOKEN_FILE", file.to_str().unwrap());
    fixture.run(LIST).success();
    let request = server.requests.recv().unwrap();
    assert!(request.contains("Bearer dt0s16."), "{request}");
    for (options, value) in [("", "basic"), ("--api platform", "api-token")] {
        let fixture = Fixture::dt(&server.url).with(scheme, value);
        let line = fixture.run(&format!("{LIST} {options}")).fails_with(2);
        assert!(line.contains(scheme), "{line}");
        assert!(!line.contains("add --api platform"), "{line}");
    }
}

#[test]
fn a_platform_token_on_its_own_host_calls_the_api_of_the_platform() {
    for (token, operation) in [
        ("dt0s16.CANARYPUBLIC.CANARYSECRET", "dt listFleetTokens"),
        (CANARY, "dt listTokens"),
    ] {
        // The proxy refuses every connection.
        let fixture = Fixture::dt("https://abc12345.apps.dynatrace.com")
            .with("GATELET_DT_TOKEN", token)
            .with("HTTPS_PROXY", "http://127.0.0.1:1")
            .with("GATELET_PROXY_FROM_ENVIRONMENT", "1");
        let line = fixture.run(&format!("{LIST} --timeout 2")).fails_with(8);
        assert!(line.contains(operation), "{line}");
    }
}

#[test]
fn every_command_on_tokens_works_on_the_platform_of_the_emulator() {
    let fixture = Fixture::new();
    let create = "--emulator dt active-gate-token create edge-7 --api platform -o json";
    let created = fixture.run(create).json();
    let id = created["id"].as_str().unwrap();
    let get = format!("--emulator dt --api platform active-gate-token get {id} -o json");
    let token = fixture.run(&get).json();
    assert_eq!(token["name"], "edge-7");
    assert_eq!(token.get("activeGateType"), None);
    // The other API has the same tokens.
    let by_classic = fixture.run(&format!("--emulator {LIST}")).json();
    assert_eq!(by_classic.as_array().unwrap().len(), 5);
    let by_platform = fixture
        .run(&format!("--emulator {LIST} --api platform"))
        .json();
    assert_eq!(by_platform.as_array().unwrap().len(), 5);
    let users = format!("--emulator dt --api platform active-gate-token users {id} -o json");
    assert_eq!(fixture.run(&users).json()["token"]["id"], id);
    fixture
        .run("--emulator dt --api platform active-gate attention")
        .success();
    fixture
        .run(&format!(
            "--emulator dt --api platform active-gate-token delete --yes {id}"
        ))
        .success();
    let gone = fixture.run(&get);
    assert_eq!(gone.code, Some(5));
    assert!(gone.stderr.contains("dt getFleetToken"), "{}", gone.stderr);
}

#[test]
fn a_404_of_the_service_and_of_the_gateway_have_different_exit_codes() {
    let body = r#"{"error":{"code":404,"message":"nf","details":{}}}"#;
    let own = response("404 Not Found", "application/json", body);
    let header = "404 Not Found\r\ndynatrace-response-source: API Gateway";
    let by_gateway = response(header, "application/json", body);
    for (response, code) in [(own, 5), (by_gateway, 10)] {
        let server = RawServer::new(move |_| RawResponse::Bytes(response.clone()));
        let fixture = Fixture::dt(&server.url);
        for command in ["get", "delete --yes"] {
            fixture
                .run(&format!("dt --api platform active-gate-token {command} t1"))
                .fails_with(code);
        }
    }
}

#[test]
fn the_platform_refuses_a_token_of_a_cluster() {
    let create = "--emulator dt active-gate-token create edge-7 --type cluster";
    let fixture = Fixture::new();
    let line = fixture
        .run(&format!("{create} --api platform"))
        .fails_with(2);
    assert!(
        line.contains("invalid --type: must be ENVIRONMENT"),
        "{line}"
    );
    fixture.run(create).success();
}

#[test]
fn an_invalid_api_is_a_usage_error() {
    let fixture = Fixture::dt("http://127.0.0.1:9").with("GATELET_DT_API", "fleet");
    let refused = fixture.run(LIST);
    assert_eq!(refused.code, Some(2));
    assert_eq!(
        refused.stderr,
        "gatelet: invalid GATELET_DT_API: must be classic or platform\n"
    );
    let refused = Fixture::new().run(&format!("{LIST} --api fleet"));
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("classic, platform"),
        "{}",
        refused.stderr
    );
    // It is an option of Dynatrace's commands only.
    assert_eq!(
        Fixture::new()
            .run("--emulator asa gateway list --api classic")
            .code,
        Some(2)
    );
}

#[test]
fn an_address_of_the_platform_refuses_an_api_token_before_it_is_sent() {
    let server = server();
    let fixture = Fixture::dt(&format!("{}{FLEET}", server.url));
    let refused = fixture.run(LIST);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("--api platform"),
        "{}",
        refused.stderr
    );
    assert!(!refused.stderr.contains("CANARY"));
    assert!(server.requests.try_recv().is_err());
    fixture.run(&format!("{LIST} --api platform")).success();
}

/// Runs a command with this URL below the server's, these variables and options; returns its request line and the scheme of its credential.
fn other_request(
    command: &str,
    path: &str,
    variables: &[(&'static str, &str)],
) -> (String, String) {
    let server = RawServer::new(|_| {
        let body = r#"{"activeGates": [], "groups": [], "allUpdateJobs": [], "updateJobs": []}"#;
        RawResponse::Bytes(response("200 OK", "application/json", body))
    });
    let fixture = Fixture::dt(&format!("{}{path}", server.url));
    let fixture = variables
        .iter()
        .fold(fixture, |fixture, (name, value)| fixture.with(name, *value));
    fixture.run(command).success();
    let request = server.requests.recv().unwrap();
    let mut schemes = request.lines().filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let value = name
            .eq_ignore_ascii_case("authorization")
            .then_some(value)?;
        value.split(' ').next()
    });
    let scheme = schemes.next().unwrap_or_default();
    let target = request.split(' ').nth(1).unwrap_or_default();
    (target.to_owned(), scheme.to_owned())
}

#[test]
fn a_command_without_tokens_calls_its_one_api_whatever_is_chosen_for_tokens() {
    const PROXY: &str = "/platform/classic/environment-api/v2";
    let variable = "GATELET_DT_API";
    let platform = ("GATELET_DT_TOKEN", "dt0s16.CANARYPUBLIC.CANARYSECRET");
    let opaque = ("GATELET_DT_TOKEN", "CANARY-opaque-token");
    for (command, end) in [
        ("dt active-gate list", "/activeGates"),
        ("dt active-gate groups", "/activeGates/groups"),
        ("dt update-job list-all", "/activeGates/updateJobs"),
        ("dt update-job list -- -1", "/activeGates/-1/updateJobs"),
    ] {
        for (path, variables, root, scheme) in [
            (FLEET, &[][..], PROXY, "Api-Token"),
            (FLEET, &[platform], PROXY, "Bearer"),
            ("", &[(variable, "platform")], "/api/v2", "Api-Token"),
            ("", &[(variable, "platform"), platform], "/api/v2", "Bearer"),
            ("", &[(variable, "platform"), opaque], "/api/v2", "Bearer"),
            (PROXY, &[(variable, "platform")], PROXY, "Api-Token"),
        ] {
            let (target, sent) = other_request(command, path, variables);
            assert_eq!(target, format!("{root}{end}"), "{path} {variables:?}");
            assert_eq!(sent, scheme, "{command} {path} {variables:?}");
        }
    }
}

#[test]
fn the_option_is_refused_by_a_command_that_calls_no_api_of_tokens() {
    for command in ["active-gate list", "update-job list-all"] {
        for options in ["", "--emulator"] {
            let fixture = Fixture::dt("http://127.0.0.1:9");
            let line = fixture
                .run(&format!("{options} dt --api platform {command}"))
                .fails_with(2);
            assert!(line.contains("--api platform"), "{line}");
        }
        let fixture = Fixture::new();
        fixture
            .run(&format!("--emulator dt --api classic {command}"))
            .success();
    }
}

#[test]
fn the_help_says_what_is_chosen_by_default_and_that_it_is_not_verified() {
    let help = Fixture::new()
        .run("dt active-gate-token list --help")
        .success();
    for text in [
        "--api <API>",
        "not verified against the service",
        "With --api platform:\n  dt listFleetTokens: GET /activegate/tokens",
        "fleet-management:activegate.tokens:read",
    ] {
        assert!(help.contains(text), "{text}: {help}");
    }
}

#[test]
fn the_help_of_users_has_the_scopes_of_both_kinds_of_credentials() {
    let help = Fixture::new().run("dt token users --help").success();
    for scope in ["activeGates.read", "fleet-management:activegates:read"] {
        assert!(help.contains(scope), "{scope}: {help}");
    }
}

#[test]
fn a_served_emulator_accepts_a_platform_token() {
    let server = EmulatorServer::start(&Fixture::new());
    let fixture = Fixture::new()
        .with("GATELET_DT_URL", &server.url)
        .with("GATELET_DT_TOKEN", well_known::DT_PLATFORM_TOKEN)
        .with("GATELET_DT_API", "platform");
    fixture.run(LIST).success();
    let refused = fixture
        .with("GATELET_DT_TOKEN", well_known::DT_TOKEN)
        .run(LIST);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
}
