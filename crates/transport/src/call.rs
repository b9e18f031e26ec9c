//! What one call asks for.

use bytes::Bytes;
use http::Method;

/// One call of one operation, as data.
#[derive(Clone, Debug)]
pub struct Call {
    /// Vendor and operation, for example `asa ListGateways`.
    pub operation: &'static str,
    /// The method of the request.
    pub method: Method,
    /// The path below the base URL: begins with a slash, already percent-encoded.
    pub path: String,
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
