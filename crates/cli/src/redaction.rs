//! Removes secrets from what a server says in a success. Errors are redacted by the transport.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gatelet_emulator::well_known;
use gatelet_models::Secret;
use gatelet_transport::SecretSet;
use serde_json::Value;
use zeroize::Zeroizing;

/// The length from which a part of a secret is not a coincidence, in bytes.
const SHORTEST: usize = 8;

/// The credentials of every emulator. They are public, and contain ordinary words.
const PUBLIC: [&str; 6] = [
    well_known::ASA_KEY_SECRET,
    well_known::ASA_REPORTING_KEY_SECRET,
    well_known::DT_TOKEN,
    well_known::DT_READ_ONLY_TOKEN,
    well_known::DT_PLATFORM_TOKEN,
    well_known::DT_OAUTH_CLIENT_SECRET,
];

/// The secrets of a command, as far as they are known: credentials, what was exchanged for them, and what it has created. A clone shares
/// them.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownSecrets(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    secrets: Vec<Secret>,
    /// The same secrets: to add one takes longer than to copy all.
    set: SecretSet,
}

impl KnownSecrets {
    /// Adds a secret, unless it is public, or so short that a match may be a coincidence. Redactors that exist already hide it, too.
    pub(crate) fn add(&self, secret: &Secret) {
        let secret_part = secret.expose().rsplit('.').next();
        let is_long = secret_part.is_some_and(|part| part.len() >= SHORTEST);
        let mut known = self.lock();
        let is_known = || {
            known
                .secrets
                .iter()
                .any(|it| it.expose() == secret.expose())
        };
        if is_long && !PUBLIC.contains(&secret.expose()) && !is_known() {
            known.set.add(secret.expose());
            known.secrets.push(secret.clone());
        }
    }

    /// Returns what removes these secrets, and others by their shape.
    pub(crate) fn redactor(&self) -> Redactor {
        let known = self.lock();
        Redactor {
            known: self.clone(),
            hidden: Rc::new(RefCell::new(Hidden {
                known: known.secrets.len(),
                set: known.set.clone().finding_shapes(),
            })),
            shown: Vec::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes secrets from texts. A clone shares the secrets that it hides.
#[derive(Clone, Debug)]
pub(crate) struct Redactor {
    known: KnownSecrets,
    hidden: Rc<RefCell<Hidden>>,
    /// The secrets that the command is asked to show.
    shown: Vec<Secret>,
}

/// What a redactor hides.
#[derive(Debug)]
struct Hidden {
    /// How many of the known secrets are in the set.
    known: usize,
    set: SecretSet,
}

/// Removes secrets that are found by their shape.
impl Default for Redactor {
    fn default() -> Self {
        KnownSecrets::default().redactor()
    }
}

impl Redactor {
    /// Shows a secret that the command is asked for, where it is all of a text.
    pub(crate) fn show(&mut self, secret: String) {
        self.shown.push(Secret::new(secret));
    }

    /// Hides a secret from now on if a text repeats it, or one of its texts if it is a JSON object. Few do, so that a long list does not
    /// make each search longer.
    pub(crate) fn hide_repeated(&self, secret: &Secret, text: &str) {
        for part in parts(secret.expose()) {
            let mut alone = SecretSet::default();
            alone.add(&part);
            if matches!(alone.redact(text), Cow::Owned(_)) {
                self.hidden.borrow_mut().set.add(&part);
            }
        }
    }

    /// Replaces the secrets in a text.
    pub(crate) fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let is_shown = |secret: &Secret| secret.expose() == text;
        match text.len() < SHORTEST || self.shown.iter().any(is_shown) {
            true => Cow::Borrowed(text),
            false => {
                self.update();
                self.hidden.borrow().set.redact(text)
            }
        }
    }

    /// Adds the secrets that became known since.
    fn update(&self) {
        let known = self.known.lock();
        let mut hidden = self.hidden.borrow_mut();
        for secret in known.secrets.iter().skip(hidden.known) {
            hidden.set.add(secret.expose());
        }
        hidden.known = known.secrets.len();
    }
}

/// Returns a secret and, if it is a JSON object, the texts in it; none that is so short that a repetition may be a coincidence.
fn parts(secret: &str) -> Vec<Zeroizing<String>> {
    let members: BTreeMap<String, Value> = serde_json::from_str(secret).unwrap_or_default();
    let texts = members.values().filter_map(Value::as_str);
    let all = std::iter::once(secret).chain(texts);
    all.filter(|part| part.len() >= SHORTEST)
        .map(|part| Zeroizing::new(part.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "dt0g02.REDACTED.ASECRETOFANOTHERPARTY";

    fn redactor(credentials: &[&str]) -> Redactor {
        let known = KnownSecrets::default();
        for credential in credentials {
            known.add(&Secret::new((*credential).to_owned()));
        }
        known.redactor()
    }

    #[test]
    fn a_text_shows_neither_a_credential_nor_a_token_of_others() {
        let redactor = redactor(&["dt0c01.OWN.QVZ7XJWK5TQPLM", "dt0c01.OWN.short"]);
        for (text, expected) in [
            ("failed: QVZ7XJWK5TQPLM", "failed: [redacted]"),
            (TOKEN, "dt0g02.REDACTED.[redacted]"),
            ("dt0c01.OWN is short", "dt0c01.OWN is short"),
            ("", ""),
        ] {
            assert_eq!(redactor.redact(text), expected);
        }
    }

    #[test]
    fn a_secret_that_becomes_known_is_hidden_by_every_redactor() {
        let known = KnownSecrets::default();
        let redactor = known.redactor();
        let writer = redactor.clone();
        known.add(&Secret::new("AnOpaqueBearer".to_owned()));
        for redactor in [redactor, writer, known.redactor()] {
            assert_eq!(redactor.redact("see AnOpaqueBearer"), "see [redacted]");
        }
    }

    #[test]
    fn a_secret_that_is_asked_for_is_shown() {
        let asked = "dt0g02.ASKED.ASECRETTHATISASKEDFOR";
        let mut redactor = redactor(&[]);
        redactor.show(asked.to_owned());
        assert_eq!(redactor.redact(asked), asked);
        assert_eq!(redactor.redact(TOKEN), "dt0g02.REDACTED.[redacted]");
    }

    #[test]
    fn a_word_of_a_public_credential_is_an_ordinary_word() {
        let text = "the emulator of the administrator";
        assert_eq!(redactor(&PUBLIC).redact(text), text);
        let secret = well_known::ASA_KEY_SECRET.to_uppercase();
        assert_ne!(redactor(&[&secret]).redact(text), text);
    }
    #[test]
    fn a_secret_is_hidden_once_a_text_repeats_it() {
        let redactor = redactor(&[]);
        let writer = redactor.clone();
        let secret = Secret::new(r#"{"value": "AnOpaqueValue", "kind": "short"}"#.to_owned());
        redactor.hide_repeated(&secret, "a short text");
        assert_eq!(writer.redact("see AnOpaqueValue"), "see AnOpaqueValue");
        redactor.hide_repeated(&secret, "a short text, see AnOpaqueValue");
        assert_eq!(writer.redact("short AnOpaqueValue"), "short [redacted]");
    }
}
