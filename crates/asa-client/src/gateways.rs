//! The gateways of a team.

use gatelet_models::asa::{
    Gateway, GatewayId, GatewayList, GatewayStatusReport, GatewayUpdate, OperationId,
};
use gatelet_transport::{ApiResponse, Channel, Deleted, Error, OperationRequest};

use crate::List;
use crate::call::{call, request};

/// The gateways of a team. They enrol themselves with a setup token, so there is no call that creates one.
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
    pub fn list(&self) -> List<Gateway> {
        List::new(&self.channel, OperationId::ListGateways, |response| {
            Ok(response.json::<GatewayList>()?.list)
        })
    }

    /// Reads one gateway.
    pub fn get(&self, id: &GatewayId) -> OperationRequest<Gateway> {
        self.request(OperationId::GetGatewayInstance, id, ApiResponse::json)
    }

    /// Changes a gateway. The update replaces it, so begin with `GatewayUpdate::from(&gateway)`: all that was read is sent
    /// again, also members that this version does not know, but for what the update changes.
    ///
    /// An update that holds a number which would lose digits is refused before anything is sent: see
    /// [`inexact_member`](GatewayUpdate::inexact_member).
    pub fn update(&self, id: &GatewayId, update: GatewayUpdate) -> OperationRequest<()> {
        let operation = OperationId::UpdateGatewayInstance.operation();
        let call = check_exact(&update)
            .map_err(|error| error.with_operation(operation.name))
            .and_then(|()| call(operation, &[self.channel.account(), id.as_str()]))
            .and_then(|call| call.with_json(&update));
        request(&self.channel, call, |_| Ok(())).with_resource(id.as_str())
    }

    /// Removes a gateway from the team.
    pub fn delete(&self, id: &GatewayId) -> OperationRequest<Deleted> {
        self.request(OperationId::DeleteGatewayInstance, id, |response| {
            Ok(response.into())
        })
    }

    /// Reads what a gateway last told about itself.
    pub fn status(&self, id: &GatewayId) -> OperationRequest<GatewayStatusReport> {
        self.request(OperationId::GetGatewayStatusReport, id, ApiResponse::json)
    }

    fn request<T>(
        &self,
        operation: OperationId,
        id: &GatewayId,
        read: fn(&ApiResponse) -> Result<T, Error>,
    ) -> OperationRequest<T> {
        let values = [self.channel.account(), id.as_str()];
        request(&self.channel, call(operation.operation(), &values), read)
            .with_resource(id.as_str())
    }
}

/// Refuses an update that would not send back what was read.
fn check_exact(update: &GatewayUpdate) -> Result<(), Error> {
    match update.inexact_member() {
        None => Ok(()),
        Some(member) => {
            let member: String = member.escape_debug().take(64).collect();
            let problem = format!(
                "`{member}` holds a number that cannot be sent back with all of its digits"
            );
            Err(Error::invalid_input("unknown_members", problem))
        }
    }
}
