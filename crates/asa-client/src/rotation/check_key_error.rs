//! Why a new key is not known to work.

use std::fmt;

use gatelet_transport::Error;

use crate::rotation::new_key::NewKey;

/// The failure of a check of a new key. It carries the key, whose secret no response shows again.
#[derive(Debug)]
pub struct CheckKeyError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    failure: CheckFailure,
    key: NewKey,
}

/// What failed.
#[derive(Debug)]
pub(crate) enum CheckFailure {
    ReadBack,
    Login(Error),
}

impl CheckKeyError {
    pub(crate) fn new(failure: CheckFailure, key: NewKey) -> Self {
        Self(Box::new(Inner { failure, key }))
    }

    /// Returns the error of the login; `None` if what was read back is not the new key.
    #[must_use]
    pub fn login_error(&self) -> Option<&Error> {
        match &self.0.failure {
            CheckFailure::ReadBack => None,
            CheckFailure::Login(error) => Some(error),
        }
    }

    /// Returns the new key, to store or check it again.
    pub fn into_key(self) -> NewKey {
        self.0.key
    }
}

impl fmt::Display for CheckKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = &self.0.key.key().id;
        match &self.0.failure {
            CheckFailure::ReadBack => write!(f, "what was read back is not the new key {id}"),
            CheckFailure::Login(error) => {
                write!(f, "could not log in with the new key {id}: {error}")
            }
        }
    }
}

impl std::error::Error for CheckKeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(self.login_error()?)
    }
}
