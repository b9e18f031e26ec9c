//! Caches a credential obtained by a token exchange until shortly before it expires.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::StatusCode;

use crate::call::channel::Channel;
use crate::call::credential::Credential;
use crate::call::credential_provider::CredentialProvider;
use crate::call::credential_provider::panicked;
use crate::call::identity::Identity;
use crate::error::error::Error;
use crate::error::kind::{CredentialFailure, ErrorKind};
use crate::future::catch_unwind::catch_unwind_future;
use crate::future::timeout::timeout;
use crate::transport::clock::{AnyClock, Clock as _};
use crate::url::base_url::BaseUrl;

/// The maximum lifetime of a cached credential.
const MAX_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// The lifetime of a credential whose expiry is unknown. The server may reject it earlier.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// The minimum time between the starts of two exchanges after the server rejected the first one or its credential, or
/// sent a response without a usable credential.
const MIN_REFUSED_INTERVAL: Duration = Duration::from_secs(1);

/// The minimum lifetime of a cached credential, so that exchanges never loop.
const MIN_LIFETIME: Duration = Duration::from_secs(1);

/// A credential is refreshed this long before it expires, or at 90 % of its lifetime if that is later.
const MAX_REFRESH_MARGIN: Duration = Duration::from_secs(5 * 60);

/// How long a call with a valid credential waits for a new one.
const EARLY_TIMEOUT: Duration = Duration::from_secs(1);

/// The minimum time between a failed exchange and the next one.
const MIN_FAILED_INTERVAL: Duration = Duration::from_millis(100);

/// The maximum delay of the next exchange at the server's request, because no call succeeds meanwhile.
const MAX_SERVER_DELAY: Duration = Duration::from_secs(60);

/// The backoff after a first early exchange without result, doubled after each further one.
const EARLY_BACKOFF: Duration = Duration::from_secs(1);
const MAX_EARLY_BACKOFF: Duration = Duration::from_secs(60);

/// Exchanges a secret for a credential of limited lifetime, for example key id and key secret for a bearer token.
pub trait TokenExchange: Send + Sync + 'static {
    /// Makes one exchange, by an unauthenticated call on the channel, or on one to the vendor's
    /// [login host](Channel::anonymous).
    ///
    /// # Errors
    ///
    /// The error of that call, or [`ApiResponse::exchange_failed`](crate::ApiResponse::exchange_failed) if its response contains no usable credential.
    fn exchange(
        &self,
        channel: &Channel,
    ) -> impl Future<Output = Result<IssuedCredential, Error>> + Send;

    /// Checks the secret to be exchanged, like [`CredentialProvider::validate`].
    ///
    /// # Errors
    ///
    /// `InvalidInput` that names the invalid setting and never contains its value.
    fn validate(&self, channel: &Channel) -> Result<(), Error> {
        let _ = channel;
        Ok(())
    }

    /// Returns whose secret it is, as far as known without a call. The default returns `None`.
    fn identity(&self) -> Option<Identity> {
        None
    }
}

/// The result of a token exchange.
#[derive(Clone, Debug)]
pub struct IssuedCredential {
    credential: Credential,
    lifetime: Duration,
}

impl IssuedCredential {
    /// Creates the result of a credential and its remaining lifetime. A lifetime is limited to 1 s to 12 h; zero means
    /// unknown, and the credential is then used for 5 minutes unless the server rejects it earlier.
    #[must_use]
    pub fn new(credential: Credential, lifetime: Duration) -> Self {
        let lifetime = match lifetime {
            Duration::ZERO => UNKNOWN_LIFETIME,
            lifetime => lifetime.clamp(MIN_LIFETIME, MAX_LIFETIME),
        };
        Self {
            credential,
            lifetime,
        }
    }
}

