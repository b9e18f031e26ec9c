//! Calls over a scripted transport and a manual clock.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod call_info;
mod credentials;
mod file_token;
mod other_credentials;
mod other_endpoints;
mod panics;
mod prefetch;
mod refused_credentials;
mod repeated_secrets;
mod responses;
mod shared_credentials;
mod timing;
mod trace_context;
mod transport_errors;
mod unreadable_bodies;

use std::time::{Duration, SystemTime};

use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{
    ApiError, ApiResponse, BaseUrl, Bearer, Call, Channel, ChannelBuilder, Dialect, Error,
    RetryPolicy, rate_limit,
};
use http::{HeaderMap, Method, StatusCode};

/// Parses errors as `{"code": "…", "message": "…"}`.
struct Plain;

impl Dialect for Plain {
    fn api_error(&self, _: StatusCode, body: &str) -> Option<ApiError> {
        let value: serde_json::Value = serde_json::from_str(body).ok()?;
        let text = |name: &str| Some(value.get(name)?.as_str()?.to_owned());
        Some(
            ApiError::default()
                .with_code(text("code")?)
                .with_message(text("message")?),
        )
    }

    /// `X-Wait` in seconds, which has a meaning only on a 429.
    fn server_delay(&self, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
        let own = headers.get("x-wait").and_then(|value| value.to_str().ok());
        own.map(|own| seconds(own.parse().unwrap()))
            .or_else(|| rate_limit::retry_after(headers, now))
    }

    fn refresh_may_help(&self, error: Option<&ApiError>) -> bool {
        error.is_none_or(|error| error.code.as_deref() != Some("missing_role"))
    }
}

fn builder() -> ChannelBuilder {
    Channel::builder(BaseUrl::parse("https://api.example.com/x").unwrap(), Plain)
        .credentials(Bearer::new("canary-bearer").unwrap())
        .jitter(|| 1.0)
}

fn channel(fake: &FakeTransport, clock: &ManualClock) -> Channel {
    builder().build_with(fake.clone(), clock.clone()).unwrap()
}

fn call(method: Method) -> Call {
    let call = Call::new("test Operation", method, "/v1/things")
        .with_template("/v1/things")
        .with_query("secret=canary-query");
    match call.method {
        Method::GET => call,
        Method::POST => call
            .with_body(r#"{"name":"canary-body"}"#)
            .with_success(201),
        _ => call.with_success(204),
    }
}

/// Makes one call over a script that must be used up, and returns the number of requests.
async fn run(
    call: Call,
    script: impl IntoIterator<Item = FakeResponse>,
) -> (Result<ApiResponse, Error>, usize) {
    let fake = FakeTransport::script(script);
    let result = channel(&fake, &ManualClock::auto()).call(call).await;
    if let Err(error) = &result {
        let text = format!("{error} {error:?} {error:#?}");
        assert!(!text.contains("canary"), "{text}");
        assert!(!error.to_string().contains('\n'));
    }
    let requests = fake.into_requests();
    (result, requests.len())
}

async fn fail(call: Call, script: impl IntoIterator<Item = FakeResponse>) -> (Error, usize) {
    let (result, requests) = run(call, script).await;
    (result.unwrap_err(), requests)
}

const ALL: [Method; 4] = [Method::GET, Method::PUT, Method::DELETE, Method::POST];
const IDEMPOTENT: [Method; 3] = [Method::GET, Method::PUT, Method::DELETE];

fn times(count: usize, make: impl Fn() -> FakeResponse) -> Vec<FakeResponse> {
    (0..count).map(|_| make()).collect()
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn many_attempts() -> RetryPolicy {
    RetryPolicy::default().max_attempts(6)
}
