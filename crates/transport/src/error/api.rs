//! A vendor's error answer in the one form that all vendors share.

use std::fmt;

use crate::wire::escape::Escaped;

/// How many violations Debug shows.
const MAX_VIOLATIONS: usize = 16;

/// What a vendor says in the body of an error answer.
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
    /// The vendor's word or number for the error, as text.
    pub code: Option<Box<str>>,
    /// The vendor's sentence for people.
    pub message: Option<Box<str>>,
    /// What is wrong with the request, place by place.
    pub violations: Vec<Violation>,
    /// The vendor's id of the request, for its support.
    pub request_id: Option<Box<str>>,
    /// Whether it is in another form than the vendor documents, so that somebody in between may have said it. Its texts are
    /// told all the same, but it does not count as the vendor's word on whether a thing exists.
    pub is_undocumented: bool,
}

impl ApiError {
    /// Sets the vendor's word or number for the error.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into().into());
        self
    }

    /// Sets the vendor's sentence for people.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into().into());
        self
    }

    /// Sets what is wrong with the request, place by place.
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

    /// Sets the vendor's id of the request.
    #[must_use]
    pub fn with_request_id(mut self, request_id: impl Into<String>) -> Self {
        self.request_id = Some(request_id.into().into());
        self
    }
}

/// One thing that is wrong with a request.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The field or parameter, as the vendor names it; may be empty.
    pub path: Box<str>,
    /// What is wrong with it; may be empty.
    pub message: Box<str>,
    /// Where the parameter was, for example `QUERY`, where the vendor says so.
    pub location: Option<Box<str>>,
}

impl Violation {
    /// A violation at a path.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into().into(),
            message: message.into().into(),
            location: None,
        }
    }

    /// Sets where the parameter was.
    #[must_use]
    pub fn with_location(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into().into());
        self
    }
}

/// Shows of each text no more than its start, and no more than the first violations.
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
