//! The common form of the writers of all formats.

use std::io::{self, Write};

use crate::output::record::{Cell, Column};
use crate::redaction::Redactor;

/// The columns of a table that are printed, from left to right, and what removes secrets from their cells.
pub(crate) struct Columns<T: 'static> {
    columns: Vec<&'static Column<T>>,
    redactor: Redactor,
}

impl<T> Columns<T> {
    pub(crate) fn new(columns: Vec<&'static Column<T>>, redactor: Redactor) -> Self {
        Self { columns, redactor }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static Column<T>> {
        self.columns.iter().copied()
    }

    /// Leaves out the last column.
    pub(crate) fn pop(&mut self) {
        self.columns.pop();
    }

    /// Returns the cells of a record.
    pub(crate) fn cells(&self, record: &T) -> impl Iterator<Item = Option<Cell>> {
        self.iter()
            .map(|column| column.cell(record, &self.redactor))
    }

    /// Returns what other commands take to name a record.
    pub(crate) fn name(&self, record: &T) -> Option<Cell> {
        self.iter().next()?.name(record, &self.redactor)
    }
}

/// Columns of a command that knows no credentials.
impl<T> FromIterator<&'static Column<T>> for Columns<T> {
    fn from_iter<I: IntoIterator<Item = &'static Column<T>>>(columns: I) -> Self {
        Self::new(columns.into_iter().collect(), Redactor::default())
    }
}

/// Writes the records of one result in one format.
pub(crate) trait Writer<T> {
    /// Writes the next records; none is a page without records.
    ///
    /// # Errors
    /// The write fails.
    fn write(&mut self, records: &[T], sink: &mut dyn Write) -> io::Result<()>;

    /// Ends the result.
    ///
    /// # Errors
    /// The write fails.
    fn finish(&mut self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
