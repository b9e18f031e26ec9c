//! What a deletion found.

use crate::call::api_response::ApiResponse;

/// A thing is gone: by this call, or because an earlier attempt of it, whose answer was lost, had removed it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deleted {
    /// Whether a repeated attempt found nothing to delete.
    ///
    /// Almost always the lost attempt did it; somebody else may have, in between.
    pub was_already_gone: bool,
}

impl From<&ApiResponse> for Deleted {
    fn from(response: &ApiResponse) -> Self {
        Self {
            was_already_gone: response.was_already_gone(),
        }
    }
}
