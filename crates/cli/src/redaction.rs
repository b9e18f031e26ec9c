//! Removes secrets from what a server says in a success. Errors are redacted by the transport.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use gatelet_models::Secret;
use gatelet_transport::SecretSet;

/// The length from which a part of a secret is not a coincidence, in bytes.
const SHORTEST: usize = 8;

/// How many texts without a secret are remembered, and how long they are at most, in bytes.
const REMEMBERED: usize = 1024;
const LONGEST: usize = 64;

/// What the process knows of secrets: it runs one command.
static SECRETS: LazyLock<Mutex<Secrets>> = LazyLock::new(|| {
    Mutex::new(Secrets {
        hidden: SecretSet::new().finding_shapes(),
        shown: Vec::new(),
        clean: HashSet::new(),
    })
});

struct Secrets {
    /// The command's own credentials; other secrets are found by their shape.
    hidden: SecretSet,
    /// The secrets that the command is asked to show.
    shown: Vec<Secret>,
    /// Texts without a secret. A list repeats names and words, and a search takes about a microsecond.
    clean: HashSet<Box<str>>,
}

fn secrets() -> MutexGuard<'static, Secrets> {
    SECRETS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hides a credential of the command, unless it is so short that a match may be a coincidence.
pub(crate) fn hide(secret: &Secret) {
    let secret_part = secret.expose().rsplit('.').next();
    if secret_part.is_some_and(|part| part.len() >= SHORTEST) {
        let mut secrets = secrets();
        secrets.hidden.add(secret.expose());
        secrets.clean.clear();
    }
}

/// Shows a secret that the command is asked for, where it is all of a text.
pub(crate) fn show(secret: String) {
    secrets().shown.push(Secret::new(secret));
}

/// Replaces the secrets in a text.
pub(crate) fn redacted(text: &str) -> Cow<'_, str> {
    if text.len() < SHORTEST {
        return Cow::Borrowed(text);
    }
    let mut secrets = secrets();
    let is_shown = |secret: &Secret| secret.expose() == text;
    if secrets.clean.contains(text) || secrets.shown.iter().any(is_shown) {
        return Cow::Borrowed(text);
    }
    let redacted = secrets.hidden.redact(text);
    if matches!(redacted, Cow::Borrowed(_)) && text.len() <= LONGEST {
        if secrets.clean.len() >= REMEMBERED {
            secrets.clean.clear();
        }
        secrets.clean.insert(text.into());
    }
    redacted
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "dt0g02.REDACTED.ASECRETOFANOTHERPARTY";

    #[test]
    fn a_text_shows_neither_a_credential_nor_a_token_of_others() {
        hide(&Secret::new("dt0c01.OWN.QVZ7XJWK5TQPLM"));
        hide(&Secret::new("dt0c01.OWN.short"));
        for (text, expected) in [
            ("failed: QVZ7XJWK5TQPLM", "failed: [redacted]"),
            (TOKEN, "dt0g02.REDACTED.[redacted]"),
            ("dt0c01.OWN is short", "dt0c01.OWN is short"),
            ("", ""),
        ] {
            assert_eq!(redacted(text), expected);
        }
    }

    #[test]
    fn a_secret_that_is_asked_for_is_shown() {
        let asked = "dt0g02.ASKED.ASECRETTHATISASKEDFOR";
        show(asked.to_owned());
        assert_eq!(redacted(asked), asked);
        assert_eq!(redacted(TOKEN), "dt0g02.REDACTED.[redacted]");
    }
}
