//! The address of a proxy, and the credentials for it.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine};
use http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::origin::Origin;

/// What is wrong with the address of a proxy.
const INVALID: &str = "is not a valid proxy address";

/// The address of a proxy, and the credentials for it.
#[derive(Clone)]
pub(crate) struct Proxy {
    protocol: Protocol,
    origin: Origin,
    credentials: Option<Credentials>,
}

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    #[cfg(feature = "_tls")]
    Https,
    /// SOCKS5 with names resolved here.
    #[cfg(feature = "socks")]
    Socks5,
    /// SOCKS5 with names resolved by the proxy.
    #[cfg(feature = "socks")]
    Socks5h,
}

/// User and password, in the form that the protocol needs.
#[derive(Clone)]
enum Credentials {
    /// The value of `Proxy-Authorization`.
    Basic(HeaderValue),
    #[cfg(feature = "socks")]
    Socks(Zeroizing<String>, Zeroizing<String>),
}

impl Protocol {
    fn parse(scheme: &str) -> Result<Self, &'static str> {
        match scheme.to_ascii_lowercase().as_str() {
            "http" => Ok(Self::Http),
            #[cfg(feature = "_tls")]
            "https" => Ok(Self::Https),
            #[cfg(not(feature = "_tls"))]
            "https" => Err("needs the feature `ring` or `aws-lc-rs` for a proxy over TLS"),
            #[cfg(feature = "socks")]
            "socks5" => Ok(Self::Socks5),
            #[cfg(feature = "socks")]
            "socks5h" => Ok(Self::Socks5h),
            #[cfg(not(feature = "socks"))]
            "socks5" | "socks5h" => Err("needs the feature `socks` for a SOCKS proxy"),
            _ => Err("must begin with http://, https://, socks5:// or socks5h://"),
        }
    }

    fn is_tls(self) -> bool {
        match self {
            #[cfg(feature = "_tls")]
            Self::Https => true,
            _ => false,
        }
    }

    /// Returns whether the proxy speaks SOCKS, which knows tunnels only.
    fn is_socks(self) -> bool {
        match self {
            #[cfg(feature = "socks")]
            Self::Socks5 | Self::Socks5h => true,
            _ => false,
        }
    }
}

impl Proxy {
    /// Parses an address.
    ///
    /// # Errors
    /// What is wrong with it; it is not repeated.
    pub(crate) fn parse(url: &str) -> Result<Self, &'static str> {
        let (protocol, address) = match url.trim().split_once("://") {
            None => (Protocol::Http, url.trim()),
            Some((scheme, address)) => (Protocol::parse(scheme)?, address),
        };
        let address = address.strip_suffix('/').unwrap_or(address);
        let (user, host) = match address.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, address),
        };
        if host.contains(['/', '?', '#']) {
            return Err(INVALID);
        }
        let uri = uri(protocol, host)?;
        Ok(Self {
            protocol,
            origin: Origin::of(&uri).map_err(|_| INVALID)?,
            credentials: user.map(|user| credentials(protocol, user)).transpose()?,
        })
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns whether requests to `http` servers are sent to the proxy itself, which forwards them.
    pub(crate) fn forwards(&self) -> bool {
        !self.protocol.is_socks()
    }

    /// Returns the value of `Proxy-Authorization`.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        match &self.credentials {
            Some(Credentials::Basic(value)) => Some(value),
            _ => None,
        }
    }

    /// Returns user and password of a SOCKS proxy.
    #[cfg(feature = "socks")]
    pub(crate) fn socks_credentials(&self) -> Option<(&str, &str)> {
        match &self.credentials {
            Some(Credentials::Socks(user, password)) => Some((user, password)),
            _ => None,
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.origin.host(), self.origin.port())
    }
}

