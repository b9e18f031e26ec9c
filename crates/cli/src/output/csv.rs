//! Comma-separated values as in RFC 4180.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use crate::output::record::Cell;
use crate::output::row::Row;
use crate::output::writer::{Columns, Writer};
use crate::terminal::escape_for_display;

/// A list of comma-separated values. A missing value is empty.
pub(crate) struct Csv<T: 'static> {
    columns: Columns<T>,
    /// Whether the header is still to be written.
    is_header_due: bool,
    /// Whether invisible characters are escaped, for a terminal.
    is_escaped: bool,
}

impl<T> Csv<T> {
    pub(crate) fn new(columns: Columns<T>, has_header: bool, is_escaped: bool) -> Self {
        Self {
            is_header_due: has_header && columns.has_titles(),
            columns,
            is_escaped,
        }
    }
}

impl<T> Writer<T> for Csv<T> {
    fn write(&mut self, rows: &[Row<T>], sink: &mut dyn Write) -> io::Result<()> {
        let mut csv = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(sink);
        if std::mem::take(&mut self.is_header_due) {
            let header = self.columns.headings().map(|heading| heading.title);
            csv.write_record(header).map_err(write_error)?;
        }
        for row in rows {
            let cells = self.columns.cells(row);
            let cells = cells.map(|cell| cell.map_or_else(String::new, Cell::exact));
            csv.write_record(cells.map(|cell| match self.is_escaped {
                true => escape_for_display(&cell),
                false => cell,
            }))
            .map_err(write_error)?;
        }
        csv.flush()
    }

    fn finish(&mut self, sink: &mut dyn Write) -> io::Result<()> {
        self.write(&[], sink)
    }
}

/// Returns the error of a write, of which a reader may learn that nobody reads any more.
fn write_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::record::Column;

    static COLUMNS: [Column<(&str, Option<&str>)>; 2] = [
        Column::text("NAME", |row| Some(row.0.to_owned())),
        Column::text("LAST NOTE", |row| row.1.map(str::to_owned)),
    ];

    fn written(pages: &[&[(&'static str, Option<&'static str>)]], is_escaped: bool) -> String {
        let mut csv = Csv::new(COLUMNS.iter().collect(), true, is_escaped);
        let mut sink = Vec::new();
        for page in pages {
            let rows: Vec<_> = page.iter().copied().map(Row::from).collect();
            csv.write(&rows, &mut sink).unwrap();
        }
        csv.finish(&mut sink).unwrap();
        String::from_utf8(sink).unwrap()
    }

    #[test]
    fn cells_are_exact_and_quoted_where_needed() {
        assert_eq!(
            written(
                &[&[("a, \"b\"", None)], &[("c\nd", Some("\u{202e}"))]],
                false
            ),
            "NAME,LAST NOTE\r\n\"a, \"\"b\"\"\",\r\n\"c\nd\",\u{202e}\r\n"
        );
        assert_eq!(
            written(&[&[("c\nd", Some("\u{202e}"))]], true),
            "NAME,LAST NOTE\r\nc\\nd,\\u{202e}\r\n"
        );
    }

    #[test]
    fn a_reader_that_has_left_is_told_apart_from_other_errors() {
        struct Left;
        impl Write for Left {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut csv = Csv::new(COLUMNS.iter().collect(), true, false);
        let long = "x".repeat(1 << 16);
        let row: (&str, Option<&str>) = (long.leak(), None);
        let error = csv.write(&[row.into()], &mut Left).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn an_empty_list_has_one_header() {
        assert_eq!(written(&[], false), "NAME,LAST NOTE\r\n");
        assert_eq!(written(&[&[], &[]], false), "NAME,LAST NOTE\r\n");
    }
}
