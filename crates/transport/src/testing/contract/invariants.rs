//! The rules of the contract that hold for any response.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::Poll;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderValue, Method, Request};

use super::deadline::Deadline;
use super::rule::check_rule;
use crate::transport::transport::Transport;

pub(super) async fn check(transport: &impl Transport, address: &str, deadline: &impl Deadline) {
    let responds = responds_to_all(transport, address);
    check_rule("every request gets a complete response", responds, deadline).await;
    let survives = survives_dropping(transport, address);
    check_rule("dropping cancels", survives, deadline).await;
}

fn request(method: Method, address: &str, path: &str, body: &Bytes) -> Request<Bytes> {
    let mut request = Request::new(body.clone());
    *request.method_mut() = method;
    match format!("{address}{path}").parse() {
        Ok(uri) => *request.uri_mut() = uri,
        Err(_) => panic!("{address} is not a scheme and an authority"),
    }
    request
}

async fn responds_to_all(transport: &impl Transport, address: &str) -> Result<(), String> {
    let bodies = [
        Bytes::new(),
        Bytes::from_static(b"{}"),
        Bytes::from_static(b"[\xff"),
        vec![b'['; 1024 * 1024].into(),
    ];
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
        for path in ["/", "/nothing/here?q=%2B", "/a%2Fb/..%2F/%FF"] {
            for (body, has_credential) in bodies.iter().zip([true, false].into_iter().cycle()) {
                let mut request = request(method.clone(), address, path, body);
                if has_credential {
                    let value = HeaderValue::from_static("Bearer unknown");
                    request.headers_mut().insert(AUTHORIZATION, value);
                }
                let what = format!("{method} {path} with {} bytes", body.len());
                expect_response(transport, request, &what).await?;
            }
        }
    }
    Ok(())
}

async fn expect_response(
    transport: &impl Transport,
    request: Request<Bytes>,
    what: &str,
) -> Result<(), String> {
    let response = transport
        .send(request)
        .await
        .map_err(|error| format!("{what} failed: {error}"))?;
    let announced = response.headers().get(CONTENT_LENGTH);
    match announced.map(HeaderValue::to_str) {
        Some(Ok(length)) if length != response.body().len().to_string() => Err(format!(
            "{what}: {length} bytes were announced, but {} arrived",
            response.body().len()
        )),
        _ => Ok(()),
    }
}

/// A dropped request does not block the next one.
async fn survives_dropping(transport: &impl Transport, address: &str) -> Result<(), String> {
    let get = || request(Method::GET, address, "/", &Bytes::new());
    for _ in 0..100 {
        let mut sending = pin!(transport.send(get()));
        poll_fn(|context| {
            let _first = sending.as_mut().poll(context);
            Poll::Ready(())
        })
        .await;
    }
    expect_response(transport, get(), "a request after dropped ones").await
}
