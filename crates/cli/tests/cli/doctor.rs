//! `gatelet doctor`.

use gatelet_test_support::pki::Identity;
use gatelet_test_support::raw_server::{RawServer, response};
use gatelet_test_support::tls_server::TlsServer;
use serde_json::Value;

use crate::run::{CommandOutput, EmulatorServer, Fixture};

/// Returns the results of a run, each as vendor, check and status.
fn results(output: &CommandOutput) -> Vec<String> {
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    let text = |check: &Value, name: &str| check[name].as_str().unwrap().to_owned();
    let checks = document.as_array().unwrap().iter();
    checks
        .map(|it| {
            ["vendor", "check", "status"]
                .map(|name| text(it, name))
                .join(" ")
        })
        .collect()
}

#[test]
fn everything_is_well_with_an_emulator() {
    let server = EmulatorServer::start(&Fixture::new());
    let output = server.fixture().run("doctor -o json");
    let results = results(&output);
    for expected in [
        "asa configuration ok",
        "asa connection ok",
        "asa clock ok",
        "asa credential ok",
        "asa setup tokens ok",
        "dt credential ok",
        "dt ActiveGate tokens ok",
        "dt ActiveGates ok",
    ] {
        assert!(
            results.iter().any(|it| it == expected),
            "{expected}: {output:?}"
        );
    }
    assert_eq!(output.code, Some(0));
    let embedded = Fixture::new().run("doctor dt --emulator -o json");
    assert_eq!(self::results(&embedded)[0], "dt configuration ok");
    assert_eq!(embedded.code, Some(0));
}

#[test]
fn a_rejected_credential_and_an_unreachable_server_have_their_exit_codes() {
    let server = EmulatorServer::start(&Fixture::new());
    let rejected = Fixture::dt(&server.url).run("doctor -o json");
    assert_eq!(results(&rejected).last().unwrap(), "dt credential failed");
    assert_eq!(rejected.code, Some(3));
    let unreachable = Fixture::dt("http://127.0.0.1:1").run("doctor -o json");
    assert_eq!(
        results(&unreachable).last().unwrap(),
        "dt connection failed"
    );
    assert_eq!(unreachable.code, Some(8));
    let line = Fixture::new().run("doctor").fails_with(13);
    assert!(line.contains("nothing is set up"), "{line}");
}

#[test]
fn a_certificate_that_is_not_trusted_has_a_remedy() {
    let service = RawServer::always("200 OK", "application/json", "{}");
    let identity = Identity::self_signed("localhost", |_| {});
    let tls = TlsServer::in_front_of(service.address, identity.server_config(None));
    let url = format!("https://localhost:{}", tls.address.port());
    let output = Fixture::dt(&url).run("doctor -o json");
    assert_eq!(output.code, Some(8), "{output:?}");
    assert!(output.stdout.contains("--ca-file"), "{output:?}");
}

#[test]
fn a_clock_that_differs_and_a_missing_scope_are_named() {
    let refusal = r#"{"error":{"code":403,"message":"Token is missing required scope"}}"#;
    let date = "403 Forbidden\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT";
    let bytes = response(date, "application/json", refusal);
    let server = RawServer::new(move |_| {
        gatelet_test_support::raw_server::RawResponse::Bytes(bytes.clone())
    });
    let output = Fixture::dt(&server.url).run("doctor -o json");
    let results = results(&output);
    for expected in [
        "dt clock warning",
        "dt credential ok",
        "dt ActiveGate tokens failed",
        "dt ActiveGates warning",
    ] {
        assert!(
            results.iter().any(|it| it == expected),
            "{expected}: {output:?}"
        );
    }
    assert!(
        output.stdout.contains("missing required scope"),
        "{output:?}"
    );
    assert_eq!(output.code, Some(4));
}
