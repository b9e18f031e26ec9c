//! A recorded transport error.

use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use crate::error::sent::Sent;
use crate::error::transport::{
    ConnectFailure, Phase, TooLarge, TransportError, TransportErrorKind,
};

/// The name of each kind; the limit of `TooLarge` is stored separately.
const WORDS: &[(&str, TransportErrorKind)] = &[
    (
        "connect: dns",
        TransportErrorKind::Connect(ConnectFailure::Dns),
    ),
    (
        "connect: refused",
        TransportErrorKind::Connect(ConnectFailure::Refused),
    ),
    (
        "connect: proxy",
        TransportErrorKind::Connect(ConnectFailure::Proxy),
    ),
    (
        "connect: descriptors",
        TransportErrorKind::Connect(ConnectFailure::TooManyOpenFiles),
    ),
    (
        "connect",
        TransportErrorKind::Connect(ConnectFailure::Other),
    ),
    ("tls", TransportErrorKind::Tls),
    (
        "timeout: connect",
        TransportErrorKind::Timeout(Phase::Connect),
    ),
    (
        "timeout: first byte",
        TransportErrorKind::Timeout(Phase::FirstByte),
    ),
    ("timeout: stall", TransportErrorKind::Timeout(Phase::Stall)),
    (
        "timeout: attempt",
        TransportErrorKind::Timeout(Phase::Attempt),
    ),
    ("timeout: total", TransportErrorKind::Timeout(Phase::Total)),
    ("interrupted", TransportErrorKind::Interrupted),
    ("protocol", TransportErrorKind::Protocol),
    ("too large: head", too_large(TooLarge::Head, 0)),
    ("too large: body", too_large(TooLarge::Body, 0)),
    ("too large: decoded", too_large(TooLarge::Decoded, 0)),
    ("too large: url", too_large(TooLarge::Url, 0)),
    ("config", TransportErrorKind::Config),
];

const SENT: &[(&str, Sent)] = &[
    ("nothing", Sent::Nothing),
    ("part", Sent::Part),
    ("whole", Sent::Whole),
];

const fn too_large(what: TooLarge, limit: u64) -> TransportErrorKind {
    TransportErrorKind::TooLarge { what, limit }
}

/// A transport error without its source.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::testing) struct RecordedFailure {
    kind: TransportErrorKind,
    sent: Sent,
    status: Option<StatusCode>,
    /// The header fields of the response, if its head arrived.
    pub(super) headers: Option<HeaderMap>,
}

impl From<&TransportError> for RecordedFailure {
    fn from(error: &TransportError) -> Self {
        Self {
            kind: error.kind(),
            sent: error.sent(),
            status: error.status(),
            headers: error.headers().cloned(),
        }
    }
}

impl From<&RecordedFailure> for TransportError {
    fn from(failure: &RecordedFailure) -> Self {
        let error = Self::new(failure.kind).with_source("as it was recorded");
        let error = match (failure.status, &failure.headers) {
            (Some(status), Some(headers)) => error.with_head(status, headers.clone()),
            (Some(status), None) => error.with_status(status),
            (None, _) => error,
        };
        error.with_sent(failure.sent)
    }
}

impl RecordedFailure {
    pub(super) fn with_headers(mut self, headers: Option<HeaderMap>) -> Self {
        self.headers = headers;
        self
    }

    pub(super) fn to_json(&self) -> Value {
        let (kind, limit) = match self.kind {
            TransportErrorKind::TooLarge { what, limit } => (too_large(what, 0), Some(limit)),
            kind => (kind, None),
        };
        let word = WORDS.iter().find(|(_, known)| *known == kind);
        let mut json = Map::new();
        json.insert("error".into(), word.map(|(word, _)| *word).into());
        let word = SENT.iter().find(|(_, known)| *known == self.sent);
        json.insert("sent".into(), word.map(|(word, _)| *word).into());
        json.extend(limit.map(|limit| ("limit".into(), limit.into())));
        json.extend(
            self.status
                .map(|status| ("status".into(), status.as_u16().into())),
        );
        json.into()
    }

    pub(super) fn from_json(json: &Value) -> Option<Self> {
        let word = json.get("error")?.as_str()?;
        let (_, kind) = WORDS.iter().find(|(known, _)| *known == word)?;
        let kind = match *kind {
            TransportErrorKind::TooLarge { what, .. } => {
                too_large(what, json.get("limit").and_then(Value::as_u64).unwrap_or(0))
            }
            kind => kind,
        };
        Some(Self {
            kind,
            sent: match json.get("sent") {
                Some(word) => SENT.iter().find(|(known, _)| word == known)?.1,
                None => TransportError::new(kind).sent(),
            },
            status: match json.get("status") {
                Some(number) => Some(status(number)?),
                None => None,
            },
            headers: None,
        })
    }
}

pub(super) fn status(json: &Value) -> Option<StatusCode> {
    StatusCode::from_u16(json.as_u64()?.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::{RecordedFailure, TooLarge, WORDS, too_large};
    use crate::error::sent::Sent;
    use crate::error::transport::TransportError;

    #[test]
    fn every_error_round_trips() {
        let kinds = WORDS.iter().map(|(_, kind)| *kind);
        for kind in kinds.chain([too_large(TooLarge::Body, 7)]) {
            for error in [
                TransportError::new(kind),
                TransportError::new(kind).with_sent(Sent::Nothing),
                TransportError::new(kind).with_sent(Sent::Part),
                TransportError::new(kind).with_status(StatusCode::CREATED),
            ] {
                let failure = RecordedFailure::from(&error);
                assert_eq!(
                    RecordedFailure::from_json(&failure.to_json()),
                    Some(failure.clone())
                );
                assert_eq!(
                    RecordedFailure::from(&TransportError::from(&failure)),
                    failure
                );
            }
        }
    }
}
