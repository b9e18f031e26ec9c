//! The handlers of ASA's operations.

use bytes::Bytes;
use gatelet_models::asa::{
    AgentToken, AuthToken, CurrentUser, EnrollmentToken, EnrollmentTokenCreate,
    EnrollmentTokenList, Gateway, GatewayList, GatewaySetupToken, GatewaySetupTokenCreate,
    GatewaySetupTokenList, GatewayStatusReport, GatewayUpdate, OperationId, Project, ProjectList,
    ResourceGroup, ResourceGroupList, ServiceTokenRequest, ServiceUser, ServiceUserCreate,
    ServiceUserKeyList, ServiceUserKeyWithSecret, ServiceUserList, ServiceUserUpdate,
};
use http::Response;

use crate::api::asa::bearer::Bearer;
use crate::api::asa::enrollment_token::ProjectTokens;
use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::{
    auth, auth_token, gateway, project, resource_group, service_user, service_user_key, setup_token,
};
use crate::api::generated::asa::{Operations, dispatch};
use crate::api::response::LinkedPage;
use crate::api::server_call::ServerCall;
use crate::store::encoded::Encoded;

/// An authorized call, and who makes it; nobody if it needs no bearer.
struct Authorized<'a>(&'a ServerCall<'a>, Option<Bearer>);

impl Authorized<'_> {
    fn caller(&self) -> Result<&Bearer, ErrorResponse> {
        self.1.as_ref().ok_or_else(ErrorResponse::unauthenticated)
    }
}

/// Handles one call.
pub(crate) fn handle(id: OperationId, call: &ServerCall<'_>) -> Response<Bytes> {
    auth::authorize(call)
        .and_then(|caller| dispatch(id, &Authorized(call, caller), call))
        .unwrap_or_else(ErrorResponse::into_response)
}

