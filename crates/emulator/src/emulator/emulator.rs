//! The emulator as a value and as a transport.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
#[cfg(feature = "serve")]
use gatelet_models::Timestamp;
use gatelet_transport::{Clock, Transport, TransportError};
#[cfg(feature = "serve")]
use http::StatusCode;
use http::{Request, Response};

use crate::api::vendor::Vendors;
use crate::api::{router, vendors};
use crate::error::Error;
use crate::state::State;
use crate::store::store::Store;

/// The vendors' gateway APIs with their state. Clones are cheap and share the state.
///
/// A new emulator has the [`well_known`](crate::well_known) credentials and no objects; [`seed`](Self::seed) adds the
/// vendors' examples. With a file, a 2xx response to a write means that the change is on disk.
///
/// ```
/// use bytes::Bytes;
/// use gatelet_emulator::Emulator;
///
/// let emulator = Emulator::memory()?;
/// emulator.seed()?;
/// let request = http::Request::get("http://localhost/api/v2/activeGateTokens").body(Bytes::new())?;
/// # #[cfg(feature = "dt")]
/// assert_eq!(emulator.handle(request).status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Emulator {
    vendors: Vendors,
    pub(super) state: State,
}

impl Emulator {
    /// Creates an emulator in memory; dropping its last clone drops its state.
    ///
    /// # Errors
    ///
    /// [`Error::Random`] if the operating system provides no random bytes.
    pub fn memory() -> Result<Self, Error> {
        Self::new(vendors::ALL, Store::in_memory()?)
    }

    /// Opens the emulator whose state is in this file; creates the file if it does not exist.
    ///
    /// Beside it are `<file>.key` (readable by its owner only; no secret in the store can be derived or checked without
    /// it), `<file>.holder` (the process that has the store open) and `<file>.reserve` (1 MiB of spare space, freed so
    /// that objects can be deleted when the disk is full).
    ///
    /// A file does not depend on the features that wrote it: the objects of a vendor whose feature is off stay in it, and
    /// a vendor that is new to it starts with its well-known credentials.
    ///
    /// # Errors
    ///
    /// [`Error::InUse`] if another process has it open, [`Error::Format`] if a later version wrote it, [`Error::Key`] if
    /// its key is missing or belongs to another store, [`Error::Io`] or [`Error::Storage`] if the file cannot be used.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::new(vendors::ALL, Store::open(path.as_ref())?)
    }

    fn new(vendors: Vendors, store: Store) -> Result<Self, Error> {
        for vendor in vendors {
            vendor.prepare(&store)?;
        }
        Ok(Self {
            vendors,
            state: State::new(store),
        })
    }

    /// Sets the clock; the default is the system's.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.state.set_clock(move || clock.now());
        self
    }

    /// Sets the lifetime of bearers issued from now on, those of ASA and those of Dynatrace's OAuth clients; one hour by default.
    #[must_use]
    pub fn with_bearer_lifetime(mut self, lifetime: Duration) -> Self {
        self.state.set_bearer_lifetime(lifetime);
        self
    }

    /// Adds the examples of the vendors' documentation. A store that has them gets only those that a later version added: what
    /// was deleted or changed stays so.
    ///
    /// The team `well_known::ASA_TEAM` gets two gateways and two gateway setup tokens, the Dynatrace environment three
    /// ActiveGate tokens, with the published ids, names and dates. One more token ends in 20 days. The environment also
    /// gets three ActiveGates and two finished update jobs, one of which failed: two ActiveGates are connected, one of them with the token that ends, and one is
    /// offline without a token. One more gateway has labels, by which two projects select it: one of ASA, and one in a resource group, which has a server
    /// enrollment token.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn seed(&self) -> Result<(), Error> {
        for vendor in self.vendors {
            vendor.seed(self.store(), self.state.now())?;
        }
        Ok(())
    }

    /// Handles one request. Needs no runtime; a write blocks until it is on disk.
    pub fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        router::handle(self.vendors, &self.state, request)
    }

    pub(crate) fn store(&self) -> &Store {
        self.state.store()
    }

    /// Returns the response to a request that was not read to its end.
    #[cfg(feature = "serve")]
    pub(crate) fn error_response(&self, path: &str, status: StatusCode) -> Response<Bytes> {
        router::error_response(self.vendors, path, status)
    }

    #[cfg(feature = "serve")]
    pub(crate) fn now(&self) -> Timestamp {
        self.state.now()
    }
}

impl Transport for Emulator {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        Ok(self.handle(request))
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(all(feature = "asa", feature = "dt"))]
mod tests {
    use std::sync::atomic::Ordering;

    use gatelet_models::Timestamp;
    use gatelet_models::asa::GatewayUpdate;
    use gatelet_models::dt::ActiveGateToken;
    use http::StatusCode;
    use serde_json::{Value, json};

