//! The credential of a service user.

use std::fmt;
use std::path::PathBuf;

use gatelet_models::Secret;
use gatelet_models::asa::ServiceTokenRequest;
use gatelet_transport::{
    CachedCredential, Channel, Credential, CredentialProvider, Error, Identity,
};

use crate::service_key::{Issued, ServiceKey};

/// A service user of the team.
///
/// Its key is exchanged for a bearer at the first call, before the bearer expires, and when the server refuses the bearer. However many
/// calls wait, one token exchange runs at a time. It uses the client's transport.
///
/// Clients of one address and team may share a service user in an `Arc`. The first call binds it to its address and team, and a call to
/// another fails with `InvalidInput`.
///
/// The server decides whether a bearer has expired: a bearer whose expiry has passed, is missing or is unreadable is used for five
/// minutes, unless the server refuses it before.
///
/// Source: <https://developer.okta.com/docs/reference/api/asa/service-users>.
///
/// ```
/// let user = asa_client::ServiceUser::new("0f2c4a52-9a1f-4e5c-8f0e-6a4c6f0d3b11", "EXAMPLE");
/// assert_eq!(format!("{user:?}"), "ServiceUser([redacted])");
/// ```
pub struct ServiceUser(CachedCredential<ServiceKey>);

impl ServiceUser {
    /// Creates a service user from the id and the secret of its key.
    ///
    /// A part that is empty or contains anything but visible ASCII, such as the line break at the end of a file, is refused when the
    /// client is built; [`parse_secret_text`](crate::parse_secret_text) strips what editors add to a file.
    ///
    /// ```
    /// use asa_client::{ServiceUser, parse_secret_text};
    ///
    /// fn from_file(key_id: &str, path: &str) -> Result<ServiceUser, Box<dyn std::error::Error>> {
    ///     Ok(ServiceUser::new(key_id, parse_secret_text(&std::fs::read(path)?)?))
    /// }
    /// ```
    pub fn new(key_id: impl Into<String>, key_secret: impl Into<Secret>) -> Self {
        let key = ServiceTokenRequest::new(key_id, key_secret);
        Self(CachedCredential::new(ServiceKey::new(key)))
    }

    /// Creates a service user whose key was just exchanged for a bearer of this channel.
    pub(crate) fn logged_in(key: ServiceTokenRequest, issued: Issued, channel: &Channel) -> Self {
        let cached = CachedCredential::new(ServiceKey::new(key));
        Self(cached.with_issued(channel, issued.credential))
    }

    /// Creates a service user that reads the id and the secret of its key from two files, which another process rotates.
    ///
    /// The files are read when the client is built, for each token exchange, and once more when the server refuses the key, each time
    /// on the caller's thread. While either is missing or unusable, the last key that was read stays in use.
    ///
    /// ```
    /// let user = asa_client::ServiceUser::from_files("/var/run/secrets/asa/id", "/var/run/secrets/asa/secret");
    /// # let _ = user;
    /// ```
    pub fn from_files(key_id: impl Into<PathBuf>, key_secret: impl Into<PathBuf>) -> Self {
        Self(CachedCredential::new(ServiceKey::in_files(
            key_id.into(),
            key_secret.into(),
        )))
    }
}

impl CredentialProvider for ServiceUser {
    async fn credential(&self, channel: &Channel) -> Result<Credential, Error> {
        self.0.credential(channel).await
    }

    fn validate(&self, channel: &Channel) -> Result<(), Error> {
        self.0.validate(channel)
    }

    fn is_ready(&self, channel: &Channel) -> bool {
        self.0.is_ready(channel)
    }

    fn identity(&self) -> Option<Identity> {
        self.0.identity()
    }

    fn forget(&self) {
        self.0.forget();
    }

    fn invalidate(&self, refused: &Credential) -> bool {
        self.0.invalidate(refused)
    }
}

impl fmt::Debug for ServiceUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceUser([redacted])")
    }
}
