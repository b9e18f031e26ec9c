//! What a call authorises itself with.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::HeaderValue;
use zeroize::Zeroizing;

use crate::catch::catch_panic_of;
use crate::redact::{OwnSecret, add_header};
use crate::transport::BoxFuture;
use crate::{Channel, CredentialFailure, Error, ErrorKind, SecretSet};

/// The longest token or key that is accepted, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// Gives the credential for a call.
///
/// It may use the channel for an unauthenticated call of its own, to exchange a secret for a bearer.
///
/// One that panics fails its call with `Credential`, and no other; it is asked again by the next one.
pub trait CredentialProvider: Send + Sync + 'static {
    /// The credential to use now.
    ///
    /// # Errors
    ///
    /// `Credential` when none can be obtained.
    fn credential(
        &self,
        channel: &Channel,
    ) -> impl Future<Output = Result<Credential, Error>> + Send;

    /// Checks whether it can ever give a credential. A client that is built asks, so that a mistyped secret is found before the
    /// first call. By default it can.
    ///
    /// # Errors
    ///
    /// `InvalidInput` that names the part which cannot be right, and never holds it.
    fn validate(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Whether [`credential`](Self::credential) would end at once, without a call or a wait. Listings look ahead only
    /// then. By default it would not.
    fn is_ready(&self, channel: &Channel) -> bool {
        let _ = channel;
        false
    }

    /// Is told that the server refused this credential, and returns whether another one can be obtained. By default it returns
    /// `false`.
    fn invalidate(&self, refused: &Credential) -> bool {
        let _ = refused;
        false
    }
}

/// The twin of [`CredentialProvider`] that can be a trait object, and does not panic where it returns no future.
pub(crate) trait DynCredentialProvider: Send + Sync {
    fn credential_boxed<'a>(
        &'a self,
        channel: &'a Channel,
    ) -> BoxFuture<'a, Result<Credential, Error>>;

    fn validate(&self) -> Result<(), Error>;

    fn is_ready(&self, channel: &Channel) -> bool;

    fn invalidate(&self, refused: &Credential) -> bool;
}

impl<T: CredentialProvider> DynCredentialProvider for T {
    fn credential_boxed<'a>(
        &'a self,
        channel: &'a Channel,
    ) -> BoxFuture<'a, Result<Credential, Error>> {
        Box::pin(self.credential(channel))
    }

    fn validate(&self) -> Result<(), Error> {
        catch_panic_of(|| CredentialProvider::validate(self)).unwrap_or_else(|_| Err(panicked()))
    }

    fn is_ready(&self, channel: &Channel) -> bool {
        catch_panic_of(|| CredentialProvider::is_ready(self, channel)).unwrap_or(false)
    }

    fn invalidate(&self, refused: &Credential) -> bool {
        catch_panic_of(|| CredentialProvider::invalidate(self, refused)).unwrap_or(false)
    }
}

/// The error for a provider, or an exchange, that panicked.
pub(crate) fn panicked() -> Error {
    Error::new(ErrorKind::Credential(CredentialFailure::Panicked))
}

impl<T: CredentialProvider> CredentialProvider for Arc<T> {
    fn credential(
        &self,
        channel: &Channel,
    ) -> impl Future<Output = Result<Credential, Error>> + Send {
        self.as_ref().credential(channel)
    }

    fn validate(&self) -> Result<(), Error> {
        CredentialProvider::validate(self.as_ref())
    }

    fn is_ready(&self, channel: &Channel) -> bool {
        CredentialProvider::is_ready(self.as_ref(), channel)
    }

    fn invalidate(&self, refused: &Credential) -> bool {
        CredentialProvider::invalidate(self.as_ref(), refused)
    }
}

/// The value of an `Authorization` header, marked as sensitive; its buffer is zeroed when the last clone is dropped.
#[derive(Clone)]
pub struct Credential {
    value: HeaderValue,
    generation: u64,
    source: Option<OwnSecret>,
    /// Built when it is first asked for; clones share it.
    secrets: Arc<OnceLock<SecretSet>>,
}

