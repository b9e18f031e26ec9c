//! Takes the secrets of a call out of texts that came from outside.
//!
//! A peer may repeat what it was sent, in whatever form it likes. So a text is not searched for spellings of a secret:
//! it is read as each of the notations that a character may be written in (see `readings`), and base64 and hexadecimal
//! digits in it are decoded and searched in turn. A secret is found by any eight bytes of it in a row, so that a piece
//! which was cut off is found too.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use http::HeaderValue;
use zeroize::Zeroizing;

use crate::redaction::digits::Notation;
use crate::redaction::fragments::FRAGMENT_LENGTH;
use crate::redaction::fragments::Fragments;
use crate::redaction::known::add_header;
use crate::redaction::merge::{Hit, merge};
use crate::redaction::numbers::NumberList;
use crate::redaction::readings::{
    PlainByte, Readings, can_spell_secret, plain_bytes, source_range,
};

/// What stands in the place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// The same in a URI that is yet to be split: brackets have a meaning there.
pub(crate) const REDACTED_IN_URI: &str = "redacted";

/// How often digits within digits are decoded.
const MAX_DEPTH: u32 = 2;

/// The longest part of one secret that is looked for, in bytes: nothing that fits into a header field is longer.
const MAX_SECRET_LENGTH: usize = 16 * 1024;

/// The secrets of a call, and what finds them in a text.
///
/// A secret is found raw, percent-encoded, with the escapes of JSON or HTML, in base64 at any alignment, in hexadecimal and as
/// a list of bytes, with any of these mixed and nested, whatever the case of its letters, and wrapped over lines or with
/// white space, zeros or characters without a shape between its own. A run of at least eight bytes of a secret counts as the
/// secret. Where a secret is shorter than that, chance may bring it about, so a text that contains
/// it is withheld as a whole.
///
/// Of a token with a public part, such as `dt0c01.PUBLIC.SECRET`, the public part alone is no secret.
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
    /// Those that are shorter than a fragment, in lower case.
    short: Vec<Zeroizing<Vec<u8>>>,
    /// Whether a secret has other bytes than visible ASCII.
    has_other_bytes: bool,
    /// Whether a short secret is taken out like any other.
    redacts_short: bool,
}

/// What is to be taken out of a text.
enum Found {
    Ranges(Vec<Range<usize>>),
    /// What is secret in it cannot be told from what is not.
    Everything,
}

