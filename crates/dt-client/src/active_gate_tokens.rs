//! What the description cannot say about ActiveGate tokens.

use std::time::{Duration, SystemTime};

use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenCreate, OperationId};
use gatelet_transport::Error;

use crate::check;
use crate::generated::active_gate_tokens::ActiveGateTokens;

/// The most that the server's clock may be behind the local one.
const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

impl ActiveGateTokens {
    /// Finds the tokens that a create with an unknown outcome may have created: those of its name and kind that were created at `since`
    /// or later and show no use. Needs the scope of [`list`](Self::list).
    ///
    /// `since` is a time before the create by the local clock; the server's clock may be up to five minutes behind. A token that another
    /// process has just created with the same name is found too. Nothing is deleted. The secret of a lost token cannot be recovered, so
    /// [delete](Self::delete) the token and create another. A token whose name the API does not show is never found, so an
    /// empty list does not prove that none was created: [`list`](Self::list) shows tokens without a name.
    ///
    /// Each page is a call with the client's timeout and retry policy; nothing limits the whole but dropping the future.
    ///
    /// # Errors
    ///
    /// Those of a list. An incomplete list is an error too. `InvalidInput` for a create that is refused because the platform has no tokens
    /// of its kind.
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
        let (_, list) = self.client.route(OperationId::ListTokens);
        check::kind(list, create).map_err(|error| error.with_operation(list.name))?;
        let since = Timestamp::from(since).saturating_sub(CLOCK_SKEW);
        let mut lost = Vec::new();
        let list = self.list().largest_pages().require_complete();
        let mut tokens = list.items();
        while let Some(token) = tokens.try_next().await? {
            if may_come_from(create, &token) && token.creation_date >= since {
                lost.push(token);
            }
        }
        Ok(lost)
    }
}

/// Returns whether a token is unused and matches a create. Newer servers may omit its kind.
fn may_come_from(create: &ActiveGateTokenCreate, token: &ActiveGateToken) -> bool {
    token.name.as_ref() == Some(&create.name)
        && is_compatible(token.seed_token.as_ref(), create.seed_token.as_ref())
        && is_compatible(
            token.active_gate_type.as_ref(),
            create.active_gate_type.as_ref(),
        )
        && token.last_used_date.is_none_or(Timestamp::is_unset)
}

/// Returns whether a value is the requested one, or either is absent.
fn is_compatible<T: PartialEq>(value: Option<&T>, wanted: Option<&T>) -> bool {
    value.is_none() || wanted.is_none() || value == wanted
}
