//! One endpoint with its credentials, policy and clock.

use std::fmt;
use std::sync::Arc;

use http::header::{ACCEPT, USER_AGENT};
use http::{HeaderMap, HeaderValue};

use crate::call::call_timeouts::CallTimeouts;
use crate::call::credential_provider::CredentialProvider;
use crate::call::credential_provider::DynCredentialProvider;
use crate::call::dialect::Dialect;
use crate::call::identity::Identity;
use crate::call::recent_credentials::RecentCredentials;
use crate::call::retry::RetryPolicy;
use crate::call::retry_budget::RetryBudget;
use crate::error::error::Error;
use crate::error::page_token::PageToken;
use crate::paging::page::Page;
use crate::paging::pages::Pages;
use crate::telemetry::trace_context::TraceContext;
use crate::transport::clock::{AnyClock, Clock};
use crate::transport::transport::{AnyTransport, Transport};
use crate::url::base_url::BaseUrl;
use crate::wire::body_limit::BodyLimit;

/// The first product of every `User-Agent` field.
const USER_AGENT_PREFIX: &str = concat!("gatelet/", env!("CARGO_PKG_VERSION"));

/// Returns the trace that an attempt belongs to.
pub(crate) type TraceHook = dyn Fn() -> Option<TraceContext> + Send + Sync;

/// One endpoint with its credentials, policy and clock: the core of a client. Clones share everything.
///
/// ```
/// use gatelet_transport::{ApiToken, BaseUrl, Call, Channel, Clock, Dialect, Transport};
///
/// # async fn run(dialect: impl Dialect, transport: impl Transport, clock: impl Clock) -> Result<(), gatelet_transport::Error> {
/// let channel = Channel::builder(BaseUrl::parse("https://abc.live.dynatrace.com/api/v2")?, dialect)
///     .credentials(ApiToken::new("dt0c01.EXAMPLE.SECRET")?)
///     .build_with(transport, clock)?;
/// let call = Call::new("dt listTokens", http::Method::GET, "/activeGateTokens").with_template("/activeGateTokens");
/// let response = channel.call(call).await?;
/// println!("{} bytes", response.body().len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Channel {
    endpoint: Arc<Endpoint>,
    credentials: Option<Arc<dyn DynCredentialProvider>>,
    inner: Arc<Inner>,
}

/// Where the calls of a channel go.
pub(crate) struct Endpoint {
    pub(crate) base: BaseUrl,
    pub(crate) dialect: Arc<dyn Dialect>,
    /// Whether it is the server that the client's credentials are for.
    is_own: bool,
}

impl Endpoint {
    /// Creates an endpoint that the client's credentials are not for.
    pub(crate) fn foreign(base: BaseUrl, dialect: impl Dialect) -> Self {
        Self {
            base,
            dialect: Arc::new(dialect),
            is_own: false,
        }
    }
}

/// What a channel shares with those to other endpoints.
pub(crate) struct Inner {
    /// The endpoint that the client was built for.
    home: Arc<Endpoint>,
    pub(crate) retry: RetryPolicy,
    pub(crate) retry_budget: RetryBudget,
    pub(crate) jitter: Box<dyn Fn() -> f64 + Send + Sync>,
    pub(crate) trace_context: Option<Box<TraceHook>>,
    pub(crate) timeouts: CallTimeouts,
    pub(crate) body_limit: BodyLimit,
    /// The header fields of every request.
    pub(crate) headers: HeaderMap,
    pub(crate) transport: AnyTransport,
    pub(crate) recent: RecentCredentials,
    account: Box<str>,
    clock: AnyClock,
}

impl Channel {
    /// Starts building a channel to an endpoint that uses a vendor's dialect.
    pub fn builder(base: BaseUrl, dialect: impl Dialect) -> ChannelBuilder {
        ChannelBuilder {
            base,
            dialect: Arc::new(dialect),
            credentials: None,
            account: "".into(),
            retry: RetryPolicy::default(),
            timeouts: CallTimeouts::default(),
            user_agent: None,
            body_limit: BodyLimit::DEFAULT,
            jitter: Box::new(fastrand::f64),
            trace_context: None,
        }
    }