impl SecretSet {
    /// A set without secrets, which finds nothing. It does not allocate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A set that takes short secrets out of texts, and does not withhold these.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn redacting_short() -> Self {
        Self {
            redacts_short: true,
            ..Self::default()
        }
    }

    /// Adds a secret; an empty one is ignored.
    pub fn add(&mut self, secret: impl AsRef<[u8]>) {
        self.add_all([secret]);
    }

    /// Adds the value of a header field whose scheme, as in `Bearer …`, is no secret; of the Basic scheme the password too.
    ///
    /// ```
    /// use gatelet_transport::SecretSet;
    /// use http::HeaderValue;
    ///
    /// let mut secrets = SecretSet::new();
    /// secrets.add_header(&HeaderValue::from_static("Bearer 4KWZO5EFQ7XN"));
    /// assert!(secrets.contains_secret("no 4KWZO5EFQ7XN here"));
    /// assert!(!secrets.contains_secret("Bearer"));
    /// ```
    pub fn add_header(&mut self, value: &HeaderValue) {
        add_header(self, value, 0);
    }

    /// Adds secrets, which takes less time than to add each by itself.
    pub(crate) fn add_all(&mut self, secrets: impl IntoIterator<Item = impl AsRef<[u8]>>) {
        let mut is_changed = false;
        for secret in secrets {
            is_changed |= self.insert(secret.as_ref());
        }
        if is_changed {
            self.fragments.sort();
        }
    }

    /// Whether there was something to add.
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

    /// Whether there is no secret to be found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fragments.is_empty() && self.short.is_empty()
    }

    /// The text with `[redacted]` in the place of each secret; borrowed where it has none.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.replaced(text, REDACTED)
    }

    /// The same of bytes, which may be no text.
    #[must_use]
    pub fn redact_bytes<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        match self.find(bytes) {
            Found::Everything => Cow::Owned(REDACTED.into()),
            Found::Ranges(parts) if parts.is_empty() => Cow::Borrowed(bytes),
            Found::Ranges(parts) => Cow::Owned(replace_ranges(bytes, parts, REDACTED)),
        }
    }

    /// Whether a secret stands in the text, in any form in which [`redact`](Self::redact) finds it.
    #[must_use]
    pub fn contains_secret(&self, text: impl AsRef<[u8]>) -> bool {
        match self.find(text.as_ref()) {
            Found::Everything => true,
            Found::Ranges(parts) => !parts.is_empty(),
        }
    }

    /// The text with something else in the place of each secret.
    pub(crate) fn replaced<'t>(&self, text: &'t str, replacement: &'static str) -> Cow<'t, str> {
        let parts = match self.find(text.as_bytes()) {
            Found::Everything => return Cow::Owned(replacement.to_owned()),
            Found::Ranges(parts) if parts.is_empty() => return Cow::Borrowed(text),
            Found::Ranges(parts) => parts,
        };
        let parts = parts.into_iter().map(|part| {
            // A run of bytes may begin and end within a character.
            let is_boundary = |at: &usize| text.is_char_boundary(*at);
            let start = (0..=part.start).rev().find(is_boundary);
            let end = (part.end..text.len()).find(is_boundary);
            start.unwrap_or(0)..end.unwrap_or(text.len())
        });
        let bytes = replace_ranges(text.as_bytes(), parts, replacement);
        // Cut at the ends of characters only, so nothing is ever lost here.
        Cow::Owned(String::from_utf8(bytes).unwrap_or_else(|_| replacement.to_owned()))
    }

    fn find(&self, text: &[u8]) -> Found {
        if self.is_empty() {
            return Found::Ranges(Vec::new());
        }
        self.search(text, 0)
    }

    fn search(&self, text: &[u8], depth: u32) -> Found {
        if !self.may_occur_in(text) {
            return Found::Ranges(Vec::new());
        }
        let readings = Readings::of(text);
        let Some(mut hits) = self.hits(&readings, &self.short) else {
            return Found::Everything;
        };
        let flat = readings.flattened();
        if let Some(flat) = &flat {
            let bytes = plain_bytes(flat);
            // Of a short secret chance would bring about too many.
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

    /// Whether a text has enough of what a secret is written with. Most of what is decoded by chance does not.
    fn may_occur_in(&self, text: &[u8]) -> bool {
        let min_length = self.min_length();
        let mut spans = text.split(|byte| !can_spell_secret(*byte));
        self.has_other_bytes
            || spans.any(|span| {
                let graphic = span.iter().filter(|byte| byte.is_ascii_graphic());
                graphic.count() >= min_length
            })
    }

    /// The length of the min_length text that counts as a secret.
    fn min_length(&self) -> usize {
        let min_length = self.short.iter().map(|short| short.len()).min();
        min_length.unwrap_or(FRAGMENT_LENGTH)
    }

    /// What stands in a text by itself; `None` where all of it is to be withheld.
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

    /// Searches what the text says in digits.
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
            None if readings.has_run(Notation::min_digits(min_length)) => readings.plain(),
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

/// How much of a token is public: `dt0`, a letter, two digits, a dot, the id and a dot.
pub(crate) fn public_prefix_length(token: &[u8]) -> usize {
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

/// The bytes with a replacement in the place of each part; the parts are in order and do not overlap.
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

/// Shows nothing, not even how many there are.
impl fmt::Debug for SecretSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretSet([redacted])")
    }
}
