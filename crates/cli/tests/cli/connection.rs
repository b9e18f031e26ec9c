//! How servers are reached: authorities, pins, proxies, plain HTTP, retries and timeouts, by option, variable and profile.

use std::net::SocketAddr;

use gatelet_test_support::pki::{Authority, Identity};
use gatelet_test_support::raw_server::{RawResponse, RawServer};
use gatelet_test_support::socks::SocksProxy;
use gatelet_test_support::tls_server::TlsServer;

use crate::run::{CANARY, EmulatorServer, Fixture};

const JSON: &str = "application/json";
const EMPTY: &str = r#"{"totalCount":0,"activeGateTokens":[]}"#;
const LIST: &str = "dt token list --timeout 20 --retries 0";
const OTHER_PIN: &str = "00000000000000000000000000000000000000000000000000000000000000aa";

/// Starts TLS in front of a list of no tokens.
fn tls(identity: &Identity) -> (TlsServer, RawServer) {
    let service = RawServer::always("200 OK", JSON, EMPTY);
    let tls = TlsServer::in_front_of(service.address, identity.server_config(None));
    (tls, service)
}

/// The URL of a server on this machine, by an address that does not count as loopback.
fn outside(address: SocketAddr) -> String {
    format!("http://0.0.0.0:{}", address.port())
}

/// A fixture with a profile `prod` of this URL and these keys of `http`.
fn profile(url: &str, http: &str) -> Fixture {
    let fixture = Fixture::new();
    fixture.file("token", CANARY);
    let text = format!(
        "default_profile = \"prod\"\n[profiles.prod.dt]\nurl = \"{url}\"\ntoken_file = \"token\"\n[profiles.prod.http]\n{http}\n"
    );
    let path = fixture.file("config.toml", &text);
    fixture.with("GATELET_CONFIG", path.to_str().unwrap())
}

#[test]
fn an_authority_is_trusted_by_option_variable_and_profile() {
    let authority = Authority::new();
    let (tls, _service) = tls(&authority.certify("localhost", |_| {}));
    let url = format!("https://localhost:{}", tls.address.port());
    let fixture = Fixture::dt(&url);
    fixture.run(LIST).fails_with(8);
    let file = fixture.file("ca.pem", authority.pem());
    let file = file.to_str().unwrap();
    fixture.run(&format!("{LIST} --ca-file {file}")).success();
    fixture.with("GATELET_CA_FILE", file).run(LIST).success();

    // Relative to the folder of the configuration.
    let fixture = profile(&url, "ca_file = \"ca.pem\"");
    fixture.file("ca.pem", authority.pem());
    fixture.run(LIST).success();
}

#[test]
fn a_file_of_authorities_that_is_of_no_use_is_named_with_what_names_it() {
    let url = "https://localhost:1";
    let fixture = Fixture::dt(url);
    let line = fixture.run(&format!("{LIST} --ca-file /nowhere"));
    let line = line.fails_with(2);
    assert!(line.contains("/nowhere, the file of --ca-file: "), "{line}");

    let empty = fixture.file("empty.pem", "");
    let fixture = fixture.with("GATELET_CA_FILE", empty.to_str().unwrap());
    let line = fixture.run(LIST).fails_with(2);
    assert!(line.contains("the file of GATELET_CA_FILE: "), "{line}");
    assert!(line.contains("no certificate"), "{line}");

    let fixture = profile(url, "ca_file = \"none.pem\"");
    let line = fixture.run(LIST).fails_with(2);
    let named = "the file of http.ca_file of the profile prod: ";
    assert!(line.contains(named), "{line}");
}

