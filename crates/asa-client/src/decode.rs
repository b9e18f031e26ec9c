//! Decoding of responses that a description cannot specify.

use gatelet_models::asa::{EnrollmentToken, GatewaySetupToken, ServiceUserKeyWithSecret};
use gatelet_transport::{ApiResponse, Error};

/// Decodes a new setup token although other members may contain invalid characters. Only an invalid id is an error, because the
/// token could not be deleted by it.
pub(crate) fn create_gateway_setup_token(
    response: &ApiResponse,
) -> Result<GatewaySetupToken, Error> {
    let created: GatewaySetupToken = response.json_lossy()?;
    check_id(response, created.id.as_str())?;
    Ok(created)
}

/// Decodes a new enrollment token in the same way.
pub(crate) fn create_server_enrollment_token(
    response: &ApiResponse,
) -> Result<EnrollmentToken, Error> {
    let created: EnrollmentToken = response.json_lossy()?;
    check_id(response, created.id.as_str())?;
    Ok(created)
}

/// Decodes a new enrollment token in the same way.
pub(crate) fn create_resource_group_project_server_enrollment_token(
    response: &ApiResponse,
) -> Result<EnrollmentToken, Error> {
    create_server_enrollment_token(response)
}

fn check_id(response: &ApiResponse, id: &str) -> Result<(), Error> {
    match id.contains(char::REPLACEMENT_CHARACTER) {
        true => Err(response.decode_error("id", "contains an invalid character")),
        false => Ok(()),
    }
}

/// Decodes a new key. Without a usable id and secret it is an error, because nothing could log in with it. A secret that this client
/// cannot send may be usable elsewhere.
pub(crate) fn rotate_service_user_key(
    response: &ApiResponse,
) -> Result<ServiceUserKeyWithSecret, Error> {
    let created: ServiceUserKeyWithSecret = response.json_lossy()?;
    for (member, text) in [
        ("id", created.id.as_str()),
        ("secret", created.secret.expose()),
    ] {
        if text.is_empty() {
            return Err(response.decode_error(member, "is empty"));
        }
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(response.decode_error(member, "contains an invalid character"));
        }
    }
    Ok(created)
}
