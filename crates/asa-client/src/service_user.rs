//! The credential of a service user.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use gatelet_client::OperationCall;
use gatelet_models::asa::{AuthToken, OperationId, ServiceTokenRequest};
use gatelet_models::{Secret, Timestamp};
use gatelet_transport::{
    CachedCredential, Channel, Clock as _, Credential, CredentialProvider, Error, IssuedCredential,
    TokenExchange, read_secret_file,
};
use zeroize::Zeroizing;

/// A service user of the team. Its key is exchanged for a bearer at the first call, before the bearer expires and when the server
/// refuses it, one token exchange at a time however many calls wait.
///
/// The exchange uses the client's transport. Clients of one address and team may share a service user in an `Arc`; it is bound to
/// those of its first call, and a call to another fails with `InvalidInput`.
///
/// The server decides whether a bearer has expired: one whose expiry has passed, is missing or is unreadable is used for five minutes,
/// unless the server refuses it before.
///
/// Source: <https://developer.okta.com/docs/reference/api/asa/service-users>.
///
/// ```
/// let user = asa_client::ServiceUser::new("0f2c4a52-9a1f-4e5c-8f0e-6a4c6f0d3b11", "EXAMPLE");
/// assert_eq!(format!("{user:?}"), "ServiceUser([redacted])");
/// ```
pub struct ServiceUser(CachedCredential<Key>);

impl ServiceUser {
    /// Creates a service user from the id and the secret of its key. A part that is empty or contains anything but visible ASCII, such
    /// as the line break at the end of a file, is refused when the client is built; [`parse_secret_text`](crate::parse_secret_text)
    /// strips what a file adds.
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
        Self(CachedCredential::new(Key::Given(key)))
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
        Self(CachedCredential::new(Key::InFiles {
            key_id: key_id.into(),
            key_secret: key_secret.into(),
            good: Mutex::default(),
        }))
    }
}

impl CredentialProvider for ServiceUser {
    async fn credential(&self, channel: &Channel) -> Result<Credential, Error> {
        self.0.credential(channel).await
    }

    fn validate(&self) -> Result<(), Error> {
        self.0.validate()
    }

    fn is_ready(&self, channel: &Channel) -> bool {
        self.0.is_ready(channel)
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

enum Key {
    Given(ServiceTokenRequest),
    InFiles {
        key_id: PathBuf,
        key_secret: PathBuf,
        /// The last key that was read.
        good: Mutex<Option<ServiceTokenRequest>>,
    },
}

impl TokenExchange for Key {
    fn validate(&self) -> Result<(), Error> {
        let key = self.current()?;
        Credential::validate("key_id", &key.key_id)?;
        Credential::validate("key_secret", key.key_secret.expose())
    }

    async fn exchange(&self, channel: &Channel) -> Result<IssuedCredential, Error> {
        let key = self.current()?;
        match issue(&key, channel).await {
            Err(error) if is_refusal(&error) => match self.current() {
                // Rotated since, or read during a rotation.
                Ok(other) if other != key => issue(&other, channel).await,
                _ => Err(error),
            },
            issued => issued,
        }
    }
}

impl Key {
    /// Returns the key to exchange now.
    fn current(&self) -> Result<ServiceTokenRequest, Error> {
        let (key_id, key_secret, good) = match self {
            Self::Given(key) => return Ok(key.clone()),
            Self::InFiles {
                key_id,
                key_secret,
                good,
            } => (key_id, key_secret, good),
        };
        // There is one token exchange at a time, so only a client that is being built waits here.
        let mut good = good.lock().unwrap_or_else(PoisonError::into_inner);
        let key = read_secret_file("key_id_file", key_id, str::to_owned).and_then(|key_id| {
            let key = |secret: &str| ServiceTokenRequest::new(key_id, secret);
            read_secret_file("key_secret_file", key_secret, key)
        });
        match (key, &*good) {
            (Ok(key), _) => Ok(good.insert(key).clone()),
            (Err(_), Some(key)) => Ok(key.clone()),
            (Err(error), None) => Err(error),
        }
    }
}

/// Returns whether the server refuses the key itself.
fn is_refusal(error: &Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    matches!(status, Some(400 | 401 | 403))
}

/// Exchanges a key for a bearer.
async fn issue(key: &ServiceTokenRequest, channel: &Channel) -> Result<IssuedCredential, Error> {
    let operation = OperationId::IssueServiceToken.operation();
    let call = OperationCall::new(operation, &[channel.account()])
        .into_call()?
        .with_body(body(key)?)
        .with_secret(key.key_secret.expose());
    let response = channel.call(call).await?;
    let token: AuthToken = response.json()?;
    if !is_same_team(&token.team_name, channel.account()) {
        return Err(Error::exchange_failed("the bearer is for another team"));
    }
    // By the server's clock, so that a wrong one here neither wastes a bearer nor keeps an expired one.
    let now = response
        .server_time()
        .unwrap_or_else(|| channel.clock().now());
    let credential = Credential::new("Bearer", token.bearer_token.expose())
        .map_err(|_| Error::exchange_failed("the bearer does not fit into a header"))?
        .with_source(key.key_secret.expose());
    let end = token.expires_at.value().ok().flatten().copied();
    Ok(IssuedCredential::new(credential, lifetime(end, now)))
}

/// Encodes the request in a buffer that never moves and is zeroed when dropped.
fn body(key: &ServiceTokenRequest) -> Result<Bytes, Error> {
    // JSON escapes a byte with at most six.
    let most = 64 + 6 * (key.key_id.len() + key.key_secret.expose().len());
    let mut body = Zeroizing::new(Vec::with_capacity(most));
    serde_json::to_writer(&mut *body, key)
        .map_err(|_| Error::invalid_input("credentials", "do not encode"))?;
    Ok(Bytes::from_owner(body))
}

/// Compares teams as Okta's own clients do, without regard to case.
fn is_same_team(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Returns the remaining lifetime of a bearer; zero if it has expired by that clock, or its expiry is missing or unreadable.
/// [`IssuedCredential`] takes zero for unknown, because the server decides.
fn lifetime(expires_at: Option<Timestamp>, now: SystemTime) -> Duration {
    expires_at.map_or(Duration::ZERO, |end| {
        end.saturating_duration_since(now.into())
    })
}
