//! The gateways of a team.

use gatelet_client::{ListQuery, ListRequest, OperationCall, PageBody, Query};
use gatelet_models::asa::{
    Gateway, GatewayId, GatewayList, GatewayStatusReport, GatewayUpdate, OperationId,
};
use gatelet_transport::{ApiResponse, Channel, Deleted, Error, OperationRequest};

/// The calls about the gateways of a team. Gateways enroll with a setup token, so no call creates one.
///
/// Source: <https://developer.okta.com/docs/api/openapi/asa/asa/tag/gateways/>.
///
/// ```
/// use asa_client::models::GatewayUpdate;
/// # use asa_client::{Client, ServiceUser};
/// # use gatelet_emulator::{Emulator, well_known};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = Emulator::memory()?;
/// # emulator.seed()?;
/// # let asa = Client::builder(well_known::ASA_TEAM)
/// #     .credentials(ServiceUser::new(well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET))
/// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
/// let gateways = asa.gateways();
/// let page = gateways.list().page_size(10).send().await?;
/// for gateway in &page.items {
///     let status = gateways.status(&gateway.id).send().await?;
///     println!("{}: {} connections", gateway.name, status.active_connections.unwrap_or(0));
///     let update = GatewayUpdate::from(gateway).with_refuse_connections(true);
///     gateways.update(&gateway.id, update).send().await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Gateways {
    channel: Channel,
}

impl Gateways {
    pub(crate) fn new(channel: &Channel) -> Self {
        let channel = channel.clone();
        Self { channel }
    }

    /// Lists the gateways.
    ///
    /// Source: <https://developer.okta.com/docs/reference/api/asa/introduction>.
    ///
    /// ```
    /// # use asa_client::{Client, ServiceUser};
    /// # use gatelet_emulator::{Emulator, well_known};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::memory()?;
    /// # emulator.seed()?;
    /// # let asa = Client::builder(well_known::ASA_TEAM)
    /// #     .credentials(ServiceUser::new(well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET))
    /// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
    /// let gateways = asa.gateways();
    /// let list = gateways.list().query(|query| query.contains("gateway"));
    /// let first = list.page_size(1).send().await?;
    ///
    /// // Later, perhaps in another process: the token is text.
    /// if let Some(token) = first.next_page_token? {
    ///     let text = token.to_string();
    ///     let mut rest = gateways.list().page_token(text.parse()?).items();
    ///     while let Some(gateway) = rest.try_next().await? {
    ///         println!("{} {}", gateway.id, gateway.name);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> ListRequest<Gateway, ListGatewaysQuery> {
        ListRequest::new(
            &self.channel,
            OperationId::ListGateways.operation(),
            &[self.channel.account()],
            |page: GatewayList| PageBody::new("list", page.list),
        )
    }

    /// Reads one gateway.
    pub fn get(&self, id: &GatewayId) -> OperationRequest<Gateway> {
        self.call(OperationId::GetGatewayInstance, id)
            .request(&self.channel, ApiResponse::json)
    }

    /// Updates a gateway. The update replaces it, so start from `GatewayUpdate::from(&gateway)`: it sends back what was read, unknown
    /// members included, with your changes.
    ///
    /// An update with a number that would lose digits is refused before anything is sent; see
    /// [`inexact_member`](GatewayUpdate::inexact_member).
    pub fn update(&self, id: &GatewayId, update: GatewayUpdate) -> OperationRequest<()> {
        self.call(OperationId::UpdateGatewayInstance, id)
            .check(check_exact(&update))
            .json(&update)
            .request(&self.channel, |_| Ok(()))
    }

    /// Deletes a gateway from the team.
    pub fn delete(&self, id: &GatewayId) -> OperationRequest<Deleted> {
        self.call(OperationId::DeleteGatewayInstance, id)
            .request(&self.channel, |response| Ok(response.into()))
    }

    /// Reads the last status report of a gateway.
    pub fn status(&self, id: &GatewayId) -> OperationRequest<GatewayStatusReport> {
        self.call(OperationId::GetGatewayStatusReport, id)
            .request(&self.channel, ApiResponse::json)
    }

    fn call(&self, operation: OperationId, id: &GatewayId) -> OperationCall {
        let path = [self.channel.account(), id.as_str()];
        OperationCall::new(operation.operation(), &path).resource(id.as_str())
    }
}

/// The query parameters of [`Gateways::list`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ListGatewaysQuery {
    contains: Option<String>,
    descending: Option<bool>,
}

impl ListGatewaysQuery {
    /// Lists only gateways whose name contains a text.
    pub fn contains(mut self, text: impl Into<String>) -> Self {
        self.contains = Some(text.into());
        self
    }

    /// Sets whether the newest come first.
    pub fn descending(mut self, newest_first: bool) -> Self {
        self.descending = Some(newest_first);
        self
    }
}

impl ListQuery for ListGatewaysQuery {
    fn write_to(&self, query: &mut Query) {
        query.set("contains", self.contains.as_deref());
        query.set("descending", self.descending);
    }
}

/// Refuses an update that would not send back what was read.
fn check_exact(update: &GatewayUpdate) -> Result<(), Error> {
    match update.inexact_member() {
        None => Ok(()),
        Some(member) => {
            let member: String = member.escape_debug().take(64).collect();
            let problem = format!(
                "`{member}` contains a number that cannot be sent back with all of its digits"
            );
            Err(Error::invalid_input("unknown_members", problem))
        }
    }
}
