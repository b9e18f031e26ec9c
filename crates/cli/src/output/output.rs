//! Writes results in the chosen format.

use std::io::{self, Write};
use std::slice;

use clap::ValueEnum;
use serde::Serialize;

use crate::output::csv::Csv;
use crate::output::dry_run::DryRun;
#[cfg(feature = "jq")]
use crate::output::jq::{Each, Filter, Whole};
use crate::output::json;
use crate::output::log::Log;
use crate::output::markdown::{Markdown, Names};
use crate::output::progress::Progress;
use crate::output::record::{self, Column, Record};
use crate::output::selection;
use crate::output::style::Style;
use crate::output::table::Table;
use crate::output::target::Target;
use crate::output::writer::{Columns, Writer};
use crate::output::yaml;
use crate::redaction::Redactor;

/// The format of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Columns for people, as many as fit on a terminal
    #[default]
    Table,
    /// All columns, in full
    Wide,
    /// One JSON document; a list is an array
    Json,
    /// One JSON document per line, each page as soon as it arrives
    Ndjson,
    /// Comma-separated values of all columns
    Csv,
    /// One YAML document; a list is a sequence
    Yaml,
    /// Only what other commands take to name a thing, one per line
    Name,
    /// A table of Markdown
    Markdown,
}

impl Format {
    /// Whether a document is written, rather than columns.
    pub(crate) fn is_document(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson | Self::Yaml)
    }

    /// Whether programs read it, so that also a change is answered in it.
    pub(crate) fn is_for_programs(self) -> bool {
        self.is_document() || matches!(self, Self::Csv | Self::Name)
    }
}

/// How results are printed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Presentation {
    pub(crate) format: Format,
    /// The names of the columns; by default, the format decides.
    pub(crate) columns: Option<Vec<String>>,
    /// The name of the column that lists are sorted by.
    pub(crate) sort_by: Option<String>,
    /// Whether tables have a header.
    pub(crate) has_headers: bool,
    pub(crate) style: Style,
    /// What is made of the document.
    #[cfg(feature = "jq")]
    pub(crate) filter: Option<Filter>,
    /// Whether stderr may show how far a long list is.
    pub(crate) has_progress_line: bool,
}

/// Writes records in one format. Each record is redacted first, so that none shows a secret by accident.
#[derive(Debug)]
pub(crate) struct Output<W> {
    presentation: Presentation,
    sink: W,
    log: Log,
    target: Target,
    dry_run: Option<DryRun>,
}

impl<W: Write> Output<W> {
    pub(crate) fn new(presentation: Presentation, sink: W, log: Log, target: Target) -> Self {
        Self {
            presentation,
            sink,
            log,
            target,
            dry_run: None,
        }
    }

    /// Sets that nothing is changed.
    pub(crate) fn with_dry_run(self, dry_run: Option<DryRun>) -> Self {
        Self { dry_run, ..self }
    }

    /// Returns the dry run, if nothing is changed.
    pub(crate) fn dry_run(&self) -> Option<&DryRun> {
        self.dry_run.as_ref()
    }

    /// Returns what the command says of its steps.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Returns where the command goes.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Returns what is known of what the command has done.
    pub(crate) fn progress(&self) -> &Progress {
        self.log.progress()
    }

    /// Returns whether stderr may show how far a long list is.
    pub(crate) fn has_progress_line(&self) -> bool {
        self.presentation.has_progress_line
    }

    pub(crate) fn format(&self) -> Format {
        self.presentation.format
    }

    /// Returns whether an expression decides what of the result is printed.
    pub(crate) fn has_filter(&self) -> bool {
        #[cfg(feature = "jq")]
        return self.presentation.filter.is_some();
        #[cfg(not(feature = "jq"))]
        return false;
    }

    /// Returns whether the command line names columns.
    pub(crate) fn has_chosen_columns(&self) -> bool {
        self.presentation.columns.is_some() || self.presentation.sort_by.is_some()
    }

    /// Returns whether lists are sorted, and so printed at their end.
    pub(crate) fn is_sorted(&self) -> bool {
        self.presentation.sort_by.is_some()
    }

    /// Prints lists that have no end: as JSON, each item is a document of its own.
    pub(crate) fn make_endless(&mut self) {
        if self.format() == Format::Json {
            self.presentation.format = Format::Ndjson;
        }
    }

    pub(crate) fn sink(&mut self) -> &mut W {
        &mut self.sink
    }

    /// Writes one record as the whole result.
    pub(crate) fn item<T: Record>(&mut self, mut item: T) -> io::Result<()> {
        let mut redactor = self.log.secrets().redactor();
        record::hide_secrets(&mut item, &redactor)?;
        item.show_secrets(&mut redactor);
        if self.format().is_document() {
            return self.write_document(&item, &redactor);
        }
        let mut writer = self.writer(redactor)?;
        writer.write(slice::from_ref(&item), &mut self.sink)?;
        writer.finish(&mut self.sink)?;
        self.sink.flush()
    }

