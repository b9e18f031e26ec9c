//! Lists of numbers that may encode the bytes of a text.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::redaction::readings::PlainByte;

/// The maximum number of characters between two numbers: a comma, a line break and indentation.
const MAX_GAP: usize = 64;

/// The maximum length of a number: `0x64`.
const MAX_DIGITS: usize = 4;

/// The notation of the numbers.
#[derive(Clone, Copy)]
enum Radix {
    /// `100, 116` as Java and Rust print bytes, `100 116` as Go does.
    Decimal,
    /// `0x64, 0x74` or `64:74`.
    Hexadecimal,
}

/// Bytes written as a list of numbers.
pub(super) struct NumberList {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// The range of each number.
    ranges: Vec<Range<usize>>,
}

impl NumberList {
    /// Finds all lists of at least this many bytes, in either radix.
    pub(super) fn find_all(plain: &[PlainByte], min_length: usize) -> Vec<Self> {
        let words = plain.split(|plain| !plain.byte.is_ascii_alphanumeric());
        let words: Vec<&[PlainByte]> = words.filter(|word| !word.is_empty()).collect();
        let mut lists = Vec::new();
        for radix in [Radix::Decimal, Radix::Hexadecimal] {
            let numbers: Vec<_> = words.iter().map(|word| radix.number(word)).collect();
            let runs = numbers.chunk_by(|one, next| match (one, next) {
                (Some((_, one)), Some((_, next))) => next.start.saturating_sub(one.end) <= MAX_GAP,
                _ => false,
            });
            for run in runs.filter(|run| run.len() >= min_length) {
                let (bytes, ranges): (Vec<_>, _) = run.iter().flatten().cloned().unzip();
                let bytes = Zeroizing::new(bytes);
                lists.push(Self { bytes, ranges });
            }
        }
        lists
    }

    /// Returns whether a text may be a list of this many numbers, in either radix.
    pub(super) fn may_be_in(text: &[u8], min_length: usize) -> bool {
        let words = text.split(|byte| !byte.is_ascii_alphanumeric());
        let mut numbers: usize = 0;
        words.filter(|word| !word.is_empty()).any(|word| {
            let is_digit = |byte: &u8| byte.is_ascii_hexdigit() || byte.eq_ignore_ascii_case(&b'x');
            let is_number = word.len() <= MAX_DIGITS && word.iter().all(is_digit);
            numbers = if is_number { numbers + 1 } else { 0 };
            numbers >= min_length
        })
    }

    /// Returns the range of the numbers of some bytes.
    pub(super) fn range(&self, bytes: Range<usize>) -> Range<usize> {
        let ranges = self.ranges.get(bytes).unwrap_or_default();
        let start = ranges.first().map_or(0, |range| range.start);
        start..ranges.last().map_or(start, |range| range.end)
    }
}

impl Radix {
    /// Returns the byte that a word encodes, and its range.
    fn number(self, word: &[PlainByte]) -> Option<(u8, Range<usize>)> {
        let range = word.first()?.start..word.last()?.end;
        let digits = match (self, word) {
            (Self::Hexadecimal, [zero, x, digits @ ..])
                if zero.byte == b'0' && x.byte.eq_ignore_ascii_case(&b'x') =>
            {
                digits
            }
            (_, digits) => digits,
        };
        let (radix, lengths) = match self {
            Self::Decimal => (10, 1..=3),
            Self::Hexadecimal => (16, 2..=2),
        };
        if !lengths.contains(&digits.len()) {
            return None;
        }
        let number = digits.iter().try_fold(0, |number, digit| {
            Some(number * radix + char::from(digit.byte).to_digit(radix)?)
        })?;
        Some((u8::try_from(number).ok()?, range))
    }
}
