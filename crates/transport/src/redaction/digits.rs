//! Runs of digits that may encode text.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::redaction::readings::{PlainByte, Readings, can_spell_secret, source_range};

/// An encoding of bytes in digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// In either alphabet, with or without padding.
    Base64,
    Hexadecimal,
}

/// One decoding of a run of digits.
pub(super) struct Candidate {
    notation: Notation,
    pub(super) decoded: Zeroizing<Vec<u8>>,
    /// The decoded digits.
    digits: Range<usize>,
}

impl Notation {
    pub(super) const ALL: [Self; 2] = [Self::Base64, Self::Hexadecimal];

    /// Returns whether a byte is a digit of any notation; those of base64 include all others.
    pub(super) fn has_digit(byte: u8) -> bool {
        Self::Base64.digit(byte).is_some()
    }

    /// Returns the minimum number of digits for this many bytes, in any notation.
    pub(super) fn min_digits(bytes: usize) -> usize {
        Self::Base64.digits_for(bytes)
    }

    fn digits_for(self, bytes: usize) -> usize {
        (bytes * 8).div_ceil(self.bits())
    }

    /// Returns every decoding of each run of digits that may encode this many bytes. The alignment is unknown, so a run
    /// is decoded from each of its first digits.
    pub(super) fn candidates(
        self,
        plain: &[PlainByte],
        min_length: usize,
    ) -> impl Iterator<Item = Candidate> {
        let min_digits = self.digits_for(min_length);
        let runs = plain
            .chunk_by(move |a, b| self.digit(a.byte).is_some() == self.digit(b.byte).is_some())
            .scan(0, |end, run| {
                let start = *end;
                *end += run.len();
                Some((start, run))
            })
            .filter(move |(_, run)| {
                let first = run.first().and_then(|first| self.digit(first.byte));
                first.is_some() && run.len() >= min_digits
            });
        runs.flat_map(move |(start, run)| {
            (0..self.alignments()).filter_map(move |skipped| {
                let digits = run.get(skipped..)?;
                Some(Candidate {
                    notation: self,
                    decoded: self.decoded(digits),
                    digits: start + skipped..start + run.len(),
                })
            })
        })
    }

    fn bits(self) -> usize {
        match self {
            Self::Base64 => 6,
            Self::Hexadecimal => 4,
        }
    }

    fn alignments(self) -> usize {
        match self {
            Self::Base64 => 4,
            Self::Hexadecimal => 2,
        }
    }

    fn digit(self, byte: u8) -> Option<u8> {
        match (self, byte) {
            (Self::Hexadecimal, _) => char::from(byte).to_digit(16).map(|digit| digit as u8),
            (Self::Base64, b'A'..=b'Z') => Some(byte - b'A'),
            (Self::Base64, b'a'..=b'z') => Some(byte - b'a' + 26),
            (Self::Base64, b'0'..=b'9') => Some(byte - b'0' + 52),
            (Self::Base64, b'+' | b'-') => Some(62),
            (Self::Base64, b'/' | b'_') => Some(63),
            (Self::Base64, _) => None,
        }
    }

    fn decoded(self, digits: &[PlainByte]) -> Zeroizing<Vec<u8>> {
        let max_length = digits.len() * self.bits() / 8;
        let mut decoded = Zeroizing::new(Vec::with_capacity(max_length));
        decoded.extend(self.decode(digits.iter().map(|digit| digit.byte)));
        decoded
    }

    /// Decodes digits.
    fn decode(self, digits: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
        let (mut bits, mut count) = (0_u32, 0);
        digits.filter_map(move |digit| {
            bits =
                (bits << self.bits() | u32::from(self.digit(digit).unwrap_or_default())) & 0xffff;
            count += self.bits();
            if count < 8 {
                return None;
            }
            count -= 8;
            Some((bits >> count & 0xff) as u8)
        })
    }

    /// Returns whether a run of digits in a text may encode this many bytes of a secret of visible ASCII, in any notation.
    pub(super) fn any_may_encode(text: &[u8], length: usize) -> bool {
        Self::ALL.iter().any(|notation| {
            let min_digits = notation.digits_for(length);
            let mut runs = text.split(|byte| notation.digit(*byte).is_none());
            runs.any(|run| run.len() >= min_digits && notation.may_encode(run, length))
        })
    }

    fn may_encode(self, digits: &[u8], length: usize) -> bool {
        (0..self.alignments()).any(|skipped| {
            let mut spelled = 0;
            let digits = digits.iter().skip(skipped).copied();
            self.decode(digits).any(|byte| {
                spelled = match can_spell_secret(byte) {
                    true => spelled + usize::from(byte.is_ascii_graphic()),
                    false => 0,
                };
                spelled >= length
            })
        })
    }
}

/// Decodes base64 digits and skips other characters.
pub(super) fn decoded_base64(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let digits: Vec<PlainByte> = text
        .iter()
        .filter(|byte| Notation::Base64.digit(**byte).is_some())
        .map(|byte| PlainByte {
            byte: *byte,
            start: 0,
            end: 0,
        })
        .collect();
    Notation::Base64.decoded(&digits)
}

impl Candidate {
    /// Returns the range of the digits of some decoded bytes, including the padding after the last.
    pub(super) fn range(
        &self,
        decoded: Range<usize>,
        plain: &[PlainByte],
        readings: &Readings<'_>,
    ) -> Range<usize> {
        let bits = self.notation.bits();
        let first = self.digits.start + decoded.start * 8 / bits;
        let last = self.digits.start + (decoded.end * 8).div_ceil(bits);
        let mut range = source_range(plain, first..last.min(self.digits.end));
        if self.notation == Notation::Base64 {
            // At most two padding characters.
            for _ in 0..2 {
                range.end = readings.padding_end(range.end).unwrap_or(range.end);
            }
        }
        range
    }
}
