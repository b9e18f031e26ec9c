//! The HTTP server of the exporter.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gatelet_hyper::TokioClock;
use gatelet_transport::Clock as _;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::commands::exporter::route::Route;
use crate::commands::exporter::shared_reading::Scrapes;

/// The maximum size of a request's head, in bytes.
const HEAD_LIMIT: usize = 64 << 10;
/// How long a client may take to send a head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(8);
/// How long a connection, which is for one request, may last with the read of the APIs.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// How many connections are served at once; others wait.
const CONNECTIONS: usize = 64;
/// How long responses may take once the exporter ends.
const END_TIMEOUT: Duration = Duration::from_secs(1);
/// The pause after a failed `accept`, which usually means that no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The HTTP server of the exporter.
#[derive(Debug)]
pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
    connections: JoinSet<()>,
}

impl Server {
    /// Listens on an address.
    ///
    /// # Errors
    /// It cannot listen there.
    pub(crate) async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self {
            listener,
            address,
            connections: JoinSet::new(),
        })
    }

    /// Returns the address that it listens on, with the actual port.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves connections without end.
    pub(crate) async fn serve(&mut self, scrapes: Scrapes) {
        let is_local = self.address.ip().is_loopback();
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await;
            while self.connections.try_join_next().is_some() {}
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let scrapes = scrapes.clone();
                    self.connections.spawn(async move {
                        let _place = place;
                        serve_connection(stream, &scrapes, is_local).await;
                    });
                }
                Err(_) => TokioClock::new().sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    /// Waits for a moment until the responses that have begun are sent.
    pub(crate) async fn finish(mut self) {
        drop(self.listener);
        let clock = TokioClock::new();
        let all = async { while self.connections.join_next().await.is_some() {} };
        tokio::select! {
            biased;
            () = all => {}
            () = clock.sleep(END_TIMEOUT) => {}
        }
    }
}

/// Serves one request.
async fn serve_connection(stream: TcpStream, scrapes: &Scrapes, is_local: bool) {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_LIMIT)
        .keep_alive(false);
    let service = service_fn(async |request: Request<hyper::body::Incoming>| {
        let route = Route::of(request.method(), request.uri(), request.headers(), is_local);
        Ok::<_, Infallible>(respond(route, scrapes).await)
    });
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let clock = TokioClock::new();
    // Errors are the client's doing: it left, was too slow or did not speak HTTP.
    tokio::select! {
        biased;
        _ = connection => {}
        () = clock.sleep(CONNECTION_TIMEOUT) => {}
    }
}

async fn respond(route: Route, scrapes: &Scrapes) -> Response<Full<Bytes>> {
    match route {
        Route::Health => text(StatusCode::OK, "ok"),
        Route::Metrics(format) => match scrapes.reading().await {
            Some(reading) => {
                let body = format.render(&reading.samples);
                let mut response = Response::new(Full::new(Bytes::from(body)));
                let content_type = HeaderValue::from_static(format.content_type());
                response.headers_mut().insert(CONTENT_TYPE, content_type);
                response
            }
            None => text(StatusCode::SERVICE_UNAVAILABLE, "the exporter ends"),
        },
        Route::Rejected(status) => rejected(status),
    }
}

/// Returns the response to a request that asks for nothing that there is.
fn rejected(status: StatusCode) -> Response<Full<Bytes>> {
    match status {
        StatusCode::NOT_FOUND => text(status, "see /metrics"),
        StatusCode::MISDIRECTED_REQUEST => text(
            status,
            "only requests for localhost and loopback addresses are answered",
        ),
        StatusCode::METHOD_NOT_ALLOWED => {
            let mut response = text(status, "GET and HEAD are allowed");
            let methods = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(ALLOW, methods);
            response
        }
        _ => text(status, "the request has no single host"),
    }
}

fn text(status: StatusCode, line: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!("{line}\n"))));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
