//! What one call asks for.

use std::fmt;

use bytes::Bytes;
use http::Method;

/// One call of one operation, as data.
#[derive(Clone)]
pub struct Call {
    /// Vendor and operation, for example `asa ListGateways`.
    pub operation: &'static str,
    /// The method of the request.
    pub method: Method,
    /// The path below the base URL: begins with a slash, already percent-encoded.
    pub path: String,
    /// The same with its parameters in braces, for example `/v1/teams/{team_name}/gateways`: how traces name it.
    pub template: &'static str,
    /// The query without its question mark, already percent-encoded.
    pub query: Option<String>,
    /// The JSON body.
    pub body: Option<Bytes>,
    /// Whether the call may be repeated although an earlier attempt may have been applied.
    pub idempotent: bool,
    /// The status of success; 204 means that there is no body to read.
    pub success: u16,
    /// Whether the call carries the channel's credential.
    pub authenticated: bool,
}

/// Prints neither query nor body: the body of an exchange for a credential holds a secret.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.body.as_ref().map_or(0, Bytes::len);
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("body", &format_args!("{length} bytes"))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_query_nor_body() {
        let call = Call {
            operation: "asa IssueServiceToken",
            method: Method::POST,
            path: "/v1/teams/t/service_token".into(),
            template: "/v1/teams/{team_name}/service_token",
            query: Some("canary=1".into()),
            body: Some(Bytes::from_static(b"canary")),
            idempotent: true,
            success: 200,
            authenticated: false,
        };
        let text = format!("{call:?} {call:#?}");
        assert!(text.contains("6 bytes"));
        assert!(!text.contains("canary"), "{text}");
    }
}
