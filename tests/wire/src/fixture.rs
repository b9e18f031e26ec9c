//! An emulator with the examples, and callers with and without rights.

use bytes::Bytes;
use gatelet_emulator::{Emulator, well_known};
use gatelet_models::asa::{AuthToken, OperationId as Asa, ServiceTokenRequest};
use gatelet_models::dt::OperationId as Dt;
use gatelet_models::{Method, Secret};
use gatelet_transport::Clock;
use gatelet_transport::testing::ManualClock;
use http::{Request, Response};
use std::fmt;

/// The rights of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a test must look at both")]
pub enum Role {
    /// May do everything.
    Writer,
    /// Lacks a role or scope, so that the server refuses its writes. In a token exchange its key is wrong.
    Refused,
}

/// An emulator with the vendors' published examples.
pub struct Fixture {
    emulator: Emulator,
    writer: Secret,
    reader: Secret,
}

impl Default for Fixture {
    /// Creates a fixture whose clock stands still.
    fn default() -> Self {
        Self::with_clock(ManualClock::new())
    }
}

impl Fixture {
    /// Creates a fixture with this clock.
    pub fn with_clock(clock: impl Clock) -> Self {
        let emulator = Emulator::memory().unwrap().with_clock(clock);
        emulator.seed().unwrap();
        let (reader, scopes) = (DT_PLATFORM_READER.into(), dt_platform_scopes());
        emulator
            .add_access_token(&reader, well_known::DT_OWNER, &scopes)
            .unwrap();
        let (writer, reader) = (
            exchange_key(
                &emulator,
                well_known::ASA_KEY_ID,
                well_known::ASA_KEY_SECRET,
            ),
            exchange_key(
                &emulator,
                well_known::ASA_REPORTING_KEY_ID,
                well_known::ASA_REPORTING_KEY_SECRET,
            ),
        );
        Self {
            emulator,
            writer,
            reader,
        }
    }

    /// Returns the emulator.
    #[must_use]
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// Returns the emulator's response to a request.
    pub fn respond(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.emulator.handle(request)
    }

    /// Returns a bearer that the emulator issued.
    pub(crate) fn bearer(&self, role: Role) -> &str {
        match role {
            Role::Writer => self.writer.expose(),
            Role::Refused => self.reader.expose(),
        }
    }
}

/// A platform token of Dynatrace that only reads.
pub(crate) const DT_PLATFORM_READER: &str = "dt0s16.READSONLY.SECRETOFATOKENTHATONLYREADS";

/// Returns the scopes of the reads of the platform.
fn dt_platform_scopes() -> Vec<&'static str> {
    let operations = Dt::ALL.iter().map(|id| id.operation());
    let reads = operations.filter(|it| it.alternative_to.is_some() && it.method == Method::Get);
    reads.flat_map(|it| it.permissions).copied().collect()
}

/// Exchanges a key for a bearer.
fn exchange_key(emulator: &Emulator, key_id: &str, key_secret: &str) -> Secret {
    let exchange = Asa::IssueServiceToken.operation();
    let path = exchange.expand(&[well_known::ASA_TEAM]).unwrap();
    let body = serde_json::to_vec(&ServiceTokenRequest::new(key_id, key_secret)).unwrap();
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap();
    let response = emulator.handle(request);
    let token: AuthToken = serde_json::from_slice(response.body()).unwrap();
    token.bearer_token
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture")
            .field("emulator", &self.emulator)
            .finish_non_exhaustive()
    }
}
