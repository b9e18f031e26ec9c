//! The options that decide how results are printed.

use std::io::{self, IsTerminal as _};

use clap::{ColorChoice, ValueEnum};
use gatelet_hyper::TokioClock;
use gatelet_models::Timestamp;
use gatelet_transport::Clock as _;

use crate::env;
use crate::error::error::CliError;
#[cfg(feature = "jq")]
use crate::output::jq::Filter;
use crate::output::output::{Format, Presentation};
use crate::output::stdout::is_pipe;
use crate::output::style::Style;
use crate::settings::key::{Key, OUTPUT_COLOR, OUTPUT_FORMAT};
use crate::settings::origin::Setting;
use crate::settings::settings::Settings;

/// The options that decide how results are printed.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct OutputOptions {
    /// Output format [default: table]
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,

    /// Columns to print, separated by commas, such as ID,LAST_USED
    #[arg(long, global = true, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) columns: Option<Vec<String>>,

    /// Sort a list by a column: the whole list is read before it is printed
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) sort_by: Option<String>,

    /// Apply an expression of jq to the JSON of the result, or with `-o ndjson` to each item
    #[cfg(feature = "jq")]
    #[arg(long, global = true, value_name = "EXPRESSION", value_parser = expression)]
    pub(crate) jq: Option<String>,

    /// Print no column titles
    #[arg(long, global = true)]
    pub(crate) no_headers: bool,

    /// Use colors [default: auto]
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub(crate) color: Option<ColorChoice>,
}

impl OutputOptions {
    /// Fills what no option says with what the settings say.
    ///
    /// # Errors
    /// A setting is invalid.
    pub(crate) fn with_settings(self, settings: &Settings) -> Result<Self, CliError> {
        Ok(Self {
            output: self.output.or(word(settings, &OUTPUT_FORMAT)?),
            color: self.color.or(word(settings, &OUTPUT_COLOR)?),
            ..self
        })
    }

    /// Returns the format; an expression of jq is applied to JSON.
    fn format(&self) -> Format {
        #[cfg(feature = "jq")]
        if self.jq.is_some() && self.output != Some(Format::Ndjson) {
            return Format::Json;
        }
        self.output.unwrap_or_default()
    }

    /// Returns how results are printed to stdout.
    pub(crate) fn presentation(self, is_verbose: bool) -> Presentation {
        let now = Timestamp::from(TokioClock::new().now());
        let columns = env::non_empty("COLUMNS");
        let style = Style::of_stdout(self.color.unwrap_or_default(), columns.as_deref(), now);
        // Rows on the same terminal, or a pager there, would mix with the line.
        let is_pipe = is_pipe();
        let is_stdout_seen = (style.is_terminal || is_pipe) && self.sort_by.is_none();
        let is_stderr_free = io::stderr().is_terminal() && !is_verbose;
        Presentation {
            format: self.format(),
            columns: self.columns,
            sort_by: self.sort_by,
            has_headers: !self.no_headers,
            style,
            #[cfg(feature = "jq")]
            filter: self.jq.as_deref().and_then(|it| Filter::new(it).ok()),
            has_progress_line: is_stderr_free && !is_stdout_seen,
            has_profile_line: is_stderr_free && !is_pipe,
        }
    }
}

/// Returns the value of a setting that is a word.
fn word<T: ValueEnum>(settings: &Settings, key: &Key) -> Result<Option<T>, CliError> {
    let setting = settings.text(key)?;
    let word = setting.map(|Setting { value, origin }| {
        T::from_str(&value, false).map_err(|_| {
            let words = T::value_variants().iter().filter_map(T::to_possible_value);
            let words: Vec<_> = words.map(|it| it.get_name().to_owned()).collect();
            let words = words.join(", ");
            CliError::usage(format_args!("invalid {origin}: must be one of {words}"))
        })
    });
    word.transpose()
}

/// Checks an expression of jq.
#[cfg(feature = "jq")]
fn expression(text: &str) -> Result<String, &'static str> {
    Filter::new(text).map(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::form::Form;

    fn names<T: ValueEnum>() -> Vec<String> {
        let words = T::value_variants().iter().filter_map(T::to_possible_value);
        words.map(|it| it.get_name().to_owned()).collect()
    }

    #[test]
    fn a_profile_may_have_the_words_of_the_options() {
        for (key, words) in [
            (OUTPUT_FORMAT, names::<Format>()),
            (OUTPUT_COLOR, names::<ColorChoice>()),
        ] {
            let Form::Word(known) = key.form else {
                panic!("{key:?} is no word");
            };
            assert_eq!(known, words);
        }
    }
}
