//! The rules of the contract that need a scripted server.

use std::pin::pin;

use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, DATE, LINK, LOCATION, PROXY_AUTHORIZATION,
    REFERER, RETRY_AFTER, SET_COOKIE, USER_AGENT, WARNING, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};

use super::deadline::Deadline;
use super::rule::{check_rule, ensure};
use super::script::{Action, response};
use super::test_bed::TestBed;
use super::tracking;
use crate::call::call_secrets::AddedSecret;
use crate::error::sent::Sent;
use crate::error::transport::{TooLarge, TransportErrorKind};
use crate::future::timeout::timeout;
use crate::transport::transport::Transport;
use crate::wire::body_limit::BodyLimit;

pub(super) async fn check<S: TestBed>(test_bed: &S, deadline: &impl Deadline) {
    let arrives = sends_requests_unchanged(test_bed);
    check_rule("a request arrives unchanged", arrives, deadline).await;
    check_rule("nothing is retried", retries_nothing(test_bed), deadline).await;
    let comes_back = returns_responses_unchanged(test_bed);
    check_rule("a response arrives unchanged", comes_back, deadline).await;
    check_rule("every status is Ok", every_status_is_ok(test_bed), deadline).await;
    let follows = follows_no_redirect(test_bed);
    check_rule("no redirect is followed", follows, deadline).await;
    let adds = adds_nothing(test_bed);
    check_rule("no credential or cookie is added", adds, deadline).await;
    let complete = completes_bodies(test_bed);
    check_rule("a body is complete or an error", complete, deadline).await;
    let tells = reports_unsent(test_bed);
    check_rule("an unsent request is reported as unsent", tells, deadline).await;
    check_rule("dropping cancels", cancels(test_bed), deadline).await;
    let counts = tracking::counts_what_arrived(test_bed);
    check_rule("a request that arrived counts as sent", counts, deadline).await;
    let refuses = tracking::refuses_a_canceled_request(test_bed);
    check_rule("a canceled request is not sent", refuses, deadline).await;
    let queue = tracking::refuses_a_request_canceled_in_a_queue(test_bed);
    let name = "a request canceled while it waits is not sent";
    check_rule(name, queue, deadline).await;
}

pub(super) async fn check_extensions<S: TestBed>(test_bed: &S, deadline: &impl Deadline) {
    let passes = passes_extensions_on(test_bed);
    check_rule("extensions are passed on", passes, deadline).await;
}

pub(super) async fn check_body_limit<S: TestBed>(
    test_bed: &S,
    limit: u64,
    deadline: &impl Deadline,
) {
    let keeps = enforces_limit(test_bed, limit);
    check_rule("a body above the limit is an error", keeps, deadline).await;
}

fn with(mut response: Response<Bytes>, name: HeaderName, value: &str) -> Response<Bytes> {
    match HeaderValue::from_str(value) {
        Ok(value) => response.headers_mut().append(name, value),
        Err(_) => panic!("{value} is not valid in a header"),
    };
    response
}

fn pattern(length: usize) -> Bytes {
    (0..=u8::MAX).cycle().take(length).collect()
}

const OPAQUE: HeaderName = HeaderName::from_static("x-opaque");

async fn sends_requests_unchanged<S: TestBed>(test_bed: &S) -> Result<(), String> {
    let long = "/v1/a%2Fb/%C3%BC/100%25/things?q=%2B&r=a+b&s=%26%3D&t";
    for (method, path, body) in [
        (Method::GET, long, Bytes::new()),
        (Method::DELETE, "/v1/a%2fb", Bytes::new()),
        (
            Method::PUT,
            long,
            Bytes::from_static(b"{\"name\": \"eu-1\"}"),
        ),
        (Method::POST, "/v1/things", pattern(70_000)),
    ] {
        let scenario = test_bed.open(vec![Action::Respond(response(204))]);
        let mut request = scenario.request(method, path);
        *request.body_mut() = body;
        let mut secret = HeaderValue::from_static("Bearer secret");
        secret.set_sensitive(true);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, secret);
        headers.insert(USER_AGENT, HeaderValue::from_static("contract/1"));
        for name in [ACCEPT, CONTENT_TYPE] {
            headers.insert(name, HeaderValue::from_static("application/json"));
        }
        headers.append(OPAQUE, HeaderValue::from_static("one"));
        headers.append(OPAQUE, HeaderValue::from_static("two"));
        let sent = request.clone();
        let outcome = scenario.transport.send(request).await;
        outcome.map_err(|error| format!("{} failed: {error}", sent.method()))?;
        scenario.expect_requests(1)?;
        for arrived in scenario.script.requests() {
            is_same_request(&sent, &arrived)?;
        }
    }
    Ok(())
}

