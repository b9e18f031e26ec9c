//! Tables for people, written page by page.

use std::io::{self, Write};

use anstyle::Style as Ansi;

use crate::output::people_time;
use crate::output::record::{Cell, Meaning};
use crate::output::row::Row;
use crate::output::style::Style;
use crate::output::tone::Tone;
use crate::output::widths::{self, GAP};
use crate::output::writer::{Columns, Heading, Writer};
use crate::terminal::escape_for_display;

/// The cell of a missing value.
const NONE: &str = "-";

/// The number of rows whose cells are held at a time. The first of them decide the widths.
pub(crate) const ROWS: usize = 1000;

/// The width down to which a column of texts may be cut.
const LEAST: usize = 10;

/// A table that is being written. Its columns are as wide as the first rows need; a wider cell of a later row pushes the rest of its row
/// to the right, and is cut only where the width of a line is known.
pub(crate) struct Table<T: 'static> {
    columns: Columns<T>,
    has_header: bool,
    /// Whether columns that do not fit may be left out.
    may_drop: bool,
    style: Style,
    /// The widths, once the first rows were written.
    widths: Option<Vec<Width>>,
}

/// The width of a column.
#[derive(Clone, Copy)]
struct Width {
    chosen: usize,
    /// Whether it is less than the first rows need, so that every cell is cut to it.
    is_cut: bool,
}

/// A cell as it is shown.
struct Shown {
    text: String,
    width: usize,
    tone: Option<Tone>,
}

impl<T> Table<T> {
    pub(crate) fn new(columns: Columns<T>, has_header: bool, may_drop: bool, style: Style) -> Self {
        let has_header = has_header && columns.has_titles();
        // What names the owner of a secret that is shown once is as valuable.
        let has_secret = columns.headings().any(|it| it.meaning == Meaning::Secret);
        let width = style.width.filter(|_| !has_secret);
        let style = Style { width, ..style };
        Self {
            columns,
            has_header,
            may_drop,
            style,
            widths: None,
        }
    }

    /// Chooses the widths by the first rows, leaves out what does not fit, and writes the header.
    fn begin(&mut self, rows: &mut [Vec<Shown>], sink: &mut dyn Write) -> io::Result<()> {
        let has_header = self.has_header;
        let header = |heading: Heading| {
            if has_header {
                widths::of(heading.title)
            } else {
                0
            }
        };
        let mut natural: Vec<usize> = self.columns.headings().map(header).collect();
        for row in rows.iter() {
            for (width, cell) in natural.iter_mut().zip(row) {
                *width = (*width).max(cell.width);
            }
        }
        let mut chosen = natural.clone();
        if let Some(limit) = self.style.width {
            self.fit(&mut chosen, limit);
            for row in rows {
                row.truncate(chosen.len());
            }
        }
        let widths = chosen.into_iter().zip(natural);
        let widths = widths.map(|(chosen, natural)| Width {
            chosen,
            is_cut: chosen < natural,
        });
        self.widths = Some(widths.collect());
        match self.has_header {
            true => {
                let titles = self
                    .columns
                    .headings()
                    .map(|heading| Shown::new(heading.title.to_owned()));
                let titles = titles.collect();
                self.write_row(
                    titles,
                    self.style.has_color.then(|| Ansi::new().bold()),
                    sink,
                )
            }
            false => Ok(()),
        }
    }

    /// Cuts texts, then leaves out columns from the right, then cuts all that may be cut.
    fn fit(&mut self, widths: &mut Vec<usize>, limit: usize) {
        loop {
            let least: Vec<_> = self.least(widths, LEAST).collect();
            let mut fitted = widths.clone();
            if widths::fit(&mut fitted, &least, limit) {
                *widths = fitted;
                return;
            }
            if !self.may_drop || !self.columns.can_pop() {
                cut_all(widths, limit);
                return;
            }
            self.columns.pop();
            widths.pop();
        }
    }

    /// Returns the least width of each column; what names the record is useless if it is cut, as times are.
    fn least(&self, widths: &[usize], text: usize) -> impl Iterator<Item = usize> {
        let headings = self.columns.headings().zip(widths);
        headings.map(move |(heading, width)| match heading.meaning {
            Meaning::Text | Meaning::State if !heading.is_whole => text.min(*width),
            _ => *width,
        })
    }

