//! One endpoint with its credentials, policy and clock.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::credential::DynCredentialProvider;
use crate::{
    AnyClock, AnyTransport, BaseUrl, Call, Clock, CredentialProvider, Dialect, Error, Reply,
    RetryPolicy, Transport,
};

/// One endpoint with its credentials, policy and clock: what a client holds. A clone shares everything.
#[derive(Clone)]
pub struct Channel(Arc<Inner>);

struct Inner {
    base: BaseUrl,
    account: Box<str>,
    clock: AnyClock,
}

/// The time limits that hold whatever the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    attempt: Duration,
    total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            attempt: Duration::from_secs(30),
            total: Duration::from_secs(90),
        }
    }
}

impl Timeouts {
    /// Sets the limit of one attempt; default 30 s.
    #[must_use]
    pub fn attempt(mut self, limit: Duration) -> Self {
        self.attempt = limit;
        self
    }

    /// Sets the limit of a whole call with all its attempts and waits; default 90 s.
    #[must_use]
    pub fn total(mut self, limit: Duration) -> Self {
        self.total = limit;
        self
    }
}

impl Channel {
    /// Starts a channel to an endpoint that speaks a vendor's dialect.
    pub fn builder(base: BaseUrl, dialect: impl Dialect) -> ChannelBuilder {
        ChannelBuilder {
            base,
            dialect: Box::new(dialect),
            credentials: None,
            account: "".into(),
            retry: RetryPolicy::default(),
            timeouts: Timeouts::default(),
            user_agent: None,
            body_limit: 10 * 1024 * 1024,
            jitter: Box::new(|| 0.5),
        }
    }

    /// Makes one call from end to end: authorise, attempt, decide, wait, check status and content type.
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind).
    pub async fn call(&self, call: Call) -> Result<Reply, Error> {
        let _ = call;
        todo!()
    }

    /// The address that all paths are below.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.0.base
    }

    /// The account at the vendor, for example the team; empty where there is none.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.0.account
    }

    /// The clock that all waits go by.
    #[must_use]
    pub fn clock(&self) -> &AnyClock {
        &self.0.clock
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("base", &self.0.base)
            .finish_non_exhaustive()
    }
}

/// A channel in the making.
pub struct ChannelBuilder {
    base: BaseUrl,
    dialect: Box<dyn Dialect>,
    credentials: Option<Box<dyn DynCredentialProvider>>,
    account: Box<str>,
    retry: RetryPolicy,
    timeouts: Timeouts,
    user_agent: Option<String>,
    body_limit: usize,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
}

impl ChannelBuilder {
    /// Sets another address.
    #[must_use]
    pub fn base_url(mut self, base: BaseUrl) -> Self {
        self.base = base;
        self
    }

    /// Sets where credentials come from.
    #[must_use]
    pub fn credentials(mut self, provider: impl CredentialProvider) -> Self {
        self.credentials = Some(Box::new(provider));
        self
    }

    /// Sets the account at the vendor, for example the team, which an exchange for a credential may need to know.
    #[must_use]
    pub fn account(mut self, account: impl Into<Box<str>>) -> Self {
        self.account = account.into();
        self
    }

    /// Sets how often a call is tried.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the time limits.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets what stands behind the crate's own name in the `User-Agent` field.
    #[must_use]
    pub fn user_agent(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent = Some(suffix.into());
        self
    }

    /// Sets the largest body of an answer, in bytes; default 10 MiB.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sets the source of randomness for waits: numbers from 0 up to 1.
    #[must_use]
    pub fn jitter(mut self, source: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.jitter = Box::new(source);
        self
    }

    /// Makes the channel over a transport and a clock.
    ///
    /// # Errors
    ///
    /// `InvalidInput` when the user agent's suffix cannot stand in a header.
    pub fn build_with(
        self,
        transport: impl Transport,
        clock: impl Clock,
    ) -> Result<Channel, Error> {
        let _ = (AnyTransport::new(transport), &self.dialect);
        Ok(Channel(Arc::new(Inner {
            base: self.base,
            account: self.account,
            clock: AnyClock::new(clock),
        })))
    }
}

impl fmt::Debug for ChannelBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelBuilder")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}
