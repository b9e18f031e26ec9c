//! The error of a gateway selector.

use core::fmt;

/// The reason why a text is not a [`GatewaySelector`](super::GatewaySelector) whose meaning is known.
///
/// The service may accept the text. The error does not repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseGatewaySelectorError {
    kind: GatewaySelectorErrorKind,
    offset: usize,
}

/// What a selector contains or lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GatewaySelectorErrorKind {
    /// A character that is neither part of a key or a value nor a known symbol.
    Character,
    /// A key is missing.
    Key,
    /// A value is missing.
    Value,
    /// A key is not a label key of Kubernetes.
    InvalidKey,
    /// A value is not a label value of Kubernetes.
    InvalidValue,
    /// Something other than an operator or a comma follows.
    Operator,
    /// The parenthesis around values is missing or not closed.
    Parenthesis,
}

impl ParseGatewaySelectorError {
    pub(crate) fn new(kind: GatewaySelectorErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// Returns what the selector contains or lacks.
    #[must_use]
    pub fn kind(&self) -> GatewaySelectorErrorKind {
        self.kind
    }

    /// Returns the place in the text, in bytes from its start.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for ParseGatewaySelectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            GatewaySelectorErrorKind::Character => "contains a character that has no known meaning",
            GatewaySelectorErrorKind::Key => "lacks a key",
            GatewaySelectorErrorKind::Value => "lacks a value",
            GatewaySelectorErrorKind::InvalidKey => "contains a key that has no known meaning",
            GatewaySelectorErrorKind::InvalidValue => "contains a value that has no known meaning",
            GatewaySelectorErrorKind::Operator => "lacks a known operator or a comma",
            GatewaySelectorErrorKind::Parenthesis => "lacks a parenthesis or a comma",
        };
        write!(f, "the selector {what} at byte {}", self.offset)
    }
}

impl core::error::Error for ParseGatewaySelectorError {}
