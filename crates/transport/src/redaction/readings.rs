//! The readings of each character of a text in all notations.

use std::cell::Cell;
use std::ops::Range;

use zeroize::Zeroizing;

/// The maximum number of readings at one position. Honest texts have only a few.
const MAX_READINGS: usize = 24;

/// The maximum number of steps per byte of text. Honest texts take two or three.
const STEPS_PER_BYTE: usize = 256;

/// The HTML entities of characters that may occur in a token, or between two of its characters.
const HTML_ENTITIES: &[(&[u8], char)] = &[
    (b"amp;", '&'),
    (b"lt;", '<'),
    (b"gt;", '>'),
    (b"quot;", '"'),
    (b"apos;", '\''),
    (b"plus;", '+'),
    (b"sol;", '/'),
    (b"bsol;", '\\'),
    (b"equals;", '='),
    (b"percnt;", '%'),
    (b"period;", '.'),
    (b"lowbar;", '_'),
    (b"hyphen;", '-'),
    (b"dash;", '-'),
    (b"colon;", ':'),
    (b"semi;", ';'),
    (b"comma;", ','),
    (b"excl;", '!'),
    (b"quest;", '?'),
    (b"num;", '#'),
    (b"dollar;", '$'),
    (b"ast;", '*'),
    (b"commat;", '@'),
    (b"lpar;", '('),
    (b"rpar;", ')'),
    (b"lbrack;", '['),
    (b"lsqb;", '['),
    (b"rbrack;", ']'),
    (b"rsqb;", ']'),
    (b"lbrace;", '{'),
    (b"lcub;", '{'),
    (b"rbrace;", '}'),
    (b"rcub;", '}'),
    (b"vert;", '|'),
    (b"verbar;", '|'),
    (b"hat;", '^'),
    (b"grave;", '`'),
    (b"nbsp;", '\u{a0}'),
    (b"shy;", '\u{ad}'),
    (b"newline;", '\n'),
    (b"tab;", '\t'),
    (b"zerowidthspace;", '\u{200b}'),
    (b"zwnj;", '\u{200c}'),
    (b"zwj;", '\u{200d}'),
    (b"nobreak;", '\u{2060}'),
];

/// What may separate two characters of a text that was wrapped, aligned or converted: white space, invisible
/// characters, the zeros of UTF-16, soft line breaks of quoted-printable, and line breaks of HTML.
///
/// These are the invisible characters that such tools insert, fewer than [`is_displayable`](crate::is_displayable) refuses: every
/// byte of a text is compared with each of them.
const FILLERS: &[&[u8]] = &[
    b" ",
    b"\t",
    b"\n",
    b"\r",
    b"\x0b",
    b"\x0c",
    b"\0",
    "\u{85}".as_bytes(),
    "\u{a0}".as_bytes(),
    "\u{ad}".as_bytes(),
    "\u{200b}".as_bytes(),
    "\u{200c}".as_bytes(),
    "\u{200d}".as_bytes(),
    "\u{200e}".as_bytes(),
    "\u{200f}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{2029}".as_bytes(),
    "\u{2060}".as_bytes(),
    "\u{feff}".as_bytes(),
    b"=\n",
    b"=\r\n",
    b"<wbr>",
    b"<wbr/>",
    b"<br>",
    b"<br/>",
    b"<br />",
];

/// The bytes that may encode a secret of visible ASCII: those, and the bytes of fillers.
#[allow(
    clippy::indexing_slicing,
    reason = "an index of a constant is checked when it is compiled"
)]
const SECRET_BYTES: [bool; 256] = {
    let mut parts = [false; 256];
    let mut byte = 0;
    while byte < parts.len() {
        parts[byte] = (byte as u8).is_ascii_graphic();
        byte += 1;
    }
    let mut at = 0;
    while at < FILLERS.len() {
        let mut rest = FILLERS[at];
        while let [first, more @ ..] = rest {
            parts[*first as usize] = true;
            rest = more;
        }
        at += 1;
    }
    parts
};

/// The maximum number of consecutive fillers: a line break and indentation.
pub(super) const MAX_FILLERS: usize = 128;

/// How often a text is flattened: an escape may be broken by a filler that is escaped itself.
const MAX_ROUNDS: usize = 3;

/// The meaning of a piece of text: the bytes of one character, or a single byte.
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

    /// Returns the position after the unit.
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

/// A text in every notation at once: `%41`, `\u0041`, `\u{41}`, `\101`, `&#65;`, and nested ones such as `%2541`. A
/// backslash before a character may also stand for that character alone.
pub(super) struct Readings<'t> {
    text: &'t [u8],
    /// The alternative readings of positions, last position first.
    escapes: Vec<(usize, Unit)>,
    /// The start and end of fillers, last one first.
    fillers: Vec<(usize, usize)>,
    /// The remaining steps: a bound for texts made to be ambiguous.
    steps: Cell<usize>,
}

