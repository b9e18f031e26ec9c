//! The response to a call.

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

/// A successful response, whose status and content type have been checked.
pub struct ApiResponse {
    pub(crate) operation: &'static str,
    pub(crate) applied: Applied,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) secrets: CallSecrets,
    /// The id of the resource that the call is about.
    pub(crate) resource: Option<Box<str>>,
}

impl ApiResponse {
    /// Decodes the body.
    ///
    /// # Errors
    ///
    /// `Decode` with the path of the value that does not fit. For a write, the error states that it was applied.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        json::decode(&self.body).map_err(|error| self.decode_error(error.path, error.message))
    }

    /// Decodes the body like [`json`](Self::json), but reads an unpaired surrogate escape (`"\ud800"`), which JSON
    /// allows and no text can represent, as U+FFFD. For a response that cannot be requested again.
    ///
    /// # Errors
    ///
    /// As [`json`](Self::json).
    pub fn json_lossy<T: DeserializeOwned>(&self) -> Result<T, Error> {
        json::decode_lossy(&self.body).map_err(|error| self.decode_error(error.path, error.message))
    }

    /// Decodes the body of a call that reads one resource like [`json`](Self::json), and checks that it is the one that was asked for:
    /// `id` returns the id in the value, from its member `member`.
    ///
    /// Ids are compared without regard to ASCII case. Nothing is compared if the call [names no
    /// resource](crate::OperationRequest::with_resource), if the value has no id, or if one id is a hexadecimal number (`0x3efdd091`) and
    /// the other is not, because it may be the same number.
    ///
    /// # Errors
    ///
    /// `Decode` with the member, also for another id, which the message names; a secret in it is redacted.
    pub fn json_with_id<T: DeserializeOwned>(
        &self,
        member: &'static str,
        id: impl FnOnce(&T) -> Option<&str>,
    ) -> Result<T, Error> {
        let value = self.json()?;
        match (self.resource.as_deref(), id(&value)) {
            (Some(asked), Some(found)) if is_other_id(asked, found) => {
                let message = format!("another id than the one that was asked for: {found}");
                Err(self.decode_error(member, message))
            }
            _ => Ok(value),
        }
    }

    /// Checks that the response is a 204 without a body, for a call whose success says something by itself.
    ///
    /// # Errors
    ///
    /// `Decode` for any other status or a body.
    pub fn no_content(&self) -> Result<(), Error> {
        match self.status == StatusCode::NO_CONTENT && self.body.is_empty() {
            true => Ok(()),
            false => Err(self.decode_error("", "must be a 204 without a body")),
        }
    }

    /// Returns the `Decode` error of a body that decodes but lacks required content. The message must not contain a
    /// value of the response.
    pub fn decode_error(&self, path: impl Into<String>, message: impl Into<String>) -> Error {
        self.finish(
            Error::new(ErrorKind::Decode {
                path: path.into().into(),
            })
            .with_detail(message.into()),
        )
    }

    /// Returns the error of a token exchange whose response decodes but contains no usable credential. The exchange changed nothing.
    /// The message must not contain a value of the response.
    pub fn exchange_failed(&self, message: impl Into<String>) -> Error {
        self.finish(Error::exchange_failed(message))
            .with_applied(Applied::No)
    }

    /// Logs a warning about a member of the response that is present but unreadable, for a model that keeps such
    /// members. The event names the operation and the member, never its value.
    pub fn warn_unreadable(&self, member: &'static str) {
        trace::unreadable(self.operation, member);
    }

    /// Returns the query of the link to the next page of the list at `path` below `base`; see [`link::next_query`].
    ///
    /// # Errors
    ///
    /// As [`link::next_query`].
    pub fn next_query(&self, base: &BaseUrl, path: &str) -> Result<Option<String>, NextPageError> {
        let next = match link::next_query(&self.headers, base, path) {
            Ok(Some(query)) if self.contains_secret(&query) => {
                Err(NextPageError::new(PaginationFailure::Unreadable)
                    .with_detail("its link's query contains a secret of the call"))
            }
            Ok(query) => Ok(query),
            Err(error) => Err(self.without_secrets(error, base, path)),
        };
        next.map_err(|error| error.with_operation(self.operation))
    }

    /// Redacts the link before it is split and truncated: a part of a secret may be too short to be found. The secrets of the page itself
    /// are redacted, too.
    fn without_secrets(&self, error: NextPageError, base: &BaseUrl, path: &str) -> NextPageError {
        let secrets = self.secrets.with_body(&self.body);
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

    /// Adds the context of every error about the response, and redacts the secrets of call and response.
    fn finish(&self, error: Error) -> Error {
        self.redacted(error)
            .with_status(self.status)
            .with_operation(self.operation)
            .with_applied(self.applied)
            .with_attempts(self.attempts, self.elapsed)
    }

    /// Returns the secrets to look for in the response: the credentials of the call, those named by
    /// [`Call::with_secret`](crate::Call::with_secret), and any other token whose shape shows its secret, such as
    /// `dt0c01.PUBLIC.SECRET`.
    #[must_use]
    pub fn secrets(&self) -> SecretSet {
        self.secrets.with_body(b"")
    }

    /// Returns whether a text contains a secret of the call; see [`SecretSet::contains_secret`]. Cheaper than building
    /// the [set](Self::secrets) for one text.
    #[must_use]
    pub fn contains_secret(&self, text: &str) -> bool {
        self.secrets.occur_in(text)
    }

    pub(crate) fn redacted(&self, error: Error) -> Error {
        error.redacted(&self.secrets.with_body(&self.body))
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the header fields.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the server's `Date`, to the second, if it sent one.
    #[must_use]
    pub fn server_time(&self) -> Option<SystemTime> {
        rate_limit::server_time(&self.headers)
    }

    /// Returns the raw body, which may contain a secret.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the number of requests that were sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns whether a repeated DELETE found nothing after an attempt whose response was lost, which counts as
    /// success.
    #[must_use]
    pub fn was_already_gone(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }
}

/// Returns whether two ids certainly name different resources.
fn is_other_id(asked: &str, found: &str) -> bool {
    let is_hexadecimal = |id: &str| id.starts_with("0x") || id.starts_with("0X");
    is_hexadecimal(asked) == is_hexadecimal(found) && !asked.eq_ignore_ascii_case(found)
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
