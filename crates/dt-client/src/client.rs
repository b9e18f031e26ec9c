//! The client and its builder.

use std::fmt;

use gatelet_transport::{
    BaseUrl, CallTimeouts, Channel, ChannelBuilder, Clock, CredentialProvider, Error, RetryPolicy,
    TraceContext, Transport,
};

use crate::dialect::Dynatrace;
use crate::{ActiveGateTokens, api_root};

/// A client of one environment; a clone shares connections and retry budget with it.
///
/// ```
/// use dt_client::{ApiToken, Client};
/// # use gatelet_emulator::{Emulator, well_known};
/// # use gatelet_transport::testing::ManualClock;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = Emulator::memory()?;
/// # emulator.seed()?;
/// # let token = well_known::DT_TOKEN;
///
/// let dt = Client::builder("https://abc.live.dynatrace.com")
///     .credentials(ApiToken::new(token)?)
///     // `.build()?` where the default features are on; any other transport and clock otherwise:
///     .build_with(emulator, ManualClock::auto())?;
///
/// for token in dt.active_gate_tokens().list().send().await? {
///     println!("{} {:?}", token.id, token.expiration_date);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    channel: Channel,
}

impl Client {
    /// Starts a client of an environment, by any of its addresses, with or without a slash at the end:
    ///
    /// - Dynatrace SaaS, `https://{environment}.live.dynatrace.com`;
    /// - Dynatrace Managed, `https://{domain}/e/{environment}`;
    /// - an ActiveGate, `https://{activegate}:9999/e/{environment}`;
    /// - each of these with `/api`, `/api/v2` or `/api/v2/activeGateTokens` behind it;
    /// - the platform's proxy,
    ///   `https://{environment}.apps.dynatrace.com/platform/classic/environment-api/v2`.
    ///
    /// Plain `http` works on loopback only, unless a [`BaseUrl`] that allows it is given.
    pub fn builder<U>(url: U) -> ClientBuilder
    where
        U: TryInto<BaseUrl>,
        Error: From<U::Error>,
    {
        let base = url.try_into().map_err(Error::from);
        ClientBuilder {
            channel: base
                .and_then(|base| api_root::of(&base))
                .map(|base| Channel::builder(base, Dynatrace)),
            has_credentials: false,
            body_limit: None,
        }
    }

    /// The tokens with which ActiveGates connect to the environment.
    #[must_use]
    pub fn active_gate_tokens(&self) -> ActiveGateTokens {
        ActiveGateTokens::new(&self.channel)
    }

    /// The address that all paths are below, normalised.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        self.channel.base_url()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", self.base_url())
            .finish_non_exhaustive()
    }
}

/// Builds a [`Client`]. Invalid settings are reported by `build`.
#[must_use = "nothing is made until `build` or `build_with` is called"]
pub struct ClientBuilder {
    channel: Result<ChannelBuilder, Error>,
    has_credentials: bool,
    body_limit: Option<u64>,
}

impl ClientBuilder {
    /// Sets what the calls authorise themselves with. A client must have it.
    ///
    /// The scheme is the caller's choice: an [`ApiToken`](crate::ApiToken) on classic addresses, a
    /// [`Bearer`](crate::Bearer) for OAuth and platform tokens. A [`FileToken`](crate::FileToken) is either, and is read again for
    /// each call from a file that is rotated. It is never guessed from the token's form.
    pub fn credentials(mut self, credentials: impl CredentialProvider) -> Self {
        self.has_credentials = true;
        self.map(|channel| channel.credentials(credentials))
    }

    /// Sets how often a call is tried.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.map(|channel| channel.retry(policy))
    }

    /// Sets the time limits of calls.
    pub fn timeouts(self, timeouts: CallTimeouts) -> Self {
        self.map(|channel| channel.timeouts(timeouts))
    }

    /// Sets what stands behind the crate's own name in the `User-Agent` field.
    pub fn user_agent(self, suffix: impl Into<String>) -> Self {
        self.map(|channel| channel.user_agent(suffix))
    }

    /// Sets the largest body of an answer, in bytes; default 10 MiB.
    ///
    /// `build` gives it to its transport too. One that is given to [`build_with`](Self::build_with) has a limit of its own,
    /// for example `HyperTransportBuilder::body_limit`, and the smaller one counts.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = Some(bytes);
        self.map(|channel| channel.body_limit(bytes))
    }

    /// Sets what says to which trace a request belongs; without it no request tells.
    ///
    /// The hook is called for each attempt of each call, with the span of that attempt as the current one where the feature
    /// `tracing` is on. If it gives nothing, or panics, the attempt is made without.
    pub fn trace_context(
        self,
        hook: impl Fn() -> Option<TraceContext> + Send + Sync + 'static,
    ) -> Self {
        self.map(|channel| channel.trace_context(hook))
    }

    /// Makes the client over HTTP/1.1, HTTP/2 and TLS.
    ///
    /// No file is read and no socket opened; calls need a tokio runtime.
    ///
    /// # Errors
    ///
    /// As [`build_with`](Self::build_with).
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    pub fn build(self) -> Result<Client, Error> {
        let mut transport = gatelet_hyper::HyperTransport::builder();
        if let Some(bytes) = self.body_limit {
            transport = transport.body_limit(bytes);
        }
        self.build_with(transport.build(), gatelet_hyper::TokioClock::new())
    }

    /// Makes the client over any transport and clock.
    ///
    /// With the feature `hyper` alone there is HTTP without TLS, for loopback:
    ///
    /// ```no_run
    /// # #[cfg(feature = "hyper")]
    /// # fn main() -> Result<(), dt_client::Error> {
    /// use dt_client::{ApiToken, Client, HyperTransport, TokioClock};
    ///
    /// let client = Client::builder("http://localhost:8080")
    ///     .credentials(ApiToken::new("dt0c01.EXAMPLE.SECRET")?)
    ///     .build_with(HyperTransport::new(), TokioClock::new())?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "hyper"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an invalid address, missing credentials, and a user agent that cannot stand in a header.
    pub fn build_with(self, transport: impl Transport, clock: impl Clock) -> Result<Client, Error> {
        if !self.has_credentials {
            return Err(Error::invalid_input("credentials", "are missing"));
        }
        let channel = self.channel?.build_with(transport, clock)?;
        Ok(Client { channel })
    }

    fn map(mut self, set: impl FnOnce(ChannelBuilder) -> ChannelBuilder) -> Self {
        self.channel = self.channel.map(set);
        self
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("channel", &self.channel)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}
