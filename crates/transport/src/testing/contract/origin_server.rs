//! The innermost transport, for those that wrap another one.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use super::scene::{Act, Scene};
use crate::error::transport::{ConnectFailure, TransportError, TransportErrorKind};
use crate::transport::transport::Transport;

/// What [`around`](super::around) gives to the transport under test, to send requests with.
#[derive(Clone)]
pub struct Origin(Arc<Scene>);

impl Origin {
    pub(super) fn new(scene: Arc<Scene>) -> Self {
        Self(scene)
    }
}

impl Transport for Origin {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let broken = TransportError::new(TransportErrorKind::Interrupted);
        match self.0.meet(request) {
            Act::FakeResponse(response) | Act::Unannounced(response) => Ok(response),
            Act::CutBody(response) => {
                let (head, _) = response.into_parts();
                Err(broken.with_head(head.status, head.headers))
            }
            Act::CutHead(_) | Act::Close => Err(broken),
            Act::Refuse => Err(TransportError::new(TransportErrorKind::Connect(
                ConnectFailure::Refused,
            ))),
            Act::Hang => {
                let _abandons = Abandons(&self.0);
                std::future::pending().await
            }
        }
    }
}

struct Abandons<'a>(&'a Scene);

impl Drop for Abandons<'_> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Origin")
    }
}