    fn write_row(
        &self,
        row: Vec<Shown>,
        ansi: Option<Ansi>,
        sink: &mut dyn Write,
    ) -> io::Result<()> {
        let chosen = self.widths.as_deref().unwrap_or_default();
        let pushed = row
            .iter()
            .zip(chosen)
            .map(|(cell, width)| match width.is_cut {
                true => width.chosen,
                false => width.chosen.max(cell.width),
            });
        let mut pushed: Vec<_> = pushed.collect();
        if let Some(last) = pushed.last_mut() {
            // Nothing follows the last cell.
            *last = row.last().map_or(0, |cell| cell.width).min(*last);
        }
        if let Some(limit) = self.style.width {
            let least: Vec<_> = self.least(&pushed, LEAST).collect();
            if !widths::fit(&mut pushed, &least, limit) {
                cut_all(&mut pushed, limit);
            }
        }
        let mut line = String::new();
        let mut position = 0_usize;
        let mut begin = 0_usize;
        for (cell, width) in row.into_iter().zip(pushed) {
            let text = widths::cut(cell.text, width);
            if text.is_empty() {
                begin = begin.saturating_add(width).saturating_add(GAP);
                continue;
            }
            line.extend(std::iter::repeat_n(' ', begin.saturating_sub(position)));
            position = begin.saturating_add(widths::of(&text));
            begin = begin.saturating_add(width).saturating_add(GAP);
            match ansi.or(cell.tone.map(Tone::style)) {
                Some(ansi) => line += &format!("{ansi}{text}{ansi:#}"),
                None => line += &text,
            }
        }
        writeln!(sink, "{line}")
    }
}

/// Cuts every column until a line fits.
fn cut_all(widths: &mut [usize], limit: usize) {
    let least = vec![1; widths.len()];
    widths::fit(widths, &least, limit);
}

impl<T> Writer<T> for Table<T> {
    fn write(&mut self, rows: &[Row<T>], sink: &mut dyn Write) -> io::Result<()> {
        for rows in rows.chunks(ROWS) {
            let rows = rows.iter().map(|row| {
                let cells = self.columns.headings().zip(self.columns.cells(row));
                let cells = cells.map(|(heading, cell)| Shown::of(heading, cell, &self.style));
                cells.collect::<Vec<_>>()
            });
            let mut rows: Vec<_> = rows.collect();
            if self.widths.is_none() {
                self.begin(&mut rows, sink)?;
            }
            for row in rows {
                self.write_row(row, None, sink)?;
            }
        }
        Ok(())
    }

    /// Writes the header of an empty table.
    fn finish(&mut self, sink: &mut dyn Write) -> io::Result<()> {
        match self.widths {
            Some(_) => Ok(()),
            None => self.begin(&mut [], sink),
        }
    }
}

impl Shown {
    fn new(text: String) -> Self {
        let width = widths::of(&text);
        Self {
            text,
            width,
            tone: None,
        }
    }

