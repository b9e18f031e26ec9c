//! Decoding of responses that a description cannot specify.

use gatelet_models::dt::ActiveGateTokenCreated;
use gatelet_transport::{ApiResponse, Error};

/// Decodes a new token although other members may be unreadable, and withholds those that may contain a secret. Only an unusable secret
/// is an error.
pub(crate) fn create_token(response: &ApiResponse) -> Result<ActiveGateTokenCreated, Error> {
    let mut created: ActiveGateTokenCreated = response.json_lossy()?;
    if created.token.expose().contains(char::REPLACEMENT_CHARACTER) {
        return Err(response.decode_error("token", "contains an invalid character"));
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
}
