//! The objects of calls.

use gatelet_models::asa::{GatewayUpdate, OperationId as Asa};
use gatelet_models::dt::OperationId as Dt;
use gatelet_models::{asa, dt};
use gatelet_transport::RetryPolicy;
use gatelet_transport::testing::ManualClock;

use crate::client::{ACTIVE_GATE, TestClient};
use crate::fixture::{Fixture, Role, Target};
use crate::operation::Operation;

impl Fixture {
    /// Creates a client that needs no sockets.
    #[must_use]
    pub fn in_memory(&self, role: Role) -> TestClient {
        let origin = "http://localhost".to_owned();
        let (transport, clock) = (self.emulator().clone(), ManualClock::auto());
        TestClient::new(role, origin, transport, clock, RetryPolicy::never())
    }

    /// Returns an object for one call of the operation. An object to be deleted is created for it.
    pub async fn target(&self, operation: Operation) -> Target {
        let creator = self.in_memory(Role::Writer);
        let (asa, dt) = (creator.asa(self, false), creator.dt());
        let id = match operation {
            Operation::Asa(Asa::DeleteGatewayInstance) => {
                let gateway = GatewayUpdate::new("to-be-deleted");
                let enrolled = self.emulator().enroll_gateway(self.setup_value(), gateway);
                enrolled.unwrap().id.to_string()
            }
            Operation::Asa(Asa::DeleteGatewaySetupToken) => {
                let new = asa::GatewaySetupTokenCreate::new();
                let created = asa.gateway_setup_tokens().create(new).send().await;
                created.unwrap().id.to_string()
            }
            Operation::Dt(Dt::RevokeToken) => {
                let new = dt::ActiveGateTokenCreate::new(
                    "to-be-deleted",
                    dt::ActiveGateType::Environment,
                );
                let created = dt.active_gate_tokens().create(new).send().await;
                created.unwrap().id.to_string()
            }
            Operation::Asa(
                Asa::FetchGatewaySetupToken | Asa::FetchGatewaySetupTokenAsAgentToken,
            ) => {
                let page = asa.gateway_setup_tokens().list().send().await.unwrap();
                page.items[0].id.to_string()
            }
            Operation::Asa(
                Asa::GetGatewayInstance | Asa::UpdateGatewayInstance | Asa::GetGatewayStatusReport,
            ) => {
                let page = asa.gateways().list().send().await.unwrap();
                page.items[0].id.to_string()
            }
            Operation::Dt(Dt::GetToken) => {
                let page = dt.active_gate_tokens().list().send().await.unwrap();
                page.items[0].id.to_string()
            }
            Operation::Dt(Dt::GetOneActiveGateById | Dt::CreateUpdateJobForAg) => {
                ACTIVE_GATE.to_owned()
            }
            Operation::Dt(Dt::DeleteUpdateJobByJobIdForAg) => {
                let new = dt::UpdateJobCreate::new(dt::ActiveGateVersion::latest());
                // Ids are numbers of any length, and all requests of an operation must be equally long.
                loop {
                    let created = dt.update_jobs().create(&ACTIVE_GATE.into(), new.clone());
                    let id = created.send().await.unwrap().job_id.unwrap();
                    if id.as_str().len() == 19 {
                        break id.to_string();
                    }
                }
            }
            _ => String::new(),
        };
        Target(id)
    }
}
