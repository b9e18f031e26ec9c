//! Calls of operations through the real clients.

use gatelet_emulator::well_known;
use gatelet_models::asa::{GatewaySetupTokenCreate, GatewayUpdate, OperationId as Asa};
use gatelet_models::dt::{
    ActiveGateTokenCreate, ActiveGateType, ActiveGateVersion, OperationId as Dt, UpdateJobCreate,
};
use gatelet_transport::{
    AnyClock, AnyTransport, ApiToken, BaseUrl, Bearer, Clock, Deleted, Error, Page, RetryPolicy,
    Transport,
};
use serde::Serialize;
use std::fmt;

use crate::fixture::{Fixture, Role, Target};
use crate::operation::Operation;

/// The id of an ActiveGate of the examples.
pub(crate) const ACTIVE_GATE: &str = "-1556499193";

/// Calls any operation of either vendor, over any transport.
#[derive(Clone)]
pub struct TestClient {
    role: Role,
    origin: String,
    transport: AnyTransport,
    clock: AnyClock,
    retry: RetryPolicy,
}

impl TestClient {
    /// Creates a client of the server at an origin, such as `http://127.0.0.1:1234`.
    pub fn new(
        role: Role,
        origin: String,
        transport: impl Transport,
        clock: impl Clock,
        retry: RetryPolicy,
    ) -> Self {
        Self {
            role,
            origin,
            transport: AnyTransport::new(transport),
            clock: AnyClock::new(clock),
            retry,
        }
    }

    /// Makes one call with a new client, and returns the value as text.
    ///
    /// The token exchange is called by way of a create that needs a token first.
    ///
    /// # Errors
    ///
    /// Those of the operation.
    pub async fn call(
        &self,
        fixture: &Fixture,
        operation: Operation,
        target: &Target,
    ) -> Result<String, Error> {
        match operation {
            Operation::Asa(id) => self.call_asa(fixture, id, &target.0).await,
            Operation::Dt(id) => self.call_dt(id, &target.0).await,
        }
    }

    async fn call_asa(&self, fixture: &Fixture, id: Asa, target: &str) -> Result<String, Error> {
        let client = self.asa(fixture, id == Asa::IssueServiceToken);
        let (tokens, gateways) = (client.gateway_setup_tokens(), client.gateways());
        Ok(match id {
            Asa::ListGatewaySetupTokens => page(tokens.list().page_size(2).send().await?),
            Asa::CreateGatewaySetupToken | Asa::IssueServiceToken => {
                let new = GatewaySetupTokenCreate::new()
                    .with_description("edge")
                    .with_labels([("env", "dev")]);
                value(&tokens.create(new).send().await?)
            }
            Asa::FetchGatewaySetupToken => value(&tokens.get(&target.into()).send().await?),
            Asa::DeleteGatewaySetupToken => deleted(tokens.delete(&target.into()).send().await?),
            Asa::FetchGatewaySetupTokenAsAgentToken => {
                value(&tokens.reveal(&target.into()).send().await?)
            }
            Asa::ListGateways => page(gateways.list().page_size(2).send().await?),
            Asa::GetGatewayInstance => value(&gateways.get(&target.into()).send().await?),
            Asa::UpdateGatewayInstance => {
                let update = GatewayUpdate::new("renamed").with_description("seen");
                value(&gateways.update(&target.into(), update).send().await?)
            }
            Asa::DeleteGatewayInstance => deleted(gateways.delete(&target.into()).send().await?),
            Asa::GetGatewayStatusReport => value(&gateways.status(&target.into()).send().await?),
            #[allow(unreachable_patterns, reason = "a new operation is not called here")]
            _ => panic!("{id:?} is not one of Operation::all"),
        })
    }

    async fn call_dt(&self, id: Dt, target: &str) -> Result<String, Error> {
        let client = self.dt();
        let (tokens, gates) = (client.active_gate_tokens(), client.active_gates());
        let jobs = client.update_jobs();
        Ok(match id {
            Dt::ListTokens => page(tokens.list().page_size(100).send().await?),
            Dt::CreateToken => {
                let new = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment);
                value(&tokens.create(new).send().await?)
            }
            Dt::GetToken => value(&tokens.get(&target.into()).send().await?),
            Dt::RevokeToken => deleted(tokens.delete(&target.into()).send().await?),
            Dt::GetAllActiveGates => {
                let online = gates.list().query(|query| query.online(true));
                value(&online.send().await?)
            }
            Dt::GetOneActiveGateById => value(&gates.get(&target.into()).send().await?),
            Dt::CreateUpdateJobForAg => {
                let newest = UpdateJobCreate::new(ActiveGateVersion::latest());
                value(&jobs.create(&target.into(), newest).send().await?)
            }
            Dt::DeleteUpdateJobByJobIdForAg => {
                let job = jobs.delete(&ACTIVE_GATE.into(), &target.into());
                deleted(job.send().await?)
            }
            #[allow(unreachable_patterns, reason = "a new operation is not called here")]
            _ => panic!("{id:?} is not one of Operation::all"),
        })
    }

    /// Returns the base URL of the server. It may be plain HTTP to a host that is not on loopback, behind a proxy.
    fn base_url(&self) -> BaseUrl {
        BaseUrl::parse_allowing_http(&self.origin).unwrap()
    }

    /// Creates an ASA client, with a bearer or with a key that it must first exchange for one.
    pub(crate) fn asa(&self, fixture: &Fixture, exchanges: bool) -> asa_client::Client {
        let builder = asa_client::Client::builder(well_known::ASA_TEAM)
            .endpoint(self.base_url())
            .retry(self.retry.clone());
        let builder = if exchanges {
            let secret = match self.role {
                Role::Writer => well_known::ASA_KEY_SECRET,
                Role::Refused => "a-key-secret-that-is-wrong",
            };
            builder.credentials(asa_client::ServiceUser::new(well_known::ASA_KEY_ID, secret))
        } else {
            builder.credentials(Bearer::new(fixture.bearer(self.role)).unwrap())
        };
        let client = builder.build_with(self.transport.clone(), self.clock.clone());
        client.unwrap()
    }

    /// Creates a Dynatrace client.
    pub(crate) fn dt(&self) -> dt_client::Client {
        let token = match self.role {
            Role::Writer => well_known::DT_TOKEN,
            Role::Refused => well_known::DT_READ_ONLY_TOKEN,
        };
        let client = dt_client::Client::builder(self.base_url())
            .credentials(ApiToken::new(token).unwrap())
            .retry(self.retry.clone())
            .build_with(self.transport.clone(), self.clock.clone());
        client.unwrap()
    }
}

fn value(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn page<T: Serialize>(page: Page<T>) -> String {
    let next = page.next_page_token.unwrap().map(|token| token.to_string());
    value(&(page.items, next, page.total_count, page.page_size))
}

fn deleted(deleted: Deleted) -> String {
    format!("{deleted:?}")
}

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient")
            .field("role", &self.role)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