#[test]
fn a_pin_accepts_one_certificate_and_no_other() {
    let identity = Identity::self_signed("localhost", |_| {});
    let (tls, service) = tls(&identity);
    let url = format!("https://localhost:{}", tls.address.port());
    let pin = identity.fingerprint();
    let fixture = Fixture::dt(&url);
    fixture
        .run(&format!("{LIST} --pin-sha256 {OTHER_PIN}"))
        .fails_with(8);
    let both = format!("{LIST} --pin-sha256 {OTHER_PIN} --pin-sha256 {pin}");
    fixture.run(&both).success();
    let fixture = fixture.with("GATELET_PIN_SHA256", format!("{OTHER_PIN},{pin}"));
    fixture.run(LIST).success();

    // An option comes before the key of a profile.
    let fixture = profile(&url, &format!("pin_sha256 = [\"{OTHER_PIN}\"]"));
    fixture.run(LIST).fails_with(8);
    fixture.run(&format!("{LIST} --pin-sha256 {pin}")).success();
    assert_eq!(service.requests.try_iter().count(), 3);
}

#[test]
fn a_socks_proxy_is_used_by_option_variable_and_profile() {
    let service = RawServer::always("200 OK", JSON, EMPTY);
    let url = "http://service.example:80";
    let open = SocksProxy::to(service.address, None);
    let address = open.address;
    let option = format!("{LIST} --allow-http --proxy socks5h://{address}");
    Fixture::dt(url).run(&option).success();
    let keys = format!("allow_http = true\nproxy = \"socks5h://{address}\"");
    profile(url, &keys).run(LIST).success();
    assert_eq!(open.targets(), ["service.example:80"; 2]);

    let closed = SocksProxy::to(service.address, Some("user:CANARY"));
    let address = closed.address;
    let fixture = Fixture::dt(url)
        .with("GATELET_PROXY", format!("socks5h://user:CANARY@{address}"))
        .with("GATELET_ALLOW_HTTP", "1");
    fixture.run(LIST).success();
    let fixture = Fixture::dt(url).with("GATELET_PROXY", format!("socks5h://{address}"));
    let line = fixture.run(&format!("{LIST} --allow-http"));
    assert_eq!(line.code, Some(8), "{line:?}");
    assert!(line.stderr.contains("the proxy requires"), "{line:?}");
}

#[test]
fn a_password_of_a_proxy_is_refused_where_others_could_read_it() {
    let url = "https://service.example";
    let fixture = Fixture::dt(url);
    let line = fixture.run(&format!("{LIST} --proxy http://user:CANARY@p:1"));
    let line = line.fails_with(2);
    assert!(
        line.contains("--proxy <URL>: contains credentials"),
        "{line}"
    );
    let fixture = profile(url, "proxy = \"http://user:CANARY@p:1\"");
    let line = fixture.run(LIST).fails_with(2);
    assert!(line.contains("http.proxy of the profile prod: "), "{line}");
    assert!(line.contains("GATELET_PROXY"), "{line}");
    let shown = fixture.run("config get http.proxy").success();
    assert_eq!(shown, "[redacted]\n");
}

// U31
#[test]
fn an_invalid_setting_of_a_connection_is_named_as_it_was_set() {
    let url = "https://service.example";
    for (name, value, problem) in [
        ("GATELET_PROXY", "ftp://user:CANARY@p", "must begin with"),
        ("GATELET_PIN_SHA256", "ab", "must be a SHA-256"),
        ("GATELET_TIMEOUT", "0", "must be a number of seconds"),
        ("GATELET_RETRIES", "-1", "must be a whole number"),
    ] {
        let fixture = Fixture::dt(url).with(name, value);
        let line = fixture.run("dt token list").fails_with(2);
        assert!(
            line.contains(&format!("invalid {name}: {problem}")),
            "{line}"
        );
    }
    for (key, problem) in [
        ("proxy = \"ftp://p\"", "must begin with"),
        ("pin_sha256 = [\"ab\"]", "must be an array of strings"),
        ("timeout = \"5\"", "must be a number of seconds"),
        ("retries = 1.5", "must be a whole number"),
        ("allow_http = \"yes\"", "must be true or false"),
    ] {
        let url = match key.starts_with("allow_http") {
            true => "http://service.example",
            false => url,
        };
        let line = profile(url, key).run("dt token list").fails_with(2);
        let name = key.split(' ').next().unwrap();
        let named = format!("invalid http.{name} of the profile prod: {problem}");
        assert!(line.contains(&named), "{line}");
    }
}