fn is_same_request(sent: &Request<Bytes>, arrived: &Request<Bytes>) -> Result<(), String> {
    let method = sent.method();
    ensure(arrived.method() == method, || {
        format!("{method} arrived as {}", arrived.method())
    })?;
    ensure(
        arrived.uri().path_and_query() == sent.uri().path_and_query(),
        || format!("{} arrived as {}", sent.uri(), arrived.uri()),
    )?;
    ensure(arrived.body() == sent.body(), || {
        format!("the body of {method} arrived changed")
    })?;
    has_fields(arrived.headers(), sent.headers())
        .map_err(|name| format!("the field {name} of {method} arrived changed"))
}

/// Every field of the response comes back, also with an error: `Retry-After` decides when a call is repeated, and `Link`
/// which page is next.
async fn returns_responses_unchanged<S: TestBed>(test_bed: &S) -> Result<(), String> {
    for (status, body) in [
        (200, Bytes::new()),
        (200, Bytes::from_static(b"\xff")),
        (200, pattern(1000)),
        (429, Bytes::from_static(b"{}")),
        (503, Bytes::new()),
    ] {
        let mut response = with(with(response(status), OPAQUE, "one"), OPAQUE, "two");
        for (name, value) in [
            (CONTENT_TYPE, "application/json"),
            (DATE, "Thu, 01 Jan 2026 00:00:00 GMT"),
            (LINK, "</things?offset=1>; rel=\"next\""),
            (LINK, "</things>; rel=\"first\""),
            (RETRY_AFTER, "7"),
            (WARNING, "299 - \"deprecated\""),
        ] {
            response = with(response, name, value);
        }
        *response.body_mut() = body;
        let actions = [
            Action::Respond(response.clone()),
            Action::RespondChunked(response.clone()),
        ];
        let scenario = test_bed.open(actions.to_vec());
        for _ in 0..2 {
            let got = scenario
                .get()
                .await
                .map_err(|error| format!("a response failed: {error}"))?;
            is_same_response(&response, &got)?;
        }
        scenario.expect_requests(2)?;
    }
    Ok(())
}

fn is_same_response(sent: &Response<Bytes>, got: &Response<Bytes>) -> Result<(), String> {
    let status = sent.status().as_u16();
    ensure(got.status() == status, || {
        format!("{status} came back as {}", got.status().as_u16())
    })?;
    let length = sent.body().len();
    ensure(got.body() == sent.body(), || {
        format!("a body of {length} bytes came back changed")
    })?;
    has_fields(got.headers(), sent.headers())
        .map_err(|name| format!("the field {name} of a {status} came back changed"))
}

/// Checks that these fields have the same values in the same order. Others may have been added. Returns the name of one that
/// differs.
fn has_fields(arrived: &HeaderMap, sent: &HeaderMap) -> Result<(), HeaderName> {
    let is_same = |name: &&HeaderName| arrived.get_all(*name).iter().eq(sent.get_all(*name));
    match sent.keys().find(|name| !is_same(name)) {
        None => Ok(()),
        Some(name) => Err(name.clone()),
    }
}

