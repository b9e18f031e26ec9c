//! Something that is printed.

/// Something that is printed: by its own `Serialize` as JSON, by its columns as a table.
pub(crate) trait Record: serde::Serialize + Sized + 'static {
    /// The columns of a table, from left to right.
    const COLUMNS: &'static [Column<Self>];

    /// Takes out the secret that only an explicit act may show.
    fn redact(&mut self) {}
}

/// One column of a table.
pub(crate) struct Column<T> {
    /// Its title; a table whose columns have none is written without a header.
    pub(crate) header: &'static str,
    /// The cell of one record; `None` for no value.
    pub(crate) value: fn(&T) -> Option<String>,
}
