//! The client of a team.

use std::fmt;

use gatelet_client::{OperationCall, without_list_path};
use gatelet_models::asa::OperationId;
use gatelet_transport::{BaseUrl, Channel, Error};

use crate::dialect::Asa;
use crate::service_user::ServiceUser;

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
///     // `.build()?` with the default features; otherwise any transport and clock:
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
    /// The address of Okta Advanced Server Access, which is used if no other is set.
    pub const DEFAULT_ENDPOINT: &'static str = "https://app.scaleft.com";

    /// Starts building a client of a team at `https://app.scaleft.com`. `team` is the name in the URLs of the team's pages.
    ///
    /// [`endpoint`](ClientBuilder::endpoint) sets another address, for example `https://acme.pam.okta.com`, which serves Okta
    /// Privileged Access. It may end in `/v1`, in `/v1/teams/{team}`, or in the path of a list. Calls are authorized with a
    /// [`ServiceUser`](crate::ServiceUser), or a [`Bearer`](crate::Bearer) that was obtained elsewhere.
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
    pub fn builder(team: impl Into<String>) -> ClientBuilder {
        let team = team.into();
        match list_paths(&team) {
            Ok(lists) => {
                let address = move |url: &BaseUrl| without_list_path(url, "", &lists);
                ClientBuilder::new(Self::DEFAULT_ENDPOINT, Asa, address, |channel| Self {
                    channel,
                })
                .account(team)
            }
            // An invalid team may be a secret; do not keep it.
            Err(error) => ClientBuilder::invalid(error),
        }
    }

    /// Returns the channel that all calls use.
    pub(crate) fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Returns a client that logs in as another service user and shares everything else.
    pub(crate) fn with_service_user(&self, user: ServiceUser) -> Result<Self, Error> {
        let channel = self.channel.with_credentials(user)?;
        Ok(Self { channel })
    }

    /// Returns the normalized base address of all paths.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        self.channel.base_url()
    }

    /// Returns the name of the team.
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

/// Builds a [`Client`]. Invalid settings are reported when the client is built.
pub type ClientBuilder = gatelet_client::ClientBuilder<Client>;

/// Returns the paths of the lists, after a check of the team.
fn list_paths(team: &str) -> Result<Vec<String>, Error> {
    OperationCall::new(OperationId::ListGateways.operation(), &[team]).into_call()?;
    let operations = OperationId::ALL.iter().map(|id| id.operation());
    let lists = operations.filter(|operation| operation.paging.is_some());
    Ok(lists.filter_map(|list| list.expand(&[team]).ok()).collect())
}
