//! A transport with scripted responses.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};

use crate::error::transport::{TransportError, TransportErrorKind};
use crate::transport::transport::Transport;

/// A scripted response.
#[derive(Debug)]
pub struct FakeResponse(Kind);

#[derive(Debug)]
enum Kind {
    Response(Response<Bytes>),
    Error(TransportError),
    Hang,
    Panic,
}

impl FakeResponse {
    /// Creates a response with a status and a JSON body.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::status(status)
            .with_header("content-type", "application/json")
            .with_body(body)
    }

    /// Creates a response with a status and no body.
    ///
    /// # Panics
    ///
    /// If the status is invalid.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let mut response = Response::new(Bytes::new());
        match StatusCode::from_u16(status) {
            Ok(status) => *response.status_mut() = status,
            Err(_) => panic!("{status} is not a valid status"),
        }
        Self(Kind::Response(response))
    }

    /// Fails with an error of this kind.
    #[must_use]
    pub fn error(kind: TransportErrorKind) -> Self {
        TransportError::new(kind).into()
    }

    /// Never responds.
    #[must_use]
    pub fn hang() -> Self {
        Self(Kind::Hang)
    }

    /// Panics.
    #[must_use]
    pub fn panic() -> Self {
        Self(Kind::Panic)
    }

    /// Adds a header field to a response.
    ///
    /// # Panics
    ///
    /// If name or value is not valid in a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        if let Kind::Response(response) = &mut self.0 {
            match (
                HeaderName::try_from(name),
                HeaderValue::from_bytes(value.as_ref()),
            ) {
                (Ok(name), Ok(value)) => response.headers_mut().append(name, value),
                _ => panic!("{name} is not a valid header field, or its value is not"),
            };
        }
        self
    }

    /// Sets the body of a response.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        if let Kind::Response(response) = &mut self.0 {
            *response.body_mut() = body.into();
        }
        self
    }

    /// Turns the response into an error of this kind that keeps its head, as if its body could not be read.
    #[must_use]
    pub fn with_body_error(self, kind: TransportErrorKind) -> Self {
        match self.0 {
            Kind::Response(response) => {
                let (head, _) = response.into_parts();
                let error = TransportError::new(kind).with_head(head.status, head.headers);
                error.into()
            }
            other => Self(other),
        }
    }
}

impl From<Response<Bytes>> for FakeResponse {
    fn from(response: Response<Bytes>) -> Self {
        Self(Kind::Response(response))
    }
}

impl From<TransportError> for FakeResponse {
    fn from(error: TransportError) -> Self {
        Self(Kind::Error(error))
    }
}

/// A transport that returns scripted responses and records the requests; clones share it.
///
/// ```
/// use gatelet_transport::testing::{FakeResponse, FakeTransport};
///
/// let fake = FakeTransport::script([FakeResponse::status(503), FakeResponse::json(200, r#"{"list": []}"#)]);
/// // … give a clone of it to a client, make the call, and then:
/// assert_eq!(fake.requests().len(), 0);
/// ```
#[derive(Clone)]
pub struct FakeTransport(Arc<Inner>);

type Respond = Box<dyn Fn(&Request<Bytes>) -> FakeResponse + Send + Sync>;

struct Inner {
    respond: Option<Respond>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    script: VecDeque<FakeResponse>,
    requests: Vec<Request<Bytes>>,
    unexpected: usize,
}

impl FakeTransport {
    /// Returns these responses in order, each once.
    #[must_use]
    pub fn script(responses: impl IntoIterator<Item = FakeResponse>) -> Self {
        Self::with(None, responses.into_iter().collect())
    }

    /// Responds to every request with a function.
    pub fn respond(
        function: impl Fn(&Request<Bytes>) -> FakeResponse + Send + Sync + 'static,
    ) -> Self {
        Self::with(Some(Box::new(function)), VecDeque::new())
    }

    fn with(respond: Option<Respond>, script: VecDeque<FakeResponse>) -> Self {
        let state = Mutex::new(State {
            script,
            ..State::default()
        });
        Self(Arc::new(Inner { respond, state }))
    }

    /// Returns the requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request<Bytes>> {
        self.lock().requests.clone()
    }

    /// Checks that every scripted response was used and that no request came without one.
    ///
    /// # Panics
    ///
    /// If responses are left, or a request found none.
    #[track_caller]
    pub fn finish(&self) {
        let state = self.lock();
        let (left, unexpected) = (state.script.len(), state.unexpected);
        assert!(left == 0, "{left} scripted responses were not requested");
        assert!(unexpected == 0, "{unexpected} requests found no response");
    }

    /// Checks the script as [`finish`](Self::finish) does and returns the requests.
    ///
    /// # Panics
    ///
    /// If responses are left, or a request found none.
    #[track_caller]
    #[must_use = "or check the script with `finish`"]
    pub fn into_requests(self) -> Vec<Request<Bytes>> {
        self.finish();
        self.requests()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_response(&self, request: Request<Bytes>) -> FakeResponse {
        let scripted = match &self.0.respond {
            Some(respond) => Some(respond(&request)),
            None => self.lock().script.pop_front(),
        };
        let mut state = self.lock();
        state.requests.push(request);
        scripted.unwrap_or_else(|| {
            state.unexpected += 1;
            TransportError::new(TransportErrorKind::Config)
                .with_source("the script has no response left")
                .into()
        })
    }
}

impl Transport for FakeTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        match self.next_response(request).0 {
            Kind::Response(response) => Ok(response),
            Kind::Error(error) => Err(error),
            Kind::Hang => std::future::pending().await,
            Kind::Panic => panic!("as the script says"),
        }
    }
}

impl fmt::Debug for FakeTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeTransport").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;

    use super::{FakeResponse, FakeTransport};
    use crate::transport::transport::Transport as _;

    #[tokio::test]
    async fn responses_come_in_order_and_requests_are_recorded() {
        let fake =
            FakeTransport::script([FakeResponse::status(503), FakeResponse::json(200, "{}")]);
        for status in [503, 200] {
            let response = fake.send(Request::new(Bytes::from("body"))).await.unwrap();
            assert_eq!(response.status(), status);
        }
        assert_eq!(fake.into_requests().len(), 2);
    }

    #[test]
    #[should_panic(expected = "1 scripted responses were not requested")]
    fn a_script_with_responses_left_fails_the_test() {
        FakeTransport::script([FakeResponse::status(200)]).finish();
    }

    #[tokio::test]
    #[should_panic(expected = "1 requests found no response")]
    async fn a_request_beyond_the_script_fails_the_test() {
        let fake = FakeTransport::script([]);
        fake.send(Request::new(Bytes::new())).await.unwrap_err();
        fake.finish();
    }
}
