//! The grammar of selectors, in one pass without recursion.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::label_requirement::LabelRequirement;
use super::super::parse_gateway_selector_error::{
    GatewaySelectorErrorKind, ParseGatewaySelectorError,
};

/// Parses requirements that are separated by commas; a blank text has none.
pub(super) fn parse(text: &str) -> Result<Vec<LabelRequirement>, ParseGatewaySelectorError> {
    let mut parser = Parser { text, offset: 0 };
    let mut requirements = Vec::new();
    parser.skip_spaces();
    if parser.rest().is_empty() {
        return Ok(requirements);
    }
    loop {
        requirements.push(parser.requirement()?);
        if parser.rest().is_empty() {
            return Ok(requirements);
        }
        parser.require(",", GatewaySelectorErrorKind::Operator)?;
    }
}

/// A position in the text; between two calls it is never before a space.
struct Parser<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or("")
    }

    fn requirement(&mut self) -> Result<LabelRequirement, ParseGatewaySelectorError> {
        if self.accept("!") {
            let key = self.word(GatewaySelectorErrorKind::Key)?;
            return Ok(LabelRequirement::Absent { key });
        }
        let key = self.word(GatewaySelectorErrorKind::Key)?;
        if self.accept("!=") {
            let value = self.word(GatewaySelectorErrorKind::Value)?;
            return Ok(LabelRequirement::NotEqual { key, value });
        }
        if self.accept("==") || self.accept("=") {
            let value = self.word(GatewaySelectorErrorKind::Value)?;
            return Ok(LabelRequirement::Equal { key, value });
        }
        match self.peek_word() {
            "" => Ok(LabelRequirement::Present { key }),
            "in" => {
                let values = self.values("in")?;
                Ok(LabelRequirement::In { key, values })
            }
            "notin" => {
                let values = self.values("notin")?;
                Ok(LabelRequirement::NotIn { key, values })
            }
            _ => Err(self.error(GatewaySelectorErrorKind::Operator)),
        }
    }

    /// Parses the values in parentheses behind an operator.
    fn values(&mut self, operator: &str) -> Result<Vec<String>, ParseGatewaySelectorError> {
        self.offset += operator.len();
        self.skip_spaces();
        self.require("(", GatewaySelectorErrorKind::Parenthesis)?;
        let mut values = Vec::new();
        loop {
            values.push(self.word(GatewaySelectorErrorKind::Value)?);
            if self.accept(")") {
                return Ok(values);
            }
            self.require(",", GatewaySelectorErrorKind::Parenthesis)?;
        }
    }

    /// Parses a key or a value; `kind` says which.
    fn word(
        &mut self,
        kind: GatewaySelectorErrorKind,
    ) -> Result<String, ParseGatewaySelectorError> {
        let word = self.peek_word();
        if word.is_empty() {
            return Err(self.error(kind));
        }
        let (is_valid, invalid) = match kind {
            GatewaySelectorErrorKind::Key => (is_key(word), GatewaySelectorErrorKind::InvalidKey),
            _ => (is_name(word), GatewaySelectorErrorKind::InvalidValue),
        };
        if !is_valid {
            return Err(ParseGatewaySelectorError::new(invalid, self.offset));
        }
        self.offset += word.len();
        self.skip_spaces();
        Ok(word.to_owned())
    }

    fn peek_word(&self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        rest.get(..end).unwrap_or("")
    }

    fn accept(&mut self, symbol: &str) -> bool {
        let accepted = self.rest().starts_with(symbol);
        if accepted {
            self.offset += symbol.len();
            self.skip_spaces();
        }
        accepted
    }

    fn require(
        &mut self,
        symbol: &str,
        missing: GatewaySelectorErrorKind,
    ) -> Result<(), ParseGatewaySelectorError> {
        match self.accept(symbol) {
            true => Ok(()),
            false => Err(self.error(missing)),
        }
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.offset += rest.len() - rest.trim_start_matches(' ').len();
    }

    /// Returns an error at this position. A character that no selector contains explains more than what is missing before it.
    fn error(&self, kind: GatewaySelectorErrorKind) -> ParseGatewaySelectorError {
        let next = self.rest().chars().next();
        let is_foreign = next.is_some_and(|c| !is_word(c) && !"=!(), ".contains(c));
        let kind = match is_foreign {
            true => GatewaySelectorErrorKind::Character,
            false => kind,
        };
        ParseGatewaySelectorError::new(kind, self.offset)
    }
}

/// Whether keys and values may contain this character.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/')
}

/// Whether a word is a label key of Kubernetes: a name, or a DNS subdomain, a slash and a name.
fn is_key(word: &str) -> bool {
    match word.split_once('/') {
        Some((prefix, name)) => is_subdomain(prefix) && is_name(name),
        None => is_name(word),
    }
}

/// Whether a word has at most 63 characters and begins and ends with a letter or a digit, as a value or the name in a key does.
fn is_name(word: &str) -> bool {
    word.len() <= 63 && has_alphanumeric_ends(word) && !word.contains('/')
}

/// Whether a word is a DNS subdomain of at most 253 characters.
fn is_subdomain(word: &str) -> bool {
    let is_valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let mut parts = word.split('.');
    word.len() <= 253 && parts.all(|part| has_alphanumeric_ends(part) && part.chars().all(is_valid))
}

fn has_alphanumeric_ends(word: &str) -> bool {
    let is_end = |c: char| c.is_ascii_alphanumeric();
    word.starts_with(is_end) && word.ends_with(is_end)
}
