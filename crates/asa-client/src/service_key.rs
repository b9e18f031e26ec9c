//! The key of a service user, and its exchange for a bearer.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use gatelet_client::OperationCall;
use gatelet_models::Timestamp;
use gatelet_models::asa::{AuthToken, OperationId, ServiceTokenRequest};
use gatelet_transport::{
    Channel, Clock as _, Credential, Error, Identity, IssuedCredential, TokenExchange,
    read_secret_file,
};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::user_name::is_name;

/// The key of a service user, and whose it was when it was last exchanged.
pub(crate) struct ServiceKey {
    source: Source,
    exchanged: Mutex<Option<Identity>>,
}

/// The key, or where it is read from.
enum Source {
    Given(ServiceTokenRequest),
    InFiles {
        key_id: PathBuf,
        key_secret: PathBuf,
        /// The last key that was read.
        last_good: Mutex<Option<ServiceTokenRequest>>,
    },
}

impl TokenExchange for ServiceKey {
    fn validate(&self, _: &Channel) -> Result<(), Error> {
        check_key(&self.read()?)
    }

    async fn exchange(&self, channel: &Channel) -> Result<IssuedCredential, Error> {
        let mut key = self.read()?;
        let mut issued = issue(&key, channel).await;
        if issued.as_ref().is_err_and(is_refusal) {
            // The files were rotated since, or read during a rotation.
            if let Some(other) = self.read().ok().filter(|other| *other != key) {
                issued = issue(&other, channel).await;
                key = other;
            }
        }
        let Issued {
            credential,
            user_name,
        } = issued?;
        let mut identity = Identity::new(key.key_id);
        identity.user_name = user_name;
        *lock(&self.exchanged) = Some(identity);
        Ok(credential)
    }

    fn identity(&self) -> Option<Identity> {
        let exchanged = lock(&self.exchanged).clone();
        let present = self.present_key_id();
        match (exchanged, present) {
            (Some(identity), Some(id)) if id != identity.key_id => {
                Some(identity.with_next_key_id(id))
            }
            (Some(identity), _) => Some(identity),
            (None, present) => present.map(Identity::new),
        }
    }
}

impl ServiceKey {
    pub(crate) fn new(key: ServiceTokenRequest) -> Self {
        Self::of(Source::Given(key))
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            exchanged: Mutex::default(),
        }
    }

    /// Creates a key that is read from two files for each token exchange.
    pub(crate) fn in_files(key_id: PathBuf, key_secret: PathBuf) -> Self {
        Self::of(Source::InFiles {
            key_id,
            key_secret,
            last_good: Mutex::default(),
        })
    }

    /// Reads the key to exchange now. If its files are unusable, returns the last key that was read.
    fn read(&self) -> Result<ServiceTokenRequest, Error> {
        let (key_id, key_secret, last_good) = match &self.source {
            Source::Given(key) => return Ok(key.clone()),
            Source::InFiles {
                key_id,
                key_secret,
                last_good,
            } => (key_id, key_secret, last_good),
        };
        // There is one token exchange at a time, so only a client that is being built, or that asks for its identity, waits here.
        let mut last_good = lock(last_good);
        let key = read_secret_file("key_id_file", key_id, str::to_owned).and_then(|key_id| {
            let key = |secret: &str| ServiceTokenRequest::new(key_id, secret);
            read_secret_file("key_secret_file", key_secret, key)
        });
        match (key, &*last_good) {
            (Ok(key), _) => Ok(last_good.insert(key).clone()),
            (Err(_), Some(key)) => Ok(key.clone()),
            (Err(error), None) => Err(error),
        }
    }

    /// Reads the id of the key alone: between two writes of another process, the secret may be that of another key.
    fn present_key_id(&self) -> Option<String> {
        match &self.source {
            Source::Given(key) => Some(key.key_id.clone()),
            Source::InFiles {
                key_id, last_good, ..
            } => match read_secret_file("key_id_file", key_id, str::to_owned) {
                Ok(key_id) => Some(key_id),
                Err(_) => lock(last_good).as_ref().map(|key| key.key_id.clone()),
            },
        }
    }
}

/// Refuses a key that no login can use.
pub(crate) fn check_key(key: &ServiceTokenRequest) -> Result<(), Error> {
    Credential::validate("key_id", &key.key_id)?;
    Credential::validate("key_secret", key.key_secret.expose())
}

/// Returns whether the server refuses the key itself.
fn is_refusal(error: &Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    matches!(status, Some(400 | 401 | 403))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a key was exchanged for.
pub(crate) struct Issued {
    pub(crate) credential: IssuedCredential,
    /// The name of the service user, as the bearer says.
    user_name: Option<String>,
}

/// Exchanges a key for a bearer.
pub(crate) async fn issue(key: &ServiceTokenRequest, channel: &Channel) -> Result<Issued, Error> {
    let operation = OperationId::IssueServiceToken.operation();
    let call = OperationCall::new(operation, &[channel.account()])
        .into_call()?
        .with_any_success(true)
        .with_body(encode_request(key)?)
        .with_secret(key.key_secret.expose());
    let response = channel.call(call).await?;
    let token: AuthToken = response.json()?;
    if !is_same_team(&token.team_name, channel.account()) {
        return Err(response.exchange_failed("the bearer is for another team"));
    }
    // The server's clock counts, so that a wrong local clock neither wastes a bearer nor keeps an expired one.
    let now = response
        .server_time()
        .unwrap_or_else(|| channel.clock().now());
    let credential = Credential::new("Bearer", token.bearer_token.expose())
        .map_err(|_| response.exchange_failed("the bearer does not fit into a header"))?
        .with_source(key.key_secret.expose());
    let end = token.expires_at.value().ok().flatten().copied();
    Ok(Issued {
        credential: IssuedCredential::new(credential, remaining_lifetime(end, now)),
        user_name: claimed_user(token.bearer_token.expose()),
    })
}

/// Returns the claim `user` of a JSON Web Token; `None` if the text is none or has no such claim. Nothing depends on its truth: a
/// server would refuse a call with the name of another.
fn claimed_user(token: &str) -> Option<String> {
    let (_, rest) = token.split_once('.')?;
    let (claims, _) = rest.split_once('.')?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims = Zeroizing::new(claims);
    let mut claims: BTreeMap<String, &RawValue> = serde_json::from_slice(&claims).ok()?;
    let user: String = serde_json::from_str(claims.remove("user")?.get()).ok()?;
    Some(user).filter(|user| is_name(user))
}

/// Encodes the request in a buffer that never moves and is zeroed when dropped.
fn encode_request(key: &ServiceTokenRequest) -> Result<Bytes, Error> {
    // JSON escapes a byte with at most six bytes.
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

/// Returns the remaining lifetime of a bearer; zero if it has expired at `now`, or its expiry is missing or unreadable. For
/// [`IssuedCredential`] zero means unknown, because the server decides.
fn remaining_lifetime(expires_at: Option<Timestamp>, now: SystemTime) -> Duration {
    expires_at.map_or(Duration::ZERO, |end| {
        end.saturating_duration_since(now.into())
    })
}
