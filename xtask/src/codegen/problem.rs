//! Mistakes in a description: where, what, and how to mend it.

use std::fmt;

/// A place in a description; both count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    at: Position,
    what: String,
    fix: String,
}

/// All mistakes that were found in one description.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    file: String,
    found: Vec<Problem>,
}

impl Problems {
    /// No mistakes yet in `file`.
    pub(crate) fn of(file: &str) -> Self {
        Self {
            file: file.into(),
            found: Vec::new(),
        }
    }

    /// Notes a mistake; `fix` completes the sentence "the fix: …".
    pub(crate) fn add(&mut self, at: Position, what: impl Into<String>, fix: impl Into<String>) {
        self.found.push(Problem {
            at,
            what: what.into(),
            fix: fix.into(),
        });
    }

    /// Whether the description is sound so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// One line for each mistake, in the order of the file.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted = self.found.clone();
        sorted.sort();
        sorted.dedup();
        for (index, problem) in sorted.iter().enumerate() {
            let Position { line, column } = problem.at;
            let separator = if index == 0 { "" } else { "\n" };
            write!(
                f,
                "{separator}{}:{line}:{column}: {}; the fix: {}",
                self.file, problem.what, problem.fix
            )?;
        }
        Ok(())
    }
}
