//! Help that fits the terminal.

use std::io::{self, Write as _};

use anstream::adapter::strip_str;
use clap::error::Error;
use unicode_width::UnicodeWidthStr as _;

use crate::env;
use crate::output::stdout::Stdout;

/// The number of characters of a line where no terminal has a width, and at most: longer lines are hard to read.
const WIDEST: usize = 100;

/// Returns how many characters a line of help may have.
pub(crate) fn width() -> usize {
    let columns = env::non_empty("COLUMNS").and_then(|it| it.to_str()?.parse().ok());
    let of_terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let width = columns.filter(|it| *it > 0).or_else(of_terminal);
    width.unwrap_or(WIDEST).min(WIDEST)
}

/// Prints help or version.
///
/// # Errors
/// It cannot be written to stdout; a failed write to stderr is ignored.
pub(crate) fn print(help: &Error) -> io::Result<()> {
    let text = folded(&help.render().ansi().to_string(), width());
    if help.use_stderr() {
        let _ = anstream::stderr().write_all(text.as_bytes());
        return Ok(());
    }
    print_text(&text)
}

/// Prints name and version.
///
/// # Errors
/// It cannot be written to stdout.
pub(crate) fn print_version() -> io::Result<()> {
    print_text(concat!("gatelet ", env!("CARGO_PKG_VERSION"), "\n"))
}

fn print_text(text: &str) -> io::Result<()> {
    Stdout::open()?.ensure_open()?;
    let mut stdout = anstream::stdout();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Breaks the lines that are too long, because clap does not wrap the usage, and removes spaces at the end of a line.
pub(crate) fn folded(text: &str, width: usize) -> String {
    let lines = text
        .split('\n')
        .map(|line| match shown_width(line) > width {
            true => folded_line(line, width),
            false => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Breaks a line at spaces. What follows a first word such as `Usage:` stays below the second one.
fn folded_line(line: &str, width: usize) -> String {
    let shown = strip_str(line).to_string();
    let indentation = match shown.strip_prefix("Usage: ") {
        Some(_) => "Usage: ".len(),
        None => shown.len() - shown.trim_start().len(),
    };
    let mut folded = String::new();
    let mut taken = 0;
    for (number, word) in line.split(' ').enumerate() {
        let length = shown_width(word);
        if taken > indentation && taken + 1 + length > width {
            folded.push('\n');
            folded.push_str(&" ".repeat(indentation));
            taken = indentation;
        } else if number > 0 {
            folded.push(' ');
            taken += 1;
        }
        folded.push_str(word);
        taken += length;
    }
    folded
}

/// Returns how many characters of a line a terminal shows.
fn shown_width(line: &str) -> usize {
    strip_str(line).to_string().width()
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;
    use crate::cli::args;

    #[test]
    fn a_long_usage_is_folded_below_its_first_word() {
        assert_eq!(
            folded("Usage: gatelet a [OPTIONS] <ID>\n\nOptions:", 20),
            "Usage: gatelet a\n       [OPTIONS]\n       <ID>\n\nOptions:"
        );
        assert_eq!(folded("  one two three", 9), "  one two\n  three");
        let bold = "\u{1b}[1mUsage:\u{1b}[0m \u{1b}[1mgatelet\u{1b}[0m [OPTIONS]";
        assert_eq!(folded(bold, 24), bold);
        assert!(folded(bold, 20).contains("\n       [OPTIONS]"));
    }

    /// Returns the short and the long help of a command and of those below it.
    fn helps(command: &mut Command) -> Vec<String> {
        let own = [command.render_help(), command.render_long_help()];
        let own = own.map(|it| it.ansi().to_string());
        let below = command.get_subcommands_mut().flat_map(helps);
        own.into_iter().chain(below).collect()
    }

    #[test]
    fn no_line_of_help_is_wider_than_the_terminal() {
        for width in [60, 80, 100, 200] {
            let mut command = args::command(width);
            command.build();
            for help in helps(&mut command) {
                let help = folded(&help, width);
                for line in help.lines() {
                    // A URL is never broken.
                    let line = strip_str(line).to_string();
                    let is_one_word = !line.trim().contains(' ');
                    assert!(line.width() <= width || is_one_word, "{width}: {line}");
                }
            }
        }
    }
}
