//! The builder of a client.

use std::convert::Infallible;
use std::fmt;

use gatelet_transport::{
    BaseUrl, CallTimeouts, Channel, ChannelBuilder, Clock, CredentialProvider, Dialect, Error,
    RetryPolicy, TraceContext, Transport,
};

/// Computes the base address of all paths from the address that the user passed.
type ApiAddress = dyn Fn(&BaseUrl) -> Result<BaseUrl, Error> + Send + Sync;

/// Wraps the channel in a client.
type Wrap<C, A> = dyn Fn(Channel, Target<A>) -> Result<C, Error> + Send + Sync;

/// What a client of a vendor with several APIs is built for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Target<A> {
    /// The address that the user passed.
    pub address: BaseUrl,
    /// The API that the user [chose](ClientBuilder::api).
    pub api: Option<A>,
}

/// Builds a client. Invalid settings are reported when the client is built.
///
/// `A` is the choice between several APIs of a vendor; without one it cannot be made.
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
pub struct ClientBuilder<C, A = Infallible> {
    settings: Result<Settings<C, A>, Error>,
}

struct Settings<C, A> {
    channel: ChannelBuilder,
    has_credentials: bool,
    api_address: Box<ApiAddress>,
    target: Target<A>,
    client: Box<Wrap<C, A>>,
}

impl<C: 'static> ClientBuilder<C> {
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
        Self::with_choice(url, dialect, api_address, move |channel, _| {
            Ok(client(channel))
        })
    }
}

impl<C, A> ClientBuilder<C, A> {
    /// Creates the builder of a client that chooses between several APIs of a service, for the constructor of a vendor's client.
    ///
    /// `api_address` computes the base address of the first API from the address that the user passed; see
    /// [`without_list_path`](crate::without_list_path). `client` wraps the channel, and finds others with
    /// [`Channel::with_path`].
    ///
    /// ```
    /// use gatelet_client::ClientBuilder;
    /// use gatelet_transport::{Channel, Dialect};
    ///
    /// enum Api {
    ///     Old,
    ///     New,
    /// }
    ///
    /// struct Client(Channel);
    ///
    /// fn builder(url: &str, dialect: impl Dialect) -> ClientBuilder<Client, Api> {
    ///     ClientBuilder::with_choice(
    ///         url,
    ///         dialect,
    ///         |url| Ok(url.clone()),
    ///         |channel, target| match target.api {
    ///             Some(Api::New) => Ok(Client(channel.with_path("/new")?)),
    ///             Some(Api::Old) | None => Ok(Client(channel)),
    ///         },
    ///     )
    /// }
    /// ```
    pub fn with_choice<U>(
        url: U,
        dialect: impl Dialect,
        api_address: impl Fn(&BaseUrl) -> Result<BaseUrl, Error> + Send + Sync + 'static,
        client: impl Fn(Channel, Target<A>) -> Result<C, Error> + Send + Sync + 'static,
    ) -> Self
    where
        U: TryInto<BaseUrl>,
        Error: From<U::Error>,
    {
        let address = url.try_into().map_err(Error::from);
        let bases = address.and_then(|address| Ok((api_address(&address)?, address)));
        Self {
            settings: bases.map(|(base, address)| Settings {
                channel: Channel::builder(base, dialect),
                has_credentials: false,
                api_address: Box::new(api_address),
                target: Target { address, api: None },
                client: Box::new(client),
            }),
        }
    }

    /// Chooses one of the vendor's APIs for the operations that several of them have. The vendor's client says what it
    /// chooses by default. The builder of a client with one API cannot call this: its `A` has no values.
    pub fn api(mut self, api: A) -> Self {
        if let Ok(settings) = &mut self.settings {
            settings.target.api = Some(api);
        }
        self
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
            let address = url.try_into()?;
            let base = (settings.api_address)(&address)?;
            settings.channel = settings.channel.base_url(base);
            settings.target.address = address;
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
    /// or those that the [chosen API](Self::api) refuses, and a user agent that is not valid in a header.
    pub fn build_with(self, transport: impl Transport, clock: impl Clock) -> Result<C, Error> {
        let settings = self.settings?;
        if !settings.has_credentials {
            let problem = "not set; call `ClientBuilder::credentials`";
            return Err(Error::invalid_input("credentials", problem));
        }
        let channel = settings.channel.build_with(transport, clock)?;
        (settings.client)(channel, settings.target)
    }

    fn map(mut self, set: impl FnOnce(ChannelBuilder) -> ChannelBuilder) -> Self {
        self.settings = self.settings.map(|settings| Settings {
            channel: set(settings.channel),
            ..settings
        });
        self
    }
}

impl<C, A> fmt::Debug for ClientBuilder<C, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field(
                "channel",
                &self.settings.as_ref().map(|settings| &settings.channel),
            )
            .finish_non_exhaustive()
    }
}
