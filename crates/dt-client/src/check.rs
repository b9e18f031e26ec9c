//! Checks of values before anything is sent, beyond those of the description.

use gatelet_models::Operation;
use gatelet_models::dt::{
    ActiveGateId, ActiveGateRelease, ActiveGateTokenCreate, ActiveGateType, Expiration,
    ExpirationError, UpdateJobCreate,
};
use gatelet_transport::{Channel, Clock as _, Error};

/// Refuses a kind of ActiveGate that the API has no tokens for, and an expiration date that the server would refuse or misread, and
/// converts a form that the API does not document to one that it does.
pub(crate) fn create_token(
    channel: &Channel,
    operation: &Operation,
    token: &mut ActiveGateTokenCreate,
) -> Result<(), Error> {
    kind(operation, token)?;
    let Some(text) = &mut token.expiration_date else {
        return Ok(());
    };
    let refuse =
        |problem: ExpirationError| Error::invalid_input("expiration_date", problem.to_string());
    let expiration: Expiration = text.parse().map_err(refuse)?;
    expiration
        .resolve(channel.clock().now().into())
        .map_err(refuse)?;
    if !Expiration::is_api_form(text) {
        *text = expiration.into();
    }
    Ok(())
}

/// Refuses a kind of ActiveGate that the API of an operation has no tokens for.
pub(crate) fn kind(operation: &Operation, token: &ActiveGateTokenCreate) -> Result<(), Error> {
    let kind = token.active_gate_type.as_ref();
    // The kind is not sent to the platform, whose tokens are all for one environment.
    if operation.alternative_to.is_some()
        && kind.is_some_and(|it| *it != ActiveGateType::Environment)
    {
        let problem = "must be ENVIRONMENT on the platform, which has no tokens for other kinds of ActiveGate";
        return Err(Error::invalid_input("active_gate_type", problem));
    }
    Ok(())
}

/// Refuses a target version that the server would not know.
pub(crate) fn create_update_job_for_ag(
    _: &Channel,
    _: &ActiveGateId,
    job: &mut UpdateJobCreate,
) -> Result<(), Error> {
    check_target(job)
}

/// Refuses a target version that the server would not know.
pub(crate) fn validate_update_job_for_ag(
    _: &Channel,
    _: &ActiveGateId,
    job: &mut UpdateJobCreate,
) -> Result<(), Error> {
    check_target(job)
}

fn check_target(job: &UpdateJobCreate) -> Result<(), Error> {
    match job.target_version.is_valid() {
        true => Ok(()),
        false => Err(Error::invalid_input(
            "target_version",
            "must be `latest` or a whole version, such as 1.198.0.20200630-163221",
        )),
    }
}

/// Refuses a filter by a version that is not of three numbers.
pub(crate) fn release(
    parameter: &'static str,
    release: Option<&ActiveGateRelease>,
) -> Result<(), Error> {
    match release.is_none_or(|release| release.numbers().is_some()) {
        true => Ok(()),
        false => Err(Error::invalid_input(
            parameter,
            "must be three numbers, such as 1.195.0",
        )),
    }
}
