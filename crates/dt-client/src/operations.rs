//! The method of each operation. An operation without a method does not compile.

use gatelet_models::dt::OperationId;

use crate::active_gate_tokens::ActiveGateTokens;

const _: fn(OperationId) = |operation| match operation {
    OperationId::ListTokens => _ = ActiveGateTokens::list,
    OperationId::CreateToken => _ = ActiveGateTokens::create,
    OperationId::GetToken => _ = ActiveGateTokens::get,
    OperationId::RevokeToken => _ = ActiveGateTokens::delete,
};
