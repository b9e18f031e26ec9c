//! Why the next page cannot be requested.

use std::fmt;

use crate::error::error::Error;
use crate::error::kind::{ErrorKind, PaginationFailure};
use crate::redaction::secret_set::{REDACTED, REDACTED_IN_URI};

/// Why the next page cannot be requested, although the server refers to one.
///
/// Converts into [`Error`], for `?`.
///
/// ```
/// use gatelet_transport::{NextPageError, PaginationFailure};
///
/// let error = NextPageError::new(PaginationFailure::Unreadable).with_detail("a `Link` field is malformed");
/// assert_eq!(error.failure(), PaginationFailure::Unreadable);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPageError {
    failure: PaginationFailure,
    operation: Option<&'static str>,
    detail: Option<Box<str>>,
}

impl NextPageError {
    /// Creates the error of a failure.
    #[must_use]
    pub fn new(failure: PaginationFailure) -> Self {
        Self {
            failure,
            operation: None,
            detail: None,
        }
    }

    /// Adds a detail. It must not contain a query, which may contain a secret.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into().into());
        self
    }

    /// Sets the list operation, for example `asa ListGateways`.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Replaces the marker for redacted parts of a URI by the usual one.
    pub(crate) fn with_redacted_in_uri(mut self) -> Self {
        let detail = self.detail.as_deref();
        self.detail = detail.map(|detail| detail.replace(REDACTED_IN_URI, REDACTED).into());
        self
    }

    /// Returns the failure.
    #[must_use]
    pub fn failure(&self) -> PaginationFailure {
        self.failure
    }
}

impl From<NextPageError> for Error {
    fn from(error: NextPageError) -> Self {
        let mut this = Self::new(ErrorKind::Pagination(error.failure));
        if let Some(operation) = error.operation {
            this = this.with_operation(operation);
        }
        match error.detail {
            Some(detail) => this.with_detail(detail),
            None => this,
        }
    }
}

impl fmt::Display for NextPageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Error::from(self.clone()).fmt(f)
    }
}

impl std::error::Error for NextPageError {}
