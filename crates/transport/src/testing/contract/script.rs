//! What the far side of a transport is to do, and what it saw.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use bytes::Bytes;
use http::{Method, Request, Response};

use super::loopback::Loopback;
use crate::error::transport::TransportError;
use crate::transport::transport::Transport;

/// What the far side does with one request.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Respond(Response<Bytes>),
    /// An answer that does not say beforehand how long it is.
    RespondChunked(Response<Bytes>),
    /// Ends the connection in the middle of the body.
    CutBody(Response<Bytes>),
    /// Ends the connection in the middle of the head.
    CutHead(Response<Bytes>),
    /// Ends the connection without a byte of an answer.
    Close,
    /// Never answers.
    Hang,
    /// Lets no connection come about.
    RefuseConnection,
}

/// The actions that are left, and what happened so far.
pub(super) struct Script(Mutex<State>);

struct State {
    actions: VecDeque<Action>,
    requests: Vec<Request<Bytes>>,
    is_abandoned: bool,
    watcher: Option<Waker>,
}

impl Script {
    pub(super) fn new(actions: Vec<Action>) -> Self {
        Self(Mutex::new(State {
            actions: actions.into(),
            requests: Vec::new(),
            is_abandoned: false,
            watcher: None,
        }))
    }

    /// Takes a request and says what to do with it; one that nobody expected gets no answer, but is counted.
    pub(super) fn next_action(&self, request: Request<Bytes>) -> Action {
        self.change(|state| {
            state.requests.push(request);
            state.actions.pop_front().unwrap_or(Action::Close)
        })
    }

    /// The near side has let go of a request that was never answered.
    pub(super) fn mark_abandoned(&self) {
        self.change(|state| state.is_abandoned = true);
    }

    pub(super) fn requests(&self) -> Vec<Request<Bytes>> {
        self.lock().requests.clone()
    }

    pub(super) async fn first_request(&self) {
        self.until(|state| !state.requests.is_empty()).await;
    }

    pub(super) async fn abandoned(&self) {
        self.until(|state| state.is_abandoned).await;
    }

    async fn until(&self, is_reached: impl Fn(&State) -> bool) {
        poll_fn(|context| {
            let mut state = self.lock();
            if is_reached(&state) {
                return Poll::Ready(());
            }
            state.watcher = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let (result, watcher) = {
            let mut state = self.lock();
            (change(&mut state), state.watcher.take())
        };
        watcher.into_iter().for_each(Waker::wake);
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A transport, and the far side that it is to meet.
pub(super) struct Scenario<T> {
    pub(super) transport: T,
    /// Scheme and authority.
    pub(super) address: String,
    pub(super) script: Arc<Script>,
    pub(super) server: Option<Loopback>,
}

impl<T: Transport> Scenario<T> {
    /// A request that carries nothing of its own.
    pub(super) fn request(&self, method: Method, path: &str) -> Request<Bytes> {
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = method;
        match format!("{}{path}", self.address).parse() {
            Ok(uri) => *request.uri_mut() = uri,
            Err(_) => panic!("{path} cannot stand in a URI"),
        }
        request
    }

    pub(super) async fn get(&self) -> Result<Response<Bytes>, TransportError> {
        let request = self.request(Method::GET, "/things");
        self.transport.send(request).await
    }

    /// Whether the far side saw so many requests.
    pub(super) fn expect_requests(&self, count: usize) -> Result<(), String> {
        match self.script.requests().len() {
            seen if seen == count => Ok(()),
            seen => Err(format!("{seen} requests arrived where {count} were made")),
        }
    }
}
