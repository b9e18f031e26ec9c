//! ActiveGate tokens in the platform's API: those of the environment, without the kind of the ActiveGate.
//!
//! Both APIs show the same tokens: this is an assumption, which the ids and the scopes of both suggest.

use gatelet_models::dt::{
    ActiveGateToken, ActiveGateTokenCreate, ActiveGateTokenCreated, ActiveGateTokenList,
    ActiveGateType, FleetTokenCreate,
};

use crate::api::dt::caller::Caller;
use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::token;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::store::encoded::Encoded;

pub(crate) fn list(call: &ServerCall<'_>) -> Result<Encoded<ActiveGateTokenList>, ErrorResponse> {
    token::list_as(call, without_kind)
}

pub(crate) fn get(
    call: &ServerCall<'_>,
    id: &str,
) -> Result<Encoded<ActiveGateToken>, ErrorResponse> {
    Ok(without_kind(token::get(call, id)?)?)
}

/// Creates a token of an environment, since only Managed has others.
pub(crate) fn create(
    call: &ServerCall<'_>,
    caller: &Caller,
    request: FleetTokenCreate,
) -> Result<Encoded<ActiveGateTokenCreated>, ErrorResponse> {
    let mut create = ActiveGateTokenCreate::new(request.name, ActiveGateType::Environment);
    create.expiration_date = request.expiration_date;
    create.seed_token = request.seed_token;
    token::create(call, caller, &create)
}

fn without_kind(token: Encoded<ActiveGateToken>) -> Result<Encoded<ActiveGateToken>, Error> {
    let mut token = token.decode()?;
    token.active_gate_type = None;
    Encoded::new(&token)
}
