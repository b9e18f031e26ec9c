//! The notations in which each character of a text may be read.

use std::cell::Cell;

use super::digits::Notation;

/// The most readings of one place that are followed. No honest text has more than a few.
const MOST: usize = 24;

/// The most steps for each byte of a text. An honest text takes two or three.
const STEPS: usize = 256;

/// The characters with a name in HTML that may stand in a token.
const NAMED: &[(&[u8], u8)] = &[
    (b"amp;", b'&'),
    (b"lt;", b'<'),
    (b"gt;", b'>'),
    (b"quot;", b'"'),
    (b"apos;", b'\''),
    (b"plus;", b'+'),
    (b"sol;", b'/'),
    (b"bsol;", b'\\'),
    (b"equals;", b'='),
    (b"percnt;", b'%'),
    (b"period;", b'.'),
    (b"lowbar;", b'_'),
    (b"hyphen;", b'-'),
    (b"colon;", b':'),
];

/// What a piece of a text stands for: the bytes of one character, or one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    bytes: [u8; 4],
    length: u8,
    end: usize,
}

impl Unit {
    fn byte(byte: u8, end: usize) -> Self {
        Self {
            bytes: [byte, 0, 0, 0],
            length: 1,
            end,
        }
    }

    fn character(character: char, end: usize) -> Self {
        let mut bytes = [0; 4];
        let length = character.encode_utf8(&mut bytes).len() as u8;
        Self { bytes, length, end }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length.into()).unwrap_or_default()
    }

    /// Where what follows it begins.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    fn ascii(&self) -> Option<u8> {
        match self.bytes() {
            [byte] => Some(*byte),
            _ => None,
        }
    }
}

/// A text in every notation at once: `%41`, `\u0041`, `&#65;` and those of them that are written so in their turn, as
/// `%2541`. A backslash in front of a character may mean nothing else than that character.
pub(super) struct Readings<'t> {
    text: &'t [u8],
    /// What a place may be read as besides the byte that stands there: the last place first.
    escapes: Vec<(usize, Unit)>,
    /// How many more steps may be made: a bound for texts that are made to be read in many ways.
    steps: Cell<usize>,
}

/// A byte of a text with its escapes undone, and the place that it stands in.
pub(super) struct Plain {
    pub(super) byte: u8,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Some bytes may be read in more than one way.
pub(super) struct Ambiguous;

impl<'t> Readings<'t> {
    pub(super) fn of(text: &'t [u8]) -> Self {
        let mut readings = Self {
            text,
            escapes: Vec::new(),
            steps: Cell::new(STEPS.saturating_mul(text.len().saturating_add(STEPS))),
        };
        // From the end on, because what stands in an escape may be escaped too.
        for (at, byte) in text.iter().enumerate().rev() {
            if matches!(byte, b'%' | b'\\' | b'&' | b'+') {
                readings.read(at, *byte);
            }
            if readings.is_overfull() {
                break;
            }
        }
        readings
    }

    /// Whether there are more readings than could be followed.
    pub(super) fn is_overfull(&self) -> bool {
        self.steps.get() == 0
    }

    /// Calls it with each unit that begins at a place.
    pub(super) fn at(&self, at: usize, mut each: impl FnMut(Unit)) {
        let steps = self.steps.get().saturating_sub(1);
        self.steps.set(steps);
        let Some(byte) = self.text.get(at).filter(|_| steps > 0) else {
            return;
        };
        each(Unit::byte(*byte, at + 1));
        for unit in self.escapes(at, *byte) {
            each(unit);
        }
    }

    /// As many bytes from a place on as asked for, or `None` where the text has fewer; `Err` where they may be read otherwise.
    pub(super) fn only<const N: usize>(&self, at: usize) -> Result<Option<[u8; N]>, Ambiguous> {
        let end = at.saturating_add(N);
        let behind = self.escapes.partition_point(|(start, _)| *start >= at);
        let next = behind
            .checked_sub(1)
            .and_then(|last| self.escapes.get(last));
        match next {
            Some((start, _)) if *start < end => Err(Ambiguous),
            _ => Ok(self
                .text
                .get(at..end)
                .and_then(|bytes| bytes.try_into().ok())),
        }
    }

    /// Whether so many digits of a notation may stand in a row.
    pub(super) fn may_have_run(&self, least: usize) -> bool {
        let mut runs = self.text.split(|byte| !Notation::has_digit(*byte));
        !self.escapes.is_empty() || runs.any(|run| run.len() >= least)
    }

    fn escapes(&self, at: usize, byte: u8) -> impl Iterator<Item = Unit> {
        let all = match byte {
            b'%' | b'\\' | b'&' | b'+' => self.escapes.as_slice(),
            _ => &[],
        };
        let from = all.partition_point(|(start, _)| *start > at);
        let all = all.get(from..).unwrap_or_default().iter();
        all.take_while(move |(start, _)| *start == at)
            .map(|(_, unit)| *unit)
    }

    /// Where a text ends that may be read as these bytes, which are in lower case, from a place on.
    pub(super) fn spells(&self, at: usize, bytes: &[u8]) -> Option<usize> {
        if bytes.is_empty() {
            return Some(at);
        }
        let mut end = None;
        self.at(at, |unit| {
            if let Some((start, rest)) = bytes.split_at_checked(unit.bytes().len())
                && unit.bytes().eq_ignore_ascii_case(start)
            {
                end = end.max(self.spells(unit.end, rest));
            }
        });
        end
    }