#[test]
fn one_proxy_setting_wins_and_two_of_the_same_source_are_refused() {
    let url = "https://service.example";
    let refusal = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
    let proxy = RawServer::new(move |_| RawResponse::Bytes(refusal.into()));
    let of_profile = || profile(url, "proxy_from_environment = true");
    let fixture = of_profile().with("HTTPS_PROXY", "http://127.0.0.1:1");
    fixture
        .run(&format!("{LIST} --proxy {}", proxy.url))
        .fails_with(8);
    assert_eq!(proxy.requests.try_iter().count(), 1);
    let fixture = of_profile().with("HTTPS_PROXY", proxy.url.clone());
    fixture.run(LIST).fails_with(8);
    assert_eq!(proxy.requests.try_iter().count(), 1);
    let line = fixture.run(&format!(
        "{LIST} --proxy-from-environment --proxy http://p:1"
    ));
    let line = line.fails_with(2);
    let expected = "set --proxy or --proxy-from-environment, not both";
    assert!(line.contains(expected), "{line}");
}

#[test]
fn plain_http_to_another_machine_needs_a_switch_and_is_warned_about() {
    let service = RawServer::always("200 OK", JSON, EMPTY);
    let url = outside(service.address);
    let fixture = Fixture::dt(&url);
    let line = fixture.run(LIST).fails_with(2);
    assert!(line.contains("GATELET_DT_URL"), "{line}");
    assert!(line.contains("--allow-http"), "{line}");
    assert_eq!(service.requests.try_iter().count(), 0);
    let by_option = fixture.run(&format!("{LIST} --allow-http"));
    let by_variable = fixture.with("GATELET_ALLOW_HTTP", "1").run(LIST);
    let by_profile = profile(&url, "allow_http = true").run(LIST);
    for (output, allowed) in [
        (by_option, "--allow-http"),
        (by_variable, "GATELET_ALLOW_HTTP"),
        (by_profile, "http.allow_http of the profile prod"),
    ] {
        let warning = format!("gatelet: warning: {allowed} allows ");
        assert!(output.stderr.starts_with(&warning), "{output:?}");
        output.success();
    }
    // No warning where nothing is exposed.
    let loopback = Fixture::dt(&service.url).run(&format!("{LIST} --allow-http"));
    assert_eq!(loopback.stderr, "");
    loopback.success();
}

// U51
#[test]
fn what_an_emulator_that_other_machines_can_reach_prints_is_accepted() {
    let options = ["--beyond-loopback", "--address", "0.0.0.0:0"];
    let server = EmulatorServer::start_with(&Fixture::new(), &options);
    let fixture = server.fixture().with("GATELET_ALLOW_HTTP", "1");
    for line in ["dt token list", "asa gateway list"] {
        fixture.run(line).success();
    }
    server.signal("-TERM");
    let (_, rest) = server.wait();
    assert!(
        rest.iter().any(|it| it == "export GATELET_ALLOW_HTTP='1'"),
        "{rest:?}"
    );
}

#[test]
fn retries_are_counted_after_the_first_attempt() {
    let failing = || RawServer::always("503 Service Unavailable", JSON, "{}");
    for (option, key, attempts) in [
        ("--retries 0", "", 1),
        ("--retries 1", "retries = 0", 2),
        ("", "retries = 0", 1),
        ("", "", 3),
    ] {
        let server = failing();
        let fixture = profile(&server.url, key);
        fixture
            .run(&format!("dt token list {option}"))
            .fails_with(11);
        assert_eq!(
            server.requests.try_iter().count(),
            attempts,
            "{option} {key}"
        );
    }
}

#[test]
fn a_timeout_is_set_by_variable_and_profile() {
    let server = RawServer::new(|_| RawResponse::Silence);
    let of_profile = profile(&server.url, "timeout = 0.5");
    let by_variable = Fixture::dt(&server.url).with("GATELET_TIMEOUT", "0.5");
    for fixture in [of_profile, by_variable] {
        fixture.run("dt token list --retries 0").fails_with(9);
    }
}
