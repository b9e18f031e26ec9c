//! The handlers of Dynatrace's operations.

use bytes::Bytes;
use gatelet_models::dt::{
    ActiveGate, ActiveGateGroups, ActiveGateList, ActiveGateToken, ActiveGateTokenCreate,
    ActiveGateTokenCreated, ActiveGateTokenEnforcement, ActiveGateTokenList, FleetTokenCreate,
    OperationId, UpdateJob, UpdateJobCreate, UpdateJobList, UpdateJobsAll,
};
use http::Response;

use crate::api::dt::caller::Caller;
use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::{active_gate, auth, fleet_token, token, update_job};
use crate::api::generated::dt::{Operations, dispatch};
use crate::api::server_call::ServerCall;
use crate::store::encoded::Encoded;

/// An authorized call and who makes it.
struct Authorized<'a> {
    call: &'a ServerCall<'a>,
    caller: Caller,
}

/// Handles one call.
pub(crate) fn handle(id: OperationId, call: &ServerCall<'_>) -> Response<Bytes> {
    let is_of_platform = call.operation.alternative_to.is_some();
    let has_details = is_of_platform && call.state.has_platform_violations();
    auth::authorize(call)
        .and_then(|caller| dispatch(id, &Authorized { call, caller }, call))
        .map_err(|refused| refused.with_violations_in_details(has_details))
        .unwrap_or_else(ErrorResponse::into_response)
}

impl Operations for Authorized<'_> {
    fn list_tokens(&self) -> Result<Encoded<ActiveGateTokenList>, ErrorResponse> {
        token::list(self.call)
    }

    fn create_token(
        &self,
        body: ActiveGateTokenCreate,
    ) -> Result<Encoded<ActiveGateTokenCreated>, ErrorResponse> {
        token::create(self.call, &self.caller, &body)
    }

    fn get_token(&self, id: &str) -> Result<Encoded<ActiveGateToken>, ErrorResponse> {
        token::get(self.call, id)
    }

    fn revoke_token(&self, id: &str) -> Result<(), ErrorResponse> {
        token::revoke(self.call, id)
    }

    fn list_fleet_tokens(&self) -> Result<Encoded<ActiveGateTokenList>, ErrorResponse> {
        fleet_token::list(self.call)
    }

    fn create_fleet_token(
        &self,
        body: FleetTokenCreate,
    ) -> Result<Encoded<ActiveGateTokenCreated>, ErrorResponse> {
        fleet_token::create(self.call, &self.caller, body)
    }

    fn get_fleet_token(&self, id: &str) -> Result<Encoded<ActiveGateToken>, ErrorResponse> {
        fleet_token::get(self.call, id)
    }

    fn delete_fleet_token(&self, id: &str) -> Result<(), ErrorResponse> {
        token::revoke(self.call, id)
    }

    fn get_all_active_gates(&self) -> Result<Encoded<ActiveGateList>, ErrorResponse> {
        active_gate::list(self.call)
    }

    fn get_active_gate_groups(&self) -> Result<Encoded<ActiveGateGroups>, ErrorResponse> {
        active_gate::groups(self.call)
    }

    fn get_token_enforcement(&self) -> Result<Encoded<ActiveGateTokenEnforcement>, ErrorResponse> {
        active_gate::token_enforcement(self.call)
    }

    fn get_one_active_gate_by_id(&self, id: &str) -> Result<Encoded<ActiveGate>, ErrorResponse> {
        active_gate::get(self.call, id)
    }

    fn get_all_update_job_list(&self) -> Result<Encoded<UpdateJobsAll>, ErrorResponse> {
        update_job::list_all(self.call)
    }

    fn get_update_job_list_by_ag_id(
        &self,
        gate: &str,
    ) -> Result<Encoded<UpdateJobList>, ErrorResponse> {
        update_job::list(self.call, gate)
    }

    fn create_update_job_for_ag(
        &self,
        gate: &str,
        body: UpdateJobCreate,
    ) -> Result<Encoded<UpdateJob>, ErrorResponse> {
        update_job::create(self.call, gate, &body)
    }

    fn validate_update_job_for_ag(
        &self,
        gate: &str,
        body: UpdateJobCreate,
    ) -> Result<(), ErrorResponse> {
        update_job::validate(self.call, gate, &body)
    }

    fn get_update_job_by_job_id_for_ag(
        &self,
        gate: &str,
        id: &str,
    ) -> Result<Encoded<UpdateJob>, ErrorResponse> {
        update_job::get(self.call, gate, id)
    }

    fn delete_update_job_by_job_id_for_ag(
        &self,
        gate: &str,
        id: &str,
    ) -> Result<(), ErrorResponse> {
        update_job::delete(self.call, gate, id)
    }
}
