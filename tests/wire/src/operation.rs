//! The operations of both vendors.

use std::fmt;

use gatelet_models::{Method, asa, dt};

/// The operations of ASA that the tests over sockets call. They cover every path through a client, so a new one need not be added.
const ASA: [asa::OperationId; 11] = [
    asa::OperationId::ListGatewaySetupTokens,
    asa::OperationId::CreateGatewaySetupToken,
    asa::OperationId::FetchGatewaySetupToken,
    asa::OperationId::DeleteGatewaySetupToken,
    asa::OperationId::FetchGatewaySetupTokenAsAgentToken,
    asa::OperationId::ListGateways,
    asa::OperationId::GetGatewayInstance,
    asa::OperationId::UpdateGatewayInstance,
    asa::OperationId::DeleteGatewayInstance,
    asa::OperationId::GetGatewayStatusReport,
    asa::OperationId::IssueServiceToken,
];

/// The operations of Dynatrace that the tests over sockets call.
const DT: [dt::OperationId; 8] = [
    dt::OperationId::ListTokens,
    dt::OperationId::CreateToken,
    dt::OperationId::GetToken,
    dt::OperationId::RevokeToken,
    dt::OperationId::GetAllActiveGates,
    dt::OperationId::GetOneActiveGateById,
    dt::OperationId::CreateUpdateJobForAg,
    dt::OperationId::DeleteUpdateJobByJobIdForAg,
];

/// One of the vendors' operations.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a test must look at every vendor")]
pub enum Operation {
    /// An operation of Okta ASA.
    Asa(asa::OperationId),
    /// An operation of Dynatrace.
    Dt(dt::OperationId),
}

impl Operation {
    /// Returns all operations that `TestClient::call` supports, the token exchange included.
    pub fn all() -> impl Iterator<Item = Self> {
        let asa = ASA.iter().copied().map(Self::Asa);
        let dt = DT.iter().copied().map(Self::Dt);
        asa.chain(dt)
    }

    /// Returns its row of the operation table.
    #[must_use]
    pub fn operation(self) -> &'static gatelet_models::Operation {
        match self {
            Self::Asa(id) => id.operation(),
            Self::Dt(id) => id.operation(),
        }
    }

    /// Returns whether a call of it may change something. The token exchange counts, because a create follows it.
    #[must_use]
    pub fn is_write(self) -> bool {
        self.operation().method != Method::Get
    }

    /// Returns whether this is the token exchange, which no caller makes directly.
    #[must_use]
    pub fn is_token_exchange(self) -> bool {
        self == Self::Asa(asa::OperationId::IssueServiceToken)
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation().name)
    }
}
