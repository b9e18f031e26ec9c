//! The options of every command.

use std::time::Duration;

use clap::ArgAction;
use clap::builder::FalseyValueParser;

use crate::output::output::Format;

/// The options of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalOptions {
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

    /// Use the embedded emulator: no account, no network, state kept in files
    #[arg(long, global = true)]
    pub(crate) emulator: bool,

    /// Timeout of a call in seconds, including retries [default: 90]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,

    /// Use the proxies set in HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY
    #[arg(
        long,
        global = true,
        env = "GATELET_PROXY_FROM_ENVIRONMENT",
        value_parser = FalseyValueParser::new()
    )]
    pub(crate) proxy_from_environment: bool,

    /// Log each request and its outcome to stderr, without queries, headers and bodies
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// Parses a number of seconds, with or without a fraction: more than 0, at most a day.
fn seconds(text: &str) -> Result<Duration, &'static str> {
    const EXPECTED: &str = "must be a number of seconds, more than 0 and at most 86400";
    let number: f64 = text.parse().map_err(|_| EXPECTED)?;
    match Duration::try_from_secs_f64(number) {
        Ok(duration) if !duration.is_zero() && duration <= Duration::from_secs(86_400) => {
            Ok(duration)
        }
        _ => Err(EXPECTED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_positive_and_at_most_a_day() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        assert_eq!(seconds("86400"), Ok(Duration::from_secs(86_400)));
        for wrong in ["0", "-1", "86401", "inf", "NaN", "1e400", "", "1s"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