    use std::sync::Arc;

    use super::*;
    use crate::api::asa::vendor::ASA;
    use crate::api::dt::token;
    use crate::api::dt::vendor::DT;
    use crate::store::fake_disk::FakeDisk;
    use crate::store::store;
    use crate::well_known;

    const TOKENS: &str = "/api/v2/activeGateTokens";

    /// Creates a seeded emulator on a fake disk.
    fn on_disk() -> (Arc<FakeDisk>, Emulator) {
        let disk = FakeDisk::with_blocks(usize::MAX >> 1);
        let emulator = Emulator::new(vendors::ALL, Store::on_disk(&disk)).unwrap();
        emulator.seed().unwrap();
        (disk, emulator)
    }

    fn request(method: &str, path: &str, credential: &str, body: &Value) -> Request<Bytes> {
        Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", credential)
            .body(body.to_string().into())
            .unwrap()
    }

    fn developer(method: &str, path: &str, body: &Value) -> Request<Bytes> {
        let credential = format!("Api-Token {}", well_known::DT_TOKEN);
        request(method, path, &credential, body)
    }

    fn create_body() -> Value {
        json!({ "name": "edge", "activeGateType": "CLUSTER" })
    }

    fn body(response: &Response<Bytes>) -> Value {
        serde_json::from_slice(response.body()).unwrap()
    }

    /// Returns the path of the created object.
    fn created(response: &Response<Bytes>, list: &str) -> String {
        format!("{list}/{}", body(response)["id"].as_str().unwrap())
    }

    /// Returns a bearer of the well-known service user that may do everything.
    fn bearer(emulator: &Emulator) -> String {
        let path = format!("/v1/teams/{}/service_token", well_known::ASA_TEAM);
        let key = json!({
            "key_id": well_known::ASA_KEY_ID,
            "key_secret": well_known::ASA_KEY_SECRET,
        });
        let response = emulator.handle(request("POST", &path, "", &key));
        format!(
            "Bearer {}",
            body(&response)["bearer_token"].as_str().unwrap()
        )
    }

    fn open(path: &Path, vendors: Vendors) -> Emulator {
        Emulator::new(vendors, Store::open(path).unwrap()).unwrap()
    }

    fn read_gateways(emulator: &Emulator, bearer: &str) -> Response<Bytes> {
        let path = format!("/v1/teams/{}/gateways", well_known::ASA_TEAM);
        emulator.handle(request("GET", &path, bearer, &Value::Null))
    }

    fn read_tokens(emulator: &Emulator) -> Response<Bytes> {
        emulator.handle(developer("GET", TOKENS, &Value::Null))
    }

    #[test]
    fn a_store_of_both_vendors_opens_with_one_and_keeps_what_the_other_stored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.redb");
        let both = open(&path, vendors::ALL);
        both.seed().unwrap();
        let bearer = bearer(&both);
        let read = |emulator: &Emulator| [read_gateways(emulator, &bearer), read_tokens(emulator)];
        let stored = read(&both).map(Response::into_body);
        drop(both);

        for (vendors, own) in [(&[ASA], 0), (&[DT], 1)] {
            let one = open(&path, vendors);
            one.seed().unwrap();
            let responses = read(&one);
            assert_eq!(responses[own].body(), &stored[own]);
            let unknown = one.handle(request("GET", "/unknown", "", &Value::Null));
            assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
            assert_eq!(format!("{:?}", responses[1 - own]), format!("{unknown:?}"));
        }

