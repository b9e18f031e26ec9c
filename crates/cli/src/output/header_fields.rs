//! Header fields as they are shown, without secrets.

use http::HeaderMap;

use crate::redaction::Redactor;

/// The header fields whose values are shown; no other value is.
const SHOWN: [&str; 22] = [
    "accept",
    "accept-encoding",
    "age",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "dynatrace-response-source",
    "keep-alive",
    "retry-after",
    "server",
    "transfer-encoding",
    "user-agent",
    "vary",
    "via",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-retry-at",
    "x-request-id",
];

/// Returns the names and values of header fields. A value that may contain a secret is `[masked]`.
pub(crate) fn shown(headers: &HeaderMap, redactor: &Redactor) -> Vec<(String, String)> {
    let shown = headers.keys().map(|name| {
        let values = headers.get_all(name).iter();
        let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()));
        let value = match SHOWN.contains(&name.as_str()) {
            true => redactor
                .redact(&values.collect::<Vec<_>>().join(", "))
                .into_owned(),
            false => "[masked]".to_owned(),
        };
        (name.to_string(), value)
    });
    shown.collect()
}