/// Caches the credential of a token exchange.
///
/// At most one exchange runs at a time, however many calls wait; if its call is dropped, a waiting call takes over. A
/// credential is refreshed shortly before it expires: no call waits for that longer than a second while the current one
/// is valid, and if the refresh fails, the current one stays in use. A rejected credential is not used again, and the
/// next exchange starts no earlier than a second after the previous one. A call whose own credential was rejected waits
/// for that exchange; other calls fail at once with `Credential(Rejected)`, and [`Error::retry_after`] says when it
/// starts. The same applies after an exchange that failed permanently, and while the server requests a delay, up to
/// a minute; calls in between fail like that exchange.
///
/// The cache serves one endpoint and one account: those that the client of the first call was built for. Their clients may share it
/// in an [`Arc`]; a call of a client of another endpoint or account fails with `InvalidInput`, and nothing is sent. Channels
/// [with another path](Channel::with_path) belong to their client.
///
/// ```
/// use std::time::Duration;
/// use gatelet_transport::{CachedCredential, Channel, Credential, Error, TokenExchange, IssuedCredential};
///
/// struct Fixed;
///
/// impl TokenExchange for Fixed {
///     async fn exchange(&self, _: &Channel) -> Result<IssuedCredential, Error> {
///         Ok(IssuedCredential::new(Credential::new("Bearer", "example")?, Duration::from_secs(3600)))
///     }
/// }
///
/// let provider = CachedCredential::new(Fixed);
/// # let _ = provider;
/// ```
pub struct CachedCredential<E> {
    exchange: E,
    /// Set by the first call.
    owner: OnceLock<Owner>,
    state: Mutex<State>,
}

/// The client's endpoint and account that the credential belongs to; no other client may send it.
struct Owner {
    base: BaseUrl,
    account: Box<str>,
    /// The clock of all times in the state, because monotonic clocks of other clients have other origins.
    clock: AnyClock,
}

impl Owner {
    fn of(channel: &Channel) -> Self {
        Self {
            base: channel.base_url().clone(),
            account: channel.account().into(),
            clock: channel.clock().clone(),
        }
    }

    fn is(&self, channel: &Channel) -> bool {
        self.base == *channel.base_url() && *self.account == *channel.account()
    }
}

#[derive(Default)]
struct State {
    current: Option<Current>,
    /// Counts the cached credentials.
    generation: u64,
    /// Counts the exchanges.
    round: u64,
    /// How many exchanges had begun when the credential was last forgotten: what they return is not cached.
    forgotten_round: u64,
    is_exchanging: bool,
    /// The last exchange if it failed: its round, its end and its error.
    last_failure: Option<(u64, Duration, Arc<Error>)>,
    /// When the last exchange started, whatever its result.
    last_start: Option<Duration>,
    /// Whether the server rejected the last credential, or the last exchange failed permanently.
    is_refused: bool,
    /// The server requested no exchange before this time.
    not_before: Duration,
    /// The number of early exchanges since the last new credential.
    early_attempts: u32,
    next_early_at: Duration,
    next_waiter: u64,
    waiters: BTreeMap<u64, Waker>,
}

/// Times are monotonic.
struct Current {
    credential: Credential,
    refresh_at: Duration,
    expires_at: Duration,
}

/// The next step of a call.
enum Step<'a> {
    Use(Credential),
    Fail(Arc<Error>),
    /// No exchange may start for this long, because the server rejected the last credential, or failed the exchange
    /// with this error.
    Refused(Duration, Option<Arc<Error>>),
    Exchange(RefreshGuard<'a>),
}

impl<E: TokenExchange> CachedCredential<E> {
    /// Creates an empty cache; the first call makes the first exchange.
    pub fn new(exchange: E) -> Self {
        Self {
            exchange,
            owner: OnceLock::new(),
            state: Mutex::new(State::default()),
        }
    }

