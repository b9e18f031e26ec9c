//! The secrets of a call, kept in their raw form until a text has to be searched.

use std::fmt;

use http::HeaderValue;
use percent_encoding::percent_decode;
use zeroize::Zeroizing;

use crate::call::credential::Credential;
use crate::call::named_secret::NamedSecret;
use crate::redaction::fragments::FRAGMENT_LENGTH;
use crate::redaction::known;
use crate::redaction::secret_set::{SecretSet, public_prefix_length};

/// The secrets that no error of a call may show. A successful call does not allocate for them; the set to search with
/// is built for an error only.
#[derive(Clone, Default)]
pub(crate) struct CallSecrets {
    credential: Option<Credential>,
    /// Credentials of earlier attempts.
    earlier: Vec<Credential>,
    /// The header value that the transport added itself, such as proxy credentials.
    added: Option<HeaderValue>,
    named: Vec<NamedSecret>,
    /// Secrets from the responses of failed attempts.
    from_responses: Vec<Zeroizing<Vec<u8>>>,
}

impl CallSecrets {
    pub(crate) fn of(named: &[NamedSecret]) -> Self {
        Self {
            named: named.to_vec(),
            ..Self::default()
        }
    }

    /// Sets the credential of the current attempt and keeps the earlier ones.
    pub(crate) fn use_credential(&mut self, credential: &Credential) {
        let is_same = |secrets: &Credential| secrets.value() == credential.value();
        if self.credential.as_ref().is_some_and(is_same) {
            return;
        }
        let replaced = self.credential.replace(credential.clone());
        self.earlier.extend(replaced);
    }

    /// Adds the secret that the transport added to the request, if the response names it.
    pub(crate) fn add_from_response<B>(&mut self, response: &http::Response<B>) {
        if let Some(AddedSecret(value)) = response.extensions().get() {
            self.added = Some(value.clone());
        }
    }

    /// Returns whether a text contains one of the secrets; see [`SecretSet::contains_secret`]. It runs for every query,
    /// so it uses the set that each credential caches.
    pub(crate) fn occur_in(&self, text: &str) -> bool {
        let mut credentials = self.credentials();
        credentials.any(|credential| credential.secrets().contains_secret(text))
            || self.uncredentialed().contains_secret(text)
    }

    /// Returns whether a value contains a whole secret of the call, at any depth of percent-encoding, with or without
    /// its public part. A whole secret, unlike a fragment, is never a coincidence.
    pub(crate) fn contain_whole(&self, value: &str) -> bool {
        let mut plain = Zeroizing::new(value.as_bytes().to_vec());
        loop {
            let mut decoded = Zeroizing::new(Vec::with_capacity(plain.len()));
            decoded.extend(percent_decode(&plain));
            if decoded.len() == plain.len() {
                break;
            }
            plain = decoded;
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

    /// Adds the values of known secret fields in the body of a failed attempt.
    pub(crate) fn add_from_body(&mut self, body: &[u8]) {
        // Servers repeat themselves from attempt to attempt.
        for value in known::values(body) {
            if !self.from_responses.contains(&value) {
                self.from_responses.push(value);
            }
        }
    }

    /// Returns the set of all secrets, with the values of known secret fields in a body; it finds other tokens by their shape.
    pub(crate) fn with_body(&self, body: &[u8]) -> SecretSet {
        let mut set = self.uncredentialed().finding_shapes();
        for credential in self.credentials() {
            credential.add_secrets(&mut set);
        }
        known::add_fields(&mut set, body);
        set
    }

    fn credentials(&self) -> impl Iterator<Item = &Credential> {
        self.credential.iter().chain(&self.earlier)
    }

    /// Returns the set of secrets that belong to no credential.
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

/// A response extension that names a secret which the transport added to the request itself, such as proxy credentials:
/// the value of that header field. Errors redact it where the peer repeats it.
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
    /// Wraps the value of a header field.
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
    use std::sync::Arc;

    use zeroize::Zeroizing;

    use super::CallSecrets;

    #[test]
    fn a_secret_repeated_with_each_attempt_is_kept_once() {
        let members = (0..64).map(|number| format!(r#""token":"secret-{number:08}""#));
        let body = members.collect::<Vec<_>>().join(",");
        let mut secrets = CallSecrets::default();
        for _ in 0..3 {
            secrets.add_from_body(body.as_bytes());
        }
        assert_eq!(secrets.from_responses.len(), 64);
        assert!(secrets.occur_in("secret-00000063"));
    }
    #[test]
    fn a_whole_secret_is_found_at_any_depth_of_percent_encoding_beside_bytes_that_are_not_text() {
        let secrets = CallSecrets {
            named: vec![Arc::new(Zeroizing::new("canary-secret".into()))],
            ..CallSecrets::default()
        };
        for value in [
            "canary-secret",
            "a%63anary-secret%2",
            "%252563anary-secret",
            "%ff%2563anary-secret",
        ] {
            assert!(secrets.contain_whole(value), "{value}");
        }
        assert!(!secrets.contain_whole("%ff%2563anary-secre"));
    }
}
