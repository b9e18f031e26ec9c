//! Checks of values before anything is sent, beyond those of the description.

use gatelet_models::asa::{
    EnrollmentTokenCreate, GatewayId, GatewaySetupTokenCreate, GatewaySetupTokenId, GatewayUpdate,
    OperationId, ProjectId, ProjectName, ResourceGroupId, ServiceUserCreate, ServiceUserKeyId,
    ServiceUserUpdate, UserStatus,
};
use gatelet_transport::{Channel, Error};

use crate::key_id::is_same_id;

/// Refuses the value of a setup token in place of its id: it is secret, and paths are logged.
pub(crate) fn fetch_gateway_setup_token(
    _: &Channel,
    id: &GatewaySetupTokenId,
) -> Result<(), Error> {
    // From the vendor's examples.
    const VALUE_PREFIX: &str = "sft-gw.";
    let start = id.as_str().trim_start().get(..VALUE_PREFIX.len());
    if start.is_some_and(|start| start.eq_ignore_ascii_case(VALUE_PREFIX)) {
        let problem = "is the secret value of a setup token, not its id";
        return Err(Error::invalid_input("gateway_setup_token_id", problem));
    }
    Ok(())
}

/// Refuses the key that the client logs in with: its bearers would stop working.
pub(crate) fn delete_service_user_key(
    channel: &Channel,
    _: &str,
    id: &ServiceUserKeyId,
) -> Result<(), Error> {
    if is_own_key(channel, id) {
        let problem = "is the key that the client itself logs in with";
        return Err(Error::invalid_input("key_id", problem));
    }
    Ok(())
}

/// Returns whether the client has logged in with a key, or will do so next.
pub(crate) fn is_own_key(channel: &Channel, id: &ServiceUserKeyId) -> bool {
    channel.identity().is_some_and(|own| {
        let mut ids = own.next_key_id.iter().chain([&own.key_id]);
        ids.any(|own| is_same_id(own, id.as_str()))
    })
}

/// Refuses the same values as [`fetch_gateway_setup_token`].
pub(crate) fn delete_gateway_setup_token(
    channel: &Channel,
    id: &GatewaySetupTokenId,
) -> Result<(), Error> {
    fetch_gateway_setup_token(channel, id)
}

/// Lets numbers be sent back with all of their digits, and refuses an update with one that has lost some.
pub(crate) fn update_gateway_instance(
    _: &Channel,
    _: &GatewayId,
    update: &mut GatewayUpdate,
) -> Result<(), Error> {
    update.allow_raw_numbers();
    check_exact(update.inexact_member())
}

/// Refuses an update to an unknown status, and does the same with numbers.
pub(crate) fn service_user_update(
    _: &Channel,
    _: &str,
    update: &mut ServiceUserUpdate,
) -> Result<(), Error> {
    if let UserStatus::Unknown(_) = update.status {
        let problem = "must be ACTIVE, DISABLED or DELETED";
        return Err(Error::invalid_input("status", problem));
    }
    update.allow_raw_numbers();
    check_exact(update.inexact_member())
}

/// Refuses a description that is empty or too long.
pub(crate) fn create_server_enrollment_token(
    _: &Channel,
    _: &ProjectName,
    create: &mut EnrollmentTokenCreate,
) -> Result<(), Error> {
    check_enrollment_token(create)
}

/// Refuses the same descriptions as [`create_server_enrollment_token`].
pub(crate) fn create_resource_group_project_server_enrollment_token(
    _: &Channel,
    _: &ResourceGroupId,
    _: &ProjectId,
    create: &mut EnrollmentTokenCreate,
) -> Result<(), Error> {
    check_enrollment_token(create)
}

fn check_enrollment_token(create: &EnrollmentTokenCreate) -> Result<(), Error> {
    check_description(&create.description, 512)
}

/// Refuses a description that is empty or too long.
pub(crate) fn create_gateway_setup_token(
    _: &Channel,
    create: &mut GatewaySetupTokenCreate,
) -> Result<(), Error> {
    let description = create.description.as_deref();
    description.map_or(Ok(()), |it| check_description(it, 1024))
}

fn check_description(description: &str, max: usize) -> Result<(), Error> {
    match (1..=max).contains(&description.chars().count()) {
        true => Ok(()),
        false => {
            let problem = format!("must have 1 to {max} characters");
            Err(Error::invalid_input("description", problem))
        }
    }
}

/// Refuses a name that is too long, or that the paths of the other operations cannot contain: the service user could not be reached.
pub(crate) fn create_service_user(
    channel: &Channel,
    create: &mut ServiceUserCreate,
) -> Result<(), Error> {
    let refused = |problem: String| Err(Error::invalid_input("name", problem));
    if !(1..=255).contains(&create.name.chars().count()) {
        return refused("must have 1 to 255 characters".to_owned());
    }
    let get = OperationId::GetServiceUser.operation();
    match get.expand(&[channel.account(), &create.name]) {
        Ok(_) => Ok(()),
        Err(error) => refused(error.kind.to_string()),
    }
}

/// Refuses a member with a number whose digits were lost when it was read, by another decoder than that of the client.
fn check_exact(inexact_member: Option<&str>) -> Result<(), Error> {
    let Some(member) = inexact_member else {
        return Ok(());
    };
    let member: String = member.escape_debug().take(64).collect();
    let problem = format!("`{member}` contains a number that lost digits when it was read");
    Err(Error::invalid_input("unknown_members", problem))
}
