//! Errors in a description: position, message and fix.

use std::collections::BTreeSet;
use std::fmt;

use super::characters::is_visible;

/// The most errors that are shown; further ones are mostly consequences of them.
const MAX_ERRORS: usize = 100;
/// The most characters of a message or a fix that are shown, because names may be of any length.
const MAX_CHARACTERS: usize = 500;

/// A line and a column of a description, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// The index of the description among those of its vendor.
    pub(crate) file: usize,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// An error: where it is, what is wrong, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Diagnostic {
    at: Position,
    what: String,
    fix: String,
}

/// The errors of a vendor's descriptions.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    files: Vec<String>,
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Creates an empty list for these files.
    pub(crate) fn new<'a>(files: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            files: files.into_iter().map(Into::into).collect(),
            found: Vec::new(),
        }
    }

    /// Returns the name of a file, without its folder.
    pub(crate) fn file_name(&self, file: usize) -> &str {
        let path = self.files.get(file).map_or("", String::as_str);
        path.rsplit('/').next().unwrap_or(path)
    }

    /// Adds an error; `fix` completes "the fix: …", or is empty.
    pub(crate) fn add(&mut self, at: Position, what: impl Into<String>, fix: impl Into<String>) {
        self.found.push(Diagnostic {
            at,
            what: what.into(),
            fix: fix.into(),
        });
    }

    /// Returns whether there are no errors so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns whether there are no errors in a file so far.
    pub(crate) fn has_none_in(&self, file: usize) -> bool {
        self.found.iter().all(|it| it.at.file != file)
    }
}

/// Formats one line for each error, in the order of the files, and at the end the number of omitted ones.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sorted: BTreeSet<&Diagnostic> = self.found.iter().collect();
        for (index, Diagnostic { at, what, fix }) in sorted.iter().take(MAX_ERRORS).enumerate() {
            let Position { file, line, column } = at;
            let file = self.files.get(*file).map_or("", String::as_str);
            let separator = if index == 0 { "" } else { "\n" };
            let (what, fix) = (escape_for_display(what), escape_for_display(fix));
            write!(f, "{separator}{file}:{line}:{column}: {what}")?;
            if !fix.is_empty() {
                write!(f, "; the fix: {fix}")?;
            }
        }
        match sorted.len().saturating_sub(MAX_ERRORS) {
            0 => Ok(()),
            more => {
                let file = self.files.first().map_or("", String::as_str);
                write!(f, "\n{file}: and {more} more")
            }
        }
    }
}

/// Returns a text on one line, truncated and without invisible characters, because it may quote hostile input.
fn escape_for_display(text: &str) -> String {
    let plain = |c: char| if is_visible(c) { c } else { ' ' };
    let mut shown: String = text.chars().take(MAX_CHARACTERS).map(plain).collect();
    if text.chars().nth(MAX_CHARACTERS).is_some() {
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
        let mut diagnostics = Diagnostics::new(["house.yaml"]);
        let at = Position {
            file: 0,
            line: 1,
            column: 2,
        };
        diagnostics.add(at, "`a\n\u{1b}b\u{202e}c\td`", "write e");
        assert_eq!(
            diagnostics.to_string(),
            "house.yaml:1:2: `a  b c d`; the fix: write e"
        );
    }
}