impl Credential {
    /// A scheme and a token, for example `Bearer` and what a server issued.
    ///
    /// # Errors
    ///
    /// `InvalidInput` when the token is empty, longer than 8 KiB, or holds anything but visible ASCII. The token is
    /// never part of the error.
    pub fn new(scheme: &'static str, token: &str) -> Result<Self, Error> {
        Self::check("token", token)?;
        let bytes = Zeroizing::new([scheme.as_bytes(), b" ", token.as_bytes()].concat());
        let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(bytes))
            .map_err(|_| Error::invalid_input("token", "does not fit into a header"))?;
        value.set_sensitive(true);
        Ok(Self {
            value,
            generation: 0,
            source: None,
            secrets: Arc::default(),
        })
    }

    /// Names the secret that this credential was exchanged for. A call that is made with the credential holds both: where the
    /// peer repeats either, no error shows it, and no link with it is followed.
    #[must_use]
    pub fn with_source(mut self, secret: impl Into<String>) -> Self {
        self.source = Some(Arc::new(Zeroizing::new(secret.into())));
        self.secrets = Arc::default();
        self
    }

    /// Checks what is or will be sent as a credential: a token, or a key that is exchanged for one.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for this parameter when the text is empty, longer than 8 KiB, or holds anything but visible ASCII. The
    /// text is never part of the error.
    pub fn check(parameter: &'static str, text: &str) -> Result<(), Error> {
        match problem(text) {
            None => Ok(()),
            Some(problem) => Err(Error::invalid_input(parameter, problem)),
        }
    }

    /// Marks which of a provider's credentials this is.
    pub(crate) fn of_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn value(&self) -> &HeaderValue {
        &self.value
    }

    /// Its own secrets as they are: the token without its scheme, and what it was exchanged for.
    pub(crate) fn wholes(&self) -> impl Iterator<Item = &[u8]> {
        let token = self
            .value
            .as_bytes()
            .split(|byte| *byte == b' ')
            .next_back();
        let source = self.source.iter().map(|source| source.as_bytes());
        token.into_iter().chain(source)
    }

    /// The set of its own secrets: the token, and what it was exchanged for.
    pub(crate) fn secrets(&self) -> &SecretSet {
        self.secrets.get_or_init(|| {
            let mut secrets = SecretSet::new();
            self.add_secrets(&mut secrets);
            secrets
        })
    }

    /// Adds its own secrets to a set.
    pub(crate) fn add_secrets(&self, secrets: &mut SecretSet) {
        add_header(secrets, &self.value, 0);
        if let Some(source) = &self.source {
            secrets.add(source.as_bytes());
        }
    }
}

/// Why a text cannot be sent as a credential.
pub(crate) fn problem(text: &str) -> Option<&'static str> {
    match text.as_bytes() {
        [] => Some("is empty"),
        [0xef, 0xbb, 0xbf, ..] => Some(
            "begins with a byte order mark (BOM), which is not part of it: save it as UTF-8 without one",
        ),
        bytes if bytes.contains(&0) => {
            Some("holds a NUL, as text in UTF-16 does: save it as UTF-8")
        }
        bytes if bytes.len() > MAX_LENGTH => Some("is longer than 8192 bytes"),
        [.., b'\n' | b'\r'] => Some(
            "ends in a line break: a trailing newline, as reading a file leaves it, is not part of it",
        ),
        bytes if !bytes.is_ascii() => Some("holds a character that is not ASCII"),
        bytes if !bytes.iter().all(u8::is_ascii_graphic) => {
            Some("holds a space or a control character")
        }
        _ => None,
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential([redacted])")
    }
}

/// A token that goes out as `Authorization: Api-Token …`.
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
    /// Takes a token.
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
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken([redacted])")
    }
}

/// A token that goes out as `Authorization: Bearer …`.
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
    /// Takes a token.
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
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer([redacted])")
    }
}
