//! The emulator as a value and as a transport.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use gatelet_models::Secret;
#[cfg(feature = "serve")]
use gatelet_models::Timestamp;
use gatelet_models::asa::{Gateway, GatewayUpdate};
use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenId};
use gatelet_transport::{Clock, Transport, TransportError};
use http::{Request, Response};

use crate::api::dt::token as active_gate_token;
use crate::api::{gateway_enrollment, router};
use crate::error::Error;
use crate::seed;
use crate::state::State;
use crate::store::credential;
use crate::store::credential::Role;
use crate::store::store::Store;

/// Both vendors' gateway APIs with their state. Clones are cheap and share the state.
///
/// A new emulator has the [`well_known`](crate::well_known) credentials and no objects; [`seed`](Self::seed) adds the
/// vendors' examples. With a file, a 2xx response to a write means that the change is on disk.
///
/// ```
/// use gatelet_emulator::Emulator;
///
/// let emulator = Emulator::memory()?;
/// emulator.seed()?;
/// let request = http::Request::get("http://localhost/api/v2/activeGateTokens").body(Default::default())?;
/// assert_eq!(emulator.handle(request).status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Emulator {
    state: State,
}

impl Emulator {
    /// Creates an emulator in memory; dropping its last clone drops its state.
    ///
    /// # Errors
    ///
    /// [`Error::Random`] if the operating system provides no random bytes.
    pub fn memory() -> Result<Self, Error> {
        Store::in_memory().map(Self::new)
    }

