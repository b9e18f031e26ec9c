//! The cryptography that TLS is made with, chosen here and nowhere else.

use std::sync::Arc;

use rustls::Error;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;

// Both may be on, because another crate of the same program wants the other. Nobody gets AWS-LC who did not ask for it,
// while ring comes by default, so the request decides.
#[cfg(feature = "aws-lc-rs")]
use rustls::crypto::aws_lc_rs as chosen;
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
use rustls::crypto::ring as chosen;

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
compile_error!("the feature `_tls` is internal: enable `ring` or `aws-lc-rs`");

/// The provider of this build, passed by hand to all that needs one: the process-wide default is never read or set.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(chosen::default_provider())
}

/// A key to sign with. It borrows what the provider's own loader would take and drop without zeroing it.
pub(crate) fn signing_key(der: &PrivateKeyDer<'_>) -> Result<Arc<dyn SigningKey>, Error> {
    chosen::sign::any_supported_type(der)
}

#[cfg(test)]
mod tests {
    #[test]
    fn aws_lc_is_taken_wherever_it_is_there() {
        let expected = if cfg!(feature = "aws-lc-rs") {
            "AwsLcRs"
        } else {
            "Ring"
        };
        let provider = super::provider();
        assert_eq!(format!("{:?}", provider.key_provider), expected);
    }
}
