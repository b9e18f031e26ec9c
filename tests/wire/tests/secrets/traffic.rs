//! The traffic of a server, and the secrets in it.

use std::sync::{Arc, Mutex};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use gatelet_wire_tests::Fixture;
use http::{Request, Response, StatusCode};
use serde_json::Value;

/// The length of the pieces that are searched for, so that a part of a secret is found too.
const PIECE: usize = 16;

/// Bytes that must not be logged.
pub(crate) struct Secret {
    pub(crate) what: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl Secret {
    pub(crate) fn new(what: &'static str, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref().to_vec();
        assert!(bytes.len() >= 8, "{what}: too short to be distinctive");
        Self { what, bytes }
    }

    /// Creates the secret of a token: without its scheme, and without the id at its beginning.
    pub(crate) fn token(what: &'static str, token: &str) -> Self {
        Self::new(what, token.rsplit([' ', '.']).next().unwrap())
    }

    /// Returns all pieces in every notation in which bytes are printed.
    pub(crate) fn notations(&self) -> Vec<String> {
        let length = PIECE.min(self.bytes.len());
        let last = &self.bytes[self.bytes.len() - length..];
        let pieces = self.bytes.chunks_exact(length).chain([last]);
        let mut notations: Vec<String> = pieces.flat_map(notations_of).collect();
        let whole = BASE64_STANDARD.encode(&self.bytes);
        notations.push(whole.trim_end_matches('=').to_owned());
        notations.push(
            whole
                .trim_end_matches('=')
                .replace('+', "-")
                .replace('/', "_"),
        );
        notations
    }
}

fn notations_of(piece: &[u8]) -> Vec<String> {
    let hexadecimal: String = piece.iter().map(|byte| format!("{byte:02x}")).collect();
    let numbers = format!("{piece:?}");
    let mut notations = vec![
        hexadecimal.to_uppercase(),
        hexadecimal,
        numbers.trim_matches(['[', ']']).to_owned(),
        // The `Debug` form of `Bytes`, without its quotation marks.
        piece.escape_ascii().to_string(),
    ];
    if let Ok(text) = std::str::from_utf8(piece) {
        notations.push(text.to_owned());
        notations.push(text.escape_debug().to_string());
    }
    notations
}

type Exchange = (Request<Bytes>, Response<Bytes>);

/// All exchanges of a server.
#[derive(Clone, Default)]
pub(crate) struct Traffic(Arc<Mutex<Vec<Exchange>>>);

impl Traffic {
    /// Responds to a request, and records both.
    pub(crate) fn respond(&self, fixture: &Fixture, request: Request<Bytes>) -> Response<Bytes> {
        let response = fixture.respond(request.clone());
        self.0.lock().unwrap().push((request, response.clone()));
        response
    }

    pub(crate) fn count_exchanges(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// Counts the responses with this status.
    pub(crate) fn count_responses(&self, status: u16) -> usize {
        let status = StatusCode::from_u16(status).unwrap();
        let exchanges = self.0.lock().unwrap();
        let with_it = exchanges
            .iter()
            .filter(|(_, response)| response.status() == status);
        with_it.count()
    }

    /// Returns the credentials and bodies of requests, and the secrets in bodies of both directions.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let mut secrets = Vec::new();
        for (request, response) in self.0.lock().unwrap().iter() {
            if let Some(value) = request.headers().get("authorization") {
                secrets.push(Secret::token("credential", value.to_str().unwrap()));
            }
            if !request.body().is_empty() {
                secrets.push(Secret::new("body", request.body()));
            }
            for body in [request.body(), response.body()] {
                if let Ok(Value::Object(fields)) = serde_json::from_slice(body) {
                    for what in ["key_secret", "bearer_token", "token"] {
                        if let Some(Value::String(text)) = fields.get(what) {
                            secrets.push(Secret::token(what, text));
                        }
                    }
                }
            }
        }
        secrets.sort_by(|one, other| one.bytes.cmp(&other.bytes));
        secrets.dedup_by(|one, other| one.bytes == other.bytes);
        secrets
    }
}
