//! Heads of HTTP/1 responses that hyper does not parse: broken ones, and those to `CONNECT`.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use gatelet_transport::SecretSet;

/// The length of `HTTP/1.1 200` and the byte after the status.
pub(crate) const STATUS_LINE: usize = 13;

/// Parses the status in the first [`STATUS_LINE`] bytes of an HTTP/1 status line.
pub(crate) fn parse_status(line: &[u8]) -> Option<StatusCode> {
    let rest = line.strip_prefix(b"HTTP/1.")?;
    match rest {
        [b'0' | b'1', b' ', status @ .., b' ' | b'\r' | b'\n'] => {
            StatusCode::from_bytes(status).ok()
        }
        _ => None,
    }
}

/// Parses the fields in the complete lines after a status, up to the end of the head, and skips invalid ones.
pub(crate) fn parse_fields(after_status: &[u8]) -> HeaderMap {
    let end = after_status.iter().rposition(|byte| *byte == b'\n');
    let whole = end.and_then(|end| after_status.get(..end));
    let lines = whole.unwrap_or_default().split(|byte| *byte == b'\n');
    let lines = lines.skip(1).map(<[u8]>::trim_ascii_end);
    let field = |line: &[u8]| {
        let (name, value) = line.split_at_checked(line.iter().position(|byte| *byte == b':')?)?;
        let name = HeaderName::from_bytes(name).ok()?;
        let value = HeaderValue::from_bytes(value.get(1..)?.trim_ascii()).ok()?;
        Some((name, value))
    };
    let head = lines.take_while(|line| !line.is_empty());
    head.filter_map(field).collect()
}

/// Returns the fields without those that repeat the proxy credentials, which only the transport knows.
pub(crate) fn without_secret(fields: &HeaderMap, authorization: Option<&HeaderValue>) -> HeaderMap {
    let Some(authorization) = authorization else {
        return fields.clone();
    };
    let mut secrets = SecretSet::new();
    secrets.add_header(authorization);
    let fields = fields.iter();
    let fields = fields.filter(|(_, value)| !secrets.contains_secret(value));
    fields
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
