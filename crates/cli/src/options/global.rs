//! The options of every command.

use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, ValueEnum as _};

use crate::options::output::OutputOptions;
use crate::options::token_api::TokenApiName;
use crate::output::target::Target;

/// The timeout of a call.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(90);

/// The options of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalOptions {
    #[command(flatten)]
    pub(crate) output: OutputOptions,

    /// Profile of the configuration file; then no address or credential is read from the environment
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Use the embedded emulator: no account, no network, state kept in files
    #[arg(long, global = true, conflicts_with = "profile")]
    pub(crate) emulator: bool,

    /// Timeout of a call in seconds, including retries [default: 90]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,

    /// Largest response in bytes, or with K, M or G
    #[arg(long, global = true, value_name = "SIZE", default_value = "64M", value_parser = bytes)]
    pub(crate) max_response: u64,

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

impl GlobalOptions {
    /// Returns where the command goes, with the API of its tokens.
    pub(crate) fn target(&self, token_api: Option<TokenApiName>) -> Target {
        let profile = self.profile.as_ref();
        let profile = profile.map(|name| format!("--profile={name}"));
        let emulator = self.emulator.then(|| "--emulator".to_owned());
        let api = token_api.and_then(|api| api.to_possible_value());
        let api = api.map(|api| format!("--api={}", api.get_name()));
        Target::new(profile.into_iter().chain(emulator).chain(api).collect())
    }
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

/// Parses a number of bytes, more than 0, with or without the letter of a power of 1024.
fn bytes(text: &str) -> Result<u64, &'static str> {
    const EXPECTED: &str = "must be a number of bytes, more than 0, alone or with K, M or G";
    let (digits, unit) = match text.find(|letter: char| !letter.is_ascii_digit()) {
        None => (text, 1),
        Some(end) => match text.split_at(end) {
            (digits, "K" | "k") => (digits, 1 << 10),
            (digits, "M" | "m") => (digits, 1 << 20),
            (digits, "G" | "g") => (digits, 1 << 30),
            _ => return Err(EXPECTED),
        },
    };
    let number: u64 = digits.parse().map_err(|_| EXPECTED)?;
    let bytes = number.checked_mul(unit).filter(|bytes| *bytes > 0);
    bytes.ok_or(EXPECTED)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Words {
        #[command(flatten)]
        global: GlobalOptions,
    }

    #[test]
    fn a_suggested_command_has_the_options_that_choose_its_target() {
        for (options, token_api, expected) in [
            (&[][..], None, "gatelet dt -- -x"),
            (&["--emulator"][..], None, "gatelet dt --emulator -- -x"),
            (
                &["--profile", "my prod"][..],
                Some(TokenApiName::Platform),
                "gatelet dt '--profile=my prod' --api=platform -- -x",
            ),
        ] {
            let words = Words::try_parse_from([&["gatelet"], options].concat()).unwrap();
            let line = words
                .global
                .target(token_api)
                .command_line("gatelet dt", &["-x"]);
            assert_eq!(line, expected);
        }
    }

    #[test]
    fn seconds_are_positive_and_at_most_a_day() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        assert_eq!(seconds("86400"), Ok(Duration::from_secs(86_400)));
        for wrong in ["0", "-1", "86401", "inf", "NaN", "1e400", "", "1s"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn bytes_are_positive_and_have_a_unit_or_none() {
        assert_eq!(bytes("1"), Ok(1));
        assert_eq!(bytes("10k"), Ok(10_240));
        assert_eq!(bytes("64M"), Ok(67_108_864));
        assert_eq!(bytes("2G"), Ok(2_147_483_648));
        for wrong in [
            "0",
            "0M",
            "-1",
            "",
            "M",
            "1MB",
            "1.5M",
            "18446744073709551615G",
        ] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
