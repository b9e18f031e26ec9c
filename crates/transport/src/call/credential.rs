//! The credential of a call.

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::HeaderValue;
use zeroize::Zeroizing;

use crate::call::named_secret::NamedSecret;
use crate::error::error::Error;
use crate::redaction::known::add_header;
use crate::redaction::secret_set::SecretSet;

/// The maximum length of a token or key, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// The value of an `Authorization` field, marked as sensitive. Its buffer is zeroed when the last clone is dropped.
#[derive(Clone)]
pub struct Credential {
    value: HeaderValue,
    generation: u64,
    source: Option<NamedSecret>,
    /// Built on first use; clones share it.
    secrets: Arc<OnceLock<SecretSet>>,
}

impl Credential {
    /// Creates a credential of a scheme and a token, for example `Bearer` and an issued token.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the token is empty, longer than 8 KiB, or contains anything but visible ASCII. The error never
    /// contains the token.
    pub fn new(scheme: &'static str, token: &str) -> Result<Self, Error> {
        Self::validate("token", token)?;
        let bytes = Zeroizing::new([scheme.as_bytes(), b" ", token.as_bytes()].concat());
        let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(bytes))
            .map_err(|_| Error::invalid_input("token", "is not valid in a header"))?;
        value.set_sensitive(true);
        Ok(Self {
            value,
            generation: 0,
            source: None,
            secrets: Arc::default(),
        })
    }

    /// Names the secret that this credential was exchanged for. Calls with this credential redact both from errors, and
    /// follow no link that contains either.
    #[must_use]
    pub fn with_source(mut self, secret: impl Into<String>) -> Self {
        self.source = Some(Arc::new(Zeroizing::new(secret.into())));
        self.secrets = Arc::default();
        self
    }

    /// Checks a text that is sent as a credential: a token, or a key to be exchanged for one.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for this parameter if the text is empty, longer than 8 KiB, or contains anything but visible
    /// ASCII. The error never contains the text.
    pub fn validate(parameter: &'static str, text: &str) -> Result<(), Error> {
        match problem(text) {
            None => Ok(()),
            Some(problem) => Err(Error::invalid_input(parameter, problem)),
        }
    }

    /// Sets the number of this credential in its provider's sequence.
    pub(crate) fn of_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn value(&self) -> &HeaderValue {
        &self.value
    }

    /// Returns the raw secrets: the token without its scheme, and the secret that it was exchanged for.
    pub(crate) fn whole_values(&self) -> impl Iterator<Item = &[u8]> {
        let token = self
            .value
            .as_bytes()
            .split(|byte| *byte == b' ')
            .next_back();
        let source = self.source.iter().map(|source| source.as_bytes());
        token.into_iter().chain(source)
    }

    /// Returns the set of its secrets: the token, and the secret that it was exchanged for.
    pub(crate) fn secrets(&self) -> &SecretSet {
        self.secrets.get_or_init(|| {
            let mut secrets = SecretSet::new();
            self.add_secrets(&mut secrets);
            secrets
        })
    }

    /// Adds its secrets to a set.
    pub(crate) fn add_secrets(&self, secrets: &mut SecretSet) {
        add_header(secrets, &self.value, 0);
        if let Some(source) = &self.source {
            secrets.add(source.as_bytes());
        }
    }
}

/// Returns why a text is not valid as a credential.
pub(crate) fn problem(text: &str) -> Option<&'static str> {
    match text.as_bytes() {
        [] => Some("is empty"),
        [0xef, 0xbb, 0xbf, ..] => {
            Some("starts with a byte order mark (BOM): save it as UTF-8 without one")
        }
        bytes if bytes.contains(&0) => {
            Some("contains a NUL, as text in UTF-16 does: save it as UTF-8")
        }
        bytes if bytes.len() > MAX_LENGTH => Some("is longer than 8192 bytes"),
        [.., b'\n' | b'\r'] => Some("ends with a line break: remove the trailing newline"),
        bytes if !bytes.is_ascii() => Some("contains a non-ASCII character"),
        bytes if !bytes.iter().all(u8::is_ascii_graphic) => {
            Some("contains whitespace or a control character")
        }
        _ => None,
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential([redacted])")
    }
}
