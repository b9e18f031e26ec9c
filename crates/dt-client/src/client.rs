//! The client of an environment.

use std::fmt;

use gatelet_transport::{BaseUrl, Channel, Error};

use crate::api_root;
use crate::dialect::Dynatrace;

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
    channel: Channel,
}

impl Client {
    /// Starts building a client of an environment, at any of its addresses, with or without a trailing slash:
    ///
    /// - Dynatrace SaaS, `https://{environment}.live.dynatrace.com`;
    /// - Dynatrace Managed, `https://{domain}/e/{environment}`;
    /// - an ActiveGate, `https://{activegate}:9999/e/{environment}`;
    /// - each of these followed by `/api`, `/api/v2` or `/api/v2/activeGateTokens`;
    /// - the platform's proxy,
    ///   `https://{environment}.apps.dynatrace.com/platform/classic/environment-api/v2`.
    ///
    /// Plain `http` works only on loopback, unless the argument is a [`BaseUrl`] that allows it.
    ///
    /// The scheme of the credentials is the caller's choice: an [`ApiToken`](crate::ApiToken) on classic addresses, a
    /// [`Bearer`](crate::Bearer) for OAuth and platform tokens. A [`FileToken`](crate::FileToken) reads either of them
    /// from a file, again for each call, so that another process can rotate it.
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
        ClientBuilder::new(url, Dynatrace, api_root::from_environment, |channel| Self {
            channel,
        })
    }

    /// Returns the channel that all calls use.
    pub(crate) fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Returns the normalized base address of all paths.
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

/// Builds a [`Client`]. Invalid settings are reported when the client is built.
pub type ClientBuilder = gatelet_client::ClientBuilder<Client>;
