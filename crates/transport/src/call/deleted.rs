//! The result of a deletion.

use crate::call::api_response::ApiResponse;

/// The resource no longer exists: this call deleted it, or an earlier attempt whose response was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deleted {
    /// Whether a repeated attempt found nothing to delete.
    ///
    /// Almost always the lost attempt deleted it; rarely somebody else did in between.
    pub was_already_gone: bool,
}

impl From<&ApiResponse> for Deleted {
    fn from(response: &ApiResponse) -> Self {
        Self {
            was_already_gone: response.was_already_gone(),
        }
    }
}
