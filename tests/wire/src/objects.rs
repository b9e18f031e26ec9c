//! Objects for the calls.

use dt_client::TokenApi;
use gatelet_models::asa::{
    EnrollmentTokenCreate, GatewaySetupTokenCreate, GatewayUpdate, ProjectName, ServiceUserCreate,
    ServiceUserUpdate,
};
use gatelet_models::dt::{ActiveGateTokenCreate, UpdateJobCreate};
use gatelet_transport::RetryPolicy;
use gatelet_transport::testing::ManualClock;

use crate::call::body;
use crate::client::TestClient;
use crate::fixture::{Fixture, Role};
use crate::operation::Operation;
use crate::target::Target;

/// The project of ASA in the examples.
const PROJECT: &str = "web";

/// The resource group of the examples, and its project.
const RESOURCE_GROUP: &str = "2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111";
const PROJECT_IN_GROUP: &str = "5b0c7d9e-8a4f-4b6a-9f37-2d1c0e9b8a55";

/// An ActiveGate of the examples.
const ACTIVE_GATE: &str = "-1556499193";

impl Fixture {
    /// Creates a client that needs no sockets.
    #[must_use]
    pub fn in_memory(&self, role: Role) -> TestClient {
        let origin = "http://localhost".to_owned();
        let (transport, clock) = (self.emulator().clone(), ManualClock::auto());
        TestClient::new(role, origin, transport, clock, RetryPolicy::never())
    }

    /// Returns an object for one call of the operation, created for it if it may be deleted.
    pub async fn target(&self, operation: Operation) -> Target {
        let mut values = Vec::new();
        for parameter in operation.parameters() {
            let value = match operation {
                Operation::Asa(_) => self.asa_object(operation, parameter).await,
                Operation::Dt(_) => self.dt_object(parameter).await,
            };
            let place = file!();
            values.push(value.unwrap_or_else(|| {
                panic!("no object for `{parameter}` of {operation:?}: add it in {place}")
            }));
        }
        Target::new(values)
    }

    /// Returns an object of ASA by the name of its parameter.
    async fn asa_object(&self, operation: Operation, parameter: &str) -> Option<String> {
        let client = self.in_memory(Role::Writer).asa(self, false);
        let (keys, users) = (client.service_user_keys(), client.service_users());
        let user = body::<ServiceUserUpdate>().name;
        Some(match parameter {
            "gateway_id" => {
                let tokens = client.gateway_setup_tokens();
                let token = tokens.create(GatewaySetupTokenCreate::new()).send().await;
                let value = tokens.reveal(&token.unwrap().id).send().await.unwrap();
                let gateway = GatewayUpdate::new("edge");
                let enrolled = self.emulator().enroll_gateway(&value, gateway);
                enrolled.unwrap().id.to_string()
            }
            "gateway_setup_token_id" => {
                let tokens = client.gateway_setup_tokens();
                let token = tokens.create(body()).send().await;
                token.unwrap().id.to_string()
            }
            "key_id" => keys.rotate(&user).send().await.unwrap().id.to_string(),
            "project_name" => PROJECT.to_owned(),
            "project_id" => PROJECT_IN_GROUP.to_owned(),
            "resource_group_id" => RESOURCE_GROUP.to_owned(),
            "server_enrollment_token_id"
                if operation.parameters().any(|it| it == "resource_group_id") =>
            {
                let (group, project) = (RESOURCE_GROUP.into(), PROJECT_IN_GROUP.into());
                let tokens = client.resource_group_enrollment_tokens();
                let token = tokens.create(&group, &project, body());
                token.send().await.unwrap().id.to_string()
            }
            "server_enrollment_token_id" => {
                let project = ProjectName::new(PROJECT);
                let new: EnrollmentTokenCreate = body();
                let token = client.enrollment_tokens().create(&project, new);
                token.send().await.unwrap().id.to_string()
            }
            "user_name" => {
                // A later call finds it there.
                let new = ServiceUserCreate::new(&user);
                let _ = users.create(new).send().await;
                user
            }
            _ => return None,
        })
    }

    /// Returns an object of Dynatrace by the name of its parameter.
    async fn dt_object(&self, parameter: &str) -> Option<String> {
        let client = self.in_memory(Role::Writer).dt(TokenApi::Classic);
        Some(match parameter {
            // The second name is that of the platform's API.
            "activeGateTokenIdentifier" | "id" => {
                let new: ActiveGateTokenCreate = body();
                let token = client.active_gate_tokens().create(new).send().await;
                token.unwrap().id.to_string()
            }
            "agId" => ACTIVE_GATE.to_owned(),
            // Ids are numbers of any length, and all requests of an operation must be equally long.
            "jobId" => loop {
                let (jobs, gate) = (client.update_jobs(), ACTIVE_GATE.into());
                let new: UpdateJobCreate = body();
                let job = jobs.create(&gate, new).send().await.unwrap();
                let id = job.job_id.unwrap();
                if id.as_str().len() == 19 {
                    break id.to_string();
                }
                jobs.delete(&gate, &id).send().await.unwrap();
            },
            _ => return None,
        })
    }
}