    /// Starts with a credential that was just issued for this channel, so that the first call makes no exchange. The cache is bound to
    /// the channel's endpoint and account.
    ///
    /// ```
    /// use gatelet_transport::{CachedCredential, Channel, Error, TokenExchange};
    ///
    /// async fn logged_in<E: TokenExchange>(
    ///     exchange: E,
    ///     channel: &Channel,
    /// ) -> Result<Channel, Error> {
    ///     let issued = exchange.exchange(channel).await?;
    ///     channel.with_credentials(CachedCredential::new(exchange).with_issued(channel, issued))
    /// }
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn with_issued(mut self, channel: &Channel, issued: IssuedCredential) -> Self {
        let channel = channel.home();
        let mut state = State::default();
        state.round += 1;
        state.store(issued, state.round, channel.clock().monotonic());
        self.state = Mutex::new(state);
        self.owner = OnceLock::from(Owner::of(&channel));
        self
    }

    /// Returns the exchange; the cached credential is dropped.
    pub fn into_inner(self) -> E {
        self.exchange
    }

    /// Binds the cache to the first channel, and refuses every other.
    fn claim(&self, channel: &Channel) -> Result<&AnyClock, Error> {
        let owner = self.owner.get_or_init(|| Owner::of(channel));
        if owner.is(channel) {
            return Ok(&owner.clock);
        }
        let Owner { base, account, .. } = owner;
        let message = format!("already bound to {base}, account {account:?}");
        Err(Error::invalid_input("credentials", message))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Waits until a credential is available, the awaited exchange has failed, or no exchange is running.
    async fn next_step(&self, clock: &AnyClock) -> Step<'_> {
        let mut waiter = Waiter {
            state: &self.state,
            round_and_id: None,
        };
        poll_fn(|context| {
            let now = clock.monotonic();
            waiter.poll(context, now)
        })
        .await
    }

    /// Makes the exchange of this guard; returns `None` if it was early and had no result.
    async fn refresh(
        &self,
        guard: RefreshGuard<'_>,
        channel: &Channel,
        clock: &AnyClock,
    ) -> Result<Option<Credential>, Error> {
        if guard.backoff > Duration::ZERO {
            channel.clock().sleep(guard.backoff).await;
        }
        let now = clock.monotonic();
        self.lock().begin(now, guard.is_early);
        let exchange = catch_unwind_future(|| Box::pin(self.exchange.exchange(channel)));
        let result = if guard.is_early {
            let limit = channel.clock().sleep(EARLY_TIMEOUT);
            match timeout(limit, exchange).await {
                Some(result) => result,
                // Not a failure for the waiting calls: if the old credential has expired meanwhile, they have time for
                // another exchange.
                None => return Ok(None),
            }
        } else {
            exchange.await
        };
        let now = clock.monotonic();
        match result.unwrap_or_else(|_| Err(panicked())) {
            Ok(issued) => Ok(Some(self.lock().store(issued, guard.round, now))),
            Err(error) => {
                let error = Arc::new(error);
                self.lock().fail(guard.round, now, &error);
                if guard.is_early {
                    Ok(None)
                } else {
                    Err(shared(&error))
                }
            }
        }
    }
}

impl<E: TokenExchange> CredentialProvider for CachedCredential<E> {
    async fn credential(&self, channel: &Channel) -> Result<Credential, Error> {
        let clock = self.claim(channel)?;
        loop {
            match self.next_step(clock).await {
                Step::Use(credential) => return Ok(credential),
                Step::Fail(error) => return Err(shared(&error)),
                Step::Refused(wait, None) => return Err(refused(wait)),
                Step::Refused(wait, Some(error)) => {
                    return Err(shared(&error).with_next_exchange(wait));
                }
                // An early exchange without result does no harm while the old credential is valid. It may have expired
                // meanwhile, or been rejected.
                Step::Exchange(guard) => {
                    if let Some(credential) = self.refresh(guard, channel, clock).await? {
                        return Ok(credential);
                    }
                }
            }
        }
    }

    fn validate(&self, channel: &Channel) -> Result<(), Error> {
        self.exchange.validate(channel)
    }

    fn identity(&self) -> Option<Identity> {
        self.exchange.identity()
    }

    fn forget(&self) {
        let mut state = self.lock();
        state.current = None;
        state.forgotten_round = state.round;
    }

