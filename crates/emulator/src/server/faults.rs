//! Scripted faults: what the server does to the next requests.
//!
//! `PUT /emulator/v1/faults`, with the server's fault token as bearer, replaces the script: a JSON array with one object
//! for each following request, such as `[{"fault": "pass"}, {"fault": "lose"}, {"fault": "delay", "milliseconds": 500}]`.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use gatelet_models::Secret;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use serde_json::Value;

use crate::api::plain_error::PlainError;
use crate::api::{response, server_call};
use crate::store::key::Key;

/// The path of the emulator's own operation, outside the vendors' paths.
pub(crate) const PATH: &str = "/emulator/v1/faults";

/// What happens to one request.
#[derive(Debug, PartialEq)]
pub(crate) enum ServerFault {
    /// The request is executed, and the response is sent.
    Pass,
    /// The connection is closed; the request is not executed.
    Refuse,
    /// The request is executed; the connection is closed without a response.
    DropResponse,
    /// The request is executed; the connection is closed within the response body.
    TruncateResponse,
    /// The request is executed after this time.
    Delay(Duration),
    /// This is the response; the request is not executed.
    Status(StatusCode, HeaderMap),
    /// The request is executed; the response gets this body.
    Body(Bytes),
}

/// The remaining script, and the token that may replace it.
pub(crate) struct FaultScript {
    token: Secret,
    script: Mutex<VecDeque<ServerFault>>,
}

impl FaultScript {
    pub(crate) fn new(token: Secret) -> Self {
        Self {
            token,
            script: Mutex::default(),
        }
    }

    /// Removes and returns the fault for the next request.
    pub(crate) fn next(&self) -> ServerFault {
        self.script().pop_front().unwrap_or(ServerFault::Pass)
    }

    /// Responds to a request that replaces the script.
    pub(crate) fn handle(&self, key: &Key, head: &Parts, body: &Bytes) -> Response<Bytes> {
        let replaced = self.replace(key, head, body);
        replaced.unwrap_or_else(PlainError::into_response)
    }

    fn replace(
        &self,
        key: &Key,
        head: &Parts,
        body: &Bytes,
    ) -> Result<Response<Bytes>, PlainError> {
        let unauthenticated = || PlainError::from(StatusCode::UNAUTHORIZED);
        let digest = |token: &str| key.digest("fault token", &[token.as_bytes()]);
        let presented = server_call::authorization(head, "Bearer").ok_or_else(unauthenticated)?;
        if !digest(presented).matches(&digest(self.token.expose())) {
            return Err(unauthenticated());
        }
        if head.method != Method::PUT {
            let refused = PlainError::from(StatusCode::METHOD_NOT_ALLOWED).into_response();
            return Ok(response::with_allowed(refused, &["PUT"]));
        }
        let objects: Vec<Value> = server_call::decode(head, body)?;
        let faults = objects.iter().enumerate().map(|(n, fault)| {
            let invalid = |message| PlainError::invalid(&format!("[{n}]"), message);
            ServerFault::parse(fault).map_err(invalid)
        });
        let script = faults.collect::<Result<_, _>>()?;
        *self.script() = script;
        Ok(response::empty(204))
    }

    fn script(&self) -> MutexGuard<'_, VecDeque<ServerFault>> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerFault {
    /// Parses one object of a script.
    fn parse(fault: &Value) -> Result<Self, &'static str> {
        let text = |name| fault.get(name).and_then(Value::as_str);
        let number = |name| fault.get(name).and_then(Value::as_u64);
        match text("fault") {
            Some("pass") => Ok(Self::Pass),
            Some("refuse") => Ok(Self::Refuse),
            Some("lose") => Ok(Self::DropResponse),
            Some("cut") => Ok(Self::TruncateResponse),
            Some("delay") => number("milliseconds")
                .map(|millis| Self::Delay(Duration::from_millis(millis)))
                .ok_or("a delay needs a number `milliseconds`"),
            Some("status") => number("status")
                .and_then(|status| u16::try_from(status).ok())
                .and_then(|status| StatusCode::from_u16(status).ok())
                .filter(|status| status.as_u16() >= 200)
                .and_then(|status| Some(Self::Status(status, headers(fault.get("headers"))?)))
                .ok_or("a status needs a number `status` of at least 200; `headers` must map names to strings"),
            Some("body") => text("body")
                .map(|body| Self::Body(Bytes::copy_from_slice(body.as_bytes())))
                .ok_or("a body needs a string `body`"),
            _ => Err("`fault` must be pass, refuse, lose, cut, delay, status or body"),
        }
    }
}

/// Parses an object of strings as headers.
fn headers(object: Option<&Value>) -> Option<HeaderMap> {
    let Some(object) = object else {
        return Some(HeaderMap::new());
    };
    let fields = object.as_object()?.iter().map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(value.as_str()?).ok()?))
    });
    fields.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_fault_is_parsed() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", HeaderValue::from_static("7"));
        for (json, fault) in [
            (json!({"fault": "pass"}), ServerFault::Pass),
            (json!({"fault": "refuse"}), ServerFault::Refuse),
            (json!({"fault": "lose"}), ServerFault::DropResponse),
            (json!({"fault": "cut"}), ServerFault::TruncateResponse),
            (
                json!({"fault": "delay", "milliseconds": 7}),
                ServerFault::Delay(Duration::from_millis(7)),
            ),
            (
                json!({"fault": "status", "status": 503}),
                ServerFault::Status(StatusCode::SERVICE_UNAVAILABLE, HeaderMap::new()),
            ),
            (
                json!({"fault": "status", "status": 429, "headers": {"retry-after": "7"}}),
                ServerFault::Status(StatusCode::TOO_MANY_REQUESTS, headers),
            ),
            (
                json!({"fault": "body", "body": "<html>"}),
                ServerFault::Body(Bytes::from_static(b"<html>")),
            ),
        ] {
            assert_eq!(ServerFault::parse(&json), Ok(fault), "{json}");
        }
    }

    #[test]
    fn an_invalid_fault_is_refused() {
        for json in [
            json!(null),
            json!("lose"),
            json!({"fault": "explode"}),
            json!({"fault": "delay"}),
            json!({"fault": "delay", "milliseconds": -1}),
            json!({"fault": "status"}),
            json!({"fault": "status", "status": 100}),
            json!({"fault": "status", "status": 99999}),
            json!({"fault": "status", "status": 503, "headers": {"a b": "c"}}),
            json!({"fault": "status", "status": 503, "headers": {"a": "\n"}}),
            json!({"fault": "body", "body": 1}),
        ] {
            assert!(ServerFault::parse(&json).is_err(), "{json}");
        }
    }
}
