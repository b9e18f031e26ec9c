//! Which columns are printed, and in which order records are.

use gatelet_models::Timestamp;

use crate::error::refusal::Refusal;
use crate::nearest::nearest_of;
use crate::output::record::{Cell, Column, Record};
use crate::output::writer::PROFILE;

/// Returns the columns with these names, in this order.
///
/// # Errors
/// A name is unknown; the error lists the known ones.
pub(crate) fn columns<'a, T: Record>(
    names: impl Iterator<Item = &'a String>,
) -> Result<Vec<&'static Column<T>>, Refusal> {
    names.map(|name| column(name)).collect()
}

/// Returns the column with a name. Upper and lower case are alike, and words may be joined by `-` and `_`.
///
/// # Errors
/// The name is unknown; the error lists the known ones.
pub(crate) fn column<T: Record>(name: &str) -> Result<&'static Column<T>, Refusal> {
    let header = name.trim().to_uppercase().replace(['-', '_'], " ");
    let mut columns = T::COLUMNS.iter();
    let column = columns.find(|column| column.header == header);
    column.ok_or_else(|| unknown::<T>(&header))
}

/// Describes the refusal of a column, whose name may be a mistyped secret and is not repeated.
fn unknown<T: Record>(header: &str) -> Refusal {
    let headers = T::COLUMNS.iter().map(|column| column.header);
    let headers: Vec<_> = headers.filter(|header| !header.is_empty()).collect();
    if headers.is_empty() {
        return Refusal::new("this command prints one value, which has no columns");
    }
    let joined = |header: &str| header.replace(' ', "_");
    let meant = match nearest_of(header, headers.iter().copied()) {
        Some(nearest) => format!(" (did you mean {}?)", joined(nearest)),
        None => String::new(),
    };
    let known: Vec<_> = headers.into_iter().map(joined).collect();
    let known = known.join(", ");
    Refusal::new(format!("unknown column{meant}; known columns: {known}"))
}

/// Sorts rows by a cell: numbers, times and versions as such, then texts, then rows without a value.
pub(crate) fn sort<T>(rows: &mut [T], cell: impl Fn(&T) -> Option<Cell>) {
    rows.sort_by_cached_key(|row| Key::of(cell(row)));
}

/// Returns whether a name is that of the column of profiles.
pub(crate) fn is_profile(name: &str) -> bool {
    name.trim().eq_ignore_ascii_case(PROFILE)
}

/// What rows are sorted by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i128),
    Time(Timestamp),
    Version(Vec<u64>),
    Text(String),
    None,
}

impl Key {
    fn of(cell: Option<Cell>) -> Self {
        match cell {
            None => Self::None,
            Some(Cell::Time(time)) => Self::Time(time),
            Some(Cell::Text(text)) => match (text.parse(), version(&text)) {
                (Ok(number), _) => Self::Number(number),
                (_, Some(version)) => Self::Version(version),
                _ => Self::Text(text),
            },
        }
    }
}

/// Returns the numbers of a version such as `1.343.12.20260901-101500`; `None` for any other text.
fn version(text: &str) -> Option<Vec<u64>> {
    let parts = text.split(['.', '-']).map(str::parse);
    parts.collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::Redactor;

    type Row = (Option<&'static str>, Option<Timestamp>);

    impl Record for Row {
        const COLUMNS: &'static [Column<Self>] = &[
            Column::text("USED BYTES", |row| row.0.map(str::to_owned)),
            Column::wide(Column::time("ENDS", |row| row.1)),
        ];
    }

    fn sorted(mut rows: Vec<Row>, name: &str) -> Vec<Row> {
        let column: &Column<Row> = column(name).ok().unwrap();
        let redactor = Redactor::default();
        sort(&mut rows, |row| column.cell(row, &redactor));
        rows
    }

    #[test]
    fn a_column_is_named_in_any_case_with_any_joint() {
        for name in ["USED BYTES", "used_bytes", "Used-Bytes", " used bytes"] {
            assert!(column::<Row>(name).is_ok(), "{name}");
        }
        let names = ["ends".to_owned(), "used bytes".to_owned()];
        let headers: Vec<_> = columns::<Row>(names.iter())
            .ok()
            .unwrap()
            .iter()
            .map(|it| it.header)
            .collect();
        assert_eq!(headers, ["ENDS", "USED BYTES"]);
        let error = column::<Row>("hunter2").err().unwrap().to_string();
        assert_eq!(error, "unknown column; known columns: USED_BYTES, ENDS");
    }

    // U32
    #[test]
    fn a_mistyped_column_is_suggested() {
        for (name, meant) in [("end", "ENDS"), ("usedbytes", "USED_BYTES")] {
            let error = column::<Row>(name).err().unwrap().to_string();
            let line =
                format!("unknown column (did you mean {meant}?); known columns: USED_BYTES, ENDS");
            assert_eq!(error, line);
        }
    }

    #[test]
    fn numbers_and_times_are_sorted_as_such_and_missing_values_last() {
        let row = |text| -> Row { (text, None) };
        let rows = vec![
            row(None),
            row(Some("b")),
            row(Some("10")),
            row(Some("-2")),
            row(Some("9")),
        ];
        let expected = vec![
            row(Some("-2")),
            row(Some("9")),
            row(Some("10")),
            row(Some("b")),
            row(None),
        ];
        assert_eq!(sorted(rows, "used_bytes"), expected);

        let row = |text| -> Row { (Some(text), None) };
        let rows = vec![
            row("latest"),
            row("1.343.12.1"),
            row("1.343.9.20260901-101500"),
        ];
        let expected = vec![
            row("1.343.9.20260901-101500"),
            row("1.343.12.1"),
            row("latest"),
        ];
        assert_eq!(sorted(rows, "used_bytes"), expected);

        let row = |text| -> Row { (None, Timestamp::parse(text).ok()) };
        let rows = vec![
            row("2027-01-01T00:00:00Z"),
            row("x"),
            row("2027-01-01T00:00:00.5+01:00"),
        ];
        let expected = vec![
            row("2027-01-01T00:00:00.5+01:00"),
            row("2027-01-01T00:00:00Z"),
            row("x"),
        ];
        assert_eq!(sorted(rows, "ends"), expected);
    }
}
