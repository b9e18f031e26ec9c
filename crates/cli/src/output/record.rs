//! Records that commands print.

use gatelet_models::Secret;

/// The text that stands for a secret.
const REDACTED: &str = "[redacted]";

/// Replaces a secret that is there.
pub(crate) fn redact(secret: &mut Option<Secret>) {
    if let Some(secret) = secret {
        *secret = Secret::new(REDACTED);
    }
}

/// A record that is printed as JSON by `Serialize`, or as a table by its columns.
pub(crate) trait Record: serde::Serialize + Sized + 'static {
    /// The table's columns, from left to right.
    const COLUMNS: &'static [Column<Self>];

    /// Removes the secret that only an explicit command may show.
    fn redact(&mut self) {}
}

/// A column of a table.
pub(crate) struct Column<T> {
    /// The column's title; a table without titles has no header.
    pub(crate) header: &'static str,
    /// Returns the cell of a record; `None` if it has no value.
    pub(crate) value: fn(&T) -> Option<String>,
}
