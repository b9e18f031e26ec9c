//! A vendor's error response in a common form.

use std::fmt;

use crate::wire::escape::Escaped;

/// The maximum number of violations in the `Debug` output.
const MAX_VIOLATIONS: usize = 16;

/// The error that a vendor reports in a response body.
///
/// ```
/// use gatelet_transport::{ApiError, Violation};
///
/// let error = ApiError::default()
///     .with_code("400")
///     .with_message("Constraints violated.")
///     .with_violations([Violation::new("pageSize", "must be at most 3000")]);
/// assert_eq!(error.code.as_deref(), Some("400"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// The vendor's error code, as text.
    pub code: Option<Box<str>>,
    /// The vendor's message for people.
    pub message: Option<Box<str>>,
    /// The violations of the request.
    pub violations: Vec<Violation>,
    /// The vendor's request id, for its support.
    pub request_id: Option<Box<str>>,
    /// Whether the error has another shape than the vendor documents, so that it may come from an intermediary. It is
    /// reported as usual, but does not prove that a resource does not exist.
    pub is_undocumented: bool,
}

impl ApiError {
    /// Sets the vendor's error code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into().into());
        self
    }

    /// Sets the vendor's message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into().into());
        self
    }

    /// Sets the violations of the request.
    #[must_use]
    pub fn with_violations(mut self, violations: impl IntoIterator<Item = Violation>) -> Self {
        self.violations = violations.into_iter().collect();
        self
    }

    /// Sets [`is_undocumented`](Self::is_undocumented).
    #[must_use]
    pub fn with_undocumented(mut self, is_undocumented: bool) -> Self {
        self.is_undocumented = is_undocumented;
        self
    }

    /// Sets the vendor's request id.
    #[must_use]
    pub fn with_request_id(mut self, request_id: impl Into<String>) -> Self {
        self.request_id = Some(request_id.into().into());
        self
    }
}

/// One violation of a request.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The name of the field or parameter; may be empty.
    pub path: Box<str>,
    /// The problem; may be empty.
    pub message: Box<str>,
    /// The location of the parameter, for example `QUERY`, if the vendor names it.
    pub location: Option<Box<str>>,
}

impl Violation {
    /// Creates a violation at a path.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into().into(),
            message: message.into().into(),
            location: None,
        }
    }

    /// Sets the location of the parameter.
    #[must_use]
    pub fn with_location(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into().into());
        self
    }
}

/// Shows the start of each text, and the first violations only.
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self
            .violations
            .get(..MAX_VIOLATIONS)
            .unwrap_or(&self.violations);
        let mut this = f.debug_struct("ApiError");
        this.field("code", &self.code.as_deref().map(Escaped))
            .field("message", &self.message.as_deref().map(Escaped))
            .field("violations", &shown)
            .field("request_id", &self.request_id.as_deref().map(Escaped))
            .field("is_undocumented", &self.is_undocumented);
        if shown.len() < self.violations.len() {
            return this.finish_non_exhaustive();
        }
        this.finish()
    }
}

impl fmt::Debug for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Violation")
            .field("path", &Escaped(&self.path))
            .field("message", &Escaped(&self.message))
            .field("location", &self.location.as_deref().map(Escaped))
            .finish()
    }
}
