//! The builder of a client.

use std::fmt;

use gatelet_transport::{
    BaseUrl, CallTimeouts, Channel, ChannelBuilder, Clock, CredentialProvider, Dialect, Error,
    RetryPolicy, TraceContext, Transport,
};

/// Computes the base address of all paths from the address that the user passed.
type ApiAddress = dyn Fn(&BaseUrl) -> Result<BaseUrl, Error> + Send + Sync;

/// Builds a client. Invalid settings are reported when the client is built.
///
/// ```
/// use std::time::Duration;
///
/// use gatelet_client::ClientBuilder;
/// use gatelet_transport::{CallTimeouts, RetryPolicy};
///
/// fn with_limits<C>(builder: ClientBuilder<C>) -> ClientBuilder<C> {
///     builder
///         .timeouts(CallTimeouts::default().total(Duration::from_secs(10)))
///         .retry(RetryPolicy::default().max_attempts(2))
///         .body_limit(1024 * 1024)
/// }
/// ```
#[must_use = "no client is created until `build` or `build_with` is called"]
pub struct ClientBuilder<C> {
    settings: Result<Settings<C>, Error>,
}

struct Settings<C> {
    channel: ChannelBuilder,
    has_credentials: bool,
    api_address: Box<ApiAddress>,
    client: fn(Channel) -> C,
}

impl<C> ClientBuilder<C> {
    /// Creates the builder of a service's client, for the constructor of a vendor's client.
    ///
    /// `api_address` computes the base address of all paths from the address that the user passed; see
    /// [`without_list_path`](crate::without_list_path). `client` wraps the channel.
    ///
    /// ```
    /// use gatelet_client::ClientBuilder;
    /// use gatelet_transport::{Channel, Dialect};
    ///
    /// struct Client(Channel);
    ///
    /// fn builder(url: &str, dialect: impl Dialect) -> ClientBuilder<Client> {
    ///     ClientBuilder::new(url, dialect, |url| Ok(url.clone()), Client)
    /// }
    /// ```
    pub fn new<U>(
        url: U,
        dialect: impl Dialect,
        api_address: impl Fn(&BaseUrl) -> Result<BaseUrl, Error> + Send + Sync + 'static,
        client: fn(Channel) -> C,
    ) -> Self
    where
        U: TryInto<BaseUrl>,
        Error: From<U::Error>,
    {
        let base = url.try_into().map_err(Error::from);
        let base = base.and_then(|base| api_address(&base));
        Self {
            settings: base.map(|base| Settings {
                channel: Channel::builder(base, dialect),
                has_credentials: false,
                api_address: Box::new(api_address),
                client,
            }),
        }
    }

    /// Creates a builder that reports an error when the client is built, for an invalid argument of a vendor's constructor.
    pub fn invalid(error: Error) -> Self {
        Self {
            settings: Err(error),
        }
    }

    /// Sets the account at the vendor, for example the team, for the constructor of a vendor's client; see
    /// [`Channel::account`].
    pub fn account(self, account: impl Into<String>) -> Self {
        self.map(|channel| channel.account(account))
    }

    /// Sets the address of the service in place of the default.
    ///
    /// It may end in a part of the API's path, or in the path of a list, as in vendors' documentation. Plain `http` works only on
    /// loopback, unless the argument is a [`BaseUrl`] that allows it.
    pub fn endpoint<U>(mut self, url: U) -> Self
    where
        U: TryInto<BaseUrl>,
        Error: From<U::Error>,
    {
        self.settings = self.settings.and_then(|mut settings| {
            let base = (settings.api_address)(&url.try_into()?)?;
            settings.channel = settings.channel.base_url(base);
            Ok(settings)
        });
        self
    }

    /// Sets the credentials that authorize calls; required.
    ///
    /// Their scheme is never guessed from the form of a secret: each provider has its own.
    pub fn credentials(mut self, credentials: impl CredentialProvider) -> Self {
        if let Ok(settings) = &mut self.settings {
            settings.has_credentials = true;
        }
        self.map(|channel| channel.credentials(credentials))
    }

    /// Sets when failed attempts of a call are repeated, and the retry budget that all calls share.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.map(|channel| channel.retry(policy))
    }

    /// Sets the time limits of an attempt and of a whole call.
    pub fn timeouts(self, timeouts: CallTimeouts) -> Self {
        self.map(|channel| channel.timeouts(timeouts))
    }

    /// Sets what follows `gatelet/<version>` in the `User-Agent` field.
    pub fn user_agent(self, suffix: impl Into<String>) -> Self {
        self.map(|channel| channel.user_agent(suffix))
    }

    /// Sets the largest response body, in bytes; default 10 MiB.
    ///
    /// Each request carries the limit to its transport. A transport may have a limit of its own; the smaller one counts.
    pub fn body_limit(self, bytes: u64) -> Self {
        self.map(|channel| channel.body_limit(bytes))
    }

    /// Sets the source of the fields `traceparent` and `tracestate`; without one, none are sent.
    ///
    /// The hook is called for each attempt of each call, within the span of that attempt if the feature `tracing` is on. An
    /// attempt is made without the fields if the hook returns `None` or panics.
    pub fn trace_context(
        self,
        hook: impl Fn() -> Option<TraceContext> + Send + Sync + 'static,
    ) -> Self {
        self.map(|channel| channel.trace_context(hook))
    }

    /// Creates a client over HTTP/1.1, HTTP/2 and TLS.
    ///
    /// It reads no file and opens no socket. Calls need a tokio runtime.
    ///
    /// # Errors
    ///
    /// Those of [`build_with`](Self::build_with).
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    pub fn build(self) -> Result<C, Error> {
        self.build_with(
            gatelet_hyper::HyperTransport::new(),
            gatelet_hyper::TokioClock::new(),
        )
    }

    /// Creates a client over any transport and clock.
    ///
    /// With the feature `hyper` and no cryptography provider, `HyperTransport` speaks HTTP without TLS, for loopback.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an invalid address, an argument of the constructor that is not valid in a path, missing or invalid credentials,
    /// and a user agent that is not valid in a header.
    pub fn build_with(self, transport: impl Transport, clock: impl Clock) -> Result<C, Error> {
        let settings = self.settings?;
        if !settings.has_credentials {
            let problem = "not set; call `ClientBuilder::credentials`";
            return Err(Error::invalid_input("credentials", problem));
        }
        let channel = settings.channel.build_with(transport, clock)?;
        Ok((settings.client)(channel))
    }

    fn map(mut self, set: impl FnOnce(ChannelBuilder) -> ChannelBuilder) -> Self {
        self.settings = self.settings.map(|settings| Settings {
            channel: set(settings.channel),
            ..settings
        });
        self
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field(
                "channel",
                &self.settings.as_ref().map(|settings| &settings.channel),
            )
            .finish_non_exhaustive()
    }
}
