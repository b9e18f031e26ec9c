//! Tables of Markdown, as on GitHub and GitLab, and plain names.

use std::io::{self, Write};

use crate::output::record::Cell;
use crate::output::row::Row;
use crate::output::writer::{Columns, Writer};
use crate::terminal::escape_for_display;

/// A table of Markdown.
pub(crate) struct Markdown<T: 'static> {
    columns: Columns<T>,
    /// Whether the header is still to be written; without one, it is no table.
    is_header_due: bool,
}

impl<T> Markdown<T> {
    pub(crate) fn new(columns: Columns<T>) -> Self {
        Self {
            columns,
            is_header_due: true,
        }
    }
}

impl<T> Writer<T> for Markdown<T> {
    fn write(&mut self, rows: &[Row<T>], sink: &mut dyn Write) -> io::Result<()> {
        if std::mem::take(&mut self.is_header_due) {
            let titles = self.columns.headings().map(|heading| match heading.title {
                "" => "VALUE".to_owned(),
                title => title.to_owned(),
            });
            write_row(titles, sink)?;
            let rules = self.columns.headings().map(|_| "---".to_owned());
            write_row(rules, sink)?;
        }
        for row in rows {
            let cells = self.columns.cells(row);
            write_row(
                cells.map(|cell| cell.map_or_else(String::new, escape)),
                sink,
            )?;
        }
        Ok(())
    }

    fn finish(&mut self, sink: &mut dyn Write) -> io::Result<()> {
        self.write(&[], sink)
    }
}

fn write_row(cells: impl Iterator<Item = String>, sink: &mut dyn Write) -> io::Result<()> {
    let row = cells.fold(String::from("|"), |row, cell| format!("{row} {cell} |"));
    writeln!(sink, "{row}")
}

/// Escapes what Markdown would read as markup.
fn escape(cell: Cell) -> String {
    let mut escaped = String::new();
    for c in escape_for_display(&cell.exact()).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Names, one on each line, after the profile and a tab where there is one. Control characters are escaped, so that no name is read as two.
pub(crate) struct Names<T: 'static>(pub(crate) Columns<T>);

impl<T> Writer<T> for Names<T> {
    fn write(&mut self, rows: &[Row<T>], sink: &mut dyn Write) -> io::Result<()> {
        for row in rows {
            if let Some(name) = self.0.name(row) {
                let profile = row.profile_cell().map(Cell::exact);
                let profile = profile.map(|it| escape_for_display(&it) + "\t");
                let name = escape_for_display(&name.exact());
                writeln!(sink, "{}{name}", profile.unwrap_or_default())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::record::Column;

    type Record = (Option<&'static str>, &'static str);

    static COLUMNS: [Column<Record>; 2] = [
        Column::text("ID", |row| row.0.map(str::to_owned)),
        Column::text("NOTE", |row| Some(row.1.to_owned())),
    ];

    fn written(mut writer: impl Writer<Record>, records: &[Record]) -> String {
        let mut sink = Vec::new();
        let rows: Vec<_> = records.iter().copied().map(Row::from).collect();
        writer.write(&rows, &mut sink).unwrap();
        writer.finish(&mut sink).unwrap();
        String::from_utf8(sink).unwrap()
    }

    #[test]
    fn markup_in_a_cell_is_escaped() {
        assert_eq!(
            written(
                Markdown::new(COLUMNS.iter().collect()),
                &[(Some("a|b"), "<i>\n_x_"), (None, "c")]
            ),
            "| ID | NOTE |\n| --- | --- |\n| a\\|b | \\<i\\>\\\\n\\_x\\_ |\n|  | c |\n"
        );
        assert_eq!(
            written(Markdown::new(COLUMNS.iter().collect()), &[]),
            "| ID | NOTE |\n| --- | --- |\n"
        );
    }

    #[test]
    fn names_are_one_on_each_line() {
        let rows = [(Some("a"), ""), (None, "b"), (Some("c\nd"), "")];
        assert_eq!(
            written(Names(COLUMNS.iter().collect()), &rows),
            "a\nc\\nd\n"
        );
    }
}
