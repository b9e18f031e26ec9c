//! A request in the form that a connection requires.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST, PROXY_AUTHORIZATION, TRANSFER_ENCODING};
use http::{HeaderValue, Method, Request, Uri, Version};

use crate::body::request::TrackedBody;
use crate::connect::proxy::address::Proxy;
use crate::error;
use crate::origin::Origin;
use crate::pool::connection::Connection;
use gatelet_transport::TransportError;

/// A request that can be sent over any connection to its origin.
pub(crate) struct OutgoingRequest {
    host: HeaderValue,
    uri: Uri,
    request: Request<TrackedBody>,
}

impl OutgoingRequest {
    pub(crate) fn new(request: Request<Bytes>, origin: &Origin) -> Result<Self, TransportError> {
        if request.method() == Method::CONNECT {
            return Err(error::config(
                "a request with the method CONNECT is not supported",
            ));
        }
        let mut request = request.map(TrackedBody::full);
        let headers = request.headers_mut();
        // Only the transport decides the framing.
        headers.remove(CONTENT_LENGTH);
        headers.remove(TRANSFER_ENCODING);
        // In a tunnel, proxy credentials would reach the server.
        headers.remove(PROXY_AUTHORIZATION);
        Ok(Self {
            host: origin.host_field()?,
            uri: request.uri().clone(),
            request,
        })
    }

    #[cfg(feature = "gzip")]
    pub(crate) fn headers_mut(&mut self) -> &mut http::HeaderMap {
        self.request.headers_mut()
    }

    /// Takes the request, in the form that the connection and the forward proxy require.
    pub(crate) fn take_for(
        &mut self,
        connection: &Connection,
        forward_proxy: Option<&Proxy>,
    ) -> Request<TrackedBody> {
        let placeholder = Request::new(TrackedBody::full(Bytes::new()));
        let mut request = std::mem::replace(&mut self.request, placeholder);
        if connection.is_http2() {
            *request.version_mut() = Version::HTTP_2;
            *request.uri_mut() = self.uri.clone();
            request.headers_mut().remove(HOST);
        } else {
            *request.version_mut() = Version::HTTP_11;
            *request.uri_mut() = match forward_proxy {
                Some(_) => self.uri.clone(),
                None => origin_form(&self.uri),
            };
            request.headers_mut().insert(HOST, self.host.clone());
            if let Some(authorization) = forward_proxy.and_then(Proxy::authorization) {
                let headers = request.headers_mut();
                headers.insert(PROXY_AUTHORIZATION, authorization.clone());
            }
        }
        request
    }

    /// Puts back a request that was taken and not sent.
    pub(crate) fn put_back(&mut self, request: Request<TrackedBody>) {
        self.request = request;
    }
}

/// Returns path and query.
fn origin_form(uri: &Uri) -> Uri {
    uri.path_and_query()
        .cloned()
        .map_or_else(|| Uri::from_static("/"), Uri::from)
}