/// A request carries the limit of its call to the transport that reads the body, and a response brings back what a transport
/// added that no error may show.
async fn passes_extensions_on<S: TestBed>(test_bed: &S) -> Result<(), String> {
    let mut sent = response(200);
    let secret = HeaderValue::from_static("Basic secret");
    sent.extensions_mut().insert(AddedSecret::new(secret));
    let scenario = test_bed.open(vec![Action::Respond(sent)]);
    let mut request = scenario.request(Method::GET, "/things");
    let limit = BodyLimit::new(1024);
    request.extensions_mut().insert(limit);
    let outcome = scenario.transport.send(request).await;
    let got = outcome.map_err(|error| format!("a response failed: {error}"))?;
    scenario.expect_requests(1)?;
    let has_limit = |request: &Request<Bytes>| BodyLimit::of(request) == Some(limit);
    ensure(scenario.script.requests().iter().all(has_limit), || {
        "a request arrived without its body limit".into()
    })?;
    ensure(got.extensions().get::<AddedSecret>().is_some(), || {
        "a response came back without the secret that was added to its request".into()
    })
}

async fn every_status_is_ok<S: TestBed>(test_bed: &S) -> Result<(), String> {
    for status in [
        200, 201, 202, 204, 299, 400, 401, 403, 404, 408, 409, 410, 421, 429, 499, 500, 502, 503,
        504, 511, 599,
    ] {
        let scenario = test_bed.open(vec![Action::Respond(response(status))]);
        match scenario.get().await {
            Ok(got) => ensure(got.status() == status, || {
                format!("{status} came back as {}", got.status().as_u16())
            })?,
            Err(error) => return Err(format!("{status} came back as an error: {error}")),
        }
    }
    Ok(())
}

async fn follows_no_redirect<S: TestBed>(test_bed: &S) -> Result<(), String> {
    for status in [301, 302, 303, 307, 308] {
        let target = "/elsewhere?secret";
        let redirect = with(response(status), LOCATION, target);
        let scenario = test_bed.open(vec![
            Action::Respond(redirect),
            Action::Respond(response(200)),
        ]);
        let got = scenario
            .get()
            .await
            .map_err(|error| format!("{status} came back as an error: {error}"))?;
        scenario.expect_requests(1)?;
        ensure(
            got.status() == status && got.headers().get(LOCATION).is_some_and(|to| to == target),
            || format!("{status} came back changed"),
        )?;
    }
    Ok(())
}

async fn retries_nothing<S: TestBed>(test_bed: &S) -> Result<(), String> {
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::POST] {
        retries_nothing_with(&method, test_bed).await?;
    }
    Ok(())
}

async fn retries_nothing_with<S: TestBed>(method: &Method, test_bed: &S) -> Result<(), String> {
    for status in [408, 421, 425, 429, 500, 502, 503, 504] {
        let refusal = with(response(status), RETRY_AFTER, "0");
        let scenario = test_bed.open(vec![
            Action::Respond(refusal),
            Action::Respond(response(200)),
        ]);
        let request = scenario.request(method.clone(), "/things");
        let _outcome = scenario.transport.send(request).await;
        scenario.expect_requests(1)?;
    }
    // A second request, because a reused connection tempts transports to retry on another one.
    let actions = [
        Action::Respond(response(200)),
        Action::Close,
        Action::Respond(response(200)),
    ];
    let scenario = test_bed.open(actions.to_vec());
    let first = scenario.get().await;
    first.map_err(|error| format!("a response failed: {error}"))?;
    let request = scenario.request(method.clone(), "/things");
    let second = scenario.transport.send(request).await;
    scenario.expect_requests(2)?;
    ensure(second.is_err(), || {
        "a request without a response got one".into()
    })
}

async fn adds_nothing<S: TestBed>(test_bed: &S) -> Result<(), String> {
    let actions = [
        Action::Respond(with(response(200), SET_COOKIE, "session=1; Path=/")),
        Action::Respond(with(response(401), WWW_AUTHENTICATE, "Basic realm=\"x\"")),
        Action::Respond(response(200)),
    ];
    let scenario = test_bed.open(actions.to_vec());
    for _ in &actions {
        let outcome = scenario.get().await;
        outcome.map_err(|error| format!("a response failed: {error}"))?;
    }
    scenario.expect_requests(actions.len())?;
    for request in scenario.script.requests() {
        for name in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, REFERER] {
            ensure(!request.headers().contains_key(&name), || {
                format!("the field {name} was added")
            })?;
        }
    }
    Ok(())
}

