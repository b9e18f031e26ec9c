//! A transport that says on stderr what it sends and what comes back.

use bytes::Bytes;
use http::{Request, Response};
use transport::{Transport, TransportError};

use crate::failure::say;

/// Says method, path and status of each request; never a query, a header or a body.
#[derive(Debug)]
pub(crate) struct Verbose<T> {
    inner: T,
    on: bool,
}

impl<T> Verbose<T> {
    /// Wraps a transport; says nothing unless `on`.
    pub(crate) fn new(inner: T, on: bool) -> Self {
        Self { inner, on }
    }
}

impl<T: Transport> Transport for Verbose<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if !self.on {
            return self.inner.send(request).await;
        }
        let line = format!("{} {}", request.method(), request.uri().path());
        say(&format!("> {line}"));
        let result = self.inner.send(request).await;
        match &result {
            Ok(response) => say(&format!("< {line}: {}", response.status())),
            Err(error) => say(&format!("< {line}: {error}")),
        }
        result
    }
}
