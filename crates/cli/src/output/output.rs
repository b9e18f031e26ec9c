//! Writes results in the chosen format.

use std::io::{self, Write};
use std::slice;

use clap::ValueEnum;

use crate::output::progress::Progress;
use crate::output::record::Record;
use crate::output::table;

/// The format of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Columns for people
    #[default]
    Table,
    /// One JSON document; a list is an array
    Json,
    /// One JSON document per line, each page as soon as it arrives
    Ndjson,
}

/// Writes records in one format. Each record is redacted first, so that none shows a secret by accident.
#[derive(Debug)]
pub(crate) struct Output<W> {
    format: Format,
    sink: W,
    progress: Progress,
}

impl<W: Write> Output<W> {
    pub(crate) fn new(format: Format, sink: W) -> Self {
        let progress = Progress::default();
        Self {
            format,
            sink,
            progress,
        }
    }

    /// Returns what is known of the change that the command makes.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    pub(crate) fn sink(&mut self) -> &mut W {
        &mut self.sink
    }

    /// Writes one record as the whole result.
    pub(crate) fn item<T: Record>(&mut self, mut item: T) -> io::Result<()> {
        item.redact();
        match self.format {
            Format::Table => table::write(slice::from_ref(&item), &mut self.sink),
            Format::Json => write_json(&item, &mut self.sink),
            Format::Ndjson => write_ndjson(&item, &mut self.sink),
        }?;
        self.sink.flush()
    }

    /// Writes one document: the whole as JSON, or the rows of a list in it as a table.
    pub(crate) fn document<T: Record>(
        &mut self,
        whole: &impl serde::Serialize,
        mut rows: Vec<T>,
    ) -> io::Result<()> {
        rows.iter_mut().for_each(Record::redact);
        match self.format {
            Format::Table => table::write(&rows, &mut self.sink),
            Format::Json => write_json(whole, &mut self.sink),
            Format::Ndjson => write_ndjson(whole, &mut self.sink),
        }?;
        self.sink.flush()
    }

    /// Starts a list.
    pub(crate) fn list<T: Record>(&mut self) -> List<'_, W, T> {
        List {
            output: self,
            buffered: Vec::new(),
        }
    }
}

/// A list that is being written. Formats that need all items at once write them at the end.
#[derive(Debug)]
pub(crate) struct List<'a, W, T> {
    output: &'a mut Output<W>,
    buffered: Vec<T>,
}

impl<W: Write, T: Record> List<'_, W, T> {
    /// Returns whether no item is buffered.
    pub(crate) fn is_empty(&self) -> bool {
        self.buffered.is_empty()
    }

    /// Adds the items of a page.
    pub(crate) fn page(&mut self, items: impl Iterator<Item = T>) -> io::Result<()> {
        let redacted = items.map(|mut item| {
            item.redact();
            item
        });
        match self.output.format {
            Format::Table | Format::Json => {
                self.buffered.extend(redacted);
                Ok(())
            }
            Format::Ndjson => {
                for item in redacted {
                    write_ndjson(&item, &mut self.output.sink)?;
                }
                self.output.sink.flush()
            }
        }
    }

    /// Writes what is buffered and ends the list.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.output.format {
            Format::Table => table::write(&self.buffered, &mut self.output.sink)?,
            Format::Json => write_json(&self.buffered, &mut self.output.sink)?,
            Format::Ndjson => {}
        }
        self.output.sink.flush()
    }
}

fn write_json(value: &impl serde::Serialize, sink: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *sink, value)?;
    writeln!(sink)
}

fn write_ndjson(value: &impl serde::Serialize, sink: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *sink, value)?;
    writeln!(sink)
}
