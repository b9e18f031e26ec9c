//! Tables for people.

use std::io::{self, Write};

use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::output::record::Record;
use crate::terminal::escape_for_display;

/// The cell of a missing value.
const NONE: &str = "-";

/// Writes records as a table. An empty table has a header too.
pub(crate) fn write<T: Record>(records: &[T], sink: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(NOTHING);
    let columns = T::COLUMNS;
    if columns.iter().any(|column| !column.header.is_empty()) {
        table.set_header(columns.iter().map(|column| column.header));
    }
    for record in records {
        table.add_row(columns.iter().map(|column| cell((column.value)(record))));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for line in table.lines() {
        writeln!(sink, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Escapes a cell, because a server's text may contain terminal control sequences.
fn cell(value: Option<String>) -> String {
    match value {
        None => NONE.to_owned(),
        Some(text) if text.is_empty() => NONE.to_owned(),
        Some(text) => escape_for_display(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::record::Column;

    type Named = (&'static str, Option<&'static str>);

    impl Record for Named {
        const COLUMNS: &'static [Column<Self>] = &[
            Column {
                header: "NAME",
                value: |named| Some(named.0.to_owned()),
            },
            Column {
                header: "NOTE",
                value: |named| named.1.map(str::to_owned),
            },
        ];
    }

    fn written(records: &[Named]) -> String {
        let mut sink = Vec::new();
        write(records, &mut sink).unwrap();
        String::from_utf8(sink).unwrap()
    }

    #[test]
    fn columns_are_aligned_and_missing_values_are_dashes() {
        assert_eq!(
            written(&[("a", None), ("müller", Some("x y"))]),
            "NAME    NOTE\na       -\nmüller  x y\n"
        );
    }

    #[test]
    fn an_empty_list_has_a_header() {
        assert_eq!(written(&[]), "NAME  NOTE\n");
    }

    #[test]
    fn a_value_cannot_control_the_terminal_or_break_the_line() {
        assert_eq!(
            written(&[("a\u{1b}[2J\nb", None)]),
            "NAME           NOTE\na\\u{1b}[2J\\nb  -\n"
        );
    }
}