    /// The text with its escapes undone as far as they go.
    pub(super) fn plain(&self) -> Vec<Plain> {
        let mut plain = Vec::with_capacity(self.text.len());
        let mut start = 0;
        while let Some(byte) = self.text.get(start) {
            let raw = Unit::byte(*byte, start + 1);
            let longest = self.escapes(start, *byte).max_by_key(Unit::end);
            let unit = longest.filter(|unit| unit.end > raw.end).unwrap_or(raw);
            plain.extend(unit.bytes().iter().map(|byte| Plain {
                byte: *byte,
                start,
                end: unit.end,
            }));
            start = unit.end;
        }
        plain
    }

    /// Finds every reading of a place where an escape may begin.
    fn read(&mut self, at: usize, byte: u8) {
        let mut found = vec![Unit::byte(byte, at + 1)];
        let mut next = 0;
        while let Some(unit) = found.get(next).copied() {
            next += 1;
            let more = match unit.ascii() {
                Some(b'%') => self.percent(unit.end),
                Some(b'\\') => self.backslash(unit.end),
                Some(b'&') => self.ampersand(unit.end),
                Some(b'+') if unit.end == at + 1 => vec![Unit::byte(b' ', unit.end)],
                _ => continue,
            };
            for unit in more {
                if !found.contains(&unit) {
                    found.push(unit);
                }
            }
            if found.len() > MOST {
                self.steps.set(0);
                break;
            }
        }
        let escapes = found.into_iter().skip(1).map(|unit| (at, unit));
        self.escapes.extend(escapes);
    }

    fn percent(&self, at: usize) -> Vec<Unit> {
        let byte = |(value, end)| Some(Unit::byte(u8::try_from(value).ok()?, end));
        let bytes = self.hexadecimal(at, 2).into_iter().filter_map(byte);
        let mut units: Vec<Unit> = bytes.collect();
        // As `escape` of JavaScript has it.
        self.at(at, |unit| {
            if unit.ascii() == Some(b'u') {
                units.extend(self.code_unit(unit.end));
            }
        });
        units
    }

    fn backslash(&self, at: usize) -> Vec<Unit> {
        let mut units = Vec::new();
        self.at(at, |unit| match unit.ascii() {
            Some(b'u' | b'U') => units.extend(self.code_unit(unit.end)),
            Some(b'x' | b'X') => {
                let byte = |(value, end)| Some(Unit::byte(u8::try_from(value).ok()?, end));
                units.extend(self.hexadecimal(unit.end, 2).into_iter().filter_map(byte));
            }
            Some(b'n') => units.push(Unit::byte(b'\n', unit.end)),
            Some(b'r') => units.push(Unit::byte(b'\r', unit.end)),
            Some(b't') => units.push(Unit::byte(b'\t', unit.end)),
            Some(byte) if byte.is_ascii_punctuation() => units.push(unit),
            _ => {}
        });
        units
    }

    /// Four digits, or as many between braces; a pair of surrogates is one character.
    fn code_unit(&self, at: usize) -> Vec<Unit> {
        let mut units = Vec::new();
        for (value, end) in self.hexadecimal(at, 4) {
            match char::from_u32(value) {
                Some(character) => units.push(Unit::character(character, end)),
                None => units.extend(self.second_half(value, end)),
            }
        }
        units
    }

    fn second_half(&self, high: u32, at: usize) -> Option<Unit> {
        let escape = self.text.get(at..)?.strip_prefix(b"\\u")?;
        let (low, end) = *self
            .hexadecimal(self.text.len() - escape.len(), 4)
            .first()?;
        let pair = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
        let character = char::decode_utf16(pair).next()?.ok()?;
        Some(Unit::character(character, end))
    }

    fn ampersand(&self, at: usize) -> Vec<Unit> {
        let rest = self.text.get(at..).unwrap_or_default();
        if let Some(digits) = rest.strip_prefix(b"#") {
            return number(digits, at + 1).into_iter().collect();
        }
        let named = |(name, byte): &(&[u8], u8)| {
            let is_it = rest.starts_with(name);
            is_it.then(|| Unit::byte(*byte, at + name.len()))
        };
        NAMED.iter().filter_map(named).collect()
    }

    /// Every way to read so many hexadecimal digits, with where they end.
    fn hexadecimal(&self, at: usize, digits: usize) -> Vec<(u32, usize)> {
        let mut read = vec![(0, at)];
        for _ in 0..digits {
            let mut more = Vec::new();
            for (value, end) in read {
                self.at(end, |unit| {
                    let digit = unit.ascii().and_then(|byte| char::from(byte).to_digit(16));
                    more.extend(digit.map(|digit| (value << 4 | digit, unit.end)));
                });
            }
            read = more;
            read.truncate(MOST);
        }
        read
    }
}

/// The number of a character in HTML, whose semicolon may be missing.
fn number(text: &[u8], at: usize) -> Option<Unit> {
    let (digits, radix, at) = match text {
        [b'x' | b'X', digits @ ..] => (digits, 16, at + 1),
        digits => (digits, 10, at),
    };
    // The largest number has seven digits; more are zeros in front of it.
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let length = digits.iter().take(32).take_while(is_digit).count();
    let text = std::str::from_utf8(digits.get(..length)?).ok()?;
    let character = char::from_u32(u32::from_str_radix(text, radix).ok()?)?;
    let has_semicolon = digits.get(length) == Some(&b';');
    Some(Unit::character(
        character,
        at + length + usize::from(has_semicolon),
    ))
}
