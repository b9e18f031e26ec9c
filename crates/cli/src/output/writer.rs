//! The common form of the writers of all formats.

use std::io::{self, Write};

use crate::output::record::Column;

/// The columns of a table that are printed, from left to right.
pub(crate) type Columns<T> = Vec<&'static Column<T>>;

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
