//! Errors in a description: place, message and remedy.

use std::collections::BTreeSet;
use std::fmt;

use super::characters::is_visible;

/// The number of errors that are shown; the others mostly follow from them.
const MOST: usize = 100;
/// The number of characters of each that are shown: names may be of any length.
const LONGEST: usize = 500;

/// A place in a description, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// An error.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Diagnostic {
    at: Position,
    what: String,
    fix: String,
}

/// The errors of one description.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    file: String,
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Creates an empty list for `file`.
    pub(crate) fn of(file: &str) -> Self {
        Self {
            file: file.into(),
            found: Vec::new(),
        }
    }

    /// Adds an error; `fix` completes "the fix: …", or is empty.
    pub(crate) fn add(&mut self, at: Position, what: impl Into<String>, fix: impl Into<String>) {
        self.found.push(Diagnostic {
            at,
            what: what.into(),
            fix: fix.into(),
        });
    }

    /// Whether no error was found so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// One line for each error, in the order of the file; at the end, the number of those left out.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sorted: BTreeSet<&Diagnostic> = self.found.iter().collect();
        for (index, Diagnostic { at, what, fix }) in sorted.iter().take(MOST).enumerate() {
            let Position { line, column } = at;
            let separator = if index == 0 { "" } else { "\n" };
            let (what, fix) = (escape_for_display(what), escape_for_display(fix));
            write!(f, "{separator}{}:{line}:{column}: {what}", self.file)?;
            if !fix.is_empty() {
                write!(f, "; the fix: {fix}")?;
            }
        }
        match sorted.len().saturating_sub(MOST) {
            0 => Ok(()),
            more => write!(f, "\n{}: and {more} more", self.file),
        }
    }
}

/// Returns the text on one line and not too long: it quotes what may be hostile.
fn escape_for_display(text: &str) -> String {
    let plain = |c: char| if is_visible(c) { c } else { ' ' };
    let mut shown: String = text.chars().take(LONGEST).map(plain).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    // U28
    #[test]
    fn a_diagnostic_is_one_line_whatever_it_quotes() {
        let mut diagnostics = Diagnostics::of("house.yaml");
        let at = Position { line: 1, column: 2 };
        diagnostics.add(at, "`a\n\u{1b}b\u{202e}c\td`", "write e");
        assert_eq!(
            diagnostics.to_string(),
            "house.yaml:1:2: `a  b c d`; the fix: write e"
        );
    }
}
