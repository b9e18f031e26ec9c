//! The emulator as a value: opened, filled, asked.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use models::{Secret, Timestamp};
use transport::{Clock, Transport, TransportError};

use crate::store::Store;
use crate::{Error, Role, credential, router};

/// Both vendors' gateway APIs with their state; a cheap clone shares the state.
///
/// A new emulator knows the [`well_known`](crate::well_known) credentials and nothing else; [`seed`](Self::seed) fills
/// it. A 2xx to a write means that the change is on disk (of an emulator that has a file).
///
/// ```
/// use gatelet_emulator::Emulator;
///
/// let emulator = Emulator::memory()?;
/// emulator.seed()?;
/// let request = http::Request::get("http://localhost/api/v2/activeGateTokens").body(Default::default())?;
/// assert_eq!(emulator.handle(request).status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Emulator {
    store: Arc<Store>,
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    bearer_lifetime: Duration,
}

impl Emulator {
    /// An emulator whose state is gone with its last clone.
    ///
    /// # Errors
    ///
    /// [`Error::Random`] on a machine without randomness.
    pub fn memory() -> Result<Self, Error> {
        Store::memory().map(Self::new)
    }

    /// An emulator whose state is in this file, which is made where it does not exist.
    ///
    /// Beside it are `<file>.key` (without it no secret of the store can be told or checked; only its owner may read
    /// it) and `<file>.holder` (the process that has the store open).
    ///
    /// # Errors
    ///
    /// [`Error::InUse`] when another process has it open, [`Error::Format`] when a later version wrote it,
    /// [`Error::Key`] when its key is missing or another one, [`Error::Io`] or [`Error::Storage`] when the file cannot
    /// be used.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Store::file(path.as_ref()).map(Self::new)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the default of what `with_clock` replaces"
    )]
    fn new(store: Store) -> Self {
        Self {
            store: Arc::new(store),
            now: Arc::new(SystemTime::now),
            bearer_lifetime: Duration::from_secs(3600),
        }
    }

    /// Takes the time from this clock instead of the machine's.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.now = Arc::new(move || clock.now());
        self
    }

    /// How long an ASA bearer is valid, an hour by default; for bearers that are issued from now on.
    #[must_use]
    pub fn with_bearer_lifetime(mut self, lifetime: Duration) -> Self {
        self.bearer_lifetime = lifetime;
        self
    }

    /// Lets an ASA service user in; a key id that the team already has gets the new secret and role.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Storage`] when it could not be written.
    pub fn add_service_user(
        &self,
        team: &str,
        key_id: &str,
        key_secret: &Secret,
        role: Role,
    ) -> Result<(), Error> {
        self.store.write(|transaction| {
            let key = self.store.key();
            credential::insert_service_user(
                transaction,
                key,
                team,
                key_id,
                key_secret.expose(),
                role,
            )
        })
    }

    /// Lets a Dynatrace access token in; `owner` will own the tokens that are created with it.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when the token has not the form `dt0c01.<public>.<secret>`, [`Error::Full`] or
    /// [`Error::Storage`] when it could not be written.
    pub fn add_access_token(
        &self,
        token: &Secret,
        owner: &str,
        scopes: &[&str],
    ) -> Result<(), Error> {
        self.store.write(|transaction| {
            let key = self.store.key();
            let scopes = scopes.join(" ");
            credential::insert_access_token(transaction, key, token.expose(), owner, &scopes)
        })
    }

    /// Answers one request, at once and without a runtime; a write waits for the disk.
    pub fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        router::answer(self, request)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The clock's time in whole milliseconds.
    pub(crate) fn now(&self) -> Timestamp {
        let since = (self.now)()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_unix_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    pub(crate) fn bearer_lifetime(&self) -> Duration {
        self.bearer_lifetime
    }
}

impl Transport for Emulator {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        Ok(self.handle(request))
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").finish_non_exhaustive()
    }
}
