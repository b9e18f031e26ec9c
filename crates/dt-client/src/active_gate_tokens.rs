//! The tokens with which ActiveGates connect.

use models::dt::{
    ActiveGateToken, ActiveGateTokenCreate, ActiveGateTokenCreated, ActiveGateTokenId, OperationId,
};
use transport::{Call, Channel, Deleted, Error, Reply, Request};

use crate::ListActiveGateTokens;
use crate::call::{call, call_with};

/// The tokens with which ActiveGates connect to the environment.
///
/// Source: <https://docs.dynatrace.com/managed/dynatrace-api/environment-api/tokens-v2/activegate-tokens>.
///
/// ```
/// use dt_client::Applied;
/// use dt_client::models::{ActiveGateTokenCreate, ActiveGateType};
/// # use dt_client::{ApiToken, Client};
/// # use emulator::{Emulator, well_known};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = Emulator::memory()?;
/// # emulator.seed()?;
/// # let dt = Client::builder("https://abc.live.dynatrace.com")
/// #     .credentials(ApiToken::new(well_known::DT_TOKEN)?)
/// #     .build_with(emulator, transport::testing::ManualClock::auto())?;
/// let tokens = dt.active_gate_tokens();
/// let new = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment)
///     .with_expiration_date("now+60d");
/// let created = tokens.create(new).send().await.inspect_err(|error| {
///     if error.applied() != Applied::No {
///         eprintln!("there may be a token `edge-7` whose secret nobody has: find it in the list and delete it");
///     }
/// })?;
/// assert!(!created.token.expose().is_empty()); // hand it to the ActiveGate
///
/// let token = tokens.get(&created.id).send().await?;
/// assert_eq!(token.name, "edge-7");
/// tokens.delete(&created.id).send().await?;
/// match tokens.get(&created.id).send().await {
///     Err(error) if error.is_not_found() => println!("gone"),
///     other => println!("{other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ActiveGateTokens {
    channel: Channel,
}

impl ActiveGateTokens {
    pub(crate) fn new(channel: &Channel) -> Self {
        let channel = channel.clone();
        Self { channel }
    }

    /// Lists the tokens, without their secrets. Needs the scope `activeGateTokenManagement.read`.
    pub fn list(&self) -> ListActiveGateTokens {
        ListActiveGateTokens::new(&self.channel)
    }

    /// Creates a token. The answer holds its secret, which is never shown again. Needs the scope
    /// `activeGateTokenManagement.create` or `activeGateTokenManagement.write`.
    ///
    /// A create whose answer was lost is not repeated: the error says whether it [may have been
    /// applied](crate::Error::applied). After `Yes` and `Unknown` a token may exist whose secret nobody has; find it by
    /// its name in the list and delete it.
    pub fn create(&self, token: ActiveGateTokenCreate) -> Request<ActiveGateTokenCreated> {
        let call = call_with(OperationId::CreateToken.operation(), &[], &token);
        Request::new(&self.channel, call, Reply::json)
    }

    /// Reads one token, without its secret. Needs the scope `activeGateTokenManagement.read`.
    pub fn get(&self, id: &ActiveGateTokenId) -> Request<ActiveGateToken> {
        Request::new(&self.channel, of(OperationId::GetToken, id), Reply::json)
    }

    /// Deletes a token: ActiveGates that use it can no longer connect. Needs the scope
    /// `activeGateTokenManagement.write`.
    pub fn delete(&self, id: &ActiveGateTokenId) -> Request<Deleted> {
        Request::new(&self.channel, of(OperationId::RevokeToken, id), |reply| {
            Ok(reply.into())
        })
    }
}

/// The call of an operation on one token.
fn of(operation: OperationId, id: &ActiveGateTokenId) -> Result<Call, Error> {
    let operation = operation.operation();
    if holds_a_secret(id.as_str()) {
        let problem = "is a whole token with its secret; an id ends before the second dot";
        let parameter = operation.path_parameters().next().unwrap_or("id");
        return Err(Error::invalid_input(parameter, problem).during(operation.name));
    }
    call(operation, &[id.as_str()])
}

/// Whether a text is prefix, public part and secret, as of every Dynatrace token, where an id has the first two. URLs
/// end up in logs, so a secret must never come into one.
fn holds_a_secret(id: &str) -> bool {
    let mut parts = id.trim_start().splitn(3, '.');
    let is_dynatrace = parts
        .next()
        .and_then(|prefix| prefix.get(..3))
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("dt0"));
    is_dynatrace && parts.nth(1).is_some_and(|secret| !secret.is_empty())
}
