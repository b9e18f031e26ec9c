//! Bearers: issued for a service user's key, signed with the emulator's key, never stored.
//!
//! Like ASA's, a bearer is a JSON Web Token. Its signature is the emulator's keyed hash, which only the emulator can
//! verify; to clients a bearer is opaque.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_models::asa::{AuthToken, ServiceTokenRequest};
use gatelet_models::{Secret, Timestamp};
use serde_json::{Value, json};

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::team::team;
use crate::api::asa::{credential, id, service_user};
use crate::api::server_call::ServerCall;
use crate::store::encoded::Encoded;
use crate::store::key::{Digest, Key};

/// The subject of a valid bearer.
pub(crate) struct Bearer {
    pub(crate) team: String,
    pub(crate) user_name: String,
    pub(crate) key_id: String,
}

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
    let bearer = Secret::new(sign(store.key(), &claims));
    let token = AuthToken::new(bearer, call.value(0)).with_expires_at(expires_at);
    Ok(Encoded::new(&token)?)
}

fn sign(key: &Key, claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = key.digest("bearer", &[signed.as_bytes()]);
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.bytes()))
}

/// Verifies a bearer. Returns `None` unless this emulator issued it and it has not expired.
pub(crate) fn verify(key: &Key, text: &str, now: Timestamp) -> Option<Bearer> {
    let (signed, signature) = text.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?;
    if !key
        .digest("bearer", &[signed.as_bytes()])
        .matches(&Digest::new(signature))
    {
        return None;
    }
    let (_, claims) = signed.split_once('.')?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let text = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
    let expires_at = claims.get("exp")?.as_i64()?;
    let is_valid = now.unix_millis() < expires_at.saturating_mul(1000);
    is_valid.then_some(Bearer {
        team: text("team")?,
        user_name: text("user")?,
        key_id: text("key")?,
    })
}
