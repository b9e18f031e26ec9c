//! What the description cannot say about gateway setup tokens.

use gatelet_client::OperationCall;
use gatelet_models::Secret;
use gatelet_models::asa::{AgentToken, GatewaySetupTokenId, OperationId};
use gatelet_transport::{Error, OperationRequest};

use crate::check;
use crate::gateway_selection::ServedProjects;
use crate::generated::gateway_setup_tokens::GatewaySetupTokens;
use crate::projects::served_in_either_product;

impl GatewaySetupTokens {
    /// Reads the value of a setup token: the secret that a gateway enrolls with.
    ///
    /// Needs the permission `access_admin` or `resource_admin`.
    ///
    /// Source: <https://developer.okta.com/docs/api/openapi/asa/asa/tag/gateways/>.
    ///
    /// ```
    /// use asa_client::models::GatewaySetupTokenCreate;
    /// # use asa_client::{Client, ServiceUser};
    /// # use gatelet_emulator::{Emulator, well_known};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::memory()?;
    /// # emulator.seed()?;
    /// # let asa = Client::builder(well_known::ASA_TEAM)
    /// #     .credentials(ServiceUser::new(well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET))
    /// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
    /// let tokens = asa.gateway_setup_tokens();
    /// let new = GatewaySetupTokenCreate::new().with_description("edge").with_labels([("env", "dev")]);
    /// let created = tokens.create(new).send().await?;
    /// let value = tokens.reveal(&created.id).send().await?;
    /// assert!(!value.expose().is_empty()); // hand it to the new gateway
    /// let deleted = tokens.delete(&created.id).send().await?;
    /// assert!(!deleted.was_already_gone);
    /// # Ok(())
    /// # }
    /// ```
    pub fn reveal(&self, id: &GatewaySetupTokenId) -> OperationRequest<Secret> {
        let operation = OperationId::FetchGatewaySetupTokenAsAgentToken.operation();
        OperationCall::new(operation, &[self.channel.account(), id.as_str()])
            .check(check::fetch_gateway_setup_token(&self.channel, id))
            .resource(id.as_str())
            .request(&self.channel, |response| {
                let body: AgentToken = response.json()?;
                body.token
                    .filter(|value| !value.expose().is_empty())
                    .ok_or_else(|| response.decode_error("token", "the value is missing"))
            })
    }
    /// Reads a setup token and all projects of the team, and judges which of them the gateways that enroll with the token will serve,
    /// as [`Gateways::projects`](crate::Gateways::projects) does for a gateway.
    ///
    /// A gateway may have labels of its own beside those of its setup token.
    ///
    /// Needs the permission to read the setup token and to list the projects.
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind). An error says which of the calls failed.
    pub async fn projects(&self, id: &GatewaySetupTokenId) -> Result<ServedProjects, Error> {
        let token = self.get(id).send().await?;
        let details = token.details.as_ref();
        let labels = details.and_then(|details| details.labels.as_ref());
        served_in_either_product(&self.channel, labels).await
    }
}
