//! The client of an environment.

use std::fmt;

use gatelet_client::Target;
use gatelet_models::Operation;
use gatelet_models::dt::OperationId;
use gatelet_transport::{BaseUrl, Channel, Error};

use crate::api_root;
use crate::dialect::Dynatrace;
use crate::token_api::TokenApi;

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
///     // `.build()?` with the default features; otherwise any transport and clock:
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
    /// The channel of the classic API.
    channel: Channel,
    /// The channel of the platform's API of tokens.
    platform: Channel,
    api: TokenApi,
}

impl Client {
    /// Starts building a client of an environment, at any of its addresses, with or without a trailing slash:
    ///
    /// - Dynatrace SaaS, `https://{environment}.live.dynatrace.com`;
    /// - Dynatrace Managed, `https://{domain}/e/{environment}`;
    /// - an ActiveGate, `https://{activegate}:9999/e/{environment}`;
    /// - each of these followed by `/api`, `/api/v2` or `/api/v2/activeGateTokens`;
    /// - the platform, `https://{environment}.apps.dynatrace.com`, or the path of an API there: that of the proxy,
    ///   `/platform/classic/environment-api/v2`, or that of the Fleet Management API, `/platform/fleet-management/v1`.
    ///
    /// Two APIs have ActiveGate tokens. [`TokenApi`] says which one is chosen by address and credentials;
    /// [`api`](ClientBuilder::api) chooses otherwise:
    ///
    /// ```
    /// use dt_client::{Bearer, Client, TokenApi};
    /// # use gatelet_emulator::Emulator;
    /// # use gatelet_transport::testing::ManualClock;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::memory()?;
    /// let dt = Client::builder("https://abc.apps.dynatrace.com")
    ///     .credentials(Bearer::new("dt0s16.EXAMPLE.SECRET")?)
    ///     .api(TokenApi::Platform)
    ///     .build_with(emulator, ManualClock::auto())?;
    /// assert_eq!(dt.api(), TokenApi::Platform);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Plain `http` works only on loopback, unless the argument is a [`BaseUrl`] that allows it.
    ///
    /// The scheme of the credentials is the caller's choice: an [`ApiToken`](crate::ApiToken) on classic addresses, a
    /// [`Bearer`](crate::Bearer) for platform tokens. A [`FileToken`](crate::FileToken) reads either of them from a file, again for
    /// each call, so that another process can rotate it. An [`OAuthClient`](crate::OAuthClient) obtains its tokens itself.
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
    pub fn builder<U>(url: U) -> ClientBuilder
    where
        U: TryInto<BaseUrl>,
        Error: From<U::Error>,
    {
        ClientBuilder::with_choice(
            url,
            Dynatrace(TokenApi::Classic),
            api_root::classic,
            Self::new,
        )
    }

    fn new(channel: Channel, target: Target<TokenApi>) -> Result<Self, Error> {
        let Target { address, api, .. } = target;
        let scheme = channel.scheme();
        let api = api.unwrap_or_else(|| api_root::default_api(&address, scheme));
        if api == TokenApi::Platform && scheme.is_some_and(|scheme| scheme != "Bearer") {
            let problem = "are not of the scheme `Bearer`, which the platform's API of tokens needs; use a platform token or an OAuth \
                client, or choose `TokenApi::Classic`";
            return Err(Error::invalid_input("credentials", problem));
        }
        if api == TokenApi::Platform
            && let Some(host) = api_root::platform_host(&address)
        {
            let problem =
                format!("does not serve the platform's API of tokens; use https://{host}");
            return Err(Error::invalid_input("base_url", problem));
        }
        let platform = channel.with_path(&api_root::fleet_path(&address)?)?;
        Ok(Self {
            platform: platform.with_dialect(Dynatrace(TokenApi::Platform)),
            channel,
            api,
        })
    }

    /// Returns the channel of the classic API.
    pub(crate) fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Returns the operation that a call of another one becomes, and the channel of its API.
    pub(crate) fn route(&self, id: OperationId) -> (&Channel, &'static Operation) {
        match id.alternative().filter(|_| self.api == TokenApi::Platform) {
            Some(id) => (&self.platform, id.operation()),
            None => (&self.channel, id.operation()),
        }
    }

    /// Returns the API that the operations on ActiveGate tokens go to.
    #[must_use]
    pub fn api(&self) -> TokenApi {
        self.api
    }

    /// Returns the normalized base address of the Environment API v2.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        self.channel.base_url()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", self.base_url())
            .field("api", &self.api)
            .finish_non_exhaustive()
    }
}

/// Builds a [`Client`]. Invalid settings are reported when the client is built.
pub type ClientBuilder = gatelet_client::ClientBuilder<Client, TokenApi>;
