//! The credentials last used by the calls of a channel.

use std::sync::{Mutex, PoisonError};

use http::HeaderValue;

use crate::call::credential::Credential;
use crate::redaction::fragments::FRAGMENT_LENGTH;
use crate::redaction::known;
use crate::redaction::secret_set::SecretSet;

/// How many are kept.
const MAX_RECENT: usize = 4;

/// The credentials last used by the calls of a channel, latest first. A server may mention the previous bearer token to
/// any call.
#[derive(Default)]
pub(crate) struct RecentCredentials(Mutex<Vec<HeaderValue>>);

impl RecentCredentials {
    pub(crate) fn note(&self, credential: &Credential) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = credential.value();
        if recent.first() == Some(value) {
            return;
        }
        recent.retain(|other| other != value);
        recent.truncate(MAX_RECENT - 1);
        recent.insert(0, value.clone());
    }

    /// Adds those that are long enough not to match by coincidence.
    pub(crate) fn add_to(&self, secrets: &mut SecretSet) {
        let recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for value in &*recent {
            known::add_header(secrets, value, FRAGMENT_LENGTH);
        }
    }
}