/// An unescaped byte and its range in the text.
#[derive(Clone, Copy)]
pub(super) struct PlainByte {
    pub(super) byte: u8,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The bytes can be read in more than one way.
pub(super) struct Ambiguous;

impl<'t> Readings<'t> {
    pub(super) fn of(text: &'t [u8]) -> Self {
        let mut readings = Self {
            text,
            escapes: Vec::new(),
            fillers: Vec::new(),
            steps: Cell::new(
                STEPS_PER_BYTE.saturating_mul(text.len().saturating_add(STEPS_PER_BYTE)),
            ),
        };
        // From the end, because the content of an escape may be escaped, too.
        for (at, byte) in text.iter().enumerate().rev() {
            if is_escape(*byte) {
                readings.read_escape(at, *byte);
            }
            if may_begin_filler(*byte) {
                readings.read_filler(at);
            }
            if readings.is_exhausted() {
                break;
            }
        }
        readings
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Returns whether the text has too many readings to follow.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps.get() == 0
    }

    /// Calls a function with each unit that starts at a position.
    pub(super) fn for_each_unit(&self, at: usize, mut each: impl FnMut(Unit)) {
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

    /// Returns the next `N` bytes, `None` if the text is shorter, and `Err` if they can be read otherwise.
    pub(super) fn unambiguous<const N: usize>(
        &self,
        at: usize,
    ) -> Result<Option<[u8; N]>, Ambiguous> {
        let end = at.saturating_add(N);
        let later = self.escapes.partition_point(|(start, _)| *start >= at);
        let next = later.checked_sub(1).and_then(|last| self.escapes.get(last));
        match next {
            Some((start, _)) if *start < end => Err(Ambiguous),
            _ if self.has_filler(at, end) => Err(Ambiguous),
            _ => Ok(self
                .text
                .get(at..end)
                .and_then(|bytes| bytes.try_into().ok())),
        }
    }

    /// Returns whether the text may be a list of this many numbers.
    pub(super) fn may_be_list(&self, length: usize) -> bool {
        let mut words = self.text.split(|byte| !byte.is_ascii_alphanumeric());
        !self.escapes.is_empty() || words.nth(length.saturating_sub(1)).is_some()
    }

    /// Returns whether the text has this many consecutive digits.
    pub(super) fn has_run(&self, is_digit: fn(u8) -> bool, min_digits: usize) -> bool {
        let mut runs = self.text.split(|byte| !is_digit(*byte));
        runs.any(|run| run.len() >= min_digits)
    }

    fn escapes(&self, at: usize, byte: u8) -> impl Iterator<Item = Unit> {
        let all = match is_escape(byte) {
            true => self.escapes.as_slice(),
            false => &[],
        };
        let from = all.partition_point(|(start, _)| *start > at);
        let all = all.get(from..).unwrap_or_default().iter();
        all.take_while(move |(start, _)| *start == at)
            .map(|(_, unit)| *unit)
    }

    /// Returns the end of a reading of these lowercase bytes at a position.
    pub(super) fn spells(&self, at: usize, bytes: &[u8]) -> Option<usize> {
        if bytes.is_empty() {
            return Some(at);
        }
        let mut end = None;
        self.for_each_unit(at, |unit| {
            if let Some((start, rest)) = bytes.split_at_checked(unit.bytes().len())
                && unit.bytes().eq_ignore_ascii_case(start)
            {
                end = end.max(self.spells(unit.end, rest));
            }
        });
        end
    }

    /// Returns the end of a filler at a position.
    pub(super) fn filler_end(&self, at: usize) -> Option<usize> {
        let found = self
            .fillers
            .binary_search_by(|(start, _)| at.cmp(start))
            .ok()?;
        self.fillers.get(found).map(|(_, end)| *end)
    }

    fn has_filler(&self, at: usize, end: usize) -> bool {
        let later = self.fillers.partition_point(|(start, _)| *start >= at);
        let next = later.checked_sub(1).and_then(|last| self.fillers.get(last));
        next.is_some_and(|(start, _)| *start < end)
    }

    /// Returns the end of an equals sign at a position, or after fillers there.
    pub(super) fn padding_end(&self, mut at: usize) -> Option<usize> {
        loop {
            match self.spells(at, b"=") {
                Some(end) => return Some(end),
                None => at = self.filler_end(at)?,
            }
        }
    }

    fn read_filler(&mut self, at: usize) {
        let mut end = None;
        self.for_each_unit(at, |unit| {
            let rests = FILLERS
                .iter()
                .filter_map(|filler| filler.strip_prefix(unit.bytes()));
            for rest in rests {
                end = end.max(self.spells(unit.end, rest));
            }
        });
        self.fillers.extend(end.map(|end| (at, end)));
    }

    /// Returns the text with its escapes undone.
    pub(super) fn plain(&self) -> Vec<PlainByte> {
        let mut plain = Vec::with_capacity(self.text.len());
        let mut start = 0;
        while let Some(byte) = self.text.get(start) {
            let raw = Unit::byte(*byte, start + 1);
            let longest = self.escapes(start, *byte).max_by_key(Unit::end);
            let unit = longest.filter(|unit| unit.end > raw.end).unwrap_or(raw);
            plain.extend(unit.bytes().iter().map(|byte| PlainByte {
                byte: *byte,
                start,
                end: unit.end,
            }));
            start = unit.end;
        }
        plain
    }

    /// Returns the unescaped text without fillers.
    fn without_fillers(&self) -> Vec<PlainByte> {
        let mut plain = self.plain();
        let mut filled_to = 0;
        plain.retain(|PlainByte { byte, start, .. }| {
            // An equals sign before a line break is more likely the end of base64.
            if *start >= filled_to && *byte != b'=' {
                filled_to = self.filler_end(*start).unwrap_or(filled_to);
            }
            *start >= filled_to
        });
        plain
    }

    /// Repeatedly undoes escapes and removes fillers; returns `None` if the text has neither.
    ///
    /// The longest reading of each escape wins, so this finds broken escapes and misses ambiguous ones.
    pub(super) fn flattened(&self) -> Option<Vec<PlainByte>> {
        if self.escapes.is_empty() && self.fillers.is_empty() {
            return None;
        }
        let mut flat = self.without_fillers();
        if flat.len() == self.text.len() {
            return None;
        }
        for _ in 1..MAX_ROUNDS {
            let bytes = plain_bytes(&flat);
            let mut flatter = Readings::of(&bytes).without_fillers();
            if flatter.len() == flat.len() {
                break;
            }
            for plain in &mut flatter {
                let range = source_range(&flat, plain.start..plain.end);
                (plain.start, plain.end) = (range.start, range.end);
            }
            flat = flatter;
        }
        Some(flat)
    }

    /// Finds every reading of a position where an escape may start.
    fn read_escape(&mut self, at: usize, byte: u8) {
        let mut found = vec![Unit::byte(byte, at + 1)];
        let mut next = 0;
        while let Some(unit) = found.get(next).copied() {
            next += 1;
            let more = match unit.ascii() {
                Some(b'%') => self.percent(unit.end),
                Some(b'\\') => self.backslash(unit.end),
                Some(b'&') => self.ampersand(unit.end),
                Some(b'+') if unit.end == at + 1 => vec![Unit::byte(b' ', unit.end)],
                Some(b'=') => self.equals_sign(unit.end),
                _ => continue,
            };
            for unit in more {
                if !found.contains(&unit) {
                    found.push(unit);
                }
            }
            if found.len() > MAX_READINGS {
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
        // The notation of `escape` in JavaScript.
        self.for_each_unit(at, |unit| {
            if unit.ascii() == Some(b'u') {
                units.extend(self.code_unit(unit.end, b'u'));
            }
        });
        units
    }

    /// Quoted-printable must encode only one character of a token: the equals sign itself.
    fn equals_sign(&self, at: usize) -> Vec<Unit> {
        let mut digits = self.hexadecimal(at, 2);
        digits.retain(|(value, _)| *value == u32::from(b'='));
        let unit = |(_, end)| Unit::byte(b'=', end);
        digits.into_iter().map(unit).collect()
    }

    fn backslash(&self, at: usize) -> Vec<Unit> {
        let mut units = Vec::from_iter(self.three_digits(at, 8));
        units.extend(self.three_digits(at, 10));
        self.for_each_unit(at, |unit| match unit.ascii() {
            Some(letter @ (b'u' | b'U')) => units.extend(self.code_unit(unit.end, letter)),
            Some(b'x' | b'X') => {
                let byte = |(value, end)| Some(Unit::byte(u8::try_from(value).ok()?, end));
                units.extend(self.hexadecimal(unit.end, 2).into_iter().filter_map(byte));
            }
            Some(b'n') => units.push(Unit::byte(b'\n', unit.end)),
            Some(b'r') => units.push(Unit::byte(b'\r', unit.end)),
            Some(b't') => units.push(Unit::byte(b'\t', unit.end)),
            Some(b'v') => units.push(Unit::byte(b'\x0b', unit.end)),
            Some(b'f') => units.push(Unit::byte(b'\x0c', unit.end)),
            Some(byte) if byte.is_ascii_punctuation() => units.push(unit),
            _ => {}
        });
        units
    }

    /// Reads a byte of three digits, octal as in C or decimal as in DNS.
    fn three_digits(&self, at: usize, radix: u32) -> Option<Unit> {
        let end = at + 3;
        let digits = self.text.get(at..end)?;
        let value = digits.iter().try_fold(0, |value, byte| {
            Some(value * radix + char::from(*byte).to_digit(radix)?)
        })?;
        Some(Unit::byte(u8::try_from(value).ok()?, end))
    }

    /// Reads four digits, eight, or up to six in braces; a surrogate pair is one character.
    ///
    /// After a lowercase letter, as lowercasing a text leaves it, eight digits are an ASCII character, or four digits
    /// and text.
    fn code_unit(&self, at: usize, letter: u8) -> Vec<Unit> {
        let mut units = Vec::from_iter(self.in_braces(at));
        for (value, end) in self.hexadecimal(at, 8) {
            let character = char::from_u32(value).filter(|it| letter == b'U' || it.is_ascii());
            units.extend(character.map(|character| Unit::character(character, end)));
        }
        for (value, end) in self.hexadecimal(at, 4) {
            match char::from_u32(value) {
                Some(character) => units.push(Unit::character(character, end)),
                None => units.extend(self.low_surrogate(value, end)),
            }
        }
        units
    }

    fn in_braces(&self, at: usize) -> Option<Unit> {
        let digits = self.text.get(at..)?.strip_prefix(b"{")?;
        let length = digits.iter().take(7).position(|byte| *byte == b'}')?;
        let digits = std::str::from_utf8(digits.get(..length)?).ok()?;
        let character = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
        Some(Unit::character(character, at + length + 2))
    }

    fn low_surrogate(&self, high: u32, at: usize) -> Option<Unit> {
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
            return numeric_entity(digits, at + 1).into_iter().collect();
        }
        let named = |(name, character): &(&[u8], char)| {
            let start = rest.get(..name.len())?;
            let is_it = start.eq_ignore_ascii_case(name);
            is_it.then(|| Unit::character(*character, at + name.len()))
        };
        HTML_ENTITIES.iter().filter_map(named).collect()
    }

    /// Returns every way to read this many hexadecimal digits, with their ends.
    fn hexadecimal(&self, at: usize, digits: usize) -> Vec<(u32, usize)> {
        let mut read = vec![(0, at)];
        for _ in 0..digits {
            let mut more = Vec::new();
            for (value, end) in read {
                self.for_each_unit(end, |unit| {
                    let digit = unit.ascii().and_then(|byte| char::from(byte).to_digit(16));
                    more.extend(digit.map(|digit| (value << 4 | digit, unit.end)));
                });
            }
            read = more;
            read.truncate(MAX_READINGS);
        }
        read
    }
}

/// Returns the bytes alone.
pub(super) fn plain_bytes(plain: &[PlainByte]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(plain.iter().map(|plain| plain.byte).collect())
}

/// Returns the range of some bytes in the text.
pub(super) fn source_range(plain: &[PlainByte], bytes: Range<usize>) -> Range<usize> {
    let bytes = plain.get(bytes).unwrap_or_default();
    let start = bytes.first().map_or(0, |plain| plain.start);
    start..bytes.last().map_or(start, |plain| plain.end)
}

/// Returns whether a byte may start an escape.
fn is_escape(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'&' | b'+' | b'=')
}

/// Returns whether a byte may be part of a secret of visible ASCII, in any notation.
pub(super) fn can_spell_secret(byte: u8) -> bool {
    SECRET_BYTES
        .get(usize::from(byte))
        .is_some_and(|is_part| *is_part)
}

/// Returns whether a byte may start a [filler](Readings::filler_end). A plus sign is a space in some notations, but a
/// digit in base64.
fn may_begin_filler(byte: u8) -> bool {
    match byte {
        b' ' | b'\t'..=b'\r' | b'\0' | b'<' => true,
        // The first bytes of non-ASCII characters.
        0xc2 | 0xe2 | 0xef => true,
        b'+' => false,
        byte => is_escape(byte),
    }
}

/// Reads a numeric character reference of HTML, whose semicolon may be missing.
fn numeric_entity(text: &[u8], at: usize) -> Option<Unit> {
    let (digits, radix, at) = match text {
        [b'x' | b'X', digits @ ..] => (digits, 16, at + 1),
        digits => (digits, 10, at),
    };
    // The largest number has seven digits; more are leading zeros.
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
