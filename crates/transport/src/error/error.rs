//! The error of a call.

use std::convert::Infallible;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use crate::error::api::{ApiError, Violation};
use crate::error::kind::{Applied, CredentialFailure, ErrorKind};
use crate::error::page_token::PageToken;
use crate::error::transport::{BoxError, Phase, TransportError, TransportErrorKind};
use crate::wire::escape::Escaped;

/// The error of a call: what happened, whether it may have been applied, and when to try again.
///
/// `Display` is one line with the operation, the cause, the attempts and whether the call may have been applied; it
/// never contains a query, a header, a body or a secret. Where a server repeats a secret of the call, in whatever
/// encoding, the error shows `[redacted]` instead, here and in all its parts; see [`SecretSet`](crate::SecretSet). So it
/// does where a server names another token whose shape shows its secret, such as `dt0c01.PUBLIC.SECRET` or `eyJ….….…`.
/// [`source`](std::error::Error::source) starts below what that line says.
///
/// ```
/// use gatelet_transport::{Applied, Error, ErrorKind};
///
/// let error = Error::invalid_input("page_size", "must be at least 100").with_operation("dt listTokens");
/// assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter: "page_size" });
/// assert_eq!(error.applied(), Applied::No);
/// assert_eq!(error.to_string(), "dt listTokens: invalid `page_size`: must be at least 100 (not sent)");
/// ```
pub struct Error(pub(super) Box<Inner>);

pub(super) struct Inner {
    pub(super) kind: ErrorKind,
    pub(super) operation: Option<&'static str>,
    pub(super) resource: Option<Box<str>>,
    pub(super) detail: Option<Box<str>>,
    pub(super) applied: Applied,
    pub(super) is_retryable: bool,
    pub(super) is_past_deadline: bool,
    pub(super) attempts: u32,
    pub(super) elapsed: Duration,
    pub(super) retry_after: Option<Duration>,
    pub(super) is_before_exchange: bool,
    pub(super) status: Option<StatusCode>,
    pub(super) api: Option<ApiError>,
    pub(super) body: Bytes,
    pub(super) resume: Option<PageToken>,
    pub(super) progress: Option<Progress>,
    pub(super) source: Option<BoxError>,
}

