//! Writes results in the chosen format.

use std::io::{self, Write};

use clap::ValueEnum;
use serde::Serialize;

use crate::output::csv::Csv;
use crate::output::dry_run::DryRun;
#[cfg(feature = "jq")]
use crate::output::jq::{Each, Filter, Whole};
use crate::output::json;
use crate::output::list_writer::{ListWriter, SortBy};
use crate::output::log::Log;
use crate::output::markdown::{Markdown, Names};
use crate::output::merge::{Merge, Place};
use crate::output::progress::Progress;
use crate::output::record::{self, Column, Record};
use crate::output::row::Row;
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
    /// Whether stderr may show how many profiles are complete, before rows are written.
    pub(crate) has_profile_line: bool,
}

/// Writes records in one format. Each record is redacted first, so that none shows a secret by accident.
#[derive(Debug)]
pub(crate) struct Output<W> {
    presentation: Presentation,
    sink: W,
    log: Log,
    target: Target,
    dry_run: Option<DryRun>,
    /// The profile whose rows become a part of one list, and that list.
    merged: Option<(Place, Merge<W>)>,
}

impl<W: Write> Output<W> {
    pub(crate) fn new(presentation: Presentation, sink: W, log: Log, target: Target) -> Self {
        Self {
            presentation,
            sink,
            log,
            target,
            dry_run: None,
            merged: None,
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

    /// Makes all records rows of one list, which has those of other profiles, too.
    pub(crate) fn merged(self, place: Place, merge: Merge<W>) -> Self {
        Self {
            merged: Some((place, merge)),
            ..self
        }
    }

    /// Returns the profile, if the command runs with several.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.merged.as_ref().map(|(place, _)| &*place.profile)
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
        self.presentation.has_progress_line && self.merged.is_none()
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
        if self.merged.is_some() {
            let mut list = self.list()?;
            list.page(std::iter::once(item))?;
            return list.finish();
        }
        let mut redactor = self.log.secrets().redactor();
        record::hide_secrets(&mut item, &redactor)?;
        item.show_secrets(&mut redactor);
        if self.format().is_document() {
            return self.write_document(&item, &redactor);
        }
        let mut writer = self.writer(redactor)?;
        writer.write(&[item.into()], &mut self.sink)?;
        writer.finish(&mut self.sink)?;
        self.sink.flush()
    }

    /// Writes one document: the whole as JSON or YAML, or the rows of a list in it in columns.
    pub(crate) fn document<T: Record>(
        &mut self,
        whole: &impl Serialize,
        rows: Vec<T>,
    ) -> io::Result<()> {
        match (self.format().is_document(), &self.merged) {
            (true, Some(_)) => return self.item(Document(serde_json::to_value(whole)?)),
            (true, None) => {
                let redactor = self.log.secrets().redactor();
                return self.write_document(whole, &redactor);
            }
            (false, _) => {}
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
        let writer = match &self.merged {
            Some((_, merge)) => {
                merge.begin(|| self.list_writer::<T>())?;
                None
            }
            None => Some(self.list_writer()?),
        };
        Ok(List {
            writer,
            output: self,
            is_empty: true,
        })
    }

    fn list_writer<T: Record>(&self) -> io::Result<ListWriter<T>> {
        let sort_by = match self.presentation.sort_by.as_deref() {
            Some(name) if self.merged.is_some() && selection::is_profile(name) => {
                Some(SortBy::Profile)
            }
            Some(name) => Some(SortBy::Column(selection::column(name)?)),
            None => None,
        };
        let redactor = self.log.secrets().redactor();
        let writer = self.writer(redactor.clone())?;
        Ok(ListWriter::new(writer, redactor, sort_by))
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
        let has_profile = self.merged.is_some();
        let columns = |redactor| {
            let columns = Columns::new(self.columns()?, redactor);
            Ok::<_, io::Error>(columns.with_profile(has_profile))
        };
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
            // That of the profiles is there and the first, whether it is named or not.
            let is_own = |name: &&String| self.merged.is_none() || !selection::is_profile(name);
            return Ok(selection::columns(names.iter().filter(is_own))?);
        }
        let is_shown = |column: &&Column<T>| match self.format() {
            Format::Table | Format::Markdown => !column.is_wide,
            _ => true,
        };
        Ok(T::COLUMNS.iter().filter(is_shown).collect())
    }
}

/// A document that several profiles have one each of.
#[derive(Serialize)]
#[serde(transparent)]
struct Document(serde_json::Value);

impl Record for Document {
    const COLUMNS: &'static [Column<Self>] = &[];
}

/// A list that is being written, page by page unless it is sorted.
pub(crate) struct List<'a, W, T: 'static> {
    output: &'a mut Output<W>,
    /// None if the rows become a part of the list of several profiles.
    writer: Option<ListWriter<T>>,
    is_empty: bool,
}

impl<W: Write, T: Record> List<'_, W, T> {
    /// Returns whether no item was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Adds the items of a page.
    pub(crate) fn page(&mut self, items: impl Iterator<Item = T>) -> io::Result<()> {
        let items: Vec<_> = items.collect();
        self.is_empty &= items.is_empty();
        let Output { sink, merged, .. } = &mut *self.output;
        match (&mut self.writer, merged) {
            (Some(writer), _) => writer.page(items.into_iter().map(Row::from).collect(), sink),
            (None, Some((place, merge))) => merge.page(place, items),
            (None, None) => Ok(()),
        }
    }

    /// Writes what is left and ends the list; that of several profiles ends with the last.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        match &mut self.writer {
            Some(writer) => writer.finish(&mut self.output.sink),
            None => Ok(()),
        }
    }
}
