//! Why there is no position for the page that comes next.

use std::fmt;

use crate::error::error::Error;
use crate::error::kind::{ErrorKind, PaginationFailure};
use crate::redaction::secret_set::{REDACTED, REDACTED_IN_URI};

/// Why the position of the next page cannot be used, although the server speaks of a next page.
///
/// It converts into [`Error`], so `?` passes it on.
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
    /// Makes an error of a failure.
    #[must_use]
    pub fn new(failure: PaginationFailure) -> Self {
        Self {
            failure,
            operation: None,
            detail: None,
        }
    }

    /// Says more. The text must hold no query, because one may hold a secret.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into().into());
        self
    }

    /// Names the operation that lists, for example `asa ListGateways`.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.operation = Some(operation);
        self
    }

    /// The same with the usual words for a secret that was taken out of a URI.
    pub(crate) fn with_redacted_in_uri(mut self) -> Self {
        let detail = self.detail.as_deref();
        self.detail = detail.map(|detail| detail.replace(REDACTED_IN_URI, REDACTED).into());
        self
    }

    /// Returns what is wrong with the position.
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
