//! The origin of a request.

use std::net::IpAddr;

use http::uri::{Authority, Scheme};
use http::{HeaderValue, Uri};

use crate::error::config;
use gatelet_transport::TransportError;

/// Scheme, host and port. Requests to the same origin can share a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    authority: Authority,
    https: bool,
}

impl Origin {
    /// Returns the origin of an absolute `http` or `https` URI.
    pub(crate) fn of(uri: &Uri) -> Result<Self, TransportError> {
        let https = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(config("the URI is neither http nor https")),
        };
        let authority = uri
            .authority()
            .ok_or_else(|| config("the URI has no host"))?;
        if authority.as_str().contains('@') {
            return Err(config("the URI contains credentials"));
        }
        let port = authority.as_str().strip_prefix(authority.host());
        if !matches!(port, Some("" | ":")) && authority.port_u16().is_none() {
            return Err(config("the URI has an invalid port"));
        }
        Ok(Self {
            authority: authority.clone(),
            https,
        })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.https
    }

    /// Returns the host; an IPv6 address without brackets.
    pub(crate) fn host(&self) -> &str {
        let host = self.authority.host();
        host.strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'))
            .unwrap_or(host)
    }

    /// Returns whether connections to it stay on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.host().parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => self.host() == "localhost",
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.authority.port_u16().unwrap_or(self.default_port())
    }

    /// Returns host and port, the target of a tunnel.
    #[cfg(any(feature = "_tls", feature = "socks"))]
    pub(crate) fn address(&self) -> String {
        format!("{}:{}", self.authority.host(), self.port())
    }

    /// Returns the value of the `Host` field, without a default port.
    pub(crate) fn host_field(&self) -> Result<HeaderValue, TransportError> {
        let text = if self.port() == self.default_port() {
            self.authority.host()
        } else {
            self.authority.as_str()
        };
        HeaderValue::from_str(text).map_err(|_| config("the host is not a valid header value"))
    }

    fn default_port(&self) -> u16 {
        if self.https { 443 } else { 80 }
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;
    use gatelet_transport::TransportErrorKind;

    fn origin(uri: &str) -> Origin {
        Origin::of(&uri.parse().unwrap()).unwrap()
    }

    #[test]
    fn hosts_ignore_case_and_ports_have_defaults() {
        assert_eq!(
            origin("https://EXAMPLE.com/a"),
            origin("https://example.com/b?c")
        );
        assert_ne!(origin("https://example.com"), origin("http://example.com"));
        assert_eq!(origin("https://example.com").port(), 443);
        assert_eq!(origin("http://[::1]:8080/").host(), "::1");
        assert_eq!(
            origin("http://[::1]:8080/").host_field().unwrap(),
            "[::1]:8080"
        );
        assert_eq!(
            origin("https://example.com:443/").host_field().unwrap(),
            "example.com"
        );
    }

    #[test]
    fn an_invalid_origin_is_refused() {
        for uri in [
            "/path",
            "ftp://example.com/",
            "https://user:pass@example.com/",
            "https://example.com:99999/",
        ] {
            let error = Origin::of(&uri.parse().unwrap()).unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Config);
            assert!(!format!("{error:?}").contains("pass@"));
        }
    }
}
