//! The description of one call.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::call::named_secret::NamedSecret;
use crate::call::retry::RetryPolicy;
use crate::error::error::Error;

/// One call of one operation, as data.
///
/// ```
/// use gatelet_transport::Call;
/// use http::Method;
///
/// let call = Call::new("example RenameThing", Method::PUT, "/v1/things/7")
///     .with_template("/v1/things/{id}")
///     .with_json(&"new name")?
///     .with_success(204);
/// assert!(call.idempotent && call.authenticated);
/// # Ok::<(), gatelet_transport::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Call {
    /// Vendor and operation, for example `asa ListGateways`.
    pub operation: &'static str,
    /// The method of the request.
    pub method: Method,
    /// The percent-encoded path below the base URL, which starts with a slash.
    pub path: String,
    /// The path with its parameters in braces, for example `/v1/teams/{team_name}/gateways`, as traces show it. If it
    /// is empty, traces show the path of the base URL only, because a path may contain any number of ids.
    pub template: &'static str,
    /// The percent-encoded query, without its question mark.
    pub query: Option<String>,
    /// The body, which is JSON unless `content_type` says otherwise.
    pub body: Option<Bytes>,
    /// The `Content-Type` of the body, if there is one.
    pub content_type: HeaderValue,
    /// Whether the call may be repeated even if an earlier attempt may have been applied.
    pub idempotent: bool,
    /// Whether the call only reads or checks, so that it has changed nothing however it ends.
    pub safe: bool,
    /// The status of success; after a 204 no body is read.
    pub success: u16,
    /// Whether any 2xx with a JSON object is a success, whatever its status and content type, because the response cannot be
    /// requested again.
    pub any_success: bool,
    /// Whether the call sends the channel's credential.
    pub authenticated: bool,
    /// The time limit of the whole call with its credential, attempts and waits; `None` uses the channel's.
    pub timeout: Option<Duration>,
    /// The retry policy; `None` uses the channel's. Its `budget` is ignored, because all calls of a channel share one.
    pub retry: Option<RetryPolicy>,
    pub(crate) secrets: Vec<NamedSecret>,
}

impl Call {
    /// Creates a call with the channel's credential, without query and body, that succeeds with 200. It is repeated
    /// only if HTTP calls its method idempotent, which excludes POST and PATCH, and changes nothing only if HTTP calls its method safe,
    /// as GET.
    #[must_use]
    pub fn new(operation: &'static str, method: Method, path: impl Into<String>) -> Self {
        Self {
            operation,
            idempotent: method.is_idempotent(),
            safe: method.is_safe(),
            method,
            path: path.into(),
            template: "",
            query: None,
            body: None,
            content_type: HeaderValue::from_static("application/json"),
            success: 200,
            any_success: false,
            authenticated: true,
            timeout: None,
            retry: None,
            secrets: Vec::new(),
        }
    }

    /// Names a secret that the call sends besides the channel's credential. Errors redact it where a server repeats it;
    /// see [`SecretSet`](crate::SecretSet).
    #[must_use]
    pub fn with_secret(mut self, secret: &str) -> Self {
        self.secrets
            .push(Arc::new(Zeroizing::new(secret.to_owned())));
        self
    }

    /// Sets [`template`](Self::template).
    #[must_use]
    pub fn with_template(mut self, template: &'static str) -> Self {
        self.template = template;
        self
    }

    /// Sets [`query`](Self::query).
    #[must_use]
    pub fn with_query(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    /// Sets [`body`](Self::body).
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sets [`body`](Self::body) to the JSON of a value.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the value cannot be encoded as JSON.
    pub fn with_json(self, body: &impl Serialize) -> Result<Self, Error> {
        match serde_json::to_vec(body) {
            Ok(body) => Ok(self.with_body(body)),
            // The message of serde may quote the value.
            Err(_) => Err(Error::invalid_input("body", "cannot be encoded as JSON")
                .with_operation(self.operation)),
        }
    }

    /// Sets [`content_type`](Self::content_type).
    #[must_use]
    pub fn with_content_type(mut self, content_type: HeaderValue) -> Self {
        self.content_type = content_type;
        self
    }

    /// Sets [`idempotent`](Self::idempotent).
    #[must_use]
    pub fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sets [`safe`](Self::safe).
    #[must_use]
    pub fn with_safe(mut self, safe: bool) -> Self {
        self.safe = safe;
        self
    }

    /// Sets [`success`](Self::success).
    #[must_use]
    pub fn with_success(mut self, success: u16) -> Self {
        self.success = success;
        self
    }

    /// Sets [`any_success`](Self::any_success).
    #[must_use]
    pub fn with_any_success(mut self, any_success: bool) -> Self {
        self.any_success = any_success;
        self
    }

    /// Sets [`authenticated`](Self::authenticated).
    #[must_use]
    pub fn with_authenticated(mut self, authenticated: bool) -> Self {
        self.authenticated = authenticated;
        self
    }

    /// Sets [`timeout`](Self::timeout).
    #[must_use]
    pub fn with_timeout(mut self, total: Duration) -> Self {
        self.timeout = Some(total);
        self
    }

    /// Sets [`retry`](Self::retry).
    #[must_use]
    pub fn with_retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }
}

/// Omits query and body: the body of a token exchange contains a secret.
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
    use std::collections::HashMap;

    use super::*;
    use crate::error::kind::ErrorKind;

    #[test]
    fn debug_shows_neither_query_nor_body() {
        let call = Call::new("asa IssueServiceToken", Method::POST, "/v1/service_token")
            .with_query("canary=1")
            .with_body("canary");
        let text = format!("{call:?} {call:#?}");
        assert!(text.contains("6 bytes"));
        assert!(!text.contains("canary"), "{text}");
    }

    #[test]
    fn a_create_is_repeated_only_on_request() {
        for (method, expected) in [
            (Method::GET, true),
            (Method::PUT, true),
            (Method::DELETE, true),
            (Method::POST, false),
            (Method::PATCH, false),
        ] {
            let call = Call::new("test Operation", method, "/");
            assert_eq!(call.idempotent, expected, "{call:?}");
            assert!(call.with_idempotent(true).idempotent);
        }
    }

    #[test]
    fn a_body_without_json_is_refused_and_not_shown() {
        let body = HashMap::from([(vec!["canary"], 1)]);
        let error = Call::new("test Operation", Method::POST, "/")
            .with_json(&body)
            .unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter: "body" });
        assert_eq!(error.operation(), Some("test Operation"));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
