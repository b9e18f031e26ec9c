//! Decoding of responses that a description cannot specify.

use std::collections::BTreeMap;

use gatelet_models::asa::{
    EnrollmentToken, GatewaySetupToken, OperationId, ServiceUserKeyWithSecret,
};
use gatelet_transport::{ApiResponse, Error};
use serde_json::value::RawValue;

/// Decodes a new setup token although other members may contain invalid characters, and dates may be unreadable. Only an invalid id is an
/// error, because the token could not be deleted by it.
pub(crate) fn create_gateway_setup_token(
    response: &ApiResponse,
) -> Result<GatewaySetupToken, Error> {
    let decoded = response.json_lossy();
    let mut created: GatewaySetupToken = decoded.map_err(|error| with_id(response, error))?;
    check_id(response, created.id.as_str())?;
    created.withhold_unreadable(|text| response.secrets().contains_secret(text));
    for (member, _) in created.unreadable_members() {
        response.warn_unreadable(member);
    }
    Ok(created)
}

/// Decodes a new enrollment token in the same way.
pub(crate) fn create_server_enrollment_token(
    response: &ApiResponse,
) -> Result<EnrollmentToken, Error> {
    let decoded = response.json_lossy();
    let mut created: EnrollmentToken = decoded.map_err(|error| with_id(response, error))?;
    check_id(response, created.id.as_str())?;
    created.withhold_unreadable(|text| response.secrets().contains_secret(text));
    for (member, _) in created.unreadable_members() {
        response.warn_unreadable(member);
    }
    Ok(created)
}

/// Decodes a new enrollment token in the same way.
pub(crate) fn create_resource_group_project_server_enrollment_token(
    response: &ApiResponse,
) -> Result<EnrollmentToken, Error> {
    create_server_enrollment_token(response)
}

/// Names what was created in the error of a response with an unreadable member: the object exists, and only its id leads to it. An id that
/// cannot be sent, or that may be a secret, is not named.
fn with_id(response: &ApiResponse, error: Error) -> Error {
    let id = || {
        let mut members: BTreeMap<String, Box<RawValue>> = response.json_lossy().ok()?;
        let id: String = serde_json::from_str(members.remove("id")?.get()).ok()?;
        let operation = OperationId::FetchGatewaySetupToken.operation();
        let is_sent = operation.expand(&["t", &id]).is_ok();
        (is_sent && !response.secrets().contains_secret(&id)).then_some(id)
    };
    match id() {
        Some(id) => error.with_resource(id),
        None => error,
    }
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
