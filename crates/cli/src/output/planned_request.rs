//! A request that a dry run did not send.

use std::fmt::Write as _;
use std::io;

use bytes::Bytes;
use gatelet_transport::CallInfo;
use http::Request;
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::{Map, Value};

use crate::output::header_fields;
use crate::output::json;
use crate::output::record::{Column, Record};
use crate::redaction::Redactor;

/// What stands for a secret.
const MASKED: &str = "[masked]";

/// The ends of the names of members that contain a secret, without the marks between words.
const SECRET_MEMBERS: [&str; 3] = ["secret", "password", "token"];

/// A request that a dry run did not send, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlannedRequest {
    operation: &'static str,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
    /// What would follow, as far as it is known.
    then: Vec<String>,
}

impl PlannedRequest {
    /// Takes what is shown of a request.
    pub(crate) fn new(request: &Request<Bytes>, redactor: &Redactor) -> Self {
        let body = request.body();
        let body = (!body.is_empty()).then(|| match serde_json::from_slice(body) {
            Ok(body) => masked(body),
            // A body that is not JSON cannot be searched for secrets.
            Err(_) => Value::from(MASKED),
        });
        Self {
            operation: CallInfo::of(request).map_or("", CallInfo::operation),
            method: request.method().to_string(),
            url: redactor.redact(&request.uri().to_string()).into_owned(),
            headers: header_fields::shown(request.headers(), redactor),
            body,
            then: Vec::new(),
        }
    }

    /// Sets what would follow.
    pub(crate) fn followed_by(self, then: Vec<String>) -> Self {
        Self { then, ..self }
    }

    /// Returns what would follow.
    pub(crate) fn then(&self) -> &[String] {
        &self.then
    }

    /// Returns the request as people write one.
    ///
    /// # Errors
    /// None in practice.
    pub(crate) fn lines(&self, redactor: &Redactor) -> io::Result<Vec<String>> {
        let mut lines = vec![format!("{} {}", self.method, self.url)];
        lines.extend(
            self.headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}")),
        );
        if let Some(body) = &self.body {
            let body = json::to_vec(body, true, false, redactor)?;
            let body = String::from_utf8_lossy(&body);
            lines.push(String::new());
            lines.extend(body.lines().map(str::to_owned));
        }
        Ok(lines)
    }

    fn header_text(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.headers {
            let comma = if text.is_empty() { "" } else { "; " };
            let _ = write!(text, "{comma}{name}: {value}");
        }
        text
    }
}

/// Replaces the texts of members whose names say that they are secrets.
fn masked(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| {
                let value = match value {
                    Value::String(_) if is_secret(&name) => Value::from(MASKED),
                    value => masked(value),
                };
                (name, value)
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(masked).collect(),
        value => value,
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_MEMBERS.iter().any(|end| name.ends_with(end))
}

/// Names of our own, since the API has no such object.
impl Serialize for PlannedRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let headers: Map<_, _> = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
            .collect();
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("dryRun", &true)?;
        members.serialize_entry("operation", self.operation)?;
        members.serialize_entry("method", &self.method)?;
        members.serialize_entry("url", &self.url)?;
        members.serialize_entry("headers", &headers)?;
        members.serialize_entry("body", &self.body)?;
        members.serialize_entry("then", &self.then)?;
        members.end()
    }
}

impl Record for PlannedRequest {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::named_by(
            |request| Some(format!("{} {}", request.method, request.url)),
            Column::text("METHOD", |request| Some(request.method.clone())),
        ),
        Column::text("URL", |request| Some(request.url.clone())),
        Column::text("HEADERS", |request| Some(request.header_text())),
        Column::text("BODY", |request| {
            request.body.as_ref().map(Value::to_string)
        }),
        Column::text("THEN", |request| Some(request.then.join("; "))),
    ];
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn planned(body: &'static str) -> PlannedRequest {
        let request = Request::post("https://h/a?b=c")
            .header("authorization", "Api-Token CANARY")
            .header("content-type", "application/json")
            .body(Bytes::from_static(body.as_bytes()));
        PlannedRequest::new(&request.unwrap(), &Redactor::default())
    }

    #[test]
    fn a_planned_request_reads_like_one() {
        let lines = planned(r#"{"name":"edge-7","seedToken":false}"#).lines(&Redactor::default());
        assert_eq!(
            lines.unwrap(),
            [
                "POST https://h/a?b=c",
                "authorization: [masked]",
                "content-type: application/json",
                "",
                "{",
                "  \"name\": \"edge-7\",",
                "  \"seedToken\": false",
                "}",
            ]
        );
    }

    #[test]
    fn a_planned_request_shows_no_secret() {
        for body in [
            r#"{"key_secret":"CANARY","users":[{"Password":"CANARY"}]}"#,
            "client_secret=CANARY",
        ] {
            let planned = planned(body);
            let shown = format!("{planned:?} {}", json!(planned));
            assert!(!shown.contains("CANARY"), "{shown}");
            assert!(shown.contains(MASKED), "{shown}");
        }
    }
}
