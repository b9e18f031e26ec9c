//! The options that decide how results are printed.

use std::io::{self, IsTerminal as _};

use clap::ColorChoice;
use gatelet_hyper::TokioClock;
use gatelet_models::Timestamp;
use gatelet_transport::Clock as _;

use crate::env;
#[cfg(feature = "jq")]
use crate::output::jq::Filter;
use crate::output::output::{Format, Presentation};
use crate::output::stdout::is_pipe;
use crate::output::style::Style;

/// The options that decide how results are printed.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct OutputOptions {
    /// Output format
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(crate) output: Format,

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

    /// Use colors
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: ColorChoice,
}

impl OutputOptions {
    /// Returns the format; an expression of jq is applied to JSON.
    fn format(&self) -> Format {
        #[cfg(feature = "jq")]
        if self.jq.is_some() && self.output != Format::Ndjson {
            return Format::Json;
        }
        self.output
    }

    /// Returns how results are printed to stdout.
    pub(crate) fn presentation(self, is_verbose: bool) -> Presentation {
        let now = Timestamp::from(TokioClock::new().now());
        let columns = env::non_empty("COLUMNS");
        let style = Style::of_stdout(self.color, columns.as_deref(), now);
        // Rows on the same terminal, or a pager there, would mix with the line.
        let is_stdout_seen = (style.is_terminal || is_pipe()) && self.sort_by.is_none();
        Presentation {
            format: self.format(),
            columns: self.columns,
            sort_by: self.sort_by,
            has_headers: !self.no_headers,
            style,
            #[cfg(feature = "jq")]
            filter: self.jq.as_deref().and_then(|it| Filter::new(it).ok()),
            has_progress_line: io::stderr().is_terminal() && !is_stdout_seen && !is_verbose,
        }
    }
}

/// Checks an expression of jq.
#[cfg(feature = "jq")]
fn expression(text: &str) -> Result<String, &'static str> {
    Filter::new(text).map(|_| text.to_owned())
}
