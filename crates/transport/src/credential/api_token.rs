//! A static token in the scheme `Api-Token`.

use std::fmt;

use crate::call::channel::Channel;
use crate::call::credential::Credential;
use crate::call::credential_provider::CredentialProvider;
use crate::error::error::Error;

/// A token sent as `Authorization: Api-Token …`.
///
/// ```
/// # fn main() -> Result<(), gatelet_transport::Error> {
/// let token = gatelet_transport::ApiToken::new("dt0c01.EXAMPLE.SECRET")?;
/// assert_eq!(format!("{token:?}"), "ApiToken([redacted])");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ApiToken(Credential);

impl ApiToken {
    /// Creates a provider of this token.
    ///
    /// # Errors
    ///
    /// As [`Credential::new`].
    pub fn new(token: impl AsRef<str>) -> Result<Self, Error> {
        Credential::new("Api-Token", token.as_ref()).map(Self)
    }
}

impl CredentialProvider for ApiToken {
    async fn credential(&self, _: &Channel) -> Result<Credential, Error> {
        Ok(self.0.clone())
    }

    fn is_ready(&self, _: &Channel) -> bool {
        true
    }

    fn scheme(&self) -> Option<&'static str> {
        Some("Api-Token")
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken([redacted])")
    }
}
