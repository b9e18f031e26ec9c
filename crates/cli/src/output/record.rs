//! Records that commands print.

use std::borrow::Cow;
use std::io;

use gatelet_models::{Lenient, Secret, Timestamp};

use crate::redaction::Redactor;

/// The text that stands for a secret.
const REDACTED: &str = "[redacted]";

/// Replaces a secret that is there, and returns it.
pub(crate) fn redact(secret: &mut Option<Secret>) -> Option<Secret> {
    let shown = secret.as_mut()?;
    Some(std::mem::replace(shown, Secret::new(REDACTED)))
}

/// Removes the secrets of a record that only an explicit command may show, also where its other members repeat them.
pub(crate) fn hide_secrets<T: Record>(record: &mut T, redactor: &Redactor) -> io::Result<()> {
    let secrets = record.redact();
    if secrets.is_empty() {
        return Ok(());
    }
    let rest = serde_json::to_string(record)?;
    for secret in &secrets {
        redactor.hide_repeated(secret, &rest);
    }
    Ok(())
}

/// A record that is printed as JSON by `Serialize`, or as a row by its columns.
pub(crate) trait Record: serde::Serialize + Sized + 'static {
    /// The columns, from left to right. The first is what other commands take to name the record.
    const COLUMNS: &'static [Column<Self>];

    /// Replaces the secrets that only an explicit command may show, and returns them.
    fn redact(&mut self) -> Vec<Secret> {
        Vec::new()
    }

    /// Shows the secrets that the command is asked for.
    fn show_secrets(&self, redactor: &mut Redactor) {
        let columns = Self::COLUMNS.iter();
        for column in columns.filter(|column| column.meaning == Meaning::Secret) {
            if let Some(secret) = column.cell(self, redactor) {
                redactor.show(secret.exact());
            }
        }
    }
}

/// A column of a table.
pub(crate) struct Column<T> {
    /// The column's title; a table without titles has no header.
    pub(crate) header: &'static str,
    /// What its cells mean.
    pub(crate) meaning: Meaning,
    /// Whether it is printed only when all columns are.
    pub(crate) is_wide: bool,
    value: Value<T>,
    /// Returns what other commands take, where that is not the cell.
    name: Option<fn(&T) -> Option<String>>,
}

/// What the cells of a column mean to a person, which decides how they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Text, which a narrow terminal may cut.
    Text,
    /// A state, which may have a color.
    State,
    /// A point in time.
    Time,
    /// A point in time at which something ends.
    End,
    /// A secret. A table with one is never cut.
    Secret,
}

enum Value<T> {
    Text(fn(&T) -> Option<String>),
    Time(fn(&T) -> Option<Timestamp>),
    Millis(fn(&T) -> Option<Timestamp>),
    LenientTime(fn(&T) -> &Lenient<Timestamp>),
}

/// The value of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// A text, as it is.
    Text(String),
    /// A point in time.
    Time(Timestamp),
}

impl Cell {
    /// Returns the exact text.
    pub(crate) fn exact(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Time(time) => time.to_string(),
        }
    }
}

impl<T> Column<T> {
    const fn new(header: &'static str, meaning: Meaning, value: Value<T>) -> Self {
        Self {
            header,
            meaning,
            is_wide: false,
            value,
            name: None,
        }
    }

    /// A column of texts.
    pub(crate) const fn text(header: &'static str, value: fn(&T) -> Option<String>) -> Self {
        Self::new(header, Meaning::Text, Value::Text(value))
    }

    /// A column of words that name a state.
    pub(crate) const fn state(header: &'static str, value: fn(&T) -> Option<String>) -> Self {
        Self::new(header, Meaning::State, Value::Text(value))
    }

    /// A column of points in time. Year 1, which means "never", is no value.
    pub(crate) const fn time(header: &'static str, value: fn(&T) -> Option<Timestamp>) -> Self {
        Self::new(header, Meaning::Time, Value::Time(value))
    }

    /// A column of points in time that the API sends in milliseconds, where no value means "never".
    pub(crate) const fn millis(header: &'static str, value: fn(&T) -> Option<Timestamp>) -> Self {
        Self::new(header, Meaning::Time, Value::Millis(value))
    }

    /// A column of points in time at which something ends.
    pub(crate) const fn end(header: &'static str, value: fn(&T) -> Option<Timestamp>) -> Self {
        Self::new(header, Meaning::End, Value::Time(value))
    }

    /// A column of points in time, some of which may be unreadable.
    pub(crate) const fn lenient_time(
        header: &'static str,
        value: fn(&T) -> &Lenient<Timestamp>,
    ) -> Self {
        Self::new(header, Meaning::Time, Value::LenientTime(value))
    }

    /// A column of points in time at which something ends, some of which may be unreadable.
    pub(crate) const fn lenient_end(
        header: &'static str,
        value: fn(&T) -> &Lenient<Timestamp>,
    ) -> Self {
        Self::new(header, Meaning::End, Value::LenientTime(value))
    }

    /// A column of secrets that were asked for.
    pub(crate) const fn secret(header: &'static str, value: fn(&T) -> Option<String>) -> Self {
        Self::new(header, Meaning::Secret, Value::Text(value))
    }

    /// A column that is printed only when all columns are.
    pub(crate) const fn wide(mut column: Self) -> Self {
        column.is_wide = true;
        column
    }

    /// A column beside which other commands take something else than its cell to name some records; an empty text names none.
    pub(crate) const fn named_by(name: fn(&T) -> Option<String>, mut column: Self) -> Self {
        column.name = Some(name);
        column
    }

    /// Returns what other commands take to name a record; `None` if none can name it.
    pub(crate) fn name(&self, record: &T, redactor: &Redactor) -> Option<Cell> {
        match self.name.and_then(|name| name(record)) {
            Some(name) if name.is_empty() => None,
            Some(name) => Some(Cell::Text(redactor.redact(&name).into_owned())),
            None => self.cell(record, redactor),
        }
    }

    /// Returns the cell of a record; `None` if it has no value. It shows no secret that is not asked for.
    pub(crate) fn cell(&self, record: &T, redactor: &Redactor) -> Option<Cell> {
        match self.value {
            Value::Text(value) => {
                let text = value(record).filter(|text| !text.is_empty())?;
                if self.meaning == Meaning::Secret {
                    return Some(Cell::Text(text));
                }
                Some(Cell::Text(match redactor.redact(&text) {
                    Cow::Borrowed(_) => text,
                    Cow::Owned(clean) => clean,
                }))
            }
            Value::Time(value) => value(record)
                .filter(|time| !time.is_unset())
                .map(Cell::Time),
            Value::Millis(value) => value(record).map(Cell::Time),
            Value::LenientTime(value) => match value(record).value() {
                Ok(time) => time
                    .filter(|time| !time.is_unset())
                    .copied()
                    .map(Cell::Time),
                Err(unreadable) => {
                    let text = format!("{unreadable:?} (unreadable)");
                    Some(Cell::Text(redactor.redact(&text).into_owned()))
                }
            },
        }
    }
}
