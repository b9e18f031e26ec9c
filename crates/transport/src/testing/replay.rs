//! A transport that replays recorded traffic.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};

use super::cassette::{Cassette, Interaction};
use crate::error::transport::{TransportError, TransportErrorKind};
use crate::transport::transport::Transport;

/// Responds from a [`Cassette`]; clones share it.
///
/// A request receives the first remaining interaction with the same method, URI and body. JSON bodies are compared as
/// JSON, removed secrets match anything, and header fields are ignored. So concurrent calls may come in any order.
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
    /// The names of requests without a match.
    unexpected: Vec<String>,
}

impl Replay {
    /// Replays a cassette from its start.
    #[must_use]
    pub fn new(cassette: Cassette) -> Self {
        Self(Arc::new(Mutex::new(State {
            left: cassette.interactions,
            unexpected: Vec::new(),
        })))
    }

    /// Checks that the whole cassette was played, and every request was on it.
    ///
    /// # Panics
    ///
    /// If interactions are left, or a request was not on the cassette. The message names the requests without their
    /// queries.
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
            "on the cassette, but not requested: {}",
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
