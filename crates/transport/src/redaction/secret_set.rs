//! Redacts the secrets of a call from foreign texts.
//!
//! A peer may repeat its input in any encoding. So a text is not searched for encodings of a secret: it is read in
//! every notation of a character (see `readings`), and base64 and hexadecimal digits in it are decoded and searched in
//! turn. Any eight consecutive bytes of a secret are found, so truncated secrets are found, too.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::redaction::digits::Notation;
use crate::redaction::first_look;
use crate::redaction::fragments::FRAGMENT_LENGTH;
use crate::redaction::fragments::Fragments;
use crate::redaction::merge::{Hit, merge};
use crate::redaction::numbers::NumberList;
use crate::redaction::readings::{
    PlainByte, Readings, can_spell_secret, plain_bytes, source_range,
};
use crate::redaction::shapes::{has_secret_part, secret_parts, without_breaks};

/// The replacement of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// The replacement in a URI that is split later, where brackets have a meaning.
pub(crate) const REDACTED_IN_URI: &str = "redacted";

/// How deeply nested digits are decoded.
const MAX_DEPTH: u32 = 2;

/// The maximum length of a secret that is searched for, in bytes: no header field is longer.
const MAX_SECRET_LENGTH: usize = 16 * 1024;

/// Secrets, and the search for them in texts.
///
/// A secret is found raw, percent-encoded, escaped as in JSON or HTML, in base64 at any alignment, in hexadecimal, and
/// as a list of bytes; in any mix and nesting of these, in any case, wrapped over lines, and with white space, zeros or
/// invisible characters in between. Eight consecutive bytes of a secret count as the secret. A shorter secret may match
/// by coincidence, so a text that contains one is withheld as a whole.
///
/// The public part of a token such as `dt0c01.PUBLIC.SECRET` is not secret by itself.
///
/// ```
/// use gatelet_transport::SecretSet;
///
/// let mut secrets = SecretSet::new();
/// secrets.add("dt0c01.PUBLIC.4KWZO5EFQ7XN");
/// assert_eq!(secrets.redact("no 4KWZO5EFQ7XN here"), "no [redacted] here");
/// assert_eq!(secrets.redact("no dt0c01%2EPUBLIC%2E4KWZO5EFQ7XN here"), "no [redacted] here");
/// assert_eq!(secrets.redact("no NEtXWk81RUZRN1hO here"), "no [redacted] here");
/// assert_eq!(secrets.redact("dt0c01.PUBLIC is an id"), "dt0c01.PUBLIC is an id");
/// ```
#[derive(Clone, Default)]
pub struct SecretSet {
    fragments: Fragments,
    /// Secrets shorter than a fragment, in lower case.
    short: Vec<Zeroizing<Vec<u8>>>,
    /// Whether a secret contains other bytes than visible ASCII.
    has_other_bytes: bool,
    /// Whether short secrets are redacted instead of withholding the text.
    redacts_short: bool,
    /// Whether tokens that are not in the set are found by their shape.
    finds_shapes: bool,
}

/// The secrets in a text.
pub(super) enum Found {
    Ranges(Vec<Range<usize>>),
    /// Secret and public parts cannot be distinguished.
    Everything,
}

