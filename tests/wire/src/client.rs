//! Calls of operations through the real clients.

use dt_client::TokenApi;
use gatelet_emulator::well_known;
use gatelet_models::asa::OperationId as Asa;
use gatelet_transport::{
    AnyClock, AnyTransport, ApiToken, BaseUrl, Bearer, Clock, Error, RetryPolicy, Transport,
};
use std::fmt;

use crate::fixture::{DT_PLATFORM_READER, Fixture, Role};
use crate::generated;
use crate::operation::Operation;
use crate::target::Target;

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
            Operation::Asa(Asa::IssueServiceToken) => {
                let client = self.asa(fixture, true);
                generated::asa::call(&client, Asa::CreateGatewaySetupToken, target).await
            }
            Operation::Asa(id) => {
                let client = self.asa(fixture, false);
                generated::asa::call(&client, id, target).await
            }
            Operation::Dt(id) => {
                let api = match id.operation().alternative_to {
                    Some(_) => TokenApi::Platform,
                    None => TokenApi::Classic,
                };
                generated::dt::call(&self.dt(api), id, target).await
            }
        }
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

    /// Creates a Dynatrace client of one of the APIs of tokens.
    pub(crate) fn dt(&self, api: TokenApi) -> dt_client::Client {
        let builder = dt_client::Client::builder(self.base_url()).api(api);
        let builder = match (api, self.role) {
            (TokenApi::Platform, Role::Writer) => {
                builder.credentials(Bearer::new(well_known::DT_PLATFORM_TOKEN).unwrap())
            }
            (TokenApi::Platform, Role::Refused) => {
                builder.credentials(Bearer::new(DT_PLATFORM_READER).unwrap())
            }
            (_, Role::Writer) => builder.credentials(ApiToken::new(well_known::DT_TOKEN).unwrap()),
            (_, Role::Refused) => {
                builder.credentials(ApiToken::new(well_known::DT_READ_ONLY_TOKEN).unwrap())
            }
        };
        let client = builder
            .retry(self.retry.clone())
            .build_with(self.transport.clone(), self.clock.clone());
        client.unwrap()
    }
}

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient")
            .field("role", &self.role)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
