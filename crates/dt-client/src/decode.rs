//! Decoding of responses that a description cannot specify.

use std::collections::BTreeMap;

use gatelet_models::Secret;
use gatelet_models::dt::{ActiveGateTokenCreated, OperationId};
use gatelet_transport::{ApiResponse, Error};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// Decodes a new token although other members may be unreadable, and withholds those that may contain a secret. The id is documented as
/// the beginning of the secret, so another one, which may be that of another token, is replaced. Only an unusable secret is an error.
pub(crate) fn create_token(response: &ApiResponse) -> Result<ActiveGateTokenCreated, Error> {
    let mut created = with_secret(response).map_err(|error| match id_in(response) {
        // The token exists, and only its id leads to it.
        Some(id) => error.with_resource(id),
        None => error,
    })?;
    let own = id_of(created.token.expose());
    if !own.is_empty() && created.id.as_str() != own {
        response.warn_unreadable("id");
        created.id = own.into();
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
}

/// Decodes a new token with a usable secret.
fn with_secret(response: &ApiResponse) -> Result<ActiveGateTokenCreated, Error> {
    let created: ActiveGateTokenCreated = match response.json_lossy() {
        Ok(created) => created,
        Err(error) => {
            let created = without_id(response).ok_or(error)?;
            response.warn_unreadable("id");
            created
        }
    };
    if created.token.expose().contains(char::REPLACEMENT_CHARACTER) {
        return Err(response.decode_error("token", "contains an invalid character"));
    }
    if created.token.expose().is_empty() {
        return Err(response.decode_error("token", "the secret is empty"));
    }
    Ok(created)
}

/// Returns the id in a response whose secret is unusable, unless it cannot be the id of a token or contains a secret.
fn id_in(response: &ApiResponse) -> Option<String> {
    let mut members: BTreeMap<String, Box<RawValue>> = response.json_lossy().ok()?;
    let id: String = serde_json::from_str(members.remove("id")?.get()).ok()?;
    let is_sent = OperationId::GetToken.operation().expand(&[&id]).is_ok();
    (is_sent && !response.secrets().contains_secret(&id)).then_some(id)
}

/// Decodes a new token without its id, which is that of its secret.
fn without_id(response: &ApiResponse) -> Option<ActiveGateTokenCreated> {
    let members: BTreeMap<String, Box<RawValue>> = response.json_lossy().ok()?;
    // Each text is zeroed when dropped, because one is the secret and another may repeat it.
    let zeroed = |(name, text)| (name, Zeroizing::new(String::from(Box::<str>::from(text))));
    let members: BTreeMap<String, Zeroizing<String>> = members.into_iter().map(zeroed).collect();
    let member = |name| members.get(name).map_or("null", |it| it.as_str());
    let (token, expires) = (member("token"), member("expirationDate"));
    let secret: Secret = serde_json::from_str(token).ok()?;
    let id = serde_json::to_string(id_of(secret.expose())).ok()?;
    let parts = [
        r#"{"id":"#,
        &id,
        r#","token":"#,
        token,
        r#","expirationDate":"#,
        expires,
        "}",
    ];
    let document = Zeroizing::new(parts.concat());
    serde_json::from_str(&document).ok()
}

/// Returns the id of a token, its prefix and public part; empty if the token does not have three parts.
fn id_of(token: &str) -> &str {
    let mut parts = token.split('.');
    let is_whole = parts.by_ref().take(3).filter(|it| !it.is_empty()).count() == 3;
    match token.rsplit_once('.') {
        Some((id, _)) if is_whole && parts.next().is_none() => id,
        _ => "",
    }
}