impl Operations for Authorized<'_> {
    fn list_gateway_setup_tokens(
        &self,
    ) -> Result<LinkedPage<GatewaySetupTokenList>, ErrorResponse> {
        setup_token::list(self.0)
    }

    fn create_gateway_setup_token(
        &self,
        body: GatewaySetupTokenCreate,
    ) -> Result<Encoded<GatewaySetupToken>, ErrorResponse> {
        setup_token::create(self.0, body)
    }

    fn fetch_gateway_setup_token(
        &self,
        id: &str,
    ) -> Result<Encoded<GatewaySetupToken>, ErrorResponse> {
        setup_token::fetch(self.0, id)
    }

    fn delete_gateway_setup_token(&self, id: &str) -> Result<(), ErrorResponse> {
        setup_token::delete(self.0, id)
    }

    fn fetch_gateway_setup_token_as_agent_token(
        &self,
        id: &str,
    ) -> Result<Encoded<AgentToken>, ErrorResponse> {
        setup_token::reveal(self.0, id)
    }

    fn list_gateways(&self) -> Result<LinkedPage<GatewayList>, ErrorResponse> {
        gateway::list(self.0)
    }

    fn get_gateway_instance(&self, id: &str) -> Result<Encoded<Gateway>, ErrorResponse> {
        gateway::get(self.0, id)
    }

    fn update_gateway_instance(&self, id: &str, body: GatewayUpdate) -> Result<(), ErrorResponse> {
        gateway::update(self.0, id, body)
    }

    fn delete_gateway_instance(&self, id: &str) -> Result<(), ErrorResponse> {
        gateway::delete(self.0, id)
    }

    fn get_gateway_status_report(
        &self,
        id: &str,
    ) -> Result<Encoded<GatewayStatusReport>, ErrorResponse> {
        gateway::status(self.0, id)
    }

    fn list_server_enrollment_tokens(
        &self,
        project: &str,
    ) -> Result<LinkedPage<EnrollmentTokenList>, ErrorResponse> {
        ProjectTokens::of_asa(self.0, project)?.list()
    }

    fn create_server_enrollment_token(
        &self,
        project: &str,
        body: EnrollmentTokenCreate,
    ) -> Result<Encoded<EnrollmentToken>, ErrorResponse> {
        ProjectTokens::of_asa(self.0, project)?.create(body, &self.caller()?.user_name)
    }

    fn fetch_server_enrollment_token(
        &self,
        project: &str,
        id: &str,
    ) -> Result<Encoded<EnrollmentToken>, ErrorResponse> {
        ProjectTokens::of_asa(self.0, project)?.fetch(id)
    }

    fn remove_server_enrollment_token(&self, project: &str, id: &str) -> Result<(), ErrorResponse> {
        ProjectTokens::of_asa(self.0, project)?.delete(id)
    }

    fn list_projects(&self) -> Result<LinkedPage<ProjectList>, ErrorResponse> {
        project::list(self.0)
    }

    fn fetch_project(&self, name: &str) -> Result<Encoded<Project>, ErrorResponse> {
        project::fetch(self.0, name)
    }

    fn list_resource_groups(&self) -> Result<LinkedPage<ResourceGroupList>, ErrorResponse> {
        resource_group::list(self.0)
    }

    fn get_resource_group(&self, id: &str) -> Result<Encoded<ResourceGroup>, ErrorResponse> {
        resource_group::get(self.0, id)
    }

    fn list_resource_group_projects(
        &self,
        resource_group: &str,
    ) -> Result<LinkedPage<ProjectList>, ErrorResponse> {
        project::list_in_group(self.0, resource_group)
    }

    fn fetch_resource_group_project(
        &self,
        resource_group: &str,
        id: &str,
    ) -> Result<Encoded<Project>, ErrorResponse> {
        project::get(self.0, resource_group, id)
    }

    fn list_resource_group_project_server_enrollment_tokens(
        &self,
        resource_group: &str,
        project: &str,
    ) -> Result<LinkedPage<EnrollmentTokenList>, ErrorResponse> {
        ProjectTokens::of_opa(self.0, resource_group, project)?.list()
    }

    fn create_resource_group_project_server_enrollment_token(
        &self,
        resource_group: &str,
        project: &str,
        body: EnrollmentTokenCreate,
    ) -> Result<Encoded<EnrollmentToken>, ErrorResponse> {
        let tokens = ProjectTokens::of_opa(self.0, resource_group, project)?;
        tokens.create(body, &self.caller()?.user_name)
    }

    fn get_resource_group_project_server_enrollment_token(
        &self,
        resource_group: &str,
        project: &str,
        id: &str,
    ) -> Result<Encoded<EnrollmentToken>, ErrorResponse> {
        ProjectTokens::of_opa(self.0, resource_group, project)?.fetch(id)
    }

    fn remove_resource_group_project_server_enrollment_token(
        &self,
        resource_group: &str,
        project: &str,
        id: &str,
    ) -> Result<(), ErrorResponse> {
        ProjectTokens::of_opa(self.0, resource_group, project)?.delete(id)
    }

    fn issue_service_token(
        &self,
        body: ServiceTokenRequest,
    ) -> Result<Encoded<AuthToken>, ErrorResponse> {
        auth_token::issue(self.0, &body)
    }

    fn list_service_users(&self) -> Result<LinkedPage<ServiceUserList>, ErrorResponse> {
        service_user::list(self.0)
    }

    fn create_service_user(
        &self,
        body: ServiceUserCreate,
    ) -> Result<Encoded<ServiceUser>, ErrorResponse> {
        service_user::create(self.0, body)
    }

    fn get_service_user(&self, user_name: &str) -> Result<Encoded<ServiceUser>, ErrorResponse> {
        service_user::get(self.0, user_name)
    }

    fn service_user_update(
        &self,
        user_name: &str,
        body: ServiceUserUpdate,
    ) -> Result<Encoded<ServiceUser>, ErrorResponse> {
        service_user::update(self.0, self.caller()?, user_name, body)
    }

    fn get_current_user(&self) -> Result<Encoded<CurrentUser>, ErrorResponse> {
        service_user::current(self.0, self.caller()?)
    }

    fn list_service_user_keys(
        &self,
        user_name: &str,
    ) -> Result<LinkedPage<ServiceUserKeyList>, ErrorResponse> {
        service_user_key::list(self.0, user_name)
    }

    fn rotate_service_user_key(
        &self,
        user_name: &str,
    ) -> Result<Encoded<ServiceUserKeyWithSecret>, ErrorResponse> {
        service_user_key::rotate(self.0, user_name)
    }

    fn delete_service_user_key(&self, user_name: &str, key_id: &str) -> Result<(), ErrorResponse> {
        service_user_key::delete(self.0, user_name, key_id)
    }
}