impl SecretSet {
    /// Creates an empty set, which does not allocate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an empty set that redacts short secrets instead of withholding the text.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn redacting_short() -> Self {
        Self {
            redacts_short: true,
            ..Self::default()
        }
    }

    /// Returns the set, which now also finds the secrets of tokens that are not in it where their shape shows them: a server's text may
    /// name a token that the call does not know.
    ///
    /// ```
    /// use gatelet_transport::SecretSet;
    ///
    /// let secrets = SecretSet::new().finding_shapes();
    /// assert_eq!(secrets.redact("no dt0c01.PUBLIC.4KWZO5EF here"), "no dt0c01.PUBLIC.[redacted] here");
    /// ```
    #[must_use]
    pub fn finding_shapes(self) -> Self {
        Self {
            finds_shapes: true,
            ..self
        }
    }

    /// Adds a secret; an empty one is ignored.
    pub fn add(&mut self, secret: impl AsRef<[u8]>) {
        self.add_all([secret]);
    }

    /// Adds secrets, faster than one by one.
    pub(crate) fn add_all(&mut self, secrets: impl IntoIterator<Item = impl AsRef<[u8]>>) {
        let mut is_changed = false;
        for secret in secrets {
            is_changed |= self.insert(secret.as_ref());
        }
        if is_changed {
            self.fragments.sort();
        }
    }

    /// Inserts a secret; returns `false` if it has no secret part.
    fn insert(&mut self, bytes: &[u8]) -> bool {
        let bytes = bytes.get(..MAX_SECRET_LENGTH).unwrap_or(bytes);
        let public = public_prefix_length(bytes);
        let secret_part = bytes.get(public..).unwrap_or_default();
        if secret_part.is_empty() {
            return false;
        }
        self.has_other_bytes |= !secret_part.iter().all(u8::is_ascii_graphic);
        if secret_part.len() < FRAGMENT_LENGTH {
            let folded = Zeroizing::new(secret_part.to_ascii_lowercase());
            if !self.short.contains(&folded) {
                self.short.push(folded);
            }
        }
        self.fragments.add(bytes, public);
        true
    }

    /// Returns whether the set contains no secret.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fragments.is_empty() && self.short.is_empty()
    }

    /// Replaces each secret in a text by `[redacted]`; returns it borrowed if there is none.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.replaced(text, REDACTED)
    }

    /// Redacts bytes that may not be text.
    #[must_use]
    pub fn redact_bytes<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        match self.find(bytes) {
            Found::Everything => Cow::Owned(REDACTED.into()),
            Found::Ranges(parts) if parts.is_empty() => Cow::Borrowed(bytes),
            Found::Ranges(parts) => Cow::Owned(replace_ranges(bytes, parts, REDACTED)),
        }
    }

    /// Returns whether a text contains a secret, in any form that [`redact`](Self::redact) finds.
    #[must_use]
    pub fn contains_secret(&self, text: impl AsRef<[u8]>) -> bool {
        match self.find(text.as_ref()) {
            Found::Everything => true,
            Found::Ranges(parts) => !parts.is_empty(),
        }
    }

    /// Replaces each secret in a text.
    pub(crate) fn replaced<'t>(&self, text: &'t str, replacement: &'static str) -> Cow<'t, str> {
        let parts = match self.find(text.as_bytes()) {
            Found::Everything => return Cow::Owned(replacement.to_owned()),
            Found::Ranges(parts) if parts.is_empty() => return Cow::Borrowed(text),
            Found::Ranges(parts) => parts,
        };
        let parts = parts.into_iter().map(|part| {
            // A range may start and end inside a character.
            let is_boundary = |at: &usize| text.is_char_boundary(*at);
            let start = (0..=part.start).rev().find(is_boundary);
            let end = (part.end..text.len()).find(is_boundary);
            start.unwrap_or(0)..end.unwrap_or(text.len())
        });
        let bytes = replace_ranges(text.as_bytes(), parts, replacement);
        // The ranges end at character boundaries, so nothing is lost here.
        Cow::Owned(String::from_utf8(bytes).unwrap_or_else(|_| replacement.to_owned()))
    }

    fn find(&self, text: &[u8]) -> Found {
        if self.is_empty() && !self.finds_shapes || self.is_clean_at_first_look(text) {
            return Found::Ranges(Vec::new());
        }
        self.search(text, 0)
    }

    /// Returns whether a text certainly contains no secret. The search takes many times as long.
    pub(super) fn is_clean_at_first_look(&self, text: &[u8]) -> bool {
        !self.has_other_bytes
            && self.short.is_empty()
            && first_look::passes(text, &self.fragments)
            && !(self.finds_shapes && has_secret_part(text))
    }

    pub(super) fn search(&self, text: &[u8], depth: u32) -> Found {
        if !self.may_occur_in(text) {
            return Found::Ranges(Vec::new());
        }
        let readings = Readings::of(text);
        let Some(mut hits) = self.hits(&readings, &self.short) else {
            return Found::Everything;
        };
        if self.finds_shapes {
            let plain = readings.plain();
            // A line break or an invisible character may be in the middle of a token.
            let joined = without_breaks(&plain, &readings);
            for bytes in [Some(plain), joined].into_iter().flatten() {
                let parts = secret_parts(&plain_bytes(&bytes)).into_iter();
                hits.extend(parts.map(|part| Hit::certain(source_range(&bytes, part))));
            }
        }
        let flat = readings.flattened();
        if let Some(flat) = &flat {
            let bytes = plain_bytes(flat);
            // Short secrets would match by coincidence too often.
            let Some(more) = self.hits(&Readings::of(&bytes), &[]) else {
                return Found::Everything;
            };
            hits.extend(more.into_iter().map(|Hit { range, is_secret }| Hit {
                range: source_range(flat, range),
                is_secret,
            }));
        }
        if depth < MAX_DEPTH {
            match self.search_decoded(&readings, flat, depth + 1) {
                Found::Everything => return Found::Everything,
                Found::Ranges(parts) => hits.extend(parts.into_iter().map(Hit::certain)),
            }
        }
        Found::Ranges(merge(hits))
    }

    /// Returns whether a text has enough bytes that may encode a secret. Most decoded noise does not.
    fn may_occur_in(&self, text: &[u8]) -> bool {
        let min_length = self.min_length();
        let mut spans = text.split(|byte| !can_spell_secret(*byte));
        self.has_other_bytes
            || spans.any(|span| {
                let graphic = span.iter().filter(|byte| byte.is_ascii_graphic());
                graphic.count() >= min_length
            })
    }

    /// Returns the minimum length of a text that counts as a secret.
    fn min_length(&self) -> usize {
        let min_length = self.short.iter().map(|short| short.len()).min();
        min_length.unwrap_or(FRAGMENT_LENGTH)
    }

    /// Finds the secrets in the text itself; returns `None` if all of it must be withheld.
    fn hits(&self, readings: &Readings<'_>, all_short: &[Zeroizing<Vec<u8>>]) -> Option<Vec<Hit>> {
        let mut hits = Vec::new();
        for start in 0..readings.len() {
            for short in all_short {
                match readings.spells(start, short) {
                    Some(end) if self.redacts_short => hits.push(Hit::certain(start..end)),
                    Some(_) => return None,
                    None => {}
                }
            }
            self.fragments.find(readings, start, &mut hits);
            if readings.is_exhausted() {
                return None;
            }
        }
        Some(hits)
    }

    /// Searches the decoded digits of the text.
    fn search_decoded(
        &self,
        readings: &Readings<'_>,
        flat: Option<Vec<PlainByte>>,
        depth: u32,
    ) -> Found {
        let min_length = self.min_length();
        let mut found = Vec::new();
        if readings.may_be_list(min_length) {
            for list in NumberList::find_all(&readings.plain(), min_length) {
                match self.search(&list.bytes, depth) {
                    Found::Everything => return Found::Everything,
                    Found::Ranges(parts) => {
                        found.extend(parts.into_iter().map(|part| list.range(part)));
                    }
                }
            }
        }
        let digits = match flat {
            Some(flat) => flat,
            None if readings.has_run(Notation::has_digit, Notation::min_digits(min_length)) => {
                readings.plain()
            }
            None => return Found::Ranges(found),
        };
        for notation in Notation::ALL {
            for candidate in notation.candidates(&digits, min_length) {
                match self.search(&candidate.decoded, depth) {
                    Found::Everything => return Found::Everything,
                    Found::Ranges(parts) => {
                        found.extend(
                            parts
                                .into_iter()
                                .map(|part| candidate.range(part, &digits, readings)),
                        );
                    }
                }
            }
        }
        Found::Ranges(found)
    }
}

