//! The answer to a call.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::Error;

/// A successful answer: its status and content type have been checked.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    attempts: u32,
}

impl Reply {
    /// Decodes the body.
    ///
    /// # Errors
    ///
    /// `Decode` with the path of what does not fit; for a write it says that it was applied.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        todo!()
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

    /// The body as it came.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// How many requests it took.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether a repeated DELETE found that the thing is gone already, after an attempt whose answer was lost.
    #[must_use]
    pub fn was_already_gone(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }
}