/// Returns the URI of a host with or without a port.
fn uri(protocol: Protocol, host: &str) -> Result<Uri, &'static str> {
    let scheme = if protocol.is_tls() { "https" } else { "http" };
    let parse = |text: String| text.parse::<Uri>().map_err(|_| INVALID);
    let uri = parse(format!("{scheme}://{host}/"))?;
    match uri.authority().is_some_and(|it| it.port().is_none()) && protocol.is_socks() {
        true => parse(format!("{scheme}://{}:1080/", host.trim_end_matches(':'))),
        false => Ok(uri),
    }
}

/// Parses a percent-encoded `user:password`.
fn credentials(protocol: Protocol, user: &str) -> Result<Credentials, &'static str> {
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let decode = |text| Zeroizing::new(percent_decode_str(text).collect::<Vec<u8>>());
    let (user, password) = (decode(user), decode(password));
    #[cfg(feature = "socks")]
    if protocol.is_socks() {
        return socks(&user, &password);
    }
    let _ = protocol;
    basic(&user, &password).map(Credentials::Basic)
}

/// Returns the credentials of the Basic scheme (RFC 7617).
fn basic(user: &[u8], password: &[u8]) -> Result<HeaderValue, &'static str> {
    if user.contains(&b':') {
        return Err("has a user name with a colon, which Basic authentication does not allow");
    }
    let plain = Zeroizing::new([user, b":", password].concat());
    let text = Zeroizing::new(format!(
        "Basic {}",
        &*Zeroizing::new(BASE64_STANDARD.encode(&*plain))
    ));
    let mut value = HeaderValue::from_str(&text).map_err(|_| "has invalid credentials")?;
    value.set_sensitive(true);
    Ok(value)
}

/// Returns the credentials of RFC 1929.
#[cfg(feature = "socks")]
fn socks(user: &[u8], password: &[u8]) -> Result<Credentials, &'static str> {
    /// The most bytes of both, beside a host name in what hyper-util sends at most.
    const MAX: usize = 120;

    let text = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) if bytes.len() <= MAX => Ok(Zeroizing::new(text.to_owned())),
        Ok(_) => Err("has a user name or a password of more than 120 bytes"),
        Err(_) => Err("has a user name or a password that is not UTF-8"),
    };
    Ok(Credentials::Socks(text(user)?, text(password)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(url: &str) -> Proxy {
        Proxy::parse(url).unwrap()
    }

    #[test]
    fn an_address_may_omit_scheme_and_port() {
        for (url, shown) in [
            ("http://proxy.example:3128", "proxy.example:3128"),
            ("HTTP://proxy.example/", "proxy.example:80"),
            (" proxy.example:8080 ", "proxy.example:8080"),
            ("http://user:p@ss@[::1]:3128", "::1:3128"),
            #[cfg(feature = "_tls")]
            ("https://proxy.example", "proxy.example:443"),
            #[cfg(feature = "socks")]
            ("socks5h://proxy.example", "proxy.example:1080"),
            #[cfg(feature = "socks")]
            ("SOCKS5://[::1]:80", "::1:80"),
        ] {
            assert_eq!(format!("{:?}", proxy(url)), shown);
        }
        assert!(proxy("http://proxy.example").authorization().is_none());
    }

    #[test]
    fn basic_credentials_are_sensitive() {
        // The example of RFC 7617 section 2.
        let proxy = proxy("http://Aladdin:open%20sesame@proxy.example");
        let value = proxy.authorization().unwrap();
        assert_eq!(value, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(value.is_sensitive());
    }

    #[cfg(feature = "socks")]
    #[test]
    fn credentials_of_a_socks_proxy_are_decoded_and_limited() {
        let proxy = proxy("socks5h://us%3Aer:p%40ss@proxy.example");
        assert_eq!(proxy.socks_credentials(), Some(("us:er", "p@ss")));
        assert!(!proxy.forwards());
        let long = format!("socks5://user:{}@proxy.example", "p".repeat(121));
        assert!(Proxy::parse(&long).is_err());
    }
}