    /// Opens the emulator whose state is in this file; creates the file if it does not exist.
    ///
    /// Beside it are `<file>.key` (readable by its owner only; no secret in the store can be derived or checked without
    /// it), `<file>.holder` (the process that has the store open) and `<file>.reserve` (1 MiB of spare space, freed so
    /// that objects can be deleted when the disk is full).
    ///
    /// # Errors
    ///
    /// [`Error::InUse`] if another process has it open, [`Error::Format`] if a later version wrote it, [`Error::Key`] if
    /// its key is missing or belongs to another store, [`Error::Io`] or [`Error::Storage`] if the file cannot be used.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Store::open(path.as_ref()).map(Self::new)
    }

    fn new(store: Store) -> Self {
        Self {
            state: State::new(store),
        }
    }

    /// Sets the clock; the default is the system's.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.state.set_clock(move || clock.now());
        self
    }

    /// Sets the lifetime of ASA bearers issued from now on; one hour by default.
    #[must_use]
    pub fn with_bearer_lifetime(mut self, lifetime: Duration) -> Self {
        self.state.set_bearer_lifetime(lifetime);
        self
    }

    /// Adds an ASA service user. A key id that the team already has gets the new secret and role.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn add_service_user(
        &self,
        team: &str,
        key_id: &str,
        key_secret: &Secret,
        role: Role,
    ) -> Result<(), Error> {
        self.store().write(|transaction| {
            let key = self.store().key();
            credential::insert_service_user(
                transaction,
                key,
                team,
                key_id,
                key_secret.expose(),
                role,
            )
        })
    }

    /// Adds a Dynatrace access token; `owner` becomes the owner of the tokens created with it. The scopes of a well-known
    /// token cannot be changed.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the token does not have the form `dt0c01.<public>.<secret>`, [`Error::Full`] or
    /// [`Error::Storage`] if the write fails.
    pub fn add_access_token(
        &self,
        token: &Secret,
        owner: &str,
        scopes: &[&str],
    ) -> Result<(), Error> {
        self.store().write(|transaction| {
            let key = self.store().key();
            let scopes = scopes.join(" ");
            credential::insert_access_token(transaction, key, token.expose(), owner, &scopes)
        })
    }

    /// Adds the examples of the vendors' documentation. Only the first call on a store has an effect.
    ///
    /// The team [`ASA_TEAM`](crate::well_known::ASA_TEAM) gets two gateways and two gateway setup tokens, the Dynatrace environment three
    /// ActiveGate tokens, with the published ids, names and dates.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn seed(&self) -> Result<(), Error> {
        seed::seed(&self.state)
    }

    /// Enrolls a gateway with the value of a setup token; the gateway is online from then on.
    ///
    /// The gateway gets the setup token's labels; labels of its own take precedence. Over HTTP this is
    /// `POST /emulator/v1/gateways` with the value as bearer and the update as JSON body.
    ///
    /// ```
    /// use gatelet_emulator::{Emulator, Error};
    /// use gatelet_models::asa::GatewayUpdate;
    ///
    /// let emulator = Emulator::memory()?;
    /// let refused = emulator.enroll_gateway(&"sft-gw.wrong".into(), GatewayUpdate::new("eu-1"));
    /// assert!(matches!(refused, Err(Error::TokenRejected)));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::TokenRejected`] if the value is wrong or its token is deleted, [`Error::Invalid`] if ASA would reject the
    /// name or the description, [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn enroll_gateway(
        &self,
        setup_token: &Secret,
        gateway: GatewayUpdate,
    ) -> Result<Gateway, Error> {
        gateway_enrollment::enroll(&self.state, setup_token, gateway)
    }

    /// Adds ActiveGate tokens as given, all or none. They have no secrets, so no ActiveGate can connect with them.
    ///
    /// ```
    /// use gatelet_emulator::Emulator;
    /// use gatelet_models::Timestamp;
    /// use gatelet_models::dt::ActiveGateToken;
    ///
    /// let emulator = Emulator::memory()?;
    /// let created = Timestamp::parse("2026-01-01T00:00:00Z")?;
    /// emulator.add_active_gate_tokens((0..1000).map(|n| {
    ///     ActiveGateToken::new(format!("dt0g02.{n:08}"), "edge", "me@example.com", created)
    /// }))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if an id is or was in use, [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn add_active_gate_tokens(
        &self,
        tokens: impl IntoIterator<Item = ActiveGateToken>,
    ) -> Result<(), Error> {
        active_gate_token::add(&self.state, tokens)
    }

    /// Connects an ActiveGate with its token: sets the token's `lastUsedDate` and returns its id.
    ///
    /// # Errors
    ///
    /// [`Error::TokenRejected`] if the token is wrong, revoked or expired.
    pub fn connect_active_gate(&self, token: &Secret) -> Result<ActiveGateTokenId, Error> {
        active_gate_token::connect(&self.state, token)
    }

    /// Handles one request. Needs no runtime; a write blocks until it is on disk.
    pub fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        router::handle(&self.state, request)
    }

    pub(crate) fn store(&self) -> &Store {
        self.state.store()
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
mod tests {
    use std::sync::atomic::Ordering;

    use gatelet_models::asa::GatewayUpdate;
    use http::StatusCode;
    use serde_json::{Value, json};

    use std::sync::Arc;

    use super::*;
    use crate::store::fake_disk::FakeDisk;
    use crate::well_known;

    const TOKENS: &str = "/api/v2/activeGateTokens";

    /// Creates a seeded emulator on a fake disk.
    fn on_disk() -> (Arc<FakeDisk>, Emulator) {
        let disk = FakeDisk::with_blocks(usize::MAX >> 1);
        let emulator = Emulator::new(Store::on_disk(&disk));
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

    // E13
    #[test]
    fn every_write_is_on_disk_before_its_response() {
        let (disk, emulator) = on_disk();
        let team = format!("/v1/teams/{}", well_known::ASA_TEAM);
        let key = json!({
            "key_id": well_known::ASA_KEY_ID,
            "key_secret": well_known::ASA_KEY_SECRET,
        });
        let exchange = request("POST", &format!("{team}/service_token"), "", &key);
        let bearer = body(&emulator.handle(exchange))["bearer_token"].clone();
        let bearer = format!("Bearer {}", bearer.as_str().unwrap());
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
