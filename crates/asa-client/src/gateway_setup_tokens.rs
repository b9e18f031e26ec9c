//! The tokens with which new gateways enroll.

use gatelet_client::{ListQuery, ListRequest, OperationCall, PageBody, Query};
use gatelet_models::asa::{
    AgentToken, GatewaySetupToken, GatewaySetupTokenCreate, GatewaySetupTokenId,
    GatewaySetupTokenList, OperationId,
};
use gatelet_models::{Operation, Secret};
use gatelet_transport::{ApiResponse, Channel, Deleted, Error, OperationRequest};

/// The calls about the tokens with which new gateways enroll in the team. A token can be used more than once.
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
#[derive(Clone, Debug)]
pub struct GatewaySetupTokens {
    channel: Channel,
}

impl GatewaySetupTokens {
    pub(crate) fn new(channel: &Channel) -> Self {
        let channel = channel.clone();
        Self { channel }
    }

    /// Lists the setup tokens. The service cannot filter them.
    pub fn list(&self) -> ListRequest<GatewaySetupToken, ListGatewaySetupTokensQuery> {
        ListRequest::new(
            &self.channel,
            OperationId::ListGatewaySetupTokens.operation(),
            &[self.channel.account()],
            |page: GatewaySetupTokenList| PageBody::new("list", page.list),
        )
    }

    /// Creates a setup token. [`reveal`](Self::reveal) reads its value, any number of times.
    ///
    /// A create whose response was lost is not repeated: the error says whether it [may have been
    /// applied](crate::Error::applied).
    pub fn create(&self, token: GatewaySetupTokenCreate) -> OperationRequest<GatewaySetupToken> {
        let operation = OperationId::CreateGatewaySetupToken.operation();
        let call = OperationCall::new(operation, &[self.channel.account()]).json(&token);
        call.request(&self.channel, |response| {
            // The id is enough to know what was created.
            let created: GatewaySetupToken = response.json_lossy()?;
            if created.id.as_str().contains(char::REPLACEMENT_CHARACTER) {
                return Err(response.decode_error("id", "a character is not whole"));
            }
            Ok(created)
        })
    }

    /// Reads one setup token, without its value.
    pub fn get(&self, id: &GatewaySetupTokenId) -> OperationRequest<GatewaySetupToken> {
        self.call(OperationId::FetchGatewaySetupToken, id)
            .request(&self.channel, ApiResponse::json)
    }

    /// Reads the value of a setup token: the secret with which a gateway enrolls.
    pub fn reveal(&self, id: &GatewaySetupTokenId) -> OperationRequest<Secret> {
        self.call(OperationId::FetchGatewaySetupTokenAsAgentToken, id)
            .request(&self.channel, |response| {
                let body: AgentToken = response.json()?;
                body.token
                    .filter(|value| !value.expose().is_empty())
                    .ok_or_else(|| response.decode_error("token", "the value is missing"))
            })
    }

    /// Deletes a setup token.
    pub fn delete(&self, id: &GatewaySetupTokenId) -> OperationRequest<Deleted> {
        self.call(OperationId::DeleteGatewaySetupToken, id)
            .request(&self.channel, |response| Ok(response.into()))
    }

    fn call(&self, operation: OperationId, id: &GatewaySetupTokenId) -> OperationCall {
        let operation = operation.operation();
        OperationCall::new(operation, &[self.channel.account(), id.as_str()])
            .check(check_id(operation, id))
            .resource(id.as_str())
    }
}

/// The query parameters of [`GatewaySetupTokens::list`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ListGatewaySetupTokensQuery {
    descending: Option<bool>,
}

impl ListGatewaySetupTokensQuery {
    /// Sets whether the newest come first.
    pub fn descending(mut self, newest_first: bool) -> Self {
        self.descending = Some(newest_first);
        self
    }
}

impl ListQuery for ListGatewaySetupTokensQuery {
    fn write_to(&self, query: &mut Query) {
        query.set("descending", self.descending);
    }
}

/// Refuses the value of a setup token in place of its id.
fn check_id(operation: &Operation, id: &GatewaySetupTokenId) -> Result<(), Error> {
    if !is_a_value(id.as_str()) {
        return Ok(());
    }
    let parameter = operation.path_parameters().last().unwrap_or("id");
    let problem = "is the value of a setup token, which is secret, and not its id";
    Err(Error::invalid_input(parameter, problem))
}

/// Whether a text has the form of a setup token's value in the vendor's examples. URLs end up in logs, so a secret must never be
/// in one.
fn is_a_value(id: &str) -> bool {
    const START: &str = "sft-gw.";
    let start = id.trim_start().get(..START.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(START))
}
