//! The options that every command understands.

use std::time::Duration;

use clap::ArgAction;
use clap::builder::FalseyValueParser;

use crate::output::output::Format;

/// What every command understands.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct GlobalOptions {
    /// How results are written to stdout
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(crate) output: Format,

    /// Answer from the embedded emulator: no account, no network, one file of state
    #[arg(long, global = true)]
    pub(crate) emulator: bool,

    /// Longest time for a call, its retries included, in seconds [default: 90]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,

    /// Reach servers through the proxies that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name
    #[arg(
        long,
        global = true,
        env = "GATELET_PROXY_FROM_ENVIRONMENT",
        value_parser = FalseyValueParser::new()
    )]
    pub(crate) proxy_from_environment: bool,

    /// Say on stderr what is requested and what comes back, without any content
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// Reads a number of seconds, with or without a fraction: more than 0, at most a day.
fn seconds(text: &str) -> Result<Duration, &'static str> {
    const WANTED: &str = "a number of seconds is wanted, more than 0 and at most 86400";
    let number: f64 = text.parse().map_err(|_| WANTED)?;
    match Duration::try_from_secs_f64(number) {
        Ok(duration) if !duration.is_zero() && duration <= Duration::from_secs(86_400) => {
            Ok(duration)
        }
        _ => Err(WANTED),
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
