//! The tokens with which ActiveGates connect.

use std::time::{Duration, SystemTime};

use gatelet_client::{ListRequest, OperationCall, PageBody};
use gatelet_models::Timestamp;
use gatelet_models::dt::{
    ActiveGateToken, ActiveGateTokenCreate, ActiveGateTokenCreated, ActiveGateTokenId,
    ActiveGateTokenList, Expiration, ExpirationError, OperationId,
};
use gatelet_transport::{ApiResponse, Channel, Clock as _, Deleted, Error, OperationRequest};

/// How far the server's clock may be behind in the search for a lost token.
const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// The greatest number of tokens on a page.
const LARGEST_PAGE: u32 = 3000;

/// The calls about the tokens with which ActiveGates connect to the environment.
///
/// Source: <https://docs.dynatrace.com/managed/dynatrace-api/environment-api/tokens-v2/activegate-tokens>.
///
/// ```
/// use dt_client::models::{ActiveGateTokenCreate, ActiveGateType};
/// # use dt_client::{ApiToken, Client};
/// # use gatelet_emulator::{Emulator, well_known};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = Emulator::memory()?;
/// # emulator.seed()?;
/// # let dt = Client::builder("https://abc.live.dynatrace.com")
/// #     .credentials(ApiToken::new(well_known::DT_TOKEN)?)
/// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
/// let tokens = dt.active_gate_tokens();
/// let new = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment)
///     .with_expiration_date("now+60d");
/// let created = tokens.create(new).send().await?;
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

    /// Lists the tokens, without their secrets, from 100 to 3000 on a page. Needs the scope `activeGateTokenManagement.read`.
    ///
    /// The server promises no order.
    /// Source: <https://docs.dynatrace.com/managed/dynatrace-api/environment-api/tokens-v2/activegate-tokens/get-all-activegate-tokens>.
    ///
    /// ```
    /// # use dt_client::{ApiToken, Client};
    /// # use gatelet_emulator::{Emulator, well_known};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::memory()?;
    /// # emulator.seed()?;
    /// # let dt = Client::builder("https://abc.live.dynatrace.com")
    /// #     .credentials(ApiToken::new(well_known::DT_TOKEN)?)
    /// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
    /// let mut pages = dt.active_gate_tokens().list().page_size(3000).pages();
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{} of {:?}", page.items.len(), page.total_count);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> ListRequest<ActiveGateToken> {
        let operation = OperationId::ListTokens.operation();
        ListRequest::new(
            &self.channel,
            operation,
            &[],
            |page: ActiveGateTokenList| {
                PageBody::new("activeGateTokens", page.active_gate_tokens)
                    .with_cursor(page.next_page_key)
                    .with_total_count(page.total_count)
                    .with_page_size(page.page_size)
            },
        )
    }

    /// Creates a token. The response contains its secret, which is never shown again. Needs the scope
    /// `activeGateTokenManagement.create` or `activeGateTokenManagement.write`.
    ///
    /// An [expiration](crate::models::Expiration) that is invalid, past, or more than two years ahead by the client's clock is refused
    /// before anything is sent. [`Expiration::at`](crate::models::Expiration::at) and
    /// [`after`](crate::models::Expiration::after) create one from an instant or a duration.
    ///
    /// The secret is never lost to another member of the response: an unreadable expiration date is
    /// [kept as text](crate::models::Lenient::Unreadable), unless that may contain a secret of the call. With the feature `tracing`
    /// there is a warning.
    ///
    /// A create whose response was lost is not repeated: the error says whether it [may have been
    /// applied](crate::Error::applied). After `Yes` and `Unknown` there may be a token whose secret is lost;
    /// [`find_lost`](Self::find_lost) finds it.
    pub fn create(
        &self,
        mut token: ActiveGateTokenCreate,
    ) -> OperationRequest<ActiveGateTokenCreated> {
        let checked = check_expiration(&mut token, self.channel.clock().now());
        let call = OperationCall::new(OperationId::CreateToken.operation(), &[])
            .check(checked)
            .json(&token);
        call.request(&self.channel, |response| {
            let mut created: ActiveGateTokenCreated = response.json_lossy()?;
            if created.token.expose().contains(char::REPLACEMENT_CHARACTER) {
                return Err(response.decode_error("token", "a character is not whole"));
            }
            if created.token.expose().is_empty() {
                return Err(response.decode_error("token", "the secret is empty"));
            }
            if created.unreadable_members().next().is_some() {
                let mut secrets = response.secrets();
                secrets.add(created.token.expose());
                created.withhold_unreadable(|text| secrets.contains_secret(text));
            }
            for (member, _) in created.unreadable_members() {
                response.warn_unreadable(member);
            }
            Ok(created)
        })
    }

    /// Finds the tokens that a create with an unknown outcome may have created: those of its name and kind that were created at `since`
    /// or later and never used. Needs the scope `activeGateTokenManagement.read`.
    ///
    /// `since` is the time before the create by our clock; the server's may be up to five minutes behind. Names need not be unique: a
    /// token that another process has just created with the same name is found too, unless names are never reused. Nothing is
    /// deleted. The secret of a lost token cannot be recovered, so [delete](Self::delete) it and create another.
    ///
    /// # Errors
    ///
    /// As those of a list. The result is complete, or it is an error.
    ///
    /// ```
    /// # use dt_client::{ApiToken, Client};
    /// # use gatelet_emulator::{Emulator, well_known};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::memory()?;
    /// # let dt = Client::builder("https://abc.live.dynatrace.com")
    /// #     .credentials(ApiToken::new(well_known::DT_TOKEN)?)
    /// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
    /// use std::time::SystemTime;
    /// use dt_client::Applied;
    /// use dt_client::models::{ActiveGateTokenCreate, ActiveGateType};
    ///
    /// let tokens = dt.active_gate_tokens();
    /// let edge = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment);
    /// let before = SystemTime::now();
    /// match tokens.create(edge.clone()).send().await {
    ///     Ok(created) => println!("created {}", created.id),
    ///     Err(error) if error.applied() == Applied::No => return Err(error.into()),
    ///     Err(error) => {
    ///         println!("{error}");
    ///         for lost in tokens.find_lost(&edge, before).await? {
    ///             tokens.delete(&lost.id).send().await?;
    ///         }
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn find_lost(
        &self,
        create: &ActiveGateTokenCreate,
        since: SystemTime,
    ) -> Result<Vec<ActiveGateToken>, Error> {
        let since = Timestamp::from(since).saturating_sub(CLOCK_SKEW);
        let mut lost = Vec::new();
        let list = self.list().page_size(LARGEST_PAGE).require_complete();
        let mut tokens = list.items();
        while let Some(token) = tokens.try_next().await? {
            if may_be_created_by(create, &token) && token.creation_date >= since {
                lost.push(token);
            }
        }
        Ok(lost)
    }

    /// Reads one token, without its secret. Needs the scope `activeGateTokenManagement.read`.
    pub fn get(&self, id: &ActiveGateTokenId) -> OperationRequest<ActiveGateToken> {
        self.call(OperationId::GetToken, id)
            .request(&self.channel, ApiResponse::json)
    }

    /// Deletes a token. ActiveGates that use it can no longer connect. Needs the scope
    /// `activeGateTokenManagement.write`.
    pub fn delete(&self, id: &ActiveGateTokenId) -> OperationRequest<Deleted> {
        self.call(OperationId::RevokeToken, id)
            .request(&self.channel, |response| Ok(response.into()))
    }

    fn call(&self, operation: OperationId, id: &ActiveGateTokenId) -> OperationCall {
        OperationCall::new(operation.operation(), &[id.as_str()]).resource(id.as_str())
    }
}

/// Refuses an expiration that the server would refuse or misread, and rewrites our own forms in the API's.
fn check_expiration(token: &mut ActiveGateTokenCreate, now: SystemTime) -> Result<(), Error> {
    if let Some(text) = &mut token.expiration_date {
        let refuse =
            |problem: ExpirationError| Error::invalid_input("expiration_date", problem.to_string());
        let expiration: Expiration = text.parse().map_err(refuse)?;
        expiration.resolve(now.into()).map_err(refuse)?;
        if !Expiration::is_api_form(text) {
            *text = expiration.into();
        }
    }
    Ok(())
}

/// Whether a token is unused and as a create requests. Newer servers may not tell its kind.
fn may_be_created_by(create: &ActiveGateTokenCreate, token: &ActiveGateToken) -> bool {
    token.name == create.name
        && may_be(token.seed_token.as_ref(), create.seed_token.as_ref())
        && may_be(
            token.active_gate_type.as_ref(),
            create.active_gate_type.as_ref(),
        )
        && token.last_used_date.is_none()
}

/// Whether a value is the requested one, or either is unknown.
fn may_be<T: PartialEq>(value: Option<&T>, wanted: Option<&T>) -> bool {
    value.is_none() || wanted.is_none() || value == wanted
}