    fn is_ready(&self, channel: &Channel) -> bool {
        let owner = self.owner.get().filter(|owner| owner.is(channel));
        owner.is_some_and(|owner| {
            let now = owner.clock.monotonic();
            self.lock().usable(now).is_some()
        })
    }

    fn invalidate(&self, refused: &Credential) -> bool {
        let mut state = self.lock();
        let is_refused =
            |current: &Current| current.credential.generation() == refused.generation();
        // Another call may have stored a newer one already.
        if state
            .current
            .take_if(|current| is_refused(current))
            .is_some()
        {
            state.is_refused = true;
        }
        true
    }
}

impl State {
    /// Records the start of an exchange. It may be dropped at any time, so the next early one is delayed right away.
    fn begin(&mut self, now: Duration, is_early: bool) {
        self.last_start = Some(now);
        if is_early {
            let pause = EARLY_BACKOFF
                .saturating_mul(1 << self.early_attempts.min(16))
                .min(MAX_EARLY_BACKOFF);
            self.early_attempts = self.early_attempts.saturating_add(1);
            self.next_early_at = now.saturating_add(EARLY_TIMEOUT).saturating_add(pause);
        }
    }

    /// Caches the credential of an exchange, unless it was forgotten meanwhile.
    fn store(&mut self, issued: IssuedCredential, round: u64, now: Duration) -> Credential {
        self.is_refused = false;
        self.generation += 1;
        let credential = issued.credential.of_generation(self.generation);
        let margin = MAX_REFRESH_MARGIN.min(issued.lifetime / 10);
        let expires_at = now.saturating_add(issued.lifetime);
        self.current = (round > self.forgotten_round).then(|| Current {
            credential: credential.clone(),
            refresh_at: expires_at.saturating_sub(margin),
            expires_at,
        });
        self.last_failure = None;
        self.early_attempts = 0;
        self.next_early_at = Duration::ZERO;
        credential
    }

    fn fail(&mut self, round: u64, now: Duration, error: &Arc<Error>) {
        self.last_failure = Some((round, now, error.clone()));
        self.is_refused |= will_fail_again(error);
        let pause = error.retry_after().unwrap_or_default();
        self.not_before = now.saturating_add(pause.min(MAX_SERVER_DELAY));
    }

    /// Returns how long no exchange may start, because the server rejected the last one or its credential, or asked for
    /// a delay.
    fn server_wait(&self, now: Duration) -> Option<Duration> {
        let begun = self.last_start.filter(|_| self.is_refused);
        let refused =
            begun.map(|begun| MIN_REFUSED_INTERVAL.saturating_sub(now.saturating_sub(begun)));
        let wait = self.not_before.saturating_sub(now);
        Some(refused.map_or(wait, |refused| refused.max(wait))).filter(|wait| !wait.is_zero())
    }

    /// Returns the credential if the call should use it instead of refreshing it.
    fn usable(&self, now: Duration) -> Option<&Credential> {
        self.valid(now)
            .filter(|(_, is_due)| !is_due || self.is_exchanging)
            .map(|(credential, _)| credential)
    }

    /// Returns the credential if it is valid, and whether a refresh is due.
    fn valid(&self, now: Duration) -> Option<(&Credential, bool)> {
        let current = self
            .current
            .as_ref()
            .filter(|current| now < current.expires_at)?;
        let is_due = now >= current.refresh_at
            && now >= self.next_early_at
            && self.server_wait(now).is_none();
        Some((&current.credential, is_due))
    }
}

/// Held by the one call that makes the exchange; wakes the waiting calls when dropped.
struct RefreshGuard<'a> {
    state: &'a Mutex<State>,
    round: u64,
    /// Whether the old credential was valid when the exchange started.
    is_early: bool,
    backoff: Duration,
}

impl Drop for RefreshGuard<'_> {
    fn drop(&mut self) {
        let waiters = {
            let mut state = lock(self.state);
            state.is_exchanging = false;
            std::mem::take(&mut state.waiters)
        };
        waiters.into_values().for_each(Waker::wake);
    }
}

