//! Whether the server responds: through its proxy, over TLS, and when, by its clock.

use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use gatelet_hyper::{HyperTransportBuilder, TokioClock};
use gatelet_transport::{
    BaseUrl, Clock as _, ConnectFailure, Transport as _, TransportError, TransportErrorKind,
};
use http::{Request, Response, header};

use crate::commands::doctor::certificate::Certificate;
use crate::commands::doctor::check::Checks;
use crate::error::error::CliError;
use crate::error::exit::Exit;

/// How far the clocks may differ before signatures and bearer tokens suffer.
const MAX_SKEW: Duration = Duration::from_secs(60);

/// What the last handshake has seen.
type Seen = Arc<Mutex<Option<Certificate>>>;

/// Sends a request without a credential, whatever the server says to that; returns whether it said something.
pub(crate) async fn check(
    server: &BaseUrl,
    proxy: Option<String>,
    builder: HyperTransportBuilder,
    limit: Duration,
    checks: &mut Checks,
) -> bool {
    let seen = Seen::default();
    let shown = Arc::clone(&seen);
    let builder = builder.on_server_certificate(move |der| {
        *shown.lock().unwrap_or_else(PoisonError::into_inner) = Certificate::parse(der);
    });
    let transport = builder.build();
    let request = match Request::get(format!("{}/", server.origin())).body(Bytes::new()) {
        Ok(request) => request,
        Err(error) => {
            checks.fail("address", &CliError::usage(error), None);
            return false;
        }
    };
    let clock = TokioClock::new();
    let start = clock.monotonic();
    let response = tokio::select! {
        response = transport.send(request) => Some(response),
        () = clock.sleep(limit) => None,
    };
    let took = clock.monotonic().saturating_sub(start).as_millis();
    let certificate = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    let certificate = certificate.as_ref();
    let failure = match &response {
        Some(Ok(_)) => None,
        Some(Err(error)) => Some(Failure::of(error, certificate)),
        None => Some(Failure::silence()),
    };
    // What comes before the check that failed has worked.
    let failed = failure.as_ref().map(|it| it.check);
    if failed != Some("proxy") {
        checks.ok("proxy", proxy.unwrap_or_else(|| "none".to_owned()));
        if failed != Some("tls") {
            check_tls(server, certificate, clock.now(), checks);
        }
    }
    if let Some(failure) = failure {
        let error = CliError::new(failure.exit, failure.line);
        checks.fail(failure.check, &error, Some(failure.remedy));
    }
    let Some(Ok(response)) = response else {
        return false;
    };
    let (host, status) = (server.host(), response.status().as_u16());
    checks.ok(
        "http",
        format!("{host} responds after {took} ms, with {status}"),
    );
    check_clock(&response, clock.now(), checks);
    true
}

fn check_tls(
    server: &BaseUrl,
    certificate: Option<&Certificate>,
    now: SystemTime,
    checks: &mut Checks,
) {
    let is_https = server.as_str().starts_with("https:");
    match (is_https, certificate) {
        (false, _) => checks.ok("tls", "none: the URL is one of http"),
        (true, None) => checks.ok("tls", "the certificate is accepted"),
        (true, Some(certificate)) if certificate.ends_soon(now) => checks.warn(
            "tls",
            certificate.describe(),
            "the certificate of the server ends soon: tell those who run it",
        ),
        (true, Some(certificate)) => checks.ok("tls", certificate.describe()),
    }
}

/// A check that failed.
struct Failure {
    check: &'static str,
    line: String,
    exit: Exit,
    remedy: &'static str,
}

impl Failure {
    fn silence() -> Self {
        Self {
            check: "http",
            line: "no response in time".to_owned(),
            exit: Exit::Timeout,
            remedy: "raise --timeout, or check proxies and firewalls",
        }
    }

    fn of(error: &TransportError, certificate: Option<&Certificate>) -> Self {
        let (check, remedy) = match error.kind() {
            TransportErrorKind::Tls => (
                "tls",
                "trust the authority of the server or of a proxy that intercepts TLS with --ca-file, or the certificate itself with --pin-sha256",
            ),
            TransportErrorKind::Connect(
                ConnectFailure::Proxy | ConnectFailure::ProxyCredentials,
            ) => (
                "proxy",
                "check the proxy and, in GATELET_PROXY, its credentials",
            ),
            _ => (
                "http",
                "check whether the URL is that of the service, and whether a firewall or a proxy is between",
            ),
        };
        let mut line = error.to_string();
        let mut source = error.source();
        while let Some(next) = source {
            line = format!("{line}: {next}");
            source = next.source();
        }
        if let Some(certificate) = certificate.filter(|_| check == "tls") {
            line = format!("{line}; {}", certificate.describe());
        }
        Self {
            check,
            line,
            exit: Exit::Connect,
            remedy,
        }
    }
}

fn check_clock(response: &Response<Bytes>, now: SystemTime, checks: &mut Checks) {
    let date = response.headers().get(header::DATE);
    let date = date.and_then(|value| httpdate::parse_http_date(value.to_str().ok()?).ok());
    let Some(date) = date else {
        return checks.ok("clock", "the server does not say its time");
    };
    let skew = match now.duration_since(date) {
        Ok(ahead) => ahead,
        Err(behind) => behind.duration(),
    };
    let seconds = skew.as_secs();
    match skew <= MAX_SKEW {
        true => checks.ok("clock", format!("differs by {seconds} s from the server's")),
        false => checks.warn(
            "clock",
            format!("differs by {seconds} s from the server's"),
            "set the clock of this machine",
        ),
    }
}
