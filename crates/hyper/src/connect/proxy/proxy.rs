//! Proxies, and the servers that are reached through them.

use zeroize::Zeroizing;

use crate::connect::proxy::address::Proxy;
use crate::connect::proxy::no_proxy::NoProxy;
use crate::error::config;
use crate::origin::Origin;
use gatelet_transport::{BaseUrl, TransportError};

/// The proxies for `http` and `https` URLs, and the servers that are reached without one. By default there is no proxy.
///
/// Requests to `https` servers go through a tunnel, so the proxy sees neither them nor their credentials; requests to `http`
/// servers are forwarded by a proxy that speaks HTTP, and go through a tunnel of one that speaks SOCKS. Servers on loopback are
/// never reached through a proxy. The proxy's own credentials are sent to the proxy only, and appear in no `Debug` output and no
/// error.
///
/// | address of the proxy | how it is spoken to |
/// | --- | --- |
/// | `http://host:port` | HTTP/1.1 (`CONNECT` for a tunnel); the port defaults to 80 |
/// | `https://host:port` | the same within TLS, with one of the TLS features; the port defaults to 443. Its certificate is verified by the trusted authorities: pins are for servers, and it gets no client certificate |
/// | `socks5h://host:port` | SOCKS5 (RFC 1928), with the feature `socks`; the proxy resolves the names of servers. The port defaults to 1080 |
/// | `socks5://host:port` | the same, with names of servers resolved here |
///
/// ```
/// use gatelet_hyper::{HyperTransport, Proxies};
///
/// # fn main() -> Result<(), gatelet_transport::TransportError> {
/// let proxies = Proxies::default()
///     .https("http://user:secret@proxy.example:3128")?
///     .except("intern.example, 10.0.0.0/8");
/// let transport = HyperTransport::builder().proxies(proxies).build();
/// # let _ = transport;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    no_proxy: NoProxy,
}

impl Proxies {
    /// Sets the proxy for `http` URLs, such as `http://host:port`, with `user:password@` before the host if it requires
    /// credentials, both percent-encoded. The scheme defaults to `http`.
    ///
    /// # Errors
    ///
    /// A `Config` error, which does not repeat the text, if this is not the address of a proxy, or this build cannot speak to it.
    pub fn http(mut self, url: &str) -> Result<Self, TransportError> {
        self.http = Some(named("the proxy for http", url)?);
        Ok(self)
    }

    /// Sets the proxy for `https` URLs. Its address has the same form as for [`http`](Self::http).
    ///
    /// # Errors
    ///
    /// As [`http`](Self::http).
    pub fn https(mut self, url: &str) -> Result<Self, TransportError> {
        self.https = Some(named("the proxy for https", url)?);
        Ok(self)
    }

    /// Sets the servers that are reached without a proxy, separated by commas or whitespace: domains, which include their
    /// subdomains, IP addresses, networks (`10.0.0.0/8`), or `*` for all. An entry may end with a port. Invalid entries match
    /// nothing. The list replaces an earlier one.
    pub fn except(mut self, list: &str) -> Self {
        self.no_proxy = NoProxy::parse(list);
        self
    }

    /// Reads the environment variables `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` (used where the others are not set) and
    /// `NO_PROXY`. Lower-case names take precedence.
    ///
    /// # Errors
    ///
    /// A `Config` error that names the variable if its value is not the address of a proxy.
    pub fn from_environment() -> Result<Self, TransportError> {
        Self::from_variables(|name| {
            std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
        })
    }

    /// Reads the same variables from another source.
    ///
    /// # Errors
    ///
    /// As [`from_environment`](Self::from_environment).
    ///
    /// ```
    /// use gatelet_hyper::Proxies;
    ///
    /// # fn main() -> Result<(), gatelet_transport::TransportError> {
    /// let variables = |name: &str| (name == "HTTPS_PROXY").then(|| "proxy.example:3128".to_owned());
    /// let proxies = Proxies::from_variables(variables)?;
    /// # let _ = proxies;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_variables(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, TransportError> {
        let first = |names: &[&'static str]| {
            let mut set = names
                .iter()
                .filter_map(|name| Some((*name, variable(name)?)));
            set.find(|(_, value)| !value.trim().is_empty())
        };
        let proxy = |names: &[&'static str]| {
            let set = first(names).or_else(|| first(&["all_proxy", "ALL_PROXY"]));
            set.map(|(name, value)| named(name, &Zeroizing::new(value)))
                .transpose()
        };
        // In a CGI program, `HTTP_PROXY` contains the `Proxy` header field of the request.
        let is_cgi = variable("REQUEST_METHOD").is_some();
        let http = ["http_proxy", "HTTP_PROXY"];
        let http = if is_cgi { &http[..1] } else { &http };
        let no_proxy = first(&["no_proxy", "NO_PROXY"]);
        Ok(Self {
            http: proxy(http)?,
            https: proxy(&["https_proxy", "HTTPS_PROXY"])?,
            no_proxy: no_proxy
                .map(|(_, list)| NoProxy::parse(&list))
                .unwrap_or_default(),
        })
    }

    /// Returns host and port of the proxy for a server, if it has one.
    ///
    /// ```
    /// use gatelet_hyper::Proxies;
    /// use gatelet_transport::BaseUrl;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let proxies = Proxies::default().https("http://user:secret@proxy.example:3128")?;
    /// let server = BaseUrl::parse("https://abc12345.live.dynatrace.com")?;
    /// assert_eq!(proxies.address_for(&server), Some(("proxy.example".to_owned(), 3128)));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn address_for(&self, server: &BaseUrl) -> Option<(String, u16)> {
        let origin = Origin::of(&server.as_str().parse().ok()?).ok()?;
        let proxy = self.for_origin(&origin)?.origin();
        Some((proxy.host().to_owned(), proxy.port()))
    }

    /// Returns the proxy for a server.
    pub(crate) fn for_origin(&self, origin: &Origin) -> Option<&Proxy> {
        let proxy = if origin.is_https() {
            &self.https
        } else {
            &self.http
        };
        proxy
            .as_ref()
            .filter(|_| !origin.is_loopback() && !self.no_proxy.matches(origin))
    }
}