    /// Returns a cell, escaped, because a server's text may contain terminal control sequences.
    fn of(heading: Heading, cell: Option<Cell>, style: &Style) -> Self {
        let Some(cell) = cell else {
            return Self::new(NONE.to_owned());
        };
        let tone = match (&cell, heading.meaning, style.now) {
            (Cell::Text(word), Meaning::State, _) => Tone::of_state(word),
            (Cell::Time(end), Meaning::End, Some(now)) => Tone::of_end(*end, now),
            _ => None,
        };
        let text = match (cell, style.now) {
            (Cell::Time(time), Some(now)) if !time.is_unset() => people_time::describe(time, now),
            (cell, _) => escape_for_display(&cell.exact()),
        };
        Self {
            tone: tone.filter(|_| style.has_color),
            ..Self::new(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use gatelet_models::Timestamp;

    use super::*;
    use crate::output::record::Column;

    type Named = (&'static str, Option<&'static str>);

    const COLUMNS: [Column<Named>; 2] = [
        Column::text("NAME", |named| Some(named.0.to_owned())),
        Column::text("NOTE", |named| named.1.map(str::to_owned)),
    ];

    static NAMED: [Column<Named>; 2] = COLUMNS;

    fn written<T: Copy>(columns: &'static [Column<T>], style: Style, pages: &[&[T]]) -> String {
        let mut table = Table::new(columns.iter().collect(), true, true, style);
        let mut sink = Vec::new();
        for page in pages {
            let rows: Vec<_> = page.iter().copied().map(Row::from).collect();
            table.write(&rows, &mut sink).unwrap();
        }
        table.finish(&mut sink).unwrap();
        String::from_utf8(sink).unwrap()
    }

    fn wide(width: usize) -> Style {
        Style {
            width: Some(width),
            ..Style::default()
        }
    }

    #[test]
    fn columns_are_aligned_and_missing_values_are_dashes() {
        assert_eq!(
            written(
                &NAMED,
                Style::default(),
                &[&[("a", None), ("müller", Some("x y")), ("", Some(""))]]
            ),
            "NAME    NOTE\na       -\nmüller  x y\n-       -\n"
        );
    }

    #[test]
    fn wide_characters_have_two_columns_and_marks_none() {
        assert_eq!(
            written(
                &NAMED,
                Style::default(),
                &[&[("日本", Some("x")), ("e\u{301}", Some("y"))]]
            ),
            "NAME  NOTE\n日本  x\ne\u{301}     y\n"
        );
    }

    #[test]
    fn an_empty_list_has_a_header() {
        assert_eq!(written(&NAMED, Style::default(), &[]), "NAME  NOTE\n");
        assert_eq!(written(&NAMED, Style::default(), &[&[]]), "NAME  NOTE\n");
    }

    #[test]
    fn a_value_cannot_control_the_terminal_or_break_the_line() {
        assert_eq!(
            written(&NAMED, Style::default(), &[&[("a\u{1b}[2J\nb", None)]]),
            "NAME           NOTE\na\\u{1b}[2J\\nb  -\n"
        );
    }

    #[test]
    fn a_later_wider_cell_pushes_its_row_and_loses_nothing() {
        assert_eq!(
            written(
                &NAMED,
                Style::default(),
                &[
                    &[("a", Some("b"))],
                    &[("longer than that", Some("c")), ("d", None)]
                ]
            ),
            "NAME  NOTE\na     b\nlonger than that  c\nd     -\n"
        );
    }

    #[test]
    fn no_line_is_longer_than_a_known_width() {
        let long = "a note that is much longer than the line";
        let table = written(
            &NAMED,
            wide(30),
            &[&[("g1", Some(long))], &[("日本語日本語", Some(long))]],
        );
        assert_eq!(
            table,
            "NAME  NOTE\ng1    a note that is much lon…\n日本語日本語  a note that is …\n"
        );
        for width in 1..60 {
            let table = written(
                &NAMED,
                wide(width),
                &[&[("name", Some(long))], &[(long, Some(long))]],
            );
            for line in table.lines() {
                assert!(widths::of(line) <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn the_cells_of_a_column_that_was_cut_are_aligned() {
        static NUMBERED: [Column<Named>; 3] = {
            let [name, note] = COLUMNS;
            [Column::text("ID", |_| Some("1".to_owned())), name, note]
        };
        let rows = [
            ("a name that is long", Some("a long note")),
            ("a name of 12", Some("b")),
        ];
        assert_eq!(
            written(&NUMBERED, wide(28), &[&rows, &rows[1..]]),
            "ID  NAME         NOTE\n\
             1   a name tha…  a long note\n\
             1   a name of …  b\n\
             1   a name of …  b\n"
        );
    }

    #[test]
    fn columns_that_do_not_fit_are_left_out_from_the_right() {
        assert_eq!(
            written(&NAMED, wide(14), &[&[("a long name", Some("a long note"))]]),
            "NAME\na long name\n"
        );
    }

    #[test]
    fn a_table_with_a_secret_is_never_cut() {
        static SECRET: [Column<Named>; 3] = [
            Column::text("ID", |named| Some(named.0.to_owned())),
            Column::secret("TOKEN", |named| named.1.map(str::to_owned)),
            Column::text("ENDS", |_| Some("tomorrow".to_owned())),
        ];
        let table = written(&SECRET, wide(8), &[&[("dt0g02", Some("hunter2hunter2"))]]);
        assert_eq!(
            table,
            "ID      TOKEN           ENDS\ndt0g02  hunter2hunter2  tomorrow\n"
        );
    }

    #[test]
    fn a_terminal_shows_colors_and_times_as_people_say_them() {
        type Token = (&'static str, Option<Timestamp>);
        static TOKENS: [Column<Token>; 2] = [
            Column::state("STATE", |token| Some(token.0.to_owned())),
            Column::end("ENDS", |token| token.1),
        ];
        let time = |text| Some(Timestamp::parse(text).unwrap());
        let style = Style {
            has_color: true,
            now: time("2027-01-01T00:00:00Z"),
            ..Style::default()
        };
        let rows = [
            ("OFFLINE", time("2027-01-13T00:00:00Z")),
            ("NEW_WORD", time("2028-01-01T00:00:00Z")),
        ];
        assert_eq!(
            written(&TOKENS, style, &[&rows]),
            "\u{1b}[1mSTATE\u{1b}[0m     \u{1b}[1mENDS\u{1b}[0m\n\
             \u{1b}[31mOFFLINE\u{1b}[0m   \u{1b}[33min 12 days\u{1b}[0m\n\
             NEW_WORD  in 12 months\n"
        );
        assert_eq!(
            written(&TOKENS, Style::default(), &[&rows[..1]]),
            "STATE    ENDS\nOFFLINE  2027-01-13T00:00:00Z\n"
        );
    }
}
