//! The script of a server, and what it received.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};

/// The action of a server for one request.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Respond(Response<Bytes>),
    /// Responds without announcing the length.
    RespondChunked(Response<Bytes>),
    /// Closes the connection in the middle of the body.
    CutBody(Response<Bytes>),
    /// Closes the connection in the middle of the head.
    CutHead(Response<Bytes>),
    /// Closes the connection without a response.
    Close,
    /// Never responds.
    Hang,
    /// Refuses the connection.
    RefuseConnection,
}

/// The remaining actions, and the requests so far.
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

    /// Records a request and returns its action; an unexpected one is recorded and gets no response.
    pub(super) fn next_action(&self, request: Request<Bytes>) -> Action {
        self.change(|state| {
            state.requests.push(request);
            state.actions.pop_front().unwrap_or(Action::Close)
        })
    }

    /// Records that the client dropped a request without a response.
    pub(super) fn mark_abandoned(&self) {
        self.change(|state| state.is_abandoned = true);
    }

    pub(super) fn requests(&self) -> Vec<Request<Bytes>> {
        self.lock().requests.clone()
    }

    pub(super) async fn first_request(&self) {
        self.until(|state| !state.requests.is_empty()).await;
    }

    /// Waits for a request to one of these paths.
    pub(super) async fn request_to(&self, paths: &[String]) {
        let is_one =
            |request: &Request<Bytes>| paths.iter().any(|path| path == request.uri().path());
        self.until(|state| state.requests.iter().any(is_one)).await;
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

/// Creates a response without header fields or body.
pub(super) fn response(status: u16) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    match status.try_into() {
        Ok(status) => *response.status_mut() = status,
        Err(_) => panic!("{status} is not a valid status"),
    }
    response
}
