//! Which ActiveGates show a token.

use std::time::Duration;

use gatelet_client::OperationCall;
use gatelet_models::Timestamp;
use gatelet_models::dt::{
    ActiveGate, ActiveGateToken, ActiveGateTokenId, ActiveGateTokenState, ActiveGateTokenUse,
    OperationId,
};
use gatelet_transport::{ApiResponse, Error};

use crate::active_gates::VISIBLE;
use crate::generated::active_gate_tokens::ActiveGateTokens;
use crate::generated::active_gates::ActiveGates;

/// The ActiveGates that show a token, and what else tells whether it is in use.
///
/// An empty list never proves that no ActiveGate uses the token: one that has been offline for longer than [`window`](Self::window) is
/// not in the API's list, and needs its token when it starts again. The second witness is
/// [`last_used_date`](Self::last_used_date).
#[derive(Debug)]
#[non_exhaustive]
pub struct TokenUsers {
    /// The ActiveGates that show the token, in any state of it, in the order of the API's list.
    pub active_gates: Vec<ActiveGate>,
    /// How many other ActiveGates of the list do not say which tokens they have, because they have no list of tokens, or an entry without
    /// an id, with a blank one, or with one that resembles the token's. Each of them may use the token.
    pub unreported: usize,
    /// How long the API's list shows an ActiveGate that lost its connection: two hours, as documented.
    pub window: Duration,
    /// The token itself; `None` if the environment does not know it, as after its deletion. An error if it could not be read, such as
    /// without its scope.
    pub token: Result<Option<ActiveGateToken>, Error>,
}

impl TokenUsers {
    /// Returns when the token was last used; `None` if the environment shows no use, does not know the token, or it could not be read.
    ///
    /// It is not documented how soon a use is recorded, nor whether a connection that stays open counts.
    #[must_use]
    pub fn last_used_date(&self) -> Option<Timestamp> {
        let date = self.token.as_ref().ok()?.as_ref()?.last_used_date?;
        (!date.is_unset()).then_some(date)
    }
}

impl ActiveGateTokens {
    /// Finds the ActiveGates that show a token, before it is deleted or replaced, or after.
    ///
    /// The API has no filter by token: this lists all ActiveGates and compares the ids of their tokens, then reads the token. That the
    /// ids are the same in both families is documented. They are compared byte by byte; one that differs only in case or white space
    /// counts as [`unreported`](TokenUsers::unreported). Needs the scopes of [`ActiveGates::list`] and of
    /// [`get`](Self::get). Both calls have the client's timeout and retry policy. The list of ActiveGates is one response, by estimate of
    /// 1.5 to 4 kB for each, which the client's [`body_limit`](crate::ClientBuilder::body_limit) must hold: 10 MiB unless it is raised.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an id that cannot be sent, before anything is. Otherwise those of [`ActiveGates::list`], whose 404 says nothing
    /// about the token, but that the server does not list ActiveGates; and a 404 of [`get`](Self::get) if neither the environment nor an
    /// ActiveGate knows the token. [`Error::operation`] tells them apart: `dt getAllActiveGates` or `dt getToken`, or on the platform
    /// `dt getFleetToken`.
    ///
    /// Any other error of `get` is in [`token`](TokenUsers::token), so that the ActiveGates which show the token are known all the same. A
    /// response that shows another token is a `Decode` error at `id`.
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
    /// let users = dt.active_gate_tokens().users(&"dt0g02.123abc".into()).await?;
    /// for gate in &users.active_gates {
    ///     println!("{:?} shows the token", gate.hostname);
    /// }
    /// match &users.token {
    ///     Ok(_) => println!("last used {:?}", users.last_used_date()),
    ///     Err(error) => println!("the last use is unknown: {error}"),
    /// }
    /// println!("hosts that are off for {:?} are not shown", users.window);
    /// # assert_eq!(users.active_gates.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn users(&self, id: &ActiveGateTokenId) -> Result<TokenUsers, Error> {
        // An id that cannot be sent is refused before all ActiveGates are listed.
        let (channel, read) = self.client.route(OperationId::GetToken);
        let read = OperationCall::new(read, &[id.as_str()]).into_call()?;
        let list = ActiveGates::new(&self.client).list().send().await?;
        let (active_gates, others): (Vec<_>, Vec<_>) = list
            .active_gates
            .into_iter()
            .partition(|gate| shows(gate, id));
        let unreported = others.iter().filter(|gate| may_hide(gate, id)).count();
        // Read after the list, so that a use between the two calls is in it.
        let token = channel.call(read).await;
        let token = token.and_then(|response| decode(&response, id));
        let token = match token.map_err(|error| error.with_resource(id.as_str())) {
            Ok(token) => Ok(Some(token)),
            Err(error) if error.is_not_found() && active_gates.is_empty() => return Err(error),
            Err(error) if error.is_not_found() => Ok(None),
            // What the list says is known all the same.
            Err(error) => Err(error),
        };
        Ok(TokenUsers {
            active_gates,
            unreported,
            window: VISIBLE,
            token,
        })
    }
}

