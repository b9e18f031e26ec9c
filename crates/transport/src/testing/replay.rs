//! A transport that plays recorded traffic.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};

use super::cassette::{Cassette, Interaction};
use crate::error::transport::{TransportError, TransportErrorKind};
use crate::transport::transport::Transport;

/// Answers as a [`Cassette`] says; a clone is the same replay.
///
/// A request gets the first interaction that is left with the same method, URI and body (JSON is compared as JSON), where
/// what was scrubbed fits anything. Header fields do not matter. So calls at the same time may come in any order.
///
/// ```
/// use bytes::Bytes;
/// use gatelet_transport::Transport;
/// use gatelet_transport::testing::Replay;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let cassette = r#"{
///   "cassette": 1,
///   "exchanges": [{"request": "GET https://api.example.com/names", "response": 200, "response_body": ["eu-1"]}]
/// }"#;
/// let replay = Replay::new(cassette.parse()?);
/// let request = http::Request::get("https://api.example.com/names").body(Bytes::new())?;
/// assert_eq!(replay.send(request).await?.body(), r#"["eu-1"]"#);
/// replay.finish();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Replay(Arc<Mutex<State>>);

struct State {
    left: Vec<Interaction>,
    /// The names of the requests that found nothing.
    unexpected: Vec<String>,
}

impl Replay {
    /// Plays a cassette from its start.
    #[must_use]
    pub fn new(cassette: Cassette) -> Self {
        Self(Arc::new(Mutex::new(State {
            left: cassette.interactions,
            unexpected: Vec::new(),
        })))
    }

    /// Checks that the whole cassette was played, and nothing was asked that is not on it.
    ///
    /// # Panics
    ///
    /// When interactions are left, or a request found none. The text names the requests without their queries.
    #[track_caller]
    pub fn finish(&self) {
        let state = self.lock();
        let left: Vec<String> = state.left.iter().map(Interaction::name).collect();
        let unexpected = &state.unexpected;
        assert!(
            unexpected.is_empty(),
            "not on the cassette: {}",
            unexpected.join(", ")
        );
        assert!(
            left.is_empty(),
            "on the cassette and not asked for: {}",
            left.join(", ")
        );
    }

    fn take(&self, request: &Request<Bytes>) -> Result<Interaction, TransportError> {
        let mut state = self.lock();
        if let Some(index) = state
            .left
            .iter()
            .position(|interaction| interaction.is_for(request))
        {
            return Ok(state.left.remove(index));
        }
        let uri = request.uri().to_string();
        let name = format!(
            "{} {}",
            request.method(),
            uri.split('?').next().unwrap_or_default()
        );
        let error = TransportError::new(TransportErrorKind::Config)
            .with_source(format!("not on the cassette: {name}"));
        state.unexpected.push(name);
        Err(error)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Replay {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.take(&request)?.outcome()
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay").finish_non_exhaustive()
    }
}