async fn completes_bodies<S: TestBed>(test_bed: &S) -> Result<(), String> {
    let mut created = with(response(201), RETRY_AFTER, "7");
    *created.body_mut() = pattern(1000);
    // The status, if the transport can know it: not every stack reports it before the head is complete.
    for (act, statuses, what) in [
        (
            Action::CutBody(created.clone()),
            &[Some(201)][..],
            "truncated in its body",
        ),
        (
            Action::CutHead(created),
            &[Some(201), None],
            "truncated in its head",
        ),
        (Action::Close, &[None], "without a byte"),
    ] {
        let scenario = test_bed.open(vec![act]);
        let request = scenario.request(Method::POST, "/things");
        let Err(error) = scenario.transport.send(request).await else {
            return Err(format!("a response {what} came back as Ok"));
        };
        scenario.expect_requests(1)?;
        ensure(error.sent() == Sent::Whole, || {
            format!(
                "a response {what} to a whole request is an error whose `sent()` is {:?}, not Whole",
                error.sent()
            )
        })?;
        let got = error.status().map(|status| status.as_u16());
        ensure(statuses.contains(&got), || {
            format!(
                "a response {what} has the status {got:?} and not {:?}",
                statuses[0]
            )
        })?;
        let fields = error.headers();
        let has_field =
            fields.is_some_and(|fields| fields.get(RETRY_AFTER).is_some_and(|to| to == "7"));
        ensure(has_field || what != "truncated in its body", || {
            format!("a response {what} has no header fields")
        })?;
    }
    Ok(())
}

async fn reports_unsent<S: TestBed>(test_bed: &S) -> Result<(), String> {
    let scenario = test_bed.refuse();
    match scenario.get().await {
        Ok(_) => Err("a refused connection came back as Ok".into()),
        Err(error) => ensure(error.sent() == Sent::Nothing, || {
            "a refused connection reports that the request was sent".into()
        }),
    }
}

async fn cancels<S: TestBed>(test_bed: &S) -> Result<(), String> {
    let scenario = test_bed.open(vec![Action::Hang, Action::Respond(response(200))]);
    {
        let sending = pin!(scenario.get());
        let arrival = scenario.script.first_request();
        if timeout(arrival, sending).await.is_some() {
            return Err("a request without a response got one".into());
        }
    }
    scenario.script.abandoned().await;
    let next = scenario.get().await;
    next.map_err(|error| format!("the next request failed: {error}"))?;
    scenario.expect_requests(2)
}

async fn enforces_limit<S: TestBed>(test_bed: &S, limit: u64) -> Result<(), String> {
    accepts_up_to(test_bed, limit, None).await?;
    let call = BodyLimit::new(limit / 2);
    accepts_up_to(test_bed, call.bytes(), Some(call)).await
}

/// Checks that a body of the limit's length is accepted and a longer one is not, in a request with the limit of a call.
async fn accepts_up_to<S: TestBed>(
    test_bed: &S,
    limit: u64,
    call: Option<BodyLimit>,
) -> Result<(), String> {
    let Ok(length) = usize::try_from(limit) else {
        return Err("the limit is too large to test".into());
    };
    for (length, is_within) in [(length, true), (length.saturating_add(1), false)] {
        let mut response = response(200);
        *response.body_mut() = pattern(length);
        for act in [
            Action::Respond(response.clone()),
            Action::RespondChunked(response),
        ] {
            let scenario = test_bed.open(vec![act]);
            let mut request = scenario.request(Method::GET, "/things");
            if let Some(call) = call {
                request.extensions_mut().insert(call);
            }
            let is_kept = match scenario.transport.send(request).await {
                Ok(got) => is_within && got.body().len() == length,
                Err(error) => !is_within && error.kind() == too_large(limit),
            };
            ensure(is_kept, || {
                let whose = call.map_or("transport", |_| "call");
                format!("a body of {length} bytes is not checked against the limit of the {whose}")
            })?;
        }
    }
    Ok(())
}

fn too_large(limit: u64) -> TransportErrorKind {
    TransportErrorKind::TooLarge {
        what: TooLarge::Body,
        limit,
    }
}
