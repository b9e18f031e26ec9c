//! What a request to the exporter asks for.

use std::net::IpAddr;

use http::header::{ACCEPT, HOST};
use http::uri::Authority;
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::commands::exporter::text_format::TextFormat;

/// The path of the metrics.
pub(crate) const METRICS: &str = "/metrics";
/// The path that says that the exporter runs, without a read.
const HEALTH: &str = "/healthz";

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Metrics(TextFormat),
    Health,
    Rejected(StatusCode),
}

impl Route {
    /// Returns what a request asks for. An exporter on loopback `is_local`: it rejects a host name of elsewhere, with which a page in a
    /// browser could read the metrics after its name was resolved to this machine (DNS rebinding).
    pub(crate) fn of(method: &Method, uri: &Uri, headers: &HeaderMap, is_local: bool) -> Self {
        if is_local && let Err(status) = ensure_local(uri, headers) {
            return Self::Rejected(status);
        }
        let route = match uri.path() {
            METRICS => {
                let accept = headers.get(ACCEPT).and_then(|it| it.to_str().ok());
                Self::Metrics(TextFormat::accepted_by(accept.unwrap_or_default()))
            }
            HEALTH => Self::Health,
            _ => return Self::Rejected(StatusCode::NOT_FOUND),
        };
        match *method == Method::GET || *method == Method::HEAD {
            true => route,
            false => Self::Rejected(StatusCode::METHOD_NOT_ALLOWED),
        }
    }
}

/// Checks that a request names this machine, in its header and in its target if that is a whole URL.
fn ensure_local(uri: &Uri, headers: &HeaderMap) -> Result<(), StatusCode> {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(StatusCode::BAD_REQUEST);
    };
    let host = host.to_str().ok().and_then(|it| it.parse().ok());
    let host: Authority = host.ok_or(StatusCode::BAD_REQUEST)?;
    match is_local(&host) && uri.authority().is_none_or(is_local) {
        true => Ok(()),
        false => Err(StatusCode::MISDIRECTED_REQUEST),
    }
}

fn is_local(authority: &Authority) -> bool {
    let host = authority.host();
    let address = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let address: Result<IpAddr, _> = address.unwrap_or(host).parse();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: &Method, target: &str, hosts: &[&'static str], is_local: bool) -> Route {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, http::HeaderValue::from_static(host));
        }
        Route::of(method, &target.parse().unwrap(), &headers, is_local)
    }

    #[test]
    fn an_exporter_on_loopback_answers_only_requests_that_name_this_machine() {
        let metrics = Route::Metrics(TextFormat::Prometheus);
        let (misdirected, bad) = (StatusCode::MISDIRECTED_REQUEST, StatusCode::BAD_REQUEST);
        for (hosts, expected) in [
            (&["localhost"][..], metrics),
            (&["LOCALHOST:9469"], metrics),
            (&["127.0.0.1:9469"], metrics),
            (&["[::1]:9469"], metrics),
            (&["evil.example:9469"], Route::Rejected(misdirected)),
            (&["127.0.0.1.evil.example"], Route::Rejected(misdirected)),
            (&["localhost.evil.example"], Route::Rejected(misdirected)),
            (&["localhost@evil.example"], Route::Rejected(misdirected)),
            (&["192.0.2.1:9469"], Route::Rejected(misdirected)),
            (&["0.0.0.0:9469"], Route::Rejected(misdirected)),
            (&[""], Route::Rejected(bad)),
            (&[], Route::Rejected(bad)),
            (&["localhost", "evil.example"], Route::Rejected(bad)),
        ] {
            let found = route(&Method::GET, "/metrics", hosts, true);
            assert_eq!(found, expected, "{hosts:?}");
        }
        let target = "http://evil.example/metrics";
        let found = route(&Method::GET, target, &["localhost"], true);
        assert_eq!(found, Route::Rejected(misdirected));
        let found = route(&Method::GET, "/metrics", &["gatelet.example"], false);
        assert_eq!(found, metrics);
    }

    #[test]
    fn only_get_and_head_of_two_paths_are_answered() {
        let metrics = Route::Metrics(TextFormat::Prometheus);
        let no_method = Route::Rejected(StatusCode::METHOD_NOT_ALLOWED);
        let not_found = Route::Rejected(StatusCode::NOT_FOUND);
        for (method, target, expected) in [
            (Method::GET, "/metrics", metrics),
            (Method::HEAD, "/metrics?x=1", metrics),
            (Method::GET, "/healthz", Route::Health),
            (Method::POST, "/metrics", no_method),
            (Method::DELETE, "/healthz", no_method),
            (Method::GET, "/", not_found),
            (Method::GET, "/metrics/", not_found),
            (Method::POST, "/other", not_found),
        ] {
            let found = route(&method, target, &["localhost"], true);
            assert_eq!(found, expected, "{method} {target}");
        }
    }
}