/// Returns whether an ActiveGate shows a token.
pub(crate) fn shows(gate: &ActiveGate, id: &ActiveGateTokenId) -> bool {
    let mut tokens = gate.active_gate_tokens.iter().flatten();
    tokens.any(|token| token.id.as_ref() == Some(id))
}

/// Decodes a token; one with another id says nothing about the use of this one.
fn decode(response: &ApiResponse, id: &ActiveGateTokenId) -> Result<ActiveGateToken, Error> {
    let token: ActiveGateToken = response.json()?;
    match token.id == *id {
        true => Ok(token),
        false => Err(response.decode_error("id", "is that of another token")),
    }
}

/// Returns whether an ActiveGate that does not show a token may have it all the same.
pub(crate) fn may_hide(gate: &ActiveGate, id: &ActiveGateTokenId) -> bool {
    may_hide_any(gate, |shown| resembles(shown, id.as_str()))
}

/// Returns whether an ActiveGate may have a token that it does not show, because it has no list of tokens, or an entry that does not say
/// clearly which token it is about: without an id, or with one that resembles that of such a token.
pub(crate) fn may_hide_any(gate: &ActiveGate, resembles_one: impl Fn(&str) -> bool) -> bool {
    use ActiveGateTokenState::{Absent, Invalid, Unsupported};
    let tokens = gate.active_gate_tokens.as_ref();
    tokens.is_none_or(|tokens| {
        let mut tokens = tokens.iter();
        tokens.any(|token| match readable_id(token) {
            Some(shown) => resembles_one(shown.as_str()),
            None => !matches!(token.state, Some(Absent | Invalid | Unsupported)),
        })
    })
}

/// Returns the id of an entry unless it is blank.
pub(crate) fn readable_id(token: &ActiveGateTokenUse) -> Option<&ActiveGateTokenId> {
    let id = token.id.as_ref();
    id.filter(|id| id.as_str().chars().any(char::is_alphanumeric))
}

/// Returns whether two ids differ at most in case and in white space, or one is followed by a secret.
fn resembles(shown: &str, id: &str) -> bool {
    let id = letters(id);
    resembled(&letters(shown)).any(|resembled| resembled == id)
}

/// Returns the [`letters`] of the ids that one resembles, from its own letters: the same, and what precedes each dot.
pub(crate) fn resembled(shown: &str) -> impl Iterator<Item = &str> {
    let before_dots = shown.match_indices('.');
    let before_dots = before_dots.filter_map(|(dot, _)| shown.get(..dot));
    before_dots.chain([shown])
}

/// Returns what of an id does not depend on case and white space.
pub(crate) fn letters(id: &str) -> String {
    let kept = id.chars().filter(|letter| letter.is_ascii_graphic());
    kept.map(|letter| letter.to_ascii_lowercase()).collect()
}
