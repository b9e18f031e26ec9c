//! The answer to a call.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::LINK;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::de::DeserializeOwned;

use crate::call::call_secrets::CallSecrets;
use crate::error::error::Error;
use crate::error::kind::{Applied, ErrorKind, PaginationFailure};
use crate::error::next_page::NextPageError;
use crate::paging::link;
use crate::redaction::secret_set::REDACTED_IN_URI;
use crate::redaction::secret_set::SecretSet;
use crate::telemetry::trace;
use crate::url::base_url::BaseUrl;
use crate::wire::{json, rate_limit};

/// A successful answer: its status and content type have been checked.
pub struct ApiResponse {
    pub(crate) operation: &'static str,
    pub(crate) applied: Applied,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) secrets: CallSecrets,
}

impl ApiResponse {
    /// Decodes the body.
    ///
    /// # Errors
    ///
    /// `Decode` with the path of what does not fit; for a write it says that it was applied.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        json::decode(&self.body).map_err(|error| self.decode_error(error.path, error.message))
    }

    /// Decodes the body as [`json`](Self::json) does. Half of a character in an escape (`"\ud800"`), which JSON allows and no text
    /// can hold, reads as U+FFFD instead of failing: for a response that cannot be requested again.
    ///
    /// # Errors
    ///
    /// As [`json`](Self::json).
    pub fn json_lossy<T: DeserializeOwned>(&self) -> Result<T, Error> {
        json::decode_lossy(&self.body).map_err(|error| self.decode_error(error.path, error.message))
    }

    /// The `Decode` error for an answer that decodes, and still lacks what makes it one. The message must not hold a
    /// value of the answer.
    pub fn decode_error(&self, path: impl Into<String>, message: impl Into<String>) -> Error {
        self.finish(
            Error::new(ErrorKind::Decode {
                path: path.into().into(),
            })
            .with_detail(message.into()),
        )
    }

    /// Records a warning that a member of the response is there and cannot be read, for a model that keeps such members. The
    /// event names the operation and the member; it never holds the member's value.
    pub fn warn_unreadable(&self, member: &'static str) {
        trace::unreadable(self.operation, member);
    }

    /// Finds the query of the link to the next page of the listing at `path` below `base`; see [`link::next_query`].
    ///
    /// # Errors
    ///
    /// As [`link::next_query`].
    pub fn next_query(&self, base: &BaseUrl, path: &str) -> Result<Option<String>, NextPageError> {
        let next = match link::next_query(&self.headers, base, path) {
            Ok(Some(query)) if self.contains_secret(&query) => {
                Err(NextPageError::new(PaginationFailure::Unreadable)
                    .with_detail("the query of its link holds a secret of the call"))
            }
            Ok(query) => Ok(query),
            Err(error) => Err(self.without_secrets(error, base, path)),
        };
        next.map_err(|error| error.with_operation(self.operation))
    }

    /// The error with secrets taken out of the link before it is split and cut: a part of one may be too short to be found.
    fn without_secrets(&self, error: NextPageError, base: &BaseUrl, path: &str) -> NextPageError {
        let secrets = self.secrets();
        let mut lines = self.headers.get_all(LINK).iter();
        if !lines.any(|line| secrets.contains_secret(line)) {
            return error;
        }
        let mut headers = HeaderMap::new();
        for line in self.headers.get_all(LINK) {
            let line = String::from_utf8_lossy(line.as_bytes());
            if let Ok(line) = HeaderValue::from_str(&secrets.replaced(&line, REDACTED_IN_URI)) {
                headers.append(LINK, line);
            }
        }
        match link::next_query(&headers, base, path) {
            Err(again) if again.failure() == error.failure() => again.with_redacted_in_uri(),
            _ => NextPageError::new(error.failure()),
        }
    }

    /// What every error about the answer says, and no secret of the call or the answer.
    fn finish(&self, error: Error) -> Error {
        self.redacted(error)
            .with_status(self.status)
            .with_operation(self.operation)
            .with_applied(self.applied)
            .with_attempts(self.attempts, self.elapsed)
    }

    /// The secrets of the call, to be searched for in what the response says: its credentials, and what
    /// [`Call::with_secret`](crate::Call::with_secret) named.
    #[must_use]
    pub fn secrets(&self) -> SecretSet {
        self.secrets.with_body(b"")
    }

    /// Whether a secret of the call stands in a text; see [`SecretSet::contains_secret`]. It is cheaper than building the
    /// [set](Self::secrets) for one text.
    #[must_use]
    pub fn contains_secret(&self, text: &str) -> bool {
        self.secrets.occur_in(text)
    }

    pub(crate) fn redacted(&self, error: Error) -> Error {
        error.redacted(&self.secrets.with_body(&self.body))
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The header fields of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The server's own time when it answered, to the second, where it says so.
    #[must_use]
    pub fn server_time(&self) -> Option<SystemTime> {
        rate_limit::server_time(&self.headers)
    }

    /// The body as it came. It may hold a secret.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// How many requests it took.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether a repeated DELETE found nothing any more, after an attempt whose answer was lost: it counts as done.
    #[must_use]
    pub fn was_already_gone(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }
}

impl std::fmt::Debug for ApiResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiResponse")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("attempts", &self.attempts)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}
