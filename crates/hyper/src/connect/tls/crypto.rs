//! The choice of the cryptography provider for TLS.

use std::sync::Arc;

use rustls::Error;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;

// Both features may be on when another crate of the program enables the other one. AWS-LC is never a default, so enabling it is
// a choice, and it wins.
#[cfg(feature = "aws-lc-rs")]
use rustls::crypto::aws_lc_rs as chosen;
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
use rustls::crypto::ring as chosen;

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
compile_error!("the feature `_tls` is internal: enable `ring` or `aws-lc-rs`");

/// Returns the provider of this build. It is passed explicitly: the process-wide default is neither read nor set.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(chosen::default_provider())
}

/// Returns a signing key. It borrows the DER form, which the provider's own loader would drop without zeroing.
pub(crate) fn signing_key(der: &PrivateKeyDer<'_>) -> Result<Arc<dyn SigningKey>, Error> {
    chosen::sign::any_supported_type(der)
}

#[cfg(test)]
mod tests {
    #[test]
    fn aws_lc_is_used_where_it_is_enabled() {
        let expected = if cfg!(feature = "aws-lc-rs") {
            "AwsLcRs"
        } else {
            "Ring"
        };
        let provider = super::provider();
        assert_eq!(format!("{:?}", provider.key_provider), expected);
    }
}
