//! A proxy whose password must not appear in any output.

use std::net::SocketAddr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use gatelet_hyper::Proxies;
use gatelet_test_support::proxy;

use crate::traffic::Secret;

const USER: &str = "gate";
const PASSWORD: &str = "the-password-of-the-proxy";

pub(crate) struct Proxy(proxy::Proxy);

impl Proxy {
    pub(crate) fn to(port: u16) -> Self {
        Self(proxy::Proxy::to(SocketAddr::from(([127, 0, 0, 1], port))))
    }

    /// Starts a proxy that refuses every password.
    pub(crate) fn refusing() -> Self {
        Self(proxy::Proxy::refusing())
    }

    /// Returns its URL, with user and password.
    fn url(&self) -> String {
        self.0.url(&format!("{USER}:{PASSWORD}"))
    }

    pub(crate) fn for_http(&self) -> Proxies {
        Proxies::default().http(&self.url()).unwrap()
    }

    pub(crate) fn for_https(&self) -> Proxies {
        Proxies::default().https(&self.url()).unwrap()
    }

    /// Returns the credentials, after checking that they came with a request of this method.
    pub(crate) fn secrets(&self, method: &str) -> [Secret; 2] {
        let authorization = BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}"));
        let heads = self.0.heads();
        let has_credentials = |head: &String| {
            head.starts_with(method) && head.contains(&format!("Basic {authorization}\r\n"))
        };
        assert!(heads.iter().any(has_credentials), "{heads:?}");
        [
            Secret::new("the proxy's password", PASSWORD),
            Secret::new("the proxy's credential", authorization),
        ]
    }
}
