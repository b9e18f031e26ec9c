//! Lists in one format, page by page unless they are sorted.

use std::io::{self, Write};

use crate::output::record::{self, Column, Record};
use crate::output::row::Row;
use crate::output::selection;
use crate::output::writer::Writer;
use crate::redaction::Redactor;

/// What a list is sorted by.
pub(crate) enum SortBy<T: 'static> {
    Profile,
    Column(&'static Column<T>),
}

/// A list that is being written in one format, page by page unless it is sorted.
pub(crate) struct ListWriter<T: 'static> {
    writer: Box<dyn Writer<T>>,
    /// Shares what it hides with the writer.
    redactor: Redactor,
    /// What decides the order, and the rows so far.
    sorted: Option<(SortBy<T>, Vec<Row<T>>)>,
}

impl<T: Record> ListWriter<T> {
    pub(crate) fn new(
        writer: Box<dyn Writer<T>>,
        redactor: Redactor,
        sort_by: Option<SortBy<T>>,
    ) -> Self {
        Self {
            writer,
            redactor,
            sorted: sort_by.map(|sort_by| (sort_by, Vec::new())),
        }
    }

    /// Adds rows, whose secrets are hidden first.
    pub(crate) fn page(&mut self, mut rows: Vec<Row<T>>, sink: &mut dyn Write) -> io::Result<()> {
        for row in &mut rows {
            record::hide_secrets(&mut row.record, &self.redactor)?;
        }
        match &mut self.sorted {
            Some((_, sorted)) => sorted.extend(rows),
            None if rows.is_empty() => {}
            None => {
                self.writer.write(&rows, sink)?;
                sink.flush()?;
            }
        }
        Ok(())
    }

    /// Writes what is left and ends the list.
    pub(crate) fn finish(&mut self, sink: &mut dyn Write) -> io::Result<()> {
        if let Some((sort_by, mut rows)) = self.sorted.take() {
            selection::sort(&mut rows, |row| match &sort_by {
                SortBy::Profile => row.profile_cell(),
                SortBy::Column(column) => column.cell(&row.record, &self.redactor),
            });
            self.writer.write(&rows, sink)?;
        }
        self.writer.finish(sink)?;
        sink.flush()
    }
}
