//! A static token in the scheme `Bearer`.

use std::fmt;

use crate::call::channel::Channel;
use crate::call::credential::Credential;
use crate::call::credential_provider::CredentialProvider;
use crate::error::error::Error;

/// A token sent as `Authorization: Bearer …`.
///
/// ```
/// # fn main() -> Result<(), gatelet_transport::Error> {
/// let error = gatelet_transport::Bearer::new("secret\n").unwrap_err();
/// assert!(error.to_string().contains("trailing newline"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Bearer(Credential);

impl Bearer {
    /// Creates a provider of this token.
    ///
    /// # Errors
    ///
    /// As [`Credential::new`].
    pub fn new(token: impl AsRef<str>) -> Result<Self, Error> {
        Credential::new("Bearer", token.as_ref()).map(Self)
    }
}

impl CredentialProvider for Bearer {
    async fn credential(&self, _: &Channel) -> Result<Credential, Error> {
        Ok(self.0.clone())
    }

    fn is_ready(&self, _: &Channel) -> bool {
        true
    }

    fn scheme(&self) -> Option<&'static str> {
        Some("Bearer")
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer([redacted])")
    }
}
