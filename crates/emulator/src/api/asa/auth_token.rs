//! The exchange of a service user's key for a bearer.

use gatelet_models::asa::{AuthToken, ServiceTokenRequest};
use gatelet_models::{Secret, Timestamp};
use serde_json::json;

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::team::team;
use crate::api::asa::{bearer, credential, id, service_user, service_user_key};
use crate::api::server_call::ServerCall;
use crate::store::encoded::Encoded;

/// Exchanges key id and secret for a bearer. The response repeats the team name as the caller wrote it, because clients
/// compare it.
pub(crate) fn issue(
    call: &ServerCall<'_>,
    request: &ServiceTokenRequest,
) -> Result<Encoded<AuthToken>, ErrorResponse> {
    let store = call.state.store();
    let team = team(call);
    let secret = request.key_secret.expose();
    let owner = credential::owner_of(store, &team, &request.key_id, secret)?;
    let user_name = owner.ok_or_else(ErrorResponse::unauthenticated)?;
    store.read(|transaction| service_user::find_active(transaction, &team, &user_name))?;
    service_user_key::mark_used(call.state, &team, &user_name, &request.key_id)?;
    let lifetime = call.state.bearer_lifetime();
    let expires_at = call.state.now().saturating_add(lifetime);
    let expires_at = Timestamp::from_unix_millis(expires_at.unix_millis().div_euclid(1000) * 1000);
    let claims = json!({
        "exp": expires_at.unix_millis().div_euclid(1000),
        "iss": "gatelet.state",
        "jti": id::new()?,
        "key": request.key_id,
        "team": team,
        "user": user_name,
    });
    let bearer = Secret::new(bearer::sign(store.key(), &claims));
    let token = AuthToken::new(bearer, call.value(0)).with_expires_at(expires_at);
    Ok(Encoded::new(&token)?)
}
