//! `gatelet doctor`.

use gatelet_test_support::pki::{Authority, Identity};
use gatelet_test_support::proxy::Proxy;
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
        "asa name ok",
        "asa tcp ok",
        "asa proxy ok",
        "asa tls ok",
        "asa http ok",
        "asa clock ok",
        "asa credential ok",
        "asa setup tokens ok",
        "dt credential ok",
        "dt scope of tokens ok",
        "dt scope of ActiveGates ok",
        "dt scopes of changes skipped",
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
    assert_eq!(results(&unreachable).last().unwrap(), "dt tcp failed");
    assert!(unreachable.stdout.contains("firewall"), "{unreachable:?}");
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
    assert_eq!(results(&output).last().unwrap(), "dt tls failed");
    assert!(output.stdout.contains("--ca-file"), "{output:?}");
    let own = "is its own authority, and ends ";
    assert!(output.stdout.contains(own), "{output:?}");
}

#[test]
fn who_issued_the_certificate_and_when_it_ends_is_shown() {
    let authority = Authority::new();
    let service = RawServer::always("404 Not Found", "application/json", "{}");
    for (year, status) in [(2090, "ok"), (2020, "warning")] {
        let identity = authority.certify("localhost", |params| {
            params.not_after = rcgen::date_time_ymd(year, 6, 30);
            let name = &mut params.distinguished_name;
            name.push(rcgen::DnType::CommonName, "localhost");
        });
        let tls = TlsServer::in_front_of(service.address, identity.server_config(None));
        let fixture = Fixture::dt(&format!("https://localhost:{}", tls.address.port()));
        let file = fixture.file("ca.pem", authority.pem());
        let trust = match status {
            "ok" => format!("--ca-file {}", file.display()),
            // One that is pinned may have ended.
            _ => format!("--pin-sha256 {}", identity.fingerprint()),
        };
        let output = fixture.run(&format!("doctor dt -o json {trust}"));
        let results = results(&output);
        assert!(results.contains(&format!("dt tls {status}")), "{output:?}");
        assert!(results.contains(&"dt http ok".to_owned()), "{output:?}");
        let issuer = "was issued by CN=rcgen self signed cert";
        let end = format!("{issuer}, and ends {year}-06-30T00:00:00Z");
        assert!(output.stdout.contains(&end), "{output:?}");
    }
}

#[test]
fn a_proxy_that_is_unreachable_or_refuses_is_told_apart_from_the_server() {
    for (proxy, failed) in [
        (None, "dt tcp failed"),
        (Some(Proxy::refusing()), "dt proxy failed"),
    ] {
        let address = proxy.map_or("127.0.0.1:1".to_owned(), |it| it.address.to_string());
        // No name is resolved here.
        let fixture = Fixture::dt("https://gatelet.invalid");
        let output = fixture.run(&format!("doctor dt -o json --proxy http://{address}"));
        assert_eq!(results(&output).last().unwrap(), failed, "{output:?}");
        assert!(output.stdout.contains("proxy"), "{output:?}");
        assert_eq!(output.code, Some(8), "{output:?}");
    }
}

#[test]
fn the_api_of_tokens_can_be_chosen() {
    let embedded = |line: &str| Fixture::new().run(line);
    let output = embedded("doctor dt --api platform --emulator -o json");
    assert_eq!(output.code, Some(0), "{output:?}");
    let line = embedded("doctor asa --api platform --emulator").fails_with(2);
    assert!(line.contains("--api is for dt"), "{line}");
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
        "dt scope of tokens failed",
        "dt scope of ActiveGates warning",
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