/// The progress of a list.
#[derive(Clone, Copy)]
pub(super) struct Progress {
    /// The number of the page that failed, from 1.
    page: u64,
    /// The number of items on earlier pages.
    items: u64,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            resource: None,
            detail: None,
            applied: Applied::No,
            is_retryable: false,
            is_past_deadline: false,
            attempts: 0,
            elapsed: Duration::ZERO,
            retry_after: None,
            is_before_exchange: false,
            status: None,
            api: None,
            body: Bytes::new(),
            resume: None,
            progress: None,
            source: None,
        }))
    }

    /// Creates the error for an invalid value or setting, before anything is sent. The message must not contain the
    /// value.
    #[must_use]
    pub fn invalid_input(parameter: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput { parameter }).with_detail(message.into())
    }

    /// Creates the error for a token exchange whose response contains no usable credential. The message must not
    /// contain a secret.
    #[must_use]
    pub fn exchange_failed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Credential(CredentialFailure::ExchangeFailed))
            .with_detail(message.into())
    }

    /// Sets the operation, for example `asa ListGateways`.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Sets the resource of the call: its id, which must not be secret.
    #[must_use]
    pub fn with_resource(mut self, id: impl Into<String>) -> Self {
        self.0.resource = Some(id.into().into());
        self
    }

    /// Sets what follows the kind in the line and comes before the vendor's message, for example what to do. It replaces an earlier
    /// detail, such as the message of [`invalid_input`](Self::invalid_input), and must not contain a secret.
    ///
    /// ```
    /// use gatelet_transport::Error;
    ///
    /// let error = Error::invalid_input("scopes", "must not be empty").with_detail("must be at least one");
    /// assert_eq!(error.to_string(), "invalid `scopes`: must be at least one (not sent)");
    /// ```
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Box<str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Returns whether a write may have been applied by the server; [`Applied::No`] for reads.
    #[must_use]
    pub fn applied(&self) -> Applied {
        self.0.applied
    }

    /// Returns whether the same call may succeed later and cannot be applied twice.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.is_retryable
    }

    /// Returns the delay that the server requests, counted from the end of the call.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the status of the last response.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// Returns the vendor's error code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.api.as_ref()?.code.as_deref()
    }

    /// Returns the vendor's message for people.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.api.as_ref()?.message.as_deref()
    }

    /// Returns the violations that the vendor reports.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        self.0
            .api
            .as_ref()
            .map_or(&[], |error| error.violations.as_slice())
    }

    /// Returns the vendor's request id, for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.api.as_ref()?.request_id.as_deref()
    }

    /// Returns the first 16 KiB of the last error response's body, with the secrets of the call redacted; empty after a
    /// success.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// Returns the operation, for example `asa ListGateways`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// Returns the id of the resource. Lists have none, and creates only if the response names what was created.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.0.resource.as_deref()
    }

    /// Returns the number of attempts.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns the duration of the call.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Returns the token of the page that a list failed to fetch; resuming there neither skips nor repeats items.
    /// `None` is the first page, or a failure that cannot be resumed.
    #[must_use]
    pub fn resume_token(&self) -> Option<&PageToken> {
        self.0.resume.as_ref()
    }

    /// Returns the number of the page that a list failed to fetch, counted from 1 at its start; `None` if no list
    /// failed.
    #[must_use]
    pub fn page(&self) -> Option<u64> {
        Some(self.0.progress?.page)
    }

    /// Returns the number of items on earlier pages of a failed list; `None` if no list failed.
    #[must_use]
    pub fn items_before(&self) -> Option<u64> {
        Some(self.0.progress?.items)
    }

    /// Returns whether the API reports that the resource does not exist: a 404 with the API's own error.
    ///
    /// A 404 of an intermediary says nothing about the resource.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.is_api(StatusCode::NOT_FOUND) && self.is_explained()
    }

    /// Returns whether the API reports a conflict, for example an existing or concurrently changed resource: a 409 with
    /// the API's own error.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.is_api(StatusCode::CONFLICT) && self.is_explained()
    }

    /// Returns whether the error contains the API's own error, in its documented shape.
    fn is_explained(&self) -> bool {
        let api = self.0.api.as_ref();
        api.is_some_and(|api| !api.is_undocumented)
    }

    /// Returns whether the credential was rejected, or lacks a permission that the API reports as 401.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.0.kind == ErrorKind::Credential(CredentialFailure::Rejected)
            || self.is_api(StatusCode::UNAUTHORIZED)
    }

    /// Returns whether the server rate limited the call.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.0.kind == ErrorKind::RateLimited
    }

    /// Returns whether the call might have succeeded with more time.
    pub(crate) fn ran_out_of_time(&self) -> bool {
        let is_ours = |phase| matches!(phase, Phase::Attempt | Phase::Total);
        let is_timeout = matches!(self.0.kind, ErrorKind::Timeout(phase) if is_ours(phase));
        self.0.is_retryable && (is_timeout || self.0.is_past_deadline)
    }

    fn is_api(&self, status: StatusCode) -> bool {
        self.0.kind == ErrorKind::Api && self.0.status == Some(status)
    }
}

/// Setters for the rest of the crate.
impl Error {
    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_api(mut self, api: Option<ApiError>) -> Self {
        self.0.api = api;
        self
    }

    /// Keeps a body, which [`redacted`](Self::redacted) truncates.
    pub(crate) fn with_body(mut self, body: &Bytes) -> Self {
        self.0.body = body.clone();
        self
    }

