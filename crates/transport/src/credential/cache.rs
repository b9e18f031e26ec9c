//! A credential that is had by an exchange and kept while it lasts.

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
use crate::error::error::Error;
use crate::error::kind::{CredentialFailure, ErrorKind};
use crate::future::catch_unwind::catch_unwind_future;
use crate::future::timeout::timeout;
use crate::transport::clock::{AnyClock, Clock as _};
use crate::url::base_url::BaseUrl;

/// No credential is kept for longer.
const MAX_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// How long a credential is used whose life nobody can tell. Whether it still lasts is for the server to say.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// The least time between the starts of two exchanges after the server refused the first one, refused its credential, or sent a
/// response without a usable credential.
const MIN_REFUSED_INTERVAL: Duration = Duration::from_secs(1);

/// The shortest life that a credential is given, so that none makes a loop.
const MIN_LIFETIME: Duration = Duration::from_secs(1);

/// A new credential is had this long before the old one ends, or a tenth of its life if that is less.
const MAX_REFRESH_MARGIN: Duration = Duration::from_secs(5 * 60);

/// How long a call that has a valid credential waits for a new one.
const EARLY_TIMEOUT: Duration = Duration::from_secs(1);

/// The least time between a failed exchange and the next one.
const MIN_FAILED_INTERVAL: Duration = Duration::from_millis(100);

/// The longest that the next exchange is put off because the server asks for it. Nothing else would be tried meanwhile.
const MAX_SERVER_DELAY: Duration = Duration::from_secs(60);

/// The pause after the time of a first early exchange that gave nothing, doubled with each further one.
const EARLY_BACKOFF: Duration = Duration::from_secs(1);
const MAX_EARLY_BACKOFF: Duration = Duration::from_secs(60);

