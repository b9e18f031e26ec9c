//! A transport and its server, for one rule.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};

use super::loopback::Loopback;
use super::script::Script;
use crate::error::transport::TransportError;
use crate::transport::transport::Transport;

/// A transport and its server.
pub(super) struct Scenario<T> {
    pub(super) transport: T,
    /// Scheme and authority.
    pub(super) address: String,
    pub(super) script: Arc<Script>,
    pub(super) server: Option<Loopback>,
}

impl<T: Transport> Scenario<T> {
    /// Creates a request without header fields or body.
    pub(super) fn request(&self, method: Method, path: &str) -> Request<Bytes> {
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = method;
        match format!("{}{path}", self.address).parse() {
            Ok(uri) => *request.uri_mut() = uri,
            Err(_) => panic!("{path} is not valid in a URI"),
        }
        request
    }

    pub(super) async fn get(&self) -> Result<Response<Bytes>, TransportError> {
        let request = self.request(Method::GET, "/things");
        self.transport.send(request).await
    }

    /// Checks the number of requests that the server received.
    pub(super) fn expect_requests(&self, count: usize) -> Result<(), String> {
        match self.script.requests().len() {
            seen if seen == count => Ok(()),
            seen => Err(format!("{seen} requests arrived, but {count} were sent")),
        }
    }
}