    /// Returns the pages of a list whose pages a function fetches, starting at a page token; `None` is the first page.
    ///
    /// The errors of the list itself name `operation`. A page is prefetched only while the channel [is ready](Self::is_ready).
    ///
    /// ```
    /// use gatelet_transport::{Call, Channel, Error, Page, PageToken, Pages};
    ///
    /// fn names(channel: &Channel) -> Pages<String> {
    ///     const OPERATION: &str = "example ListNames";
    ///     let this = channel.clone();
    ///     channel.pages(OPERATION, None, move |token: Option<PageToken>| {
    ///         let channel = this.clone();
    ///         async move {
    ///             let mut call = Call::new(OPERATION, http::Method::GET, "/v1/names");
    ///             call.query = token.map(|token| token.to_string());
    ///             let response = channel.call(call).await?;
    ///             let next = response.next_query(channel.base_url(), "/v1/names")?;
    ///             Ok(Page::new(response.json()?, next.map(PageToken::new).transpose()?))
    ///         }
    ///     })
    /// }
    /// # let _ = names;
    /// ```
    pub fn pages<T, F, Fut>(
        &self,
        operation: &'static str,
        start: Option<PageToken>,
        fetch: F,
    ) -> Pages<T>
    where
        F: FnMut(Option<PageToken>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        let channel = self.clone();
        Pages::new(start, fetch)
            .operation(operation)
            .prefetch_while(move || channel.is_ready())
    }

    /// Returns whether a call would be sent at once, without a token exchange before it.
    ///
    /// Lists prefetch only then: a prefetch that is not polled during a token exchange would block all other calls.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.credentials()
            .is_none_or(|provider| provider.is_ready(&self.home()))
    }

    /// Returns whose credential the calls are authorized with, as far as known without a call.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        self.credentials()?.identity()
    }

    /// Returns the scheme of the credentials, such as `Bearer`, as far as known without a call.
    #[must_use]
    pub fn scheme(&self) -> Option<&'static str> {
        self.credentials()?.scheme()
    }

    /// Drops a cached credential, because its key is gone: the next call obtains another.
    pub fn forget_credential(&self) {
        if let Some(provider) = self.credentials() {
            provider.forget();
        }
    }

    /// Returns a channel with another path prefix on the same origin. It shares everything else, the cached credential
    /// included; a token exchange is still made at the address that the client was built for.
    ///
    /// ```
    /// use gatelet_transport::{Channel, Error};
    ///
    /// fn fleet(channel: &Channel) -> Result<Channel, Error> {
    ///     channel.with_path("/platform/fleet-management/v1")
    /// }
    /// # let _ = fleet;
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the path is invalid.
    pub fn with_path(&self, path: &str) -> Result<Self, Error> {
        let endpoint = Endpoint {
            base: self.endpoint.base.with_path(path)?,
            dialect: Arc::clone(&self.endpoint.dialect),
            is_own: self.endpoint.is_own,
        };
        Ok(self.with_endpoint(Arc::new(endpoint)))
    }

    /// Returns a channel to the same address whose errors and delays are in another vendor format. It shares everything else.
    #[must_use]
    pub fn with_dialect(&self, dialect: impl Dialect) -> Self {
        let endpoint = Endpoint {
            base: self.endpoint.base.clone(),
            dialect: Arc::new(dialect),
            is_own: self.endpoint.is_own,
        };
        self.with_endpoint(Arc::new(endpoint))
    }

    /// Returns a channel whose calls are authorized with other credentials. It shares everything else: errors of either redact the
    /// latest credentials of both.
    ///
    /// ```
    /// use gatelet_transport::{ApiToken, Channel, Error};
    ///
    /// fn after_rotation(channel: &Channel, token: &str) -> Result<Channel, Error> {
    ///     channel.with_credentials(ApiToken::new(token)?)
    /// }
    /// # let _ = after_rotation;
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the credential provider reports an invalid setting.
    pub fn with_credentials(&self, provider: impl CredentialProvider) -> Result<Self, Error> {
        let channel = Self {
            credentials: Some(Arc::new(provider)),
            ..self.clone()
        };
        channel.validated()
    }

    /// Returns the channel if its credentials are valid.
    fn validated(self) -> Result<Self, Error> {
        if let Some(credentials) = self.credentials() {
            credentials.validate(&self.home())?;
        }
        Ok(self)
    }

    /// Returns the channel to the endpoint that the client was built for, which credential providers get.
    pub(crate) fn home(&self) -> Self {
        self.with_endpoint(Arc::clone(&self.inner.home))
    }

    pub(crate) fn with_endpoint(&self, endpoint: Arc<Endpoint>) -> Self {
        Self {
            endpoint,
            ..self.clone()
        }
    }

    /// Returns the address that all paths are below.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.endpoint.base
    }

    /// Returns the account at the vendor, for example the team; empty if there is none.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.inner.account
    }

    /// Returns the clock that times all waits.
    #[must_use]
    pub fn clock(&self) -> &AnyClock {
        &self.inner.clock
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// Returns the provider of the credentials that this channel may send.
    pub(crate) fn credentials(&self) -> Option<&dyn DynCredentialProvider> {
        let provider = self.credentials.as_deref();
        provider.filter(|_| self.endpoint.is_own)
    }

    /// Returns the error of a call to authorize that this channel has no credentials for.
    pub(crate) fn without_credentials(&self) -> Error {
        let problem = if self.endpoint.is_own {
            "not set; call `ClientBuilder::credentials`"
        } else {
            "are sent to the client's own server only; make the call with `with_authenticated(false)`"
        };
        Error::invalid_input("credentials", problem)
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("base", &self.endpoint.base)
            .field("account", &self.inner.account)
            .field("retry", &self.inner.retry)
            .field("timeouts", &self.inner.timeouts)
            .finish_non_exhaustive()
    }
}