/// Returns the length of the public prefix of a token: `dt0`, a letter, two digits, a dot, the id and a dot; or `sft-gw.`, a UUID, which may be
/// the id of the setup token, and a dot.
pub(crate) fn public_prefix_length(token: &[u8]) -> usize {
    const SETUP: &[u8] = b"sft-gw.";
    const UUID: usize = 36;
    if let Some(rest) = token.strip_prefix(SETUP) {
        let (id, rest) = rest.split_at_checked(UUID).unwrap_or_default();
        let is_digit = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
        return match rest {
            [b'.', _, ..] if id.iter().all(is_digit) => SETUP.len() + UUID + 1,
            _ => 0,
        };
    }
    const PREFIX: usize = "dt0c01.".len();
    let is_known = matches!(
        token,
        [b'd', b't', b'0', kind, a, b, b'.', ..]
            if kind.is_ascii_alphabetic() && a.is_ascii_digit() && b.is_ascii_digit()
    );
    if !is_known {
        return 0;
    }
    let rest = token.get(PREFIX..).unwrap_or_default();
    match rest.iter().position(|byte| *byte == b'.') {
        Some(dot) if dot + 1 < rest.len() => PREFIX + dot + 1,
        _ => 0,
    }
}

/// Replaces ordered, disjoint ranges.
fn replace_ranges(
    bytes: &[u8],
    parts: impl IntoIterator<Item = Range<usize>>,
    replacement: &str,
) -> Vec<u8> {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut kept_from = 0;
    for part in parts {
        clean.extend_from_slice(bytes.get(kept_from..part.start).unwrap_or_default());
        clean.extend_from_slice(replacement.as_bytes());
        kept_from = part.end.max(kept_from);
    }
    clean.extend_from_slice(bytes.get(kept_from..).unwrap_or_default());
    clean
}

/// Shows nothing, not even the number of secrets.
impl fmt::Debug for SecretSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretSet([redacted])")
    }
}
