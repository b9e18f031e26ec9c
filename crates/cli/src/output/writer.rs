//! The common form of the writers of all formats.

use std::io::{self, Write};

use crate::output::record::{Cell, Column, Meaning};
use crate::output::row::Row;
use crate::redaction::Redactor;

/// The title of the column of profiles.
pub(crate) const PROFILE: &str = "PROFILE";

/// The columns of a table that are printed, from left to right, and what removes secrets from their cells. Rows of profiles have one more,
/// the first.
pub(crate) struct Columns<T: 'static> {
    has_profile: bool,
    columns: Vec<&'static Column<T>>,
    redactor: Redactor,
}

/// What is known of a column before its cells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heading {
    pub(crate) title: &'static str,
    pub(crate) meaning: Meaning,
    /// Whether its cells are of no use if they are cut: the profile and the name of the record.
    pub(crate) is_whole: bool,
}

impl<T> Columns<T> {
    pub(crate) fn new(columns: Vec<&'static Column<T>>, redactor: Redactor) -> Self {
        Self {
            has_profile: false,
            columns,
            redactor,
        }
    }

    /// Adds the column of profiles, or not.
    pub(crate) fn with_profile(self, has_profile: bool) -> Self {
        Self {
            has_profile,
            ..self
        }
    }

    /// Returns the headings, with that of the profiles.
    pub(crate) fn headings(&self) -> impl Iterator<Item = Heading> {
        let profile = self.has_profile.then_some(Heading {
            title: PROFILE,
            meaning: Meaning::Text,
            is_whole: true,
        });
        let columns = self.columns.iter().enumerate();
        let own = columns.map(|(position, column)| Heading {
            title: column.header,
            meaning: column.meaning,
            is_whole: position == 0,
        });
        profile.into_iter().chain(own)
    }

    /// Returns whether a column has a title, so that there is a header.
    pub(crate) fn has_titles(&self) -> bool {
        self.headings().any(|heading| !heading.title.is_empty())
    }

    /// Returns whether a column can be left out: one names the record.
    pub(crate) fn can_pop(&self) -> bool {
        self.columns.len() > 1
    }

    /// Leaves out the last column.
    pub(crate) fn pop(&mut self) {
        self.columns.pop();
    }

    /// Returns the cells of a row, with that of its profile.
    pub(crate) fn cells(&self, row: &Row<T>) -> impl Iterator<Item = Option<Cell>> {
        let profile = self.has_profile.then(|| row.profile_cell());
        let columns = self.columns.iter();
        let own = columns.map(|column| column.cell(&row.record, &self.redactor));
        profile.into_iter().chain(own)
    }

    /// Returns what other commands take to name the record of a row.
    pub(crate) fn name(&self, row: &Row<T>) -> Option<Cell> {
        self.columns.first()?.name(&row.record, &self.redactor)
    }
}

/// Columns of a command that knows no credentials.
impl<T> FromIterator<&'static Column<T>> for Columns<T> {
    fn from_iter<I: IntoIterator<Item = &'static Column<T>>>(columns: I) -> Self {
        Self::new(columns.into_iter().collect(), Redactor::default())
    }
}

/// Writes the rows of one result in one format.
pub(crate) trait Writer<T> {
    /// Writes the next rows; none is a page without records.
    ///
    /// # Errors
    /// The write fails.
    fn write(&mut self, rows: &[Row<T>], sink: &mut dyn Write) -> io::Result<()>;

    /// Ends the result.
    ///
    /// # Errors
    /// The write fails.
    fn finish(&mut self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
