//! The secrets of a call as they are, before a text has to be searched for them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::HeaderValue;
use zeroize::Zeroizing;

use crate::call::credential::Credential;
use crate::paging::link;
use crate::redaction::fragments::FRAGMENT_LENGTH;
use crate::redaction::known;
use crate::redaction::secret_set::{SecretSet, public_prefix_length};

/// A secret that a call was told to hold; clones share it.
pub(crate) type NamedSecret = Arc<Zeroizing<String>>;

/// What a call must not show. Keeping it costs a successful call no allocation; the set of all is built for an error only.
#[derive(Clone, Default)]
pub(crate) struct CallSecrets {
    credential: Option<Credential>,
    /// Those that were used before the last one.
    earlier: Vec<Credential>,
    /// What the transport added to the request by itself, such as the credentials of a proxy.
    added: Option<HeaderValue>,
    named: Vec<NamedSecret>,
    /// What the responses of failed attempts from_responses.
    from_responses: Vec<Zeroizing<Vec<u8>>>,
}

impl CallSecrets {
    pub(crate) fn of(named: &[NamedSecret]) -> Self {
        Self {
            named: named.to_vec(),
            ..Self::default()
        }
    }

    /// Remembers the credential of an attempt, and those before it.
    pub(crate) fn use_credential(&mut self, credential: &Credential) {
        let is_same = |secrets: &Credential| secrets.value() == credential.value();
        if self.credential.as_ref().is_some_and(is_same) {
            return;
        }
        let replaced = self.credential.replace(credential.clone());
        self.earlier.extend(replaced);
    }

    /// Remembers what a response says that its transport added.
    pub(crate) fn add_from_response<B>(&mut self, response: &http::Response<B>) {
        if let Some(AddedSecret(value)) = response.extensions().get() {
            self.added = Some(value.clone());
        }
    }

    /// Whether one of them stands in a text; see [`SecretSet::contains_secret`]. It is asked of each query, so it searches the
    /// set that a credential keeps.
    pub(crate) fn occur_in(&self, text: &str) -> bool {
        let mut credentials = self.credentials();
        credentials.any(|credential| credential.secrets().contains_secret(text))
            || self.uncredentialed().contains_secret(text)
    }

    /// Whether a credential of the call, or a secret that it was told to hold, stands in a value that is percent-encoded any number of
    /// times, as a whole, with its public part or without. Unlike any other part of one, that is no chance.
    pub(crate) fn contain_whole(&self, value: &str) -> bool {
        let mut plain = Zeroizing::new(value.as_bytes().to_vec());
        while let Ok(text) = std::str::from_utf8(&plain)
            && let Cow::Owned(decoded) = link::decoded(text)
            && decoded.len() < plain.len()
        {
            plain = Zeroizing::new(decoded);
        }
        let holds = |secret: &[u8]| {
            let secret = secret
                .get(public_prefix_length(secret)..)
                .unwrap_or_default();
            let mut parts = plain.windows(secret.len().max(FRAGMENT_LENGTH));
            parts.any(|part| part.eq_ignore_ascii_case(secret))
        };
        let mut credentials = self.credentials();
        credentials.any(|credential| credential.whole_values().any(holds))
            || self.named.iter().any(|secret| holds(secret.as_bytes()))
    }

    /// Remembers the secrets that the body of a failed attempt's response shows under the names of known fields.
    pub(crate) fn add_from_body(&mut self, body: &[u8]) {
        // A server repeats itself from attempt to attempt.
        for value in known::values(body) {
            if !self.from_responses.contains(&value) {
                self.from_responses.push(value);
            }
        }
    }

    /// The set of them all, with the secrets that a body shows under the names of known fields.
    pub(crate) fn with_body(&self, body: &[u8]) -> SecretSet {
        let mut set = self.uncredentialed();
        for credential in self.credentials() {
            credential.add_secrets(&mut set);
        }
        known::add_fields(&mut set, body);
        set
    }

    fn credentials(&self) -> impl Iterator<Item = &Credential> {
        self.credential.iter().chain(&self.earlier)
    }

    /// The set of those that belong to no credential of a call.
    fn uncredentialed(&self) -> SecretSet {
        let mut set = SecretSet::new();
        if let Some(value) = &self.added {
            known::add_header(&mut set, value, 0);
        }
        let named = self.named.iter().map(|secret| secret.as_bytes());
        let from_responses = self.from_responses.iter().map(|secret| secret.as_slice());
        set.add_all(named.chain(from_responses));
        set
    }
}

/// Says in the extensions of a response which secret its transport added to the request by itself, such as the credentials
/// of a proxy: the value of that header field. Where the peer repeats it, no error shows it.
///
/// ```
/// use gatelet_transport::AddedSecret;
/// use http::HeaderValue;
///
/// # let mut response = http::Response::new(());
/// let value = HeaderValue::from_static("Basic dXNlcjpwYXNzd29yZA==");
/// response.extensions_mut().insert(AddedSecret::new(value));
/// ```
#[derive(Clone)]
pub struct AddedSecret(HeaderValue);

impl AddedSecret {
    /// Takes the value of a header field.
    #[must_use]
    pub fn new(value: HeaderValue) -> Self {
        Self(value)
    }
}

impl fmt::Debug for AddedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddedSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::CallSecrets;

    #[test]
    fn what_a_server_brings_with_each_attempt_is_kept_once() {
        let members = (0..64).map(|number| format!(r#""token":"secret-{number:08}""#));
        let body = members.collect::<Vec<_>>().join(",");
        let mut secrets = CallSecrets::default();
        for _ in 0..3 {
            secrets.add_from_body(body.as_bytes());
        }
        assert_eq!(secrets.from_responses.len(), 64);
        assert!(secrets.occur_in("secret-00000063"));
    }
}