fn named(name: &str, url: &str) -> Result<Proxy, TransportError> {
    Proxy::parse(url).map_err(|reason| config(format!("{name} {reason}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Proxies;
    use crate::origin::Origin;
    use gatelet_transport::TransportErrorKind;

    fn proxy_for(proxies: &Proxies, uri: &str) -> Option<String> {
        let origin = Origin::of(&uri.parse().unwrap()).unwrap();
        let proxy = proxies.for_origin(&origin)?;
        Some(format!("{proxy:?}"))
    }

    fn from(variables: &[(&str, &str)]) -> Proxies {
        let variables: BTreeMap<_, _> = variables.iter().copied().collect();
        Proxies::from_variables(|name| variables.get(name).map(|value| (*value).to_owned()))
            .unwrap()
    }

    #[test]
    fn credentials_are_not_shown() {
        let proxies = Proxies::default().http("Aladdin:open%20sesame@h").unwrap();
        assert!(!format!("{proxies:?}").contains("sesame"));
    }

    #[test]
    fn an_invalid_address_is_refused_and_not_repeated() {
        for url in [
            "socks4://user:s3cret@proxy.example",
            "ftp://user:s3cret@proxy.example",
            "http://user:s3cret@",
            "http://user:s3cret@proxy.example/path",
            "http://user:s3cret@proxy.example:99999",
            "http://us%3Aer:s3cret@proxy.example",
            "user:12/s3cret@proxy example",
            "",
        ] {
            let error = Proxies::default().https(url).unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Config, "{url}");
            assert!(!format!("{error:?}").contains("s3cret"));
        }
    }

    #[test]
    fn each_scheme_has_its_proxy_and_loopback_has_none() {
        let proxies = Proxies::default()
            .http("plain:1")
            .unwrap()
            .https("tunnel:2")
            .unwrap()
            .except("intern.example 10.0.0.0/8");
        for (uri, expected) in [
            ("http://example.com", Some("plain:1")),
            ("https://example.com", Some("tunnel:2")),
            ("https://a.intern.example", None),
            ("https://10.1.1.1", None),
            ("http://localhost:8080", None),
            ("https://127.0.0.1", None),
            ("https://[::1]", None),
        ] {
            assert_eq!(proxy_for(&proxies, uri).as_deref(), expected, "{uri}");
        }
        assert_eq!(proxy_for(&Proxies::default(), "https://example.com"), None);
    }

    // T70
    #[test]
    fn variables_are_read_in_lower_and_upper_case() {
        let (http, https) = ("http://example.com", "https://example.com");
        let lower = from(&[
            ("http_proxy", "a:1"),
            ("HTTP_PROXY", "b:1"),
            ("HTTPS_PROXY", "c:1"),
        ]);
        assert_eq!(proxy_for(&lower, http).unwrap(), "a:1");
        assert_eq!(proxy_for(&lower, https).unwrap(), "c:1");
        let all = from(&[
            ("ALL_PROXY", "a:1"),
            ("https_proxy", "b:1"),
            ("HTTP_PROXY", ""),
        ]);
        assert_eq!(proxy_for(&all, http).unwrap(), "a:1");
        assert_eq!(proxy_for(&all, https).unwrap(), "b:1");
        let none = from(&[("ALL_PROXY", "a:1"), ("NO_PROXY", "example.com")]);
        assert_eq!(proxy_for(&none, http), None);
        let cgi = from(&[("HTTP_PROXY", "evil:1"), ("REQUEST_METHOD", "GET")]);
        assert_eq!(proxy_for(&cgi, http), None);
    }

    // T70
    #[test]
    fn an_error_names_the_variable_with_an_invalid_proxy() {
        let error = Proxies::from_variables(|name| {
            (name == "HTTPS_PROXY").then(|| "socks4://user:s3cret@h".to_owned())
        })
        .unwrap_err();
        let text = format!("{error:?}");
        assert!(
            text.contains("HTTPS_PROXY") && !text.contains("s3cret"),
            "{text}"
        );
    }
}
