//! A transport that records the traffic of another one.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};

use super::cassette::{Cassette, Interaction, RecordedFailure, Scrubber};
use crate::error::transport::TransportError;
use crate::transport::transport::Transport;

/// Records the traffic of another transport as a [`Cassette`] without secrets; clones share it.
///
/// These are removed:
///
/// - header values marked as sensitive, and those of `authorization`, `proxy-authorization`, `cookie` and
///   `set-cookie`;
/// - in JSON bodies, forms and queries, the values of `token`, `bearer_token`, `key_secret`, `access_token`, `refresh_token`,
///   `client_secret`, `password` and `secret`;
/// - whatever [`scrub_field`](Self::scrub_field) and [`scrub`](Self::scrub) name;
/// - and these values (from 8 characters on) wherever else they occur.
///
/// Names, ids and addresses stay: review a cassette before you publish it.
///
/// ```
/// use bytes::Bytes;
/// use gatelet_transport::Transport;
/// use gatelet_transport::testing::{FakeResponse, FakeTransport, Recording};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = FakeTransport::script([FakeResponse::json(201, r#"{"id": "7", "token": "dt0g02.SECRET"}"#)]);
/// let recording = Recording::new(server);
/// let request = http::Request::post("https://api.example.com/tokens").body(Bytes::new())?;
/// recording.send(request).await?;
/// let text = recording.cassette().to_string();
/// assert!(text.contains(r#""token": "[scrubbed]""#));
/// # Ok(())
/// # }
/// ```
pub struct Recording<T>(Arc<Inner<T>>);

struct Inner<T> {
    transport: T,
    state: Mutex<State>,
}

struct State {
    scrubber: Scrubber,
    /// In order of their start; a dropped one has no outcome.
    interactions: Vec<(Request<Bytes>, Option<Outcome>)>,
}

type Outcome = Result<Response<Bytes>, RecordedFailure>;

impl<T: Transport> Recording<T> {
    /// Records the traffic of this transport.
    pub fn new(transport: T) -> Self {
        let state = Mutex::new(State {
            scrubber: Scrubber::new(),
            interactions: Vec::new(),
        });
        Self(Arc::new(Inner { transport, state }))
    }
}

impl<T> Recording<T> {
    /// Also removes the values of a JSON field or a form or query parameter of this name, ignoring case.
    #[must_use]
    pub fn scrub_field(self, name: &str) -> Self {
        self.lock().scrubber.add_field(name);
        self
    }

    /// Also removes a text wherever it occurs.
    #[must_use]
    pub fn scrub(self, secret: &str) -> Self {
        self.lock().scrubber.add_secret(secret);
        self
    }

    /// Returns the recorded traffic. Requests without outcome, because they were dropped, are left out.
    #[must_use]
    pub fn cassette(&self) -> Cassette {
        let mut state = self.lock();
        let State {
            scrubber,
            interactions,
        } = &mut *state;
        for (request, outcome) in interactions.iter() {
            scrubber.learn(request);
            if let Some(Ok(response)) = outcome {
                scrubber.learn_response(response);
            }
        }
        let interaction = |(request, outcome): &(_, Option<Outcome>)| {
            Some(Interaction::of(request, outcome.as_ref()?, scrubber))
        };
        Cassette {
            interactions: interactions.iter().filter_map(interaction).collect(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, request: Request<Bytes>) -> usize {
        let interactions = &mut self.lock().interactions;
        interactions.push((request, None));
        interactions.len() - 1
    }

    fn end(&self, index: usize, outcome: Outcome) {
        if let Some((_, place)) = self.lock().interactions.get_mut(index) {
            *place = Some(outcome);
        }
    }
}

impl<T: Transport> Transport for Recording<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let index = self.begin(request.clone());
        let outcome = self.0.transport.send(request).await;
        self.end(
            index,
            outcome
                .as_ref()
                .map(Clone::clone)
                .map_err(RecordedFailure::from),
        );
        outcome
    }
}

impl<T> Clone for Recording<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Recording<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").finish_non_exhaustive()
    }
}
