//! Bearer tokens of OAuth clients: issued, signed with the emulator's key, never stored.

use gatelet_models::Timestamp;
use serde_json::json;

use crate::api::dt::caller::Caller;
use crate::api::dt::oauth_client;
use crate::api::signed_claims;
use crate::error::Error;
use crate::random;
use crate::state::State;

const PURPOSE: &str = "oauth token";

/// The seconds from now until a token that is issued now expires.
pub(crate) fn lifetime(state: &State) -> u64 {
    state.bearer_lifetime().as_secs()
}

/// Issues a token for a client's scopes, separated by spaces.
pub(crate) fn issue(state: &State, client_id: &str, scope: &str) -> Result<String, Error> {
    let expires_at = state.now().saturating_add(state.bearer_lifetime());
    let claims = json!({
        "exp": expires_at.unix_millis().div_euclid(1000),
        "iss": "gatelet.state",
        "jti": random::letters::<24>()?,
        "client_id": client_id,
        "scope": scope,
    });
    Ok(signed_claims::sign(state.store().key(), PURPOSE, &claims))
}

/// Authenticates a token. Its client must still exist.
pub(crate) fn authenticate(
    state: &State,
    token: &str,
    now: Timestamp,
) -> Result<Option<Caller>, Error> {
    let store = state.store();
    let Some(claims) = signed_claims::verify(store.key(), PURPOSE, token, now) else {
        return Ok(None);
    };
    let text = |name: &str| claims.get(name).and_then(|it| it.as_str()).unwrap_or("");
    let client = store.read(|transaction| oauth_client::find(transaction, text("client_id")))?;
    Ok(client.map(|(client, _)| Caller {
        owner: client.owner,
        scopes: text("scope").split(' ').map(str::to_owned).collect(),
    }))
}
