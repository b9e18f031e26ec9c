//! The innermost transport, for transports that wrap another one.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use super::script::{Action, Script};
use crate::error::transport::{ConnectFailure, TransportError, TransportErrorKind};
use crate::transport::transport::Transport;

/// The transport that [`check_wrapper`](super::check_wrapper) provides to the transport under test.
#[derive(Clone)]
pub struct OriginServer(Arc<Script>);

impl OriginServer {
    pub(super) fn new(script: Arc<Script>) -> Self {
        Self(script)
    }
}

impl Transport for OriginServer {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let broken = TransportError::new(TransportErrorKind::Interrupted);
        match self.0.next_action(request) {
            Action::Respond(response) | Action::RespondChunked(response) => Ok(response),
            Action::CutBody(response) => {
                let (head, _) = response.into_parts();
                Err(broken.with_head(head.status, head.headers))
            }
            Action::CutHead(_) | Action::Close => Err(broken),
            Action::RefuseConnection => Err(TransportError::new(TransportErrorKind::Connect(
                ConnectFailure::Refused,
            ))),
            Action::Hang => {
                let _abandons = AbandonGuard(&self.0);
                std::future::pending().await
            }
        }
    }
}

struct AbandonGuard<'a>(&'a Script);

impl Drop for AbandonGuard<'_> {
    fn drop(&mut self) {
        self.0.mark_abandoned();
    }
}

impl fmt::Debug for OriginServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OriginServer")
    }
}
