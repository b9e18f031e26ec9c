//! The method of each operation. An operation without a method does not compile.

use gatelet_models::asa::OperationId;

use crate::gateway_setup_tokens::GatewaySetupTokens;
use crate::gateways::Gateways;
use crate::service_user::ServiceUser;

const _: fn(OperationId) = |operation| match operation {
    OperationId::ListGatewaySetupTokens => _ = GatewaySetupTokens::list,
    OperationId::CreateGatewaySetupToken => _ = GatewaySetupTokens::create,
    OperationId::FetchGatewaySetupToken => _ = GatewaySetupTokens::get,
    OperationId::DeleteGatewaySetupToken => _ = GatewaySetupTokens::delete,
    OperationId::FetchGatewaySetupTokenAsAgentToken => _ = GatewaySetupTokens::reveal,
    OperationId::ListGateways => _ = Gateways::list,
    OperationId::GetGatewayInstance => _ = Gateways::get,
    OperationId::UpdateGatewayInstance => _ = Gateways::update,
    OperationId::DeleteGatewayInstance => _ = Gateways::delete,
    OperationId::GetGatewayStatusReport => _ = Gateways::status,
    // Not a method: a client with this credential exchanges the key when necessary.
    OperationId::IssueServiceToken => _ = |id: &str, secret: &str| ServiceUser::new(id, secret),
};
