//! A server in front of the emulator, over plain HTTP or TLS, with HTTP/1.1 or HTTP/2, and with gzip if accepted.

use std::convert::Infallible;
use std::io::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use gatelet_test_support::task_server::TaskServer;
use gatelet_wire_tests::Fixture;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::traffic::Traffic;

pub(crate) struct Server {
    server: TaskServer,
}

#[derive(Clone)]
struct ServerState {
    fixture: Arc<Fixture>,
    traffic: Traffic,
    tls: Option<TlsAcceptor>,
}

impl Server {
    pub(crate) async fn plain(fixture: &Arc<Fixture>, traffic: &Traffic) -> Self {
        Self::start(fixture, traffic, None).await
    }

    pub(crate) async fn tls(
        fixture: &Arc<Fixture>,
        traffic: &Traffic,
        config: ServerConfig,
    ) -> Self {
        Self::start(fixture, traffic, Some(Arc::new(config).into())).await
    }

    async fn start(fixture: &Arc<Fixture>, traffic: &Traffic, tls: Option<TlsAcceptor>) -> Self {
        let (fixture, traffic) = (fixture.clone(), traffic.clone());
        let state = ServerState {
            fixture,
            traffic,
            tls,
        };
        let server = TaskServer::start(move |stream, _| state.clone().serve(stream)).await;
        Self { server }
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.address.port()
    }
}

impl ServerState {
    /// Serves one connection. In some tests the handshake fails or the client closes the connection, so errors are ignored.
    async fn serve(self, stream: TcpStream) {
        let Some(tls) = self.tls.clone() else {
            return self.serve_http1(TokioIo::new(stream)).await;
        };
        let Ok(stream) = tls.accept(stream).await else {
            return;
        };
        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            self.serve_http2(TokioIo::new(stream)).await;
        } else {
            self.serve_http1(TokioIo::new(stream)).await;
        }
    }

    async fn serve_http1(self, stream: impl Read + Write + Unpin) {
        let service = service_fn(|request| self.clone().respond(request));
        let _ = http1::Builder::new()
            .serve_connection(stream, service)
            .await;
    }

    async fn serve_http2(self, stream: impl Read + Write + Unpin) {
        let service = service_fn(|request| self.clone().respond(request));
        let server = http2::Builder::new(TokioExecutor::new());
        let _ = server.serve_connection(stream, service).await;
    }

    async fn respond(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        let accepted = head.headers.get(ACCEPT_ENCODING);
        let takes_gzip = accepted.is_some_and(|value| value == "gzip");
        let body = body.collect().await.unwrap().to_bytes();
        let response = self
            .traffic
            .respond(&self.fixture, Request::from_parts(head, body));
        let (mut head, mut body) = response.into_parts();
        if takes_gzip && !body.is_empty() {
            let gzip = HeaderValue::from_static("gzip");
            head.headers.insert(CONTENT_ENCODING, gzip);
            head.headers.remove("content-length");
            body = compress(&body);
        }
        Ok(Response::from_parts(head, Full::new(body)))
    }
}

fn compress(body: &Bytes) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap().into()
}