    /// Adds that the body could not be read, and why.
    pub(crate) fn with_defect(self, defect: TransportError) -> Self {
        let this = match self.0.detail {
            Some(_) => self,
            None => self.with_detail("could not read its body"),
        };
        this.with_source(defect)
    }

    pub(crate) fn with_applied(mut self, applied: Applied) -> Self {
        self.0.applied = applied;
        self
    }

    pub(crate) fn with_retryable(mut self, is_retryable: bool) -> Self {
        self.0.is_retryable = is_retryable;
        self
    }

    pub(crate) fn with_past_deadline(mut self, is_past_deadline: bool) -> Self {
        self.0.is_past_deadline = is_past_deadline;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    /// Marks the error as a wait for the next token exchange, which may start after this time.
    pub(crate) fn with_next_exchange(mut self, wait: Duration) -> Self {
        self.0.is_before_exchange = true;
        self.with_retry_after(Some(wait))
    }

    /// Returns the time until the next token exchange may start, if nothing else failed.
    pub(crate) fn next_exchange(&self) -> Option<Duration> {
        self.0.retry_after.filter(|_| self.0.is_before_exchange)
    }

    pub(crate) fn with_attempts(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self
    }

    pub(crate) fn with_resume_token(mut self, token: Option<PageToken>) -> Self {
        self.0.resume = token;
        self
    }

    pub(crate) fn with_progress(mut self, page: u64, items: u64) -> Self {
        self.0.progress = Some(Progress { page, items });
        self
    }
}

/// For infallible conversions, such as of a [`BaseUrl`](crate::BaseUrl) into itself.
impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        let mut this = Self::new(error.kind().into());
        this.0.status = error.status();
        let is_config = error.kind() == TransportErrorKind::Config;
        match error.into_source() {
            // The reason is all there is to say, so it becomes part of the line.
            Some(reason) if is_config => this.0.detail = Some(reason.to_string().into()),
            source => this.0.source = source,
        }
        this
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        match (inner.operation, &inner.resource) {
            (Some(operation), Some(id)) => write!(f, "{operation} {}: ", Escaped(id))?,
            (Some(operation), None) => write!(f, "{operation}: ")?,
            (None, _) => {}
        }
        match (inner.status, &inner.kind) {
            (Some(status), ErrorKind::Api) => write!(f, "{status}")?,
            (Some(status), kind) => write!(f, "{kind} (status {})", status.as_u16())?,
            (None, kind) => write!(f, "{kind}")?,
        }
        if let Some(detail) = &inner.detail {
            write!(f, ": {}", Escaped(detail))?;
        }
        let is_said = |text: &&str| !text.trim().is_empty();
        if let Some(message) = self.message().filter(is_said) {
            write!(f, ": {}", Escaped(message))?;
        }
        if let Some(code) = self.code().filter(is_said) {
            write!(f, " [{}]", Escaped(code))?;
        }
        // A failure of the first page is an ordinary failed call.
        if let Some(Progress { page, items }) = inner.progress.filter(|it| it.page > 1) {
            let noun = if items == 1 { "item" } else { "items" };
            write!(f, " (page {page} of this list, after {items} {noun})")?;
        }
        match (inner.attempts, inner.applied) {
            // The calls of the list have succeeded.
            (0, _) if matches!(inner.kind, ErrorKind::Pagination(_)) => Ok(()),
            (0, _) => f.write_str(" (not sent)"),
            (1, applied) => write!(f, " (1 attempt, {applied})"),
            (attempts, applied) => write!(f, " ({attempts} attempts, {applied})"),
        }
    }
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::No => "nothing was applied",
            Self::Unknown => "it may have been applied",
            Self::Yes => "it was applied",
        })
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("operation", &inner.operation)
            .field("resource", &inner.resource.as_deref().map(Escaped))
            .field("detail", &inner.detail.as_deref().map(Escaped))
            .field("applied", &inner.applied)
            .field("attempts", &inner.attempts)
            .field("elapsed", &inner.elapsed)
            .field("retry_after", &inner.retry_after)
            .field("status", &inner.status)
            .field("api", &inner.api)
            .field("body", &format_args!("{} bytes", inner.body.len()))
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::StatusCode;

    use super::Error;
    use crate::error::api::{ApiError, Violation};
    use crate::error::kind::{Applied, ErrorKind};
    use crate::error::transport::{Phase, TransportError, TransportErrorKind};

    #[test]
    fn an_error_is_pointer_sized_send_and_sync() {
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
        fn anywhere<T: std::error::Error + Send + Sync + 'static>() {}
        anywhere::<Error>();
    }

    #[test]
    fn one_line_says_operation_cause_attempts_and_outcome() {
        let timeout = TransportError::new(TransportErrorKind::Timeout(Phase::FirstByte));
        let error = Error::from(timeout)
            .with_operation("dt createToken")
            .with_applied(Applied::Unknown)
            .with_attempts(1, Duration::from_secs(20));
        assert_eq!(
            error.to_string(),
            "dt createToken: timed out waiting for the response (1 attempt, it may have been applied)"
        );
        let kind = ErrorKind::NotJson {
            content_type: Some("text/html".into()),
        };
        let error = Error::new(kind)
            .with_status(StatusCode::OK)
            .with_detail("an HTML page")
            .with_attempts(2, Duration::ZERO);
        assert_eq!(
            error.to_string(),
            "the response is text/html, not JSON (status 200): an HTML page (2 attempts, nothing was applied)"
        );
    }

    #[test]
    fn one_line_names_the_resource() {
        let error = Error::new(ErrorKind::Interrupted)
            .with_operation("dt getToken")
            .with_resource("dt0g02.\n4KWZO5EF")
            .with_attempts(3, Duration::ZERO);
        assert_eq!(error.resource(), Some("dt0g02.\n4KWZO5EF"));
        let line =
            "dt getToken dt0g02. 4KWZO5EF: connection closed before the response was complete";
        assert!(error.to_string().starts_with(line), "{error}");
    }

    #[test]
    fn a_vendor_error_has_one_form_and_is_shown_on_one_line() {
        let api = ApiError::default()
            .with_code("400")
            .with_message("Constraints\r\nviolated.\u{1b}[31m")
            .with_request_id("r-1")
            .with_violations([Violation::new("pageSize", "too large").with_location("QUERY")]);
        let error = Error::new(ErrorKind::Api)
            .with_status(StatusCode::BAD_REQUEST)
            .with_api(Some(api))
            .with_body(&Bytes::from_static(b"canary"))
            .with_attempts(1, Duration::ZERO);
        assert_eq!(
            (error.code(), error.request_id()),
            (Some("400"), Some("r-1"))
        );
        assert_eq!(error.violations()[0].location.as_deref(), Some("QUERY"));
        assert_eq!(error.body(), b"canary");
        let text = format!("{error} {error:?}");
        assert!(!text.contains("canary") && !error.to_string().contains(['\n', '\r', '\u{1b}']));
    }

    #[test]
    fn violations_are_kept_up_to_a_total_length() {
        let mut secrets = crate::redaction::secret_set::SecretSet::new();
        secrets.add("4KWZO5EFQ7XN");
        for (length, kept) in [(10, 256), (400, 256), (16 * 1024, 7), (64 * 1024, 7)] {
            let violation = Violation::new("name", "x ".repeat(length / 2) + "4KWZO5EFQ7XN");
            let api = ApiError::default().with_violations(vec![violation; 300]);
            let error = Error::new(ErrorKind::Api)
                .with_api(Some(api))
                .redacted(&secrets);
            assert_eq!(error.violations().len(), kept, "{length}");
            let error = error.redacted(&secrets);
            assert_eq!(error.violations().len(), kept, "{length}");
            assert!(!format!("{:?}", error.violations()).contains("4KWZO5EF"));
        }
    }
}
