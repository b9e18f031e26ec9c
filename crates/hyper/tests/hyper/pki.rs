//! Clients that trust a private authority.

use gatelet_hyper::{HyperTransport, HyperTransportBuilder};

pub(crate) use gatelet_test_support::pki::{Authority, Identity};

pub(crate) trait Trusted {
    /// Returns the builder of a client that trusts this authority.
    fn builder(&self) -> HyperTransportBuilder;

    /// Returns a client that trusts this authority.
    fn client(&self) -> HyperTransport {
        self.builder().build()
    }
}

impl Trusted for Authority {
    fn builder(&self) -> HyperTransportBuilder {
        HyperTransport::builder()
            .add_root_certificates_pem(self.pem().as_bytes())
            .unwrap()
    }
}