/// Builds a [`Channel`].
pub struct ChannelBuilder {
    base: BaseUrl,
    dialect: Arc<dyn Dialect>,
    credentials: Option<Arc<dyn DynCredentialProvider>>,
    account: Box<str>,
    retry: RetryPolicy,
    timeouts: CallTimeouts,
    user_agent: Option<String>,
    body_limit: BodyLimit,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
    trace_context: Option<Box<TraceHook>>,
}

impl ChannelBuilder {
    /// Replaces the address.
    #[must_use]
    pub fn base_url(mut self, base: BaseUrl) -> Self {
        self.base = base;
        self
    }

    /// Sets the credential provider.
    #[must_use]
    pub fn credentials(mut self, provider: impl CredentialProvider) -> Self {
        self.credentials = Some(Arc::new(provider));
        self
    }

    /// Sets the account at the vendor, for example the team, which a token exchange may need.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = account.into().into();
        self
    }

    /// Sets the retry policy.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the time limits.
    #[must_use]
    pub fn timeouts(mut self, timeouts: CallTimeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets the products after `gatelet/<version>` in the `User-Agent` field.
    #[must_use]
    pub fn user_agent(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent = Some(suffix.into());
        self
    }

    /// Sets the limit of a response body, in bytes; default 10 MiB.
    ///
    /// Each request carries the limit as a [`BodyLimit`](crate::BodyLimit). If the transport has a limit of its own, the
    /// smaller one applies.
    #[must_use]
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = BodyLimit::new(bytes);
        self
    }

    /// Sets the jitter of waits, a source of numbers from 0 to 1. For tests.
    #[must_use]
    pub fn jitter(mut self, source: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.jitter = Box::new(source);
        self
    }

    /// Sets the source of `traceparent`; without one, none is sent.
    ///
    /// The hook is called for each attempt of each call, including token exchanges, inside the span of that attempt if
    /// the feature `tracing` is on. Its value is sent as `traceparent` and `tracestate`; if it returns `None` or
    /// panics, the attempt is sent without them.
    ///
    /// ```
    /// use gatelet_transport::{ChannelBuilder, TraceContext};
    ///
    /// fn in_one_trace(builder: ChannelBuilder) -> Result<ChannelBuilder, gatelet_transport::Error> {
    ///     let context = TraceContext::new("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")?;
    ///     Ok(builder.trace_context(move || Some(context.clone())))
    /// }
    /// ```
    #[must_use]
    pub fn trace_context(
        mut self,
        hook: impl Fn() -> Option<TraceContext> + Send + Sync + 'static,
    ) -> Self {
        self.trace_context = Some(Box::new(hook));
        self
    }

    /// Creates the channel with a transport and a clock.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the user agent is not valid in a header, or if the credential provider reports an invalid
    /// setting.
    pub fn build_with(
        self,
        transport: impl Transport,
        clock: impl Clock,
    ) -> Result<Channel, Error> {
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, user_agent(self.user_agent.as_deref())?);
        let home = Arc::new(Endpoint {
            base: self.base,
            dialect: self.dialect,
            is_own: true,
        });
        let inner = Arc::new(Inner {
            home: Arc::clone(&home),
            retry_budget: RetryBudget::new(self.retry.budget_size()),
            retry: self.retry,
            jitter: self.jitter,
            trace_context: self.trace_context,
            timeouts: self.timeouts,
            body_limit: self.body_limit,
            headers,
            transport: AnyTransport::new(transport),
            recent: RecentCredentials::default(),
            account: self.account,
            clock: AnyClock::new(clock),
        });
        let channel = Channel {
            endpoint: home,
            credentials: self.credentials,
            inner,
        };
        channel.validated()
    }
}

fn user_agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    let Some(suffix) = suffix else {
        return Ok(HeaderValue::from_static(USER_AGENT_PREFIX));
    };
    let is_plain = !suffix.is_empty() && suffix.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    is_plain
        .then(|| HeaderValue::try_from(format!("{USER_AGENT_PREFIX} {suffix}")).ok())
        .flatten()
        .ok_or_else(|| Error::invalid_input("user_agent", "must be printable ASCII and not empty"))
}

impl fmt::Debug for ChannelBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelBuilder")
            .field("base", &self.base)
            .field("account", &self.account)
            .field("retry", &self.retry)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
