//! The state of an emulator with its clock and settings.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use gatelet_models::Timestamp;

use crate::store::store::Store;

/// Everything that a handler reads or writes. Clones share the store.
#[derive(Clone)]
pub(crate) struct State {
    store: Arc<Store>,
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    bearer_lifetime: Duration,
    enforces_tokens: bool,
    accepts_platform_api_tokens: bool,
    has_platform_violations: bool,
    sends_token_objects: bool,
}

impl State {
    #[expect(
        clippy::disallowed_methods,
        reason = "the default of what `Emulator::with_clock` replaces"
    )]
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store: Arc::new(store),
            now: Arc::new(SystemTime::now),
            bearer_lifetime: Duration::from_secs(3600),
            enforces_tokens: false,
            accepts_platform_api_tokens: false,
            has_platform_violations: false,
            sends_token_objects: false,
        }
    }

    pub(crate) fn set_clock(&mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) {
        self.now = Arc::new(now);
    }

    pub(crate) fn set_bearer_lifetime(&mut self, lifetime: Duration) {
        self.bearer_lifetime = lifetime;
    }

    pub(crate) fn set_token_enforcement(&mut self, enforces: bool) {
        self.enforces_tokens = enforces;
    }

    pub(crate) fn set_platform_api_tokens(&mut self, accepts: bool) {
        self.accepts_platform_api_tokens = accepts;
    }

    pub(crate) fn set_platform_violations(&mut self, has: bool) {
        self.has_platform_violations = has;
    }

    pub(crate) fn set_enrollment_token_objects(&mut self, sends_objects: bool) {
        self.sends_token_objects = sends_objects;
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the clock's time, truncated to milliseconds.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(Timestamp::from((self.now)()).unix_millis())
    }

    /// Returns whether an ActiveGate needs a valid token to connect.
    pub(crate) fn enforces_tokens(&self) -> bool {
        self.enforces_tokens
    }

    /// Returns whether a platform token may be sent with the scheme `Api-Token`.
    pub(crate) fn accepts_platform_api_tokens(&self) -> bool {
        self.accepts_platform_api_tokens
    }

    /// Returns whether the platform's API of tokens has its violations where other APIs of the platform have them.
    pub(crate) fn has_platform_violations(&self) -> bool {
        self.has_platform_violations
    }

    /// Returns whether the values of server enrollment tokens are sent as objects.
    pub(crate) fn sends_token_objects(&self) -> bool {
        self.sends_token_objects
    }

    /// Returns the lifetime of bearers.
    pub(crate) fn bearer_lifetime(&self) -> Duration {
        self.bearer_lifetime
    }
}
