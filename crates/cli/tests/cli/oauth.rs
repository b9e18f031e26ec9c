//! An OAuth client in place of a Dynatrace token.

use gatelet_emulator::well_known;
use gatelet_test_support::raw_server::RawServer;

use crate::run::{EmulatorServer, Fixture};

const LIST: &str = "dt token list";
const JSON: &str = "application/json";
const PAGE: &str = r#"{"totalCount":0,"activeGateTokens":[]}"#;
const ISSUED: &str =
    r#"{"access_token":"CANARY.of.bearer","token_type":"Bearer","expires_in":300}"#;
const SECRET: &str = "dt0s02.EXAMPLE2.CANARY7QW3RTZ9ULKJHGF";

/// Returns the settings of an OAuth client with these addresses of the API and the login host.
fn fixture(api: &str, login: &str) -> Fixture {
    Fixture::new()
        .with("GATELET_DT_URL", api)
        .with("GATELET_DT_OAUTH_CLIENT_ID", "dt0s02.EXAMPLE2")
        .with("GATELET_DT_OAUTH_CLIENT_SECRET", SECRET)
        .with("GATELET_DT_OAUTH_SCOPES", " one:read  two:write ")
        .with("GATELET_DT_OAUTH_RESOURCE", "urn:dtenvironment:abc12345")
        .with("GATELET_DT_OAUTH_TOKEN_URL", format!("{login}/token"))
}

#[test]
fn the_printed_oauth_client_works() {
    let server = EmulatorServer::start(&Fixture::new());
    let fixture = server.oauth_fixture();
    fixture.run("dt token create edge-7").success();
    let tokens = fixture.run("dt token list -o json").json();
    let owner = &tokens.as_array().unwrap().last().unwrap()["owner"];
    assert_eq!(owner, well_known::DT_OWNER);
}

#[test]
fn the_secret_goes_to_the_login_host_and_the_token_to_the_api() {
    let api = RawServer::always("200 OK", JSON, PAGE);
    let login = RawServer::always("200 OK", JSON, ISSUED);
    // The output of a verbose command is searched for both.
    fixture(&api.url, &login.url)
        .run("-v dt token list")
        .success();
    let exchange = login.requests.recv().unwrap();
    assert!(
        exchange.starts_with("POST /token HTTP/1.1\r\n"),
        "{exchange}"
    );
    assert!(!exchange.to_lowercase().contains("authorization:"));
    let body = format!(
        "grant_type=client_credentials&client_id=dt0s02.EXAMPLE2&client_secret={SECRET}\
         &scope=one%3Aread+two%3Awrite&resource=urn%3Adtenvironment%3Aabc12345"
    );
    assert!(exchange.ends_with(&body), "{exchange}");
    let call = api.requests.recv().unwrap();
    assert!(
        call.contains("authorization: Bearer CANARY.of.bearer\r\n"),
        "{call}"
    );
    assert!(!call.contains(SECRET));
}

#[test]
fn the_secret_is_read_from_a_file_too() {
    let api = RawServer::always("200 OK", JSON, PAGE);
    let login = RawServer::always("200 OK", JSON, ISSUED);
    let fixture = fixture(&api.url, &login.url).with("GATELET_DT_OAUTH_CLIENT_SECRET", "");
    let file = fixture.file("secret", format!("{SECRET}\n"));
    let file = file.to_str().unwrap();
    let fixture = fixture.with("GATELET_DT_OAUTH_CLIENT_SECRET_FILE", file);
    fixture.run(LIST).success();
    assert!(login.requests.recv().unwrap().contains(SECRET));
}

// C3
#[test]
fn a_refused_exchange_exits_with_3_and_says_what_to_do() {
    for (code, advice) in [
        (
            "invalid_client",
            "the id or the secret of the OAuth client is wrong",
        ),
        ("invalid_scope", "is not registered with each of the scopes"),
    ] {
        let body = format!(r#"{{"error":"{code}","error_description":"no {SECRET}"}}"#);
        let login = RawServer::always("400 Bad Request", JSON, body.leak());
        let line = fixture("http://127.0.0.1:1", &login.url)
            .run(LIST)
            .fails_with(3);
        assert!(line.contains(advice) && line.contains(code), "{line}");
        assert!(line.contains("no [redacted]"), "{line}");
    }
}

// C3
#[test]
fn exactly_one_credential_must_be_set() {
    let whole = || fixture("http://127.0.0.1:1", "http://127.0.0.1:1");
    let line = whole()
        .with("GATELET_DT_TOKEN", SECRET)
        .run(LIST)
        .fails_with(2);
    for name in ["GATELET_DT_TOKEN", "GATELET_DT_OAUTH_CLIENT_ID"] {
        assert!(line.contains(name), "{line}");
    }
    for (missing, code) in [
        ("GATELET_DT_OAUTH_CLIENT_ID", 13),
        ("GATELET_DT_OAUTH_CLIENT_SECRET", 13),
        ("GATELET_DT_OAUTH_SCOPES", 13),
        ("GATELET_DT_OAUTH_RESOURCE", 2),
    ] {
        let line = whole().with(missing, "").run(LIST).fails_with(code);
        assert!(line.contains(missing), "{line}");
    }
}

// C3
#[test]
fn an_invalid_setting_of_an_oauth_client_is_named() {
    for (name, value) in [
        ("GATELET_DT_OAUTH_CLIENT_ID", "a b"),
        ("GATELET_DT_OAUTH_CLIENT_SECRET", "a b"),
        ("GATELET_DT_OAUTH_SCOPES", "é"),
        ("GATELET_DT_OAUTH_RESOURCE", "a b"),
        ("GATELET_DT_OAUTH_TOKEN_URL", "http://login.example/token"),
    ] {
        let fixture = fixture("http://127.0.0.1:1", "http://127.0.0.1:1");
        let line = fixture.with(name, value).run(LIST).fails_with(2);
        assert!(line.contains(&format!("invalid {name}")), "{line}");
    }
}
