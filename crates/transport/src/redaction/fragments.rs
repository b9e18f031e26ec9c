//! Every run of eight bytes of the secrets.

use zeroize::{Zeroize, Zeroizing};

use crate::redaction::merge::Hit;
use crate::redaction::readings::{Ambiguous, MAX_FILLERS, Readings, Unit};

/// The length of a fragment, in bytes: long enough not to match by coincidence.
pub(crate) const FRAGMENT_LENGTH: usize = size_of::<u64>();

/// How many bytes of the secret part of a token make a fragment secret by itself.
const MIN_SECRET_BYTES: usize = 4;

/// Longer secrets are found in base64 only if the case of its digits is intact.
const MAX_FOLDED_LENGTH: usize = 2 * 1024;

/// Eight lowercase bytes, big-endian, so that fragments sort like texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fragment {
    bytes: u64,
    is_secret: bool,
}

impl Zeroize for Fragment {
    fn zeroize(&mut self) {
        self.bytes.zeroize();
        self.is_secret.zeroize();
    }
}

/// The fragments of all secrets.
#[derive(Clone, Default)]
pub(super) struct Fragments {
    sorted: Zeroizing<Vec<Fragment>>,
    filter: BloomFilter,
}

/// A Bloom filter that rules out most bytes more cheaply than a search.
#[derive(Clone, Default)]
struct BloomFilter(Zeroizing<Vec<u64>>);

impl BloomFilter {
    /// The base-2 logarithm of the number of bits; an access token has about a thousand fragments.
    const POWER: u32 = 14;

    fn of(fragments: &[Fragment]) -> Self {
        let mut words = Zeroizing::new(vec![0; 1 << Self::POWER >> 6]);
        for fragment in fragments {
            let (word, bit) = Self::bit(fragment.bytes);
            if let Some(word) = words.get_mut(word) {
                *word |= bit;
            }
        }
        Self(words)
    }

    fn may_contain(&self, bytes: u64) -> bool {
        let (word, bit) = Self::bit(bytes);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Returns the bit of some bytes, by multiplicative hashing, whose upper bits are the best.
    fn bit(bytes: u64) -> (usize, u64) {
        let hash = bytes.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - Self::POWER);
        ((hash >> 6) as usize, 1 << (hash & 63))
    }
}

impl Fragments {
    pub(super) fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Adds the fragments of a secret with a public prefix; they are found after [`sort`](Self::sort).
    pub(super) fn add(&mut self, secret: &[u8], public: usize) {
        let secret_part = secret.get(public..).unwrap_or_default();
        let mut all: Vec<Zeroizing<Vec<u8>>> = Vec::new();
        if secret_part.len() <= MAX_FOLDED_LENGTH {
            // A lowercased host name breaks base64 beyond decoding.
            all.extend(folded_base64(secret_part));
        }
        let count: usize = all.iter().map(|text| text.len()).sum();
        self.reserve(count.saturating_add(secret.len()));
        let min_secret_bytes = MIN_SECRET_BYTES.min(secret_part.len());
        for (start, window) in windows(secret).enumerate() {
            let covered = (start + FRAGMENT_LENGTH).saturating_sub(public.max(start));
            self.push(window, public == 0 || covered >= min_secret_bytes);
        }
        for text in &all {
            windows(text).for_each(|window| self.push(window, true));
        }
    }

    /// Prepares the search, once for any number of added secrets.
    pub(super) fn sort(&mut self) {
        // Of equal fragments, one that is secret by itself sorts first and stays.
        self.sorted
            .sort_unstable_by_key(|fragment| (fragment.bytes, !fragment.is_secret));
        self.sorted.dedup_by_key(|fragment| fragment.bytes);
        self.filter = BloomFilter::of(&self.sorted);
    }

    /// Reserves capacity without leaving a copy behind.
    fn reserve(&mut self, more: usize) {
        let length = self.sorted.len().saturating_add(more);
        if length <= self.sorted.capacity() {
            return;
        }
        let mut larger = Vec::with_capacity(length.max(self.sorted.len().saturating_mul(2)));
        larger.extend_from_slice(&self.sorted);
        self.sorted = Zeroizing::new(larger);
    }

    fn push(&mut self, window: [u8; FRAGMENT_LENGTH], is_secret: bool) {
        let bytes = folded(window);
        self.sorted.push(Fragment { bytes, is_secret });
    }

    /// Returns whether a text contains a fragment as it is.
    pub(super) fn occur_in(&self, text: &[u8]) -> bool {
        let mut bytes = 0;
        !self.is_empty()
            && text.iter().enumerate().any(|(at, byte)| {
                bytes = bytes << 8 | u64::from(byte.to_ascii_lowercase());
                at + 1 >= FRAGMENT_LENGTH && self.position(bytes).is_some()
            })
    }

    /// Returns where a fragment of these lowercase bytes is.
    fn position(&self, bytes: u64) -> Option<usize> {
        if !self.filter.may_contain(bytes) {
            return None;
        }
        let found = self.sorted.binary_search_by_key(&bytes, |it| it.bytes);
        found.ok()
    }