    /// Writes one document: the whole as JSON or YAML, or the rows of a list in it in columns.
    pub(crate) fn document<T: Record>(
        &mut self,
        whole: &impl Serialize,
        rows: Vec<T>,
    ) -> io::Result<()> {
        if self.format().is_document() {
            let redactor = self.log.secrets().redactor();
            return self.write_document(whole, &redactor);
        }
        let mut list = self.list()?;
        list.page(rows.into_iter())?;
        list.finish()
    }

    fn write_document(&mut self, whole: &impl Serialize, redactor: &Redactor) -> io::Result<()> {
        let is_escaped = self.presentation.style.is_terminal;
        #[cfg(feature = "jq")]
        if let Some(filter) = &self.presentation.filter {
            let json = json::to_vec(whole, false, false, redactor)?;
            filter.write(&json, is_escaped, &mut self.sink)?;
            return self.sink.flush();
        }
        match self.format() {
            Format::Yaml => yaml::write(whole, redactor, &mut self.sink)?,
            format => {
                let json = json::to_vec(whole, format == Format::Json, is_escaped, redactor)?;
                self.sink.write_all(&json)?;
                self.sink.write_all(b"\n")?;
            }
        }
        self.sink.flush()
    }

    /// Starts a list.
    ///
    /// # Errors
    /// The name of a column is unknown.
    pub(crate) fn list<T: Record>(&mut self) -> io::Result<List<'_, W, T>> {
        let sort_by = self.presentation.sort_by.as_deref();
        let sort_by = sort_by.map(selection::column).transpose()?;
        let redactor = self.log.secrets().redactor();
        Ok(List {
            writer: self.writer(redactor.clone())?,
            redactor,
            output: self,
            sorted: sort_by.map(|column| (column, Vec::new())),
            is_empty: true,
        })
    }

    /// Returns the writer of records.
    fn writer<T: Record>(&self, redactor: Redactor) -> io::Result<Box<dyn Writer<T>>> {
        let Presentation {
            format,
            has_headers,
            style,
            ..
        } = self.presentation;
        #[cfg(feature = "jq")]
        if let Some(filter) = self.presentation.filter.clone() {
            let is_escaped = style.is_terminal;
            return Ok(match format {
                Format::Ndjson => Box::new(Each {
                    filter,
                    is_escaped,
                    redactor,
                }),
                _ => Box::new(Whole::new(filter, is_escaped, redactor)),
            });
        }
        let may_drop = self.presentation.columns.is_none();
        let whole = Style {
            width: None,
            now: None,
            ..style
        };
        let columns = |redactor| Ok::<_, io::Error>(Columns::new(self.columns()?, redactor));
        Ok(match format {
            Format::Table => Box::new(Table::new(columns(redactor)?, has_headers, may_drop, style)),
            Format::Wide => Box::new(Table::new(columns(redactor)?, has_headers, false, whole)),
            Format::Json => Box::new(json::Array::new(style.is_terminal, redactor)),
            Format::Ndjson => Box::new(json::Lines {
                is_escaped: style.is_terminal,
                redactor,
            }),
            Format::Csv => Box::new(Csv::new(columns(redactor)?, has_headers, style.is_terminal)),
            Format::Yaml => Box::new(yaml::Sequence::new(redactor)),
            Format::Name => Box::new(Names(columns(redactor)?)),
            Format::Markdown => Box::new(Markdown::new(columns(redactor)?)),
        })
    }

    /// Returns the columns that were asked for, or those of the format.
    fn columns<T: Record>(&self) -> io::Result<Vec<&'static Column<T>>> {
        if let Some(names) = &self.presentation.columns {
            return Ok(selection::columns(names)?);
        }
        let is_shown = |column: &&Column<T>| match self.format() {
            Format::Table | Format::Markdown => !column.is_wide,
            _ => true,
        };
        Ok(T::COLUMNS.iter().filter(is_shown).collect())
    }
}

/// A list that is being written, page by page unless it is sorted.
pub(crate) struct List<'a, W, T: 'static> {
    output: &'a mut Output<W>,
    writer: Box<dyn Writer<T>>,
    /// Shares what it hides with the writer.
    redactor: Redactor,
    /// The column that decides the order, and the items so far.
    sorted: Option<(&'static Column<T>, Vec<T>)>,
    is_empty: bool,
}

impl<W: Write, T: Record> List<'_, W, T> {
    /// Returns whether no item was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Adds the items of a page.
    pub(crate) fn page(&mut self, items: impl Iterator<Item = T>) -> io::Result<()> {
        let mut items: Vec<_> = items.collect();
        for item in &mut items {
            record::hide_secrets(item, &self.redactor)?;
        }
        self.is_empty &= items.is_empty();
        match &mut self.sorted {
            Some((_, sorted)) => sorted.extend(items),
            None if items.is_empty() => {}
            None => {
                self.writer.write(&items, &mut self.output.sink)?;
                self.output.sink.flush()?;
            }
        }
        Ok(())
    }

    /// Writes what is left and ends the list.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if let Some((column, mut items)) = self.sorted {
            selection::sort(&mut items, column, &self.redactor);
            self.writer.write(&items, &mut self.output.sink)?;
        }
        self.writer.finish(&mut self.output.sink)?;
        self.output.sink.flush()
    }
}
