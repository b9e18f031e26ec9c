//! How results look to who reads them.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};

use anstream::{AutoStream, ColorChoice};
use gatelet_models::Timestamp;

/// How results look: exact and whole in a pipe, made to fit on a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    /// The number of columns of characters that a line may have, if it is known.
    pub(crate) width: Option<usize>,
    /// Whether text may have colors.
    pub(crate) has_color: bool,
    /// The time from which people's times are counted; without it, times are exact.
    pub(crate) now: Option<Timestamp>,
    /// Whether a terminal shows the text, which invisible characters could deceive or control.
    pub(crate) is_terminal: bool,
}

impl Style {
    /// Returns the style for stdout. `columns` is the value of `COLUMNS`, which counts in place of the terminal's width.
    pub(crate) fn of_stdout(
        color: clap::ColorChoice,
        columns: Option<&OsStr>,
        now: Timestamp,
    ) -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let has_color = match color {
            clap::ColorChoice::Always => true,
            clap::ColorChoice::Never => false,
            clap::ColorChoice::Auto => AutoStream::choice(&stdout) != ColorChoice::Never,
        };
        let of_terminal = || match is_terminal {
            true => terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0)),
            false => None,
        };
        Self {
            width: columns.and_then(width).or_else(of_terminal),
            has_color,
            now: is_terminal.then_some(now),
            is_terminal,
        }
    }
}

/// Parses the value of `COLUMNS`; anything but a positive number is ignored.
fn width(columns: &OsStr) -> Option<usize> {
    columns.to_str()?.parse().ok().filter(|width| *width > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_positive_number_of_columns_counts() {
        assert_eq!(width("60".as_ref()), Some(60));
        for wrong in ["", "0", "-1", "60x", " 60"] {
            assert_eq!(width(wrong.as_ref()), None, "{wrong}");
        }
    }
}