/// Exchanges something for a credential of limited life, for example key id and secret for a bearer.
pub trait TokenExchange: Send + Sync + 'static {
    /// Makes one exchange, by an unauthenticated call on the channel.
    ///
    /// # Errors
    ///
    /// The error of that call, or [`Error::exchange_failed`] when its answer cannot be used.
    fn exchange(
        &self,
        channel: &Channel,
    ) -> impl Future<Output = Result<IssuedCredential, Error>> + Send;

    /// As [`CredentialProvider::validate`], of what is exchanged.
    ///
    /// # Errors
    ///
    /// `InvalidInput` that names the part which cannot be right, and never holds it.
    fn validate(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// What an exchange gave.
#[derive(Clone, Debug)]
pub struct IssuedCredential {
    credential: Credential,
    lifetime: Duration,
}

impl IssuedCredential {
    /// A credential and how long it lasts from now on. More than 12 hours count as 12 hours, and less than a second as a
    /// second. Zero means that its life cannot be told: it is then used for 5 minutes, unless the server refuses it before.
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

/// Keeps the credential of an exchange.
///
/// However many calls wait, one exchange is made at a time; when its call is dropped, a waiter one takes over. A new
/// credential is fetched a little before the old one ends; no call waits for that longer than a second while the old one is
/// good, and while it fails the old one stays in use. A credential that the server refused is not used again, and the exchange
/// for another one begins no earlier than a second after the one before, however many calls there are. A call whose own
/// credential was refused waits for that moment; those in between fail at once with `Credential(Rejected)` and say by
/// [`Error::retry_after`] when it comes. The same holds after an exchange that failed and would fail again, and where the server
/// asked to be left alone, for as long as it said and a minute at most; the calls in between fail as that exchange did.
///
/// What it keeps is for one endpoint and one account: those of the first call. Clients of these may share it, in an
/// [`Arc`]; a call to another endpoint or account fails with `InvalidInput`, and nothing is sent.
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
    /// Of the first call, once there was one.
    owner: OnceLock<Owner>,
    state: Mutex<State>,
}

/// For whom the credential is: sent to another, it would be given away.
struct Owner {
    base: BaseUrl,
    account: Box<str>,
    /// The clock of all times in the state: that of another client may have begun at another moment.
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
    /// Counts the credentials that were current.
    generation: u64,
    /// Counts the exchanges that were begun.
    round: u64,
    is_exchanging: bool,
    /// The last exchange, if it failed: its round, when it ended, and why.
    last_failure: Option<(u64, Duration, Arc<Error>)>,
    /// When the last exchange began, whatever became of it.
    last_start: Option<Duration>,
    /// Whether the server refused the last credential, or the last exchange is not worth a repetition.
    is_refused: bool,
    /// Until when the server has asked for no exchange.
    not_before: Duration,
    /// How many early exchanges were begun since the last credential came.
    early_attempts: u32,
    next_early_at: Duration,
    next_waiter: u64,
    waiters: BTreeMap<u64, Waker>,
}

/// All times are monotonic.
struct Current {
    credential: Credential,
    refresh_at: Duration,
    expires_at: Duration,
}

/// What a call does next.
enum Step<'a> {
    Use(Credential),
    Fail(Arc<Error>),
    /// The next exchange may begin after this time, because the server refused what the last one gave, or failed it with this.
    Refused(Duration, Option<Arc<Error>>),
    Exchange(RefreshGuard<'a>),
}

impl<E: TokenExchange> CachedCredential<E> {
    /// Nothing is exchanged before the first call.
    pub fn new(exchange: E) -> Self {
        Self {
            exchange,
            owner: OnceLock::new(),
            state: Mutex::new(State::default()),
        }
    }

    /// Makes the first channel the owner, and refuses every other.
    fn claim(&self, channel: &Channel) -> Result<&AnyClock, Error> {
        let owner = self.owner.get_or_init(|| Owner::of(channel));
        if owner.is(channel) {
            return Ok(&owner.clock);
        }
        let Owner { base, account, .. } = owner;
        let message = format!("are in use for {base}, account {account:?}, and for no other");
        Err(Error::invalid_input("credentials", message))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Waits until there is a credential, a failure of the exchange that was waited for, or no exchange under way.
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

    /// Makes the exchange that this call has the guard for; `None` where it was an early one and gave nothing.
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
                // No failure for those who wait: if the old one has ended meanwhile, they have more time for another try.
                None => return Ok(None),
            }
        } else {
            exchange.await
        };
        let now = clock.monotonic();
        match result.unwrap_or_else(|_| Err(panicked())) {
            Ok(issued) => Ok(Some(self.lock().store(issued, now))),
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
                // An early exchange that gave nothing does no harm while the old credential lasts. It may have ended
                // meanwhile, or been refused.
                Step::Exchange(guard) => {
                    if let Some(credential) = self.refresh(guard, channel, clock).await? {
                        return Ok(credential);
                    }
                }
            }
        }
    }

    fn validate(&self) -> Result<(), Error> {
        self.exchange.validate()
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
        // Another call may have brought a newer one already.
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
    /// Notes that an exchange begins. It may be dropped at any time, so the next early one is put off now.
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

    fn store(&mut self, issued: IssuedCredential, now: Duration) -> Credential {
        self.is_refused = false;
        self.generation += 1;
        let credential = issued.credential.of_generation(self.generation);
        let margin = MAX_REFRESH_MARGIN.min(issued.lifetime / 10);
        let expires_at = now.saturating_add(issued.lifetime);
        self.current = Some(Current {
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

    /// How long no exchange may begin, because the server refused the last one or what it gave, or has asked for it.
    fn server_wait(&self, now: Duration) -> Option<Duration> {
        let begun = self.last_start.filter(|_| self.is_refused);
        let refused =
            begun.map(|begun| MIN_REFUSED_INTERVAL.saturating_sub(now.saturating_sub(begun)));
        let wait = self.not_before.saturating_sub(now);
        Some(refused.map_or(wait, |refused| refused.max(wait))).filter(|wait| !wait.is_zero())
    }

    /// The credential, if a call is to use it and not to have a new one.
    fn usable(&self, now: Duration) -> Option<&Credential> {
        self.valid(now)
            .filter(|(_, is_due)| !is_due || self.is_exchanging)
            .map(|(credential, _)| credential)
    }

    /// The credential, if it still lasts, and whether it is time for a new one.
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

/// The one call that makes the exchange holds this; when it is dropped, whoever waits is woken.
struct RefreshGuard<'a> {
    state: &'a Mutex<State>,
    round: u64,
    /// Whether the old credential still lasted when the exchange began.
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

/// A call that may have to wait for the exchange of another.
struct Waiter<'a> {
    state: &'a Mutex<State>,
    /// The exchange that is waited for, and the place in the map of waiters.
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
            // Those who waited share the failure; each making its own exchange would be a storm.
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
            // Dropped after the lock is free: a waker may own what waits.
            let _waker = lock(self.state).waiters.remove(&id);
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // No code that can panic runs under the lock, and a state is whole after each step.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a call fails with between two exchanges, after the server refused what the first one gave.
fn refused(wait: Duration) -> Error {
    Error::new(ErrorKind::Credential(CredentialFailure::Rejected))
        .with_detail("a new one was just refused, and at most one exchange is made per second")
        .with_retryable(true)
        .with_next_exchange(wait)
}

/// What each call that needed the exchange fails with; its source is the exchange's own error, an `Arc<Error>`.
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

/// Whether another exchange would end the same way, as far as anybody can tell. Code of a user that panicked may do better.
fn will_fail_again(error: &Error) -> bool {
    let has_panicked = *error.kind() == ErrorKind::Credential(CredentialFailure::Panicked);
    is_rejection(error) || !error.is_retryable() && !has_panicked
}

/// Whether the server refused what was to be exchanged.
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
