//! The ids of new objects.

use uuid::Builder;

use crate::error::Error;
use crate::random;

/// Returns a new id in the form of ASA's: a random UUID.
pub(crate) fn new() -> Result<String, Error> {
    Ok(Builder::from_random_bytes(random::bytes()?)
        .into_uuid()
        .to_string())
}