        let both = open(&path, vendors::ALL);
        assert_eq!(read(&both).map(Response::into_body), stored);
    }

    #[test]
    fn a_vendor_that_is_new_to_a_store_starts_with_its_credentials_and_without_objects() {
        let folder = tempfile::tempdir().unwrap();
        for (name, vendors) in [("asa", &[ASA]), ("dt", &[DT])] {
            let path = folder.path().join(name);
            open(&path, vendors).seed().unwrap();
            let both = open(&path, vendors::ALL);
            let bearer = bearer(&both);
            let count = || {
                let gateways = body(&read_gateways(&both, &bearer));
                let tokens = body(&read_tokens(&both));
                let count = |list: &Value| list.as_array().unwrap().len();
                [count(&gateways["list"]), count(&tokens["activeGateTokens"])]
            };
            let expected = if name == "asa" { [3, 0] } else { [0, 4] };
            assert_eq!(count(), expected);
            both.seed().unwrap();
            assert_eq!(count(), [3, 4]);
        }
    }

    #[test]
    fn a_store_of_an_earlier_version_gets_new_examples_and_none_that_was_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let emulator = open(&folder.path().join("old"), vendors::ALL);
        let old = ActiveGateToken::new("dt0g02.abc123", Timestamp::UNSET);
        let written = emulator.store().write(|transaction| {
            for vendor in ["asa.seed", "dt.seed"] {
                store::set_number(transaction, vendor, 1)?;
            }
            token::insert(transaction, &old)
        });
        assert!(written.unwrap());
        let path = format!("{TOKENS}/{}", old.id);
        let deleted = emulator.handle(developer("DELETE", &path, &Value::Null));
        assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
        let gates = || {
            let gates = emulator.handle(developer("GET", "/api/v2/activeGates", &Value::Null));
            body(&gates)["activeGates"].as_array().unwrap().len()
        };
        let tokens = || {
            let tokens = body(&read_tokens(&emulator));
            tokens["activeGateTokens"].as_array().unwrap().len()
        };
        for _ in 0..2 {
            emulator.seed().unwrap();
            assert_eq!((gates(), tokens()), (3, 3));
        }
    }

    // E13
    #[test]
    fn every_write_is_on_disk_before_its_response() {
        let (disk, emulator) = on_disk();
        let team = format!("/v1/teams/{}", well_known::ASA_TEAM);
        let bearer = bearer(&emulator);
        let admin = |method: &str, path: &str, body: &Value| request(method, path, &bearer, body);
        let write = |request: Request<Bytes>| {
            let line = format!("{} {}", request.method(), request.uri());
            let before = disk.syncs_finished.load(Ordering::Relaxed);
            let response = emulator.handle(request);
            assert!(response.status().is_success(), "{line}: {response:?}");
            assert!(disk.is_synced(), "{line}");
            assert!(
                disk.syncs_finished.load(Ordering::Relaxed) > before,
                "{line}"
            );
            response
        };

        let token = write(developer("POST", TOKENS, &create_body()));
        write(developer("DELETE", &created(&token, TOKENS), &Value::Null));
        let setup_tokens = format!("{team}/gateway_setup_tokens");
        let setup_token = write(admin("POST", &setup_tokens, &json!({})));
        let setup_token = created(&setup_token, &setup_tokens);
        let reveal = admin("GET", &format!("{setup_token}/token"), &Value::Null);
        let value = body(&emulator.handle(reveal))["token"].clone();
        let authorization = format!("Bearer {}", value.as_str().unwrap());
        let gateway = json!({ "name": "eu-1" });
        let gateway = write(request(
            "POST",
            "/emulator/v1/gateways",
            &authorization,
            &gateway,
        ));
        let gateway = created(&gateway, &format!("{team}/gateways"));
        write(admin("PUT", &gateway, &json!(GatewayUpdate::new("eu-2"))));
        write(admin("DELETE", &gateway, &Value::Null));
        write(admin("DELETE", &setup_token, &Value::Null));
    }

    // E13
    #[test]
    fn a_write_that_was_not_synced_is_not_acknowledged() {
        let (disk, emulator) = on_disk();
        disk.fails_to_sync.store(true, Ordering::Relaxed);
        for request in [
            developer("POST", TOKENS, &create_body()),
            developer("DELETE", &format!("{TOKENS}/dt0g02.abc123"), &Value::Null),
        ] {
            let response = emulator.handle(request);
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        }
        disk.fails_to_sync.store(false, Ordering::Relaxed);
        let response = emulator.handle(developer("GET", TOKENS, &Value::Null));
        // The first response may report the failed file; by the second one the file is reopened.
        let response = match response.status() {
            StatusCode::OK => response,
            _ => emulator.handle(developer("GET", TOKENS, &Value::Null)),
        };
        assert_eq!(response.status(), StatusCode::OK);
        let response = emulator.handle(developer("POST", TOKENS, &create_body()));
        assert_eq!(response.status(), StatusCode::CREATED);
    }

    // E13
    #[cfg(feature = "serve")]
    #[tokio::test]
    async fn no_byte_of_a_response_is_sent_before_the_sync_finishes() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        let (disk, emulator) = on_disk();
        let server = crate::server::serve::Serve::new(emulator)
            .start()
            .await
            .unwrap();
        let mut stream = tokio::net::TcpStream::connect(server.address())
            .await
            .unwrap();
        let body = create_body().to_string();
        let request = format!(
            "POST {TOKENS} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Api-Token {}\r\n\
             content-length: {}\r\n\r\n{body}",
            well_known::DT_TOKEN,
            body.len()
        );
        let gate = disk.block_next_sync();
        let started = disk.syncs_started.load(Ordering::Relaxed);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut turns = 0;
        while turns < 1000 {
            tokio::task::yield_now().await;
            let early = stream.try_read(&mut [0]);
            assert_eq!(early.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
            // Count turns only once the server waits for the disk.
            turns += usize::from(disk.syncs_started.load(Ordering::Relaxed) > started);
        }
        drop(gate);
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        assert!(response.starts_with("HTTP/1.1 201"), "{response}");
        assert!(disk.is_synced());
    }
}