    /// Finds the fragments that the text spells at a position.
    pub(super) fn find(&self, readings: &Readings<'_>, start: usize, hits: &mut Vec<Hit>) {
        match readings.unambiguous(start) {
            Ok(bytes) => hits.extend(bytes.and_then(|bytes| self.lookup(start, bytes))),
            Err(Ambiguous) => self.find_ambiguous(readings, start, hits),
        }
    }

    /// Returns the fragment at a position.
    fn lookup(&self, start: usize, bytes: [u8; FRAGMENT_LENGTH]) -> Option<Hit> {
        let found = self.position(folded(bytes))?;
        let is_secret = self.sorted.get(found)?.is_secret;
        let range = start..start + FRAGMENT_LENGTH;
        Some(Hit { range, is_secret })
    }

    fn find_ambiguous(&self, readings: &Readings<'_>, start: usize, hits: &mut Vec<Hit>) {
        let search = SpellingSearch {
            readings,
            start,
            read: 0,
            bytes: 0,
        };
        search.advance(&self.sorted, start, hits);
        // A fragment may start inside a multi-byte character.
        readings.for_each_unit(start, |unit| {
            for skipped in 1..unit.bytes().len() {
                search.read_unit(&self.sorted, &unit, skipped, hits);
            }
        });
    }
}

fn windows(text: &[u8]) -> impl Iterator<Item = [u8; FRAGMENT_LENGTH]> {
    text.windows(FRAGMENT_LENGTH)
        .filter_map(|window| window.try_into().ok())
}

/// Returns the bytes in lower case, big-endian.
fn folded(mut bytes: [u8; FRAGMENT_LENGTH]) -> u64 {
    bytes.make_ascii_lowercase();
    u64::from_be_bytes(bytes)
}

/// One reading of a text, matched against fragments.
#[derive(Clone, Copy)]
struct SpellingSearch<'a> {
    readings: &'a Readings<'a>,
    start: usize,
    /// The number of bytes read so far, and the bytes.
    read: usize,
    bytes: u64,
}

impl SpellingSearch<'_> {
    /// Continues at a position, and after fillers there; `fragments` are those that start with the bytes read so far.
    fn advance(self, fragments: &[Fragment], mut at: usize, hits: &mut Vec<Hit>) {
        let readings = self.readings;
        for _ in 0..=MAX_FILLERS {
            readings.for_each_unit(at, |unit| self.read_unit(fragments, &unit, 0, hits));
            if self.read == 0 {
                return;
            }
            match readings.filler_end(at) {
                Some(end) => at = end,
                None => return,
            }
        }
    }

    fn read_unit(
        mut self,
        fragments: &[Fragment],
        unit: &Unit,
        skipped: usize,
        hits: &mut Vec<Hit>,
    ) {
        let mut left = fragments;
        for byte in unit.bytes().iter().skip(skipped) {
            left = self.narrow(left, byte.to_ascii_lowercase());
            let Some(fragment) = left.first() else {
                return;
            };
            if self.read == FRAGMENT_LENGTH {
                hits.push(Hit {
                    range: self.start..unit.end(),
                    is_secret: fragment.is_secret,
                });
                return;
            }
        }
        self.advance(left, unit.end(), hits);
    }

    /// Returns the fragments that continue with a byte.
    fn narrow<'f>(&mut self, fragments: &'f [Fragment], byte: u8) -> &'f [Fragment] {
        self.read += 1;
        self.bytes = self.bytes << 8 | u64::from(byte);
        let rest = 8 * FRAGMENT_LENGTH.saturating_sub(self.read);
        let low = fragments.partition_point(|fragment| fragment.bytes >> rest < self.bytes);
        let fragments = fragments.get(low..).unwrap_or_default();
        let high = fragments.partition_point(|fragment| fragment.bytes >> rest == self.bytes);
        fragments.get(..high).unwrap_or_default()
    }
}

/// Returns the lowercase base64 digits that depend on the text alone, for each alignment and alphabet.
fn folded_base64(text: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    const ALPHABETS: [&[u8; 64]; 2] = [
        b"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789+/",
        b"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789-_",
    ];
    let mut all = Vec::with_capacity(6);
    for skipped_bits in [0, 2, 4] {
        for alphabet in ALPHABETS {
            let mut digits = Zeroizing::new(Vec::with_capacity(text.len() / 3 * 4 + 4));
            let (mut bits, mut count) = (0_u32, 0_u32);
            let mut skip = skipped_bits;
            for byte in text {
                bits = (bits << 8 | u32::from(*byte)) & 0xffff;
                count = count + 8 - skip;
                skip = 0;
                while count >= 6 {
                    count -= 6;
                    let digit = usize::try_from(bits >> count & 63).unwrap_or_default();
                    digits.extend(alphabet.get(digit));
                }
            }
            all.push(digits);
        }
    }
    all
}
