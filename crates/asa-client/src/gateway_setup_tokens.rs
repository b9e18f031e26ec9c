//! What the description cannot say about gateway setup tokens.

use std::future::{Future, pending};
use std::pin::pin;

use gatelet_client::OperationCall;
use gatelet_models::Secret;
use gatelet_models::asa::{AgentToken, GatewaySetupTokenId, OperationId};
use gatelet_transport::{Error, OperationRequest};

use crate::check;
use crate::gateway_selection::ServedProjects;
use crate::generated::gateway_setup_tokens::GatewaySetupTokens;
use crate::projects::served_in_either_product;
use crate::stop::Stop;

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

    /// Reads a setup token and all projects of the team, and judges which of them select the labels of the token, as
    /// [`Gateways::projects`](crate::Gateways::projects) does for a gateway.
    ///
    /// A gateway may have labels of its own beside those of its setup token, and then serve other projects.
    ///
    /// Needs the permission to read the setup token and to list the projects.
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind). An error says which of the calls failed.
    pub async fn projects(&self, id: &GatewaySetupTokenId) -> Result<ServedProjects, Error> {
        self.projects_until(id, pending()).await
    }

    /// Does the same as [`projects`](Self::projects), until a future completes, such as one that waits for a signal. Then what was read is
    /// judged, and [`is_stopped`](ServedProjects::is_stopped) is true.
    ///
    /// # Errors
    ///
    /// Those of [`projects`](Self::projects).
    pub async fn projects_until(
        &self,
        id: &GatewaySetupTokenId,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<ServedProjects, Error> {
        let mut stop = pin!(stop);
        let mut stop = Stop::new(stop.as_mut());
        let Some(token) = stop.unless_stopped(self.get(id).send()).await else {
            return Ok(ServedProjects {
                is_stopped: true,
                ..ServedProjects::default()
            });
        };
        let token = token?;
        let details = token.details.as_ref();
        let labels = details.and_then(|details| details.labels.as_ref());
        served_in_either_product(&self.channel, labels, &mut stop).await
    }
}
