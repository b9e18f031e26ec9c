//! Removes secrets from recorded traffic.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::body::{Body, SCRUBBED};
use crate::redaction::fragments::FRAGMENT_LENGTH;
use crate::redaction::known::{SECRET_FIELDS, add_header};
use crate::redaction::secret_set::SecretSet;

/// The header fields whose value is always secret.
const HEADERS: [HeaderName; 4] = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, SET_COOKIE];

/// Learns secrets from their known locations, and removes them everywhere.
#[derive(Clone)]
pub(in crate::testing) struct Scrubber {
    fields: BTreeSet<String>,
    secrets: SecretSet,
}

impl Scrubber {
    pub(in crate::testing) fn new() -> Self {
        Self {
            fields: SECRET_FIELDS
                .iter()
                .map(|field| (*field).to_owned())
                .collect(),
            secrets: SecretSet::redacting_short(),
        }
    }

    pub(in crate::testing) fn add_field(&mut self, name: &str) {
        self.fields.insert(name.to_ascii_lowercase());
    }

    pub(in crate::testing) fn add_secret(&mut self, secret: &str) {
        self.secrets.add(secret);
    }

    /// Learns the value of a secret location, to remove it elsewhere.
    pub(in crate::testing) fn learn(&mut self, request: &Request<Bytes>) {
        self.learn_form(request.uri().query().unwrap_or_default());
        self.learn_headers(request.headers());
        self.learn_body(request.body());
    }

    pub(in crate::testing) fn learn_response(&mut self, response: &Response<Bytes>) {
        self.learn_headers(response.headers());
        self.learn_body(response.body());
    }

    fn learn_headers(&mut self, headers: &HeaderMap) {
        for (name, value) in headers {
            if is_secret(name, value) {
                // A shorter one would match in innocent words.
                add_header(&mut self.secrets, value, FRAGMENT_LENGTH);
            }
        }
    }

    fn learn_body(&mut self, body: &Bytes) {
        match Body::of(body) {
            Body::Json(value) => self.learn_value(&value),
            Body::Text(text) => self.learn_form(&text),
            Body::Empty | Body::Binary(_) => {}
        }
    }

    /// Parameters of a query.
    fn learn_form(&mut self, parameters: &str) {
        for (name, value) in parameters.split('&').filter_map(|one| one.split_once('=')) {
            if self.is_secret_field(name) {
                self.learn_secret(value);
                self.learn_secret(&form_decoded(value));
            }
        }
    }

    fn learn_value(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.learn_value(value)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(secret) if self.is_secret_field(name) => {
                            self.learn_secret(secret);
                        }
                        value => self.learn_value(value),
                    }
                }
            }
            _ => {}
        }
    }

    fn learn_secret(&mut self, secret: &str) {
        // A shorter one would match in innocent words.
        if secret.len() >= FRAGMENT_LENGTH {
            self.add_secret(secret);
        }
    }

    fn is_secret_field(&self, name: &str) -> bool {
        self.fields.contains(&name.to_ascii_lowercase())
    }

    /// Returns the value of a header field, with a character for each byte.
    pub(super) fn field(&self, name: &HeaderName, value: &HeaderValue) -> String {
        if is_secret(name, value) {
            return SCRUBBED.into();
        }
        let text: String = value.as_bytes().iter().copied().map(char::from).collect();
        self.text(text)
    }

    pub(super) fn uri(&self, uri: &Uri) -> String {
        let uri = uri.to_string();
        let scrubbed = match uri.split_once('?') {
            Some((path, query)) => format!("{path}?{}", self.form(query)),
            None => uri,
        };
        self.text(scrubbed)
    }

    pub(super) fn body(&self, body: Body) -> Body {
        match body {
            Body::Empty => Body::Empty,
            Body::Json(mut value) => {
                self.value(&mut value);
                Body::Json(value)
            }
            Body::Text(text) => Body::Text(self.text(self.form(&self.broken_json(&text)))),
            Body::Binary(bytes) => {
                let readable: String = bytes.iter().copied().map(char::from).collect();
                if self.text(readable.clone()) == readable {
                    Body::Binary(bytes)
                } else {
                    Body::Text(SCRUBBED.into())
                }
            }
        }
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(std::mem::take(text)),
            Value::Array(values) => values.iter_mut().for_each(|value| self.value(value)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    if !self.is_secret_field(name) {
                        self.value(value);
                    } else if !value.is_null() {
                        *value = SCRUBBED.into();
                    }
                }
            }
            _ => {}
        }
    }

    /// Parameters of a query.
    fn form(&self, parameters: &str) -> String {
        let scrub = |parameter| match str::split_once(parameter, '=') {
            Some((name, _)) if self.is_secret_field(name) => format!("{name}={SCRUBBED}"),
            _ => parameter.to_owned(),
        };
        let parameters: Vec<String> = parameters.split('&').map(scrub).collect();
        parameters.join("&")
    }

    /// Scrubs text that may be truncated JSON: strings after the names of secret fields.
    fn broken_json(&self, text: &str) -> String {
        let mut pieces: Vec<Cow<'_, str>> = text.split('"').map(Cow::from).collect();
        for name in 0..pieces.len() {
            let is_secret = pieces
                .get(name)
                .is_some_and(|name| self.is_secret_field(name))
                && pieces
                    .get(name + 1)
                    .is_some_and(|colon| colon.trim() == ":");
            if is_secret {
                // A quote inside the value is escaped.
                for value in pieces.iter_mut().skip(name + 2) {
                    let goes_on = value.ends_with('\\');
                    *value = SCRUBBED.into();
                    if !goes_on {
                        break;
                    }
                }
            }
        }
        pieces.join("\"")
    }

    fn text(&self, text: String) -> String {
        match self.secrets.replaced(&text, SCRUBBED) {
            Cow::Borrowed(_) => text,
            Cow::Owned(scrubbed) => scrubbed,
        }
    }
}

fn is_secret(name: &HeaderName, value: &HeaderValue) -> bool {
    value.is_sensitive() || HEADERS.contains(name)
}

/// Returns the value of a parameter, in which spaces may be plus signs.
fn form_decoded(value: &str) -> String {
    let value = value.replace('+', " ");
    percent_decode_str(&value).decode_utf8_lossy().into_owned()
}
