//! Why there is no new key in hand.

use std::fmt;

use gatelet_models::asa::ServiceUserKey;
use gatelet_transport::{Applied, Error};

use crate::rotation::key_owner::KeyOwner;

/// The failure of a rotation. Its text says what to do if a new key may exist.
#[derive(Debug)]
pub struct RotateKeyError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    error: Error,
    owner: KeyOwner,
}

impl RotateKeyError {
    pub(crate) fn new(error: Error, owner: KeyOwner) -> Self {
        Self(Box::new(Inner { error, owner }))
    }

    /// Returns the error of the call.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.0.error
    }

    /// Returns whether a new key may exist, whose secret nobody knows. Then all other keys may have an end.
    #[must_use]
    pub fn may_have_rotated(&self) -> bool {
        self.0.error.applied() != Applied::No
    }

    /// Returns what to do if a new key may exist: how to find it, and which keys will end.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        let applied = self.0.error.applied();
        self.may_have_rotated()
            .then(|| self.0.owner.advice(applied))
    }

    /// Lists the keys that did not exist before. A key that another program created meanwhile is among them.
    ///
    /// # Errors
    ///
    /// Those of the list.
    pub async fn unknown_keys(&self) -> Result<Vec<ServiceUserKey>, Error> {
        self.0.owner.unknown_keys().await
    }
}

impl fmt::Display for RotateKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.error)?;
        match self.advice() {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for RotateKeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.error.source()
    }
}
