//! The client and its builder.

use std::fmt;

use gatelet_models::asa::OperationId;
use gatelet_transport::{
    BaseUrl, CallTimeouts, Channel, ChannelBuilder, Clock, CredentialProvider, Error, RetryPolicy,
    TraceContext, Transport,
};

use crate::call::call;
use crate::dialect::Asa;
use crate::{GatewaySetupTokens, Gateways};

/// Where Okta serves Advanced Server Access.
const DEFAULT_ENDPOINT: &str = "https://app.scaleft.com";

/// What the paths of the lists have behind the team.
const LISTS: [&str; 2] = ["/gateways", "/gateway_setup_tokens"];

/// A client of one team; a clone shares connections, credential and retry budget with it.
///
/// ```
/// use asa_client::{Client, ServiceUser};
/// # use gatelet_emulator::{Emulator, well_known};
/// # use gatelet_transport::testing::ManualClock;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = Emulator::memory()?;
/// # emulator.seed()?;
/// # let (team, key_id, key_secret) =
/// #     (well_known::ASA_TEAM, well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET);
///
/// let asa = Client::builder(team)
///     .credentials(ServiceUser::new(key_id, key_secret))
///     // `.build()?` where the default features are on; any other transport and clock otherwise:
///     .build_with(emulator, ManualClock::auto())?;
///
/// for gateway in asa.gateways().list().send().await? {
///     println!("{} {}", gateway.id, gateway.name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    channel: Channel,
}

impl Client {
    /// Starts a client of a team, by the name that is in the addresses of its pages.
    pub fn builder(team: impl Into<String>) -> ClientBuilder {
        let team = team.into();
        // What cannot be a team may be a secret, so the builder does not keep it.
        let checked = call(OperationId::ListGateways.operation(), &[&team]);
        let team_path = checked
            .as_ref()
            .ok()
            .and_then(|call| call.path.strip_suffix("/gateways"))
            .unwrap_or("/v1/teams")
            .to_owned();
        ClientBuilder {
            team_path,
            channel: checked
                .and_then(|_| BaseUrl::parse(DEFAULT_ENDPOINT))
                .map(|base| Channel::builder(base, Asa).account(team)),
            has_credentials: false,
            body_limit: None,
        }
    }

    /// The gateways of the team.
    #[must_use]
    pub fn gateways(&self) -> Gateways {
        Gateways::new(&self.channel)
    }

    /// The tokens with which new gateways enrol.
    #[must_use]
    pub fn gateway_setup_tokens(&self) -> GatewaySetupTokens {
        GatewaySetupTokens::new(&self.channel)
    }

    /// The address that all paths are below, normalised.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        self.channel.base_url()
    }

    /// The name of the team.
    #[must_use]
    pub fn team(&self) -> &str {
        self.channel.account()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", self.base_url())
            .field("team", &self.team())
            .finish_non_exhaustive()
    }
}

/// Builds a [`Client`]. Invalid settings are reported by `build`.
#[must_use = "nothing is made until `build` or `build_with` is called"]
pub struct ClientBuilder {
    /// What the paths of the operations begin with, encoded.
    team_path: String,
    channel: Result<ChannelBuilder, Error>,
    has_credentials: bool,
    body_limit: Option<u64>,
}

impl ClientBuilder {
    /// Sets what the calls authorise themselves with: a [`ServiceUser`](crate::ServiceUser), or a
    /// [`Bearer`](crate::Bearer) that was obtained elsewhere. A client must have one.
    pub fn credentials(mut self, credentials: impl CredentialProvider) -> Self {
        self.has_credentials = true;
        self.map(|channel| channel.credentials(credentials))
    }

    /// Sets another host than `https://app.scaleft.com`, for example `https://acme.pam.okta.com`, which serves Okta
    /// Privileged Access. It may end in `/v1`, in `/v1/teams/{team}`, or in the path of one of the two lists, as the
    /// documentation writes addresses. Plain `http` works on loopback only, unless a [`BaseUrl`] that allows it is given.
    pub fn endpoint<U>(mut self, url: U) -> Self
    where
        U: TryInto<BaseUrl>,
        Error: From<U::Error>,
    {
        let team_path = self.team_path.as_str();
        self.channel = self.channel.and_then(|channel| {
            let base: BaseUrl = url.try_into()?;
            let mut before = base.without_path_suffix(team_path)?;
            for list in LISTS {
                let shorter = base.without_path_suffix(&format!("{team_path}{list}"))?;
                if shorter.path().len() < before.path().len() {
                    before = shorter;
                }
            }
            Ok(channel.base_url(before))
        });
        self
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
    /// # fn main() -> Result<(), asa_client::Error> {
    /// use asa_client::{Client, HyperTransport, ServiceUser, TokioClock};
    ///
    /// let client = Client::builder("my-team")
    ///     .endpoint("http://localhost:8080")
    ///     .credentials(ServiceUser::new("key-id", "key-secret"))
    ///     .build_with(HyperTransport::new(), TokioClock::new())?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "hyper"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a team name that cannot stand in a path, an invalid address, missing credentials, and a
    /// user agent that cannot stand in a header.
    pub fn build_with(self, transport: impl Transport, clock: impl Clock) -> Result<Client, Error> {
        let channel = self.channel?;
        if !self.has_credentials {
            return Err(Error::invalid_input("credentials", "are missing"));
        }
        let channel = channel.build_with(transport, clock)?;
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