/// A call that may wait for the exchange of another.
struct Waiter<'a> {
    state: &'a Mutex<State>,
    /// The awaited exchange, and the key in the map of waiters.
    round_and_id: Option<(u64, u64)>,
}

impl<'a> Waiter<'a> {
    fn poll(&mut self, context: &Context<'_>, now: Duration) -> Poll<Step<'a>> {
        let mut state = lock(self.state);
        if let Some(credential) = state.usable(now) {
            return Poll::Ready(Step::Use(credential.clone()));
        }
        let is_early = state.valid(now).is_some();
        if state.is_exchanging {
            let (round, id) = self
                .round_and_id
                .unwrap_or((state.round, state.next_waiter));
            state.next_waiter = state.next_waiter.max(id + 1);
            let replaced = state.waiters.insert(id, context.waker().clone());
            self.round_and_id = Some((round, id));
            drop(state);
            drop(replaced);
            return Poll::Pending;
        }
        match (&state.last_failure, self.round_and_id) {
            // Waiting calls share the failure, so that they do not all start exchanges of their own.
            (Some((failed, _, error)), Some((waited, _))) if *failed >= waited => {
                return Poll::Ready(Step::Fail(error.clone()));
            }
            _ => {}
        }
        if let Some(wait) = state.server_wait(now) {
            let failure = state
                .last_failure
                .as_ref()
                .map(|(_, _, error)| error.clone());
            return Poll::Ready(Step::Refused(wait, failure));
        }
        let backoff = state
            .last_failure
            .as_ref()
            .map_or(Duration::ZERO, |(_, at, _)| {
                at.saturating_add(MIN_FAILED_INTERVAL)
                    .saturating_sub(now)
                    .min(MIN_FAILED_INTERVAL)
            });
        state.is_exchanging = true;
        state.round += 1;
        Poll::Ready(Step::Exchange(RefreshGuard {
            state: self.state,
            round: state.round,
            is_early,
            backoff,
        }))
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        if let Some((_, id)) = self.round_and_id {
            // Dropped after the lock is released: a waker may own the waiting future.
            let _waker = lock(self.state).waiters.remove(&id);
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // No code under the lock can panic, so a poisoned state is consistent.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the error between two exchanges, after the server rejected the credential of the first one.
fn refused(wait: Duration) -> Error {
    Error::new(ErrorKind::Credential(CredentialFailure::Rejected))
        .with_detail(
            "a new one was just rejected, and tokens are exchanged at most once per second",
        )
        .with_retryable(true)
        .with_next_exchange(wait)
}

/// Returns the error of each call that needed the exchange; its source is the exchange's own error, an `Arc<Error>`.
fn shared(cause: &Arc<Error>) -> Error {
    let failure = if *cause.kind() == ErrorKind::Credential(CredentialFailure::Panicked) {
        CredentialFailure::Panicked
    } else if is_rejection(cause) {
        CredentialFailure::Rejected
    } else {
        CredentialFailure::ExchangeFailed
    };
    Error::new(ErrorKind::Credential(failure))
        .with_retryable(cause.is_retryable())
        .with_retry_after(cause.retry_after())
        .with_source(Arc::clone(cause))
}

/// Returns whether another exchange would presumably fail the same way. User code that panicked may recover.
fn will_fail_again(error: &Error) -> bool {
    let has_panicked = *error.kind() == ErrorKind::Credential(CredentialFailure::Panicked);
    is_rejection(error) || !error.is_retryable() && !has_panicked
}

/// Returns whether the server rejected the secret to be exchanged.
fn is_rejection(error: &Error) -> bool {
    let is_status_of_one = matches!(
        error.status(),
        Some(StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
    );
    is_status_of_one && matches!(error.kind(), ErrorKind::Api | ErrorKind::Credential(_))
}

impl<E> fmt::Debug for CachedCredential<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedCredential").finish_non_exhaustive()
    }
}
