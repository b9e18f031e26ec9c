//! Decoding of responses that a description cannot specify.

use gatelet_models::asa::GatewaySetupToken;
use gatelet_transport::{ApiResponse, Error};

/// Decodes a new setup token although other members may contain invalid characters. Only an invalid id is an error, because the
/// token could not be deleted by it.
pub(crate) fn create_gateway_setup_token(
    response: &ApiResponse,
) -> Result<GatewaySetupToken, Error> {
    let created: GatewaySetupToken = response.json_lossy()?;
    if created.id.as_str().contains(char::REPLACEMENT_CHARACTER) {
        return Err(response.decode_error("id", "contains an invalid character"));
    }
    Ok(created)
}
