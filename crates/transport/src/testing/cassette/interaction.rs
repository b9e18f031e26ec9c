//! A recorded request with its outcome.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use serde_json::{Map, Value};

use super::body::{Body, fits};
use super::recorded_failure::status;
use super::{RecordedFailure, Scrubber};
use crate::error::transport::TransportError;

/// A request with its outcome, without secrets.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::testing) struct Interaction {
    method: String,
    uri: String,
    headers: Vec<String>,
    body: Body,
    outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Response {
        status: StatusCode,
        headers: Vec<String>,
        body: Body,
    },
    /// The lines are those of the response head, if it arrived.
    RecordedFailure {
        failure: RecordedFailure,
        headers: Option<Vec<String>>,
    },
}

impl Interaction {
    /// Creates an interaction without the secrets that the scrubber knows.
    pub(in crate::testing) fn of(
        request: &Request<Bytes>,
        outcome: &Result<Response<Bytes>, RecordedFailure>,
        scrubber: &Scrubber,
    ) -> Self {
        Self {
            method: request.method().to_string(),
            uri: scrubber.uri(request.uri()),
            headers: lines(request.headers(), scrubber),
            body: scrubber.body(Body::of(request.body())),
            outcome: match outcome {
                Ok(response) => Outcome::Response {
                    status: response.status(),
                    headers: lines(response.headers(), scrubber),
                    body: scrubber.body(Body::of(response.body())),
                },
                Err(failure) => Outcome::RecordedFailure {
                    headers: failure
                        .headers
                        .as_ref()
                        .map(|headers| lines(headers, scrubber)),
                    failure: failure.clone().with_headers(None),
                },
            },
        }
    }

    /// Returns method and URI without its query.
    pub(in crate::testing) fn name(&self) -> String {
        let uri = self.uri.split('?').next().unwrap_or_default();
        format!("{} {uri}", self.method)
    }

    /// Returns whether a request matches in method, URI and body.
    pub(in crate::testing) fn is_for(&self, request: &Request<Bytes>) -> bool {
        self.method == request.method().as_str()
            && fits(&self.uri, &request.uri().to_string())
            && self.body.fits(&Body::of(request.body()))
    }

    pub(in crate::testing) fn outcome(&self) -> Result<Response<Bytes>, TransportError> {
        match &self.outcome {
            Outcome::RecordedFailure { failure, headers } => {
                let headers = headers.as_deref().map(fields);
                Err((&failure.clone().with_headers(headers)).into())
            }
            Outcome::Response {
                status,
                headers,
                body,
            } => {
                let mut response = Response::new(body.bytes());
                *response.status_mut() = *status;
                *response.headers_mut() = fields(headers);
                Ok(response)
            }
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut json = Map::new();
        json.insert(
            "request".into(),
            format!("{} {}", self.method, self.uri).into(),
        );
        json.insert("request_headers".into(), self.headers.clone().into());
        self.body.write("request", &mut json);
        match &self.outcome {
            Outcome::RecordedFailure { failure, headers } => {
                json.insert("response".into(), failure.to_json());
                let headers = headers.clone();
                json.extend(headers.map(|lines| ("response_headers".into(), lines.into())));
            }
            Outcome::Response {
                status,
                headers,
                body,
            } => {
                json.insert("response".into(), status.as_u16().into());
                json.insert("response_headers".into(), headers.clone().into());
                body.write("response", &mut json);
            }
        }
        json.into()
    }

    pub(super) fn from_json(json: &Value) -> Result<Self, String> {
        let request = json.get("request").and_then(Value::as_str);
        let request = request.ok_or("it has no `request`")?;
        let (method, uri) = request
            .split_once(' ')
            .ok_or("its `request` has no method and URI")?;
        let outcome = match json.get("response") {
            None => return Err("it has no `response`".into()),
            Some(failure @ Value::Object(_)) => Outcome::RecordedFailure {
                failure: RecordedFailure::from_json(failure)
                    .ok_or("its `response` is not a kind of error")?,
                headers: match json.get("response_headers") {
                    Some(_) => Some(read_lines("response_headers", json)?),
                    None => None,
                },
            },
            Some(number) => Outcome::Response {
                status: status(number).ok_or("its `response` is not a status")?,
                headers: read_lines("response_headers", json)?,
                body: Body::read("response", json)?,
            },
        };
        Ok(Self {
            method: method.to_owned(),
            uri: uri.to_owned(),
            headers: read_lines("request_headers", json)?,
            body: Body::read("request", json)?,
            outcome,
        })
    }
}

/// Returns the fields, sorted by name for stable text. Framing is left to each transport.
fn lines(headers: &HeaderMap, scrubber: &Scrubber) -> Vec<String> {
    let mut names: Vec<&HeaderName> = headers
        .keys()
        .filter(|name| ![CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION].contains(name))
        .collect();
    names.sort_by_key(|name| name.as_str());
    let fields = names.into_iter().flat_map(|name| {
        let values = headers.get_all(name).into_iter();
        values.map(move |value| format!("{name}: {}", scrubber.field(name, value)))
    });
    fields.collect()
}

fn read_lines(name: &str, json: &Value) -> Result<Vec<String>, String> {
    let lines = json.get(name).and_then(Value::as_array);
    let read = |line: &Value| {
        let line = line.as_str().filter(|line| field(line).is_some());
        line.map(str::to_owned)
            .ok_or_else(|| format!("a line of `{name}` is not a header field"))
    };
    lines.into_iter().flatten().map(read).collect()
}

/// Parses lines that were validated when the cassette was parsed.
fn fields(lines: &[String]) -> HeaderMap {
    HeaderMap::from_iter(lines.iter().filter_map(|line| field(line)))
}

/// A header field whose value has a character for each byte.
fn field(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(": ")?;
    let bytes: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(c).ok()).collect();
    Some((name.parse().ok()?, HeaderValue::from_bytes(&bytes?).ok()?))
}
