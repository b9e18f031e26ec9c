//! The options that say how servers are reached.

use std::path::PathBuf;
use std::time::Duration;

use crate::settings::form;

/// The options that say how servers are reached, and how long and how often it is tried.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct ConnectionOptions {
    /// Timeout of a call in seconds, including retries [default: 90]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = form::seconds)]
    pub(crate) timeout: Option<Duration>,

    /// Repeat a failed request at most this often, where that is safe [default: 2]
    #[arg(long, global = true, value_name = "N", value_parser = form::count)]
    pub(crate) retries: Option<u32>,

    /// Largest response in bytes, or with K, M or G
    #[arg(long, global = true, value_name = "SIZE", default_value = "64M", value_parser = bytes)]
    pub(crate) max_response: u64,

    /// Trust the authorities in a PEM file, too
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,

    /// Accept only the server certificate with this SHA-256 fingerprint, whoever issued it; may be repeated
    #[arg(long, global = true, value_name = "SHA256", value_parser = form::fingerprint)]
    pub(crate) pin_sha256: Vec<String>,

    /// Use a proxy: http://…, https://…, socks5://… or socks5h://…; with credentials only in GATELET_PROXY
    #[arg(long, global = true, value_name = "URL", value_parser = form::proxy)]
    pub(crate) proxy: Option<String>,

    /// Use the proxies set in HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY
    #[arg(long, global = true)]
    pub(crate) proxy_from_environment: bool,

    /// Allow http:// URLs of other machines, which exposes the credential to the network
    #[arg(long, global = true)]
    pub(crate) allow_http: bool,
}

impl ConnectionOptions {
    /// Returns the options that a suggested command needs to reach the same server.
    pub(crate) fn words(&self) -> impl Iterator<Item = String> {
        let Self {
            ca_file,
            pin_sha256,
            proxy,
            proxy_from_environment,
            allow_http,
            timeout: _,
            retries: _,
            max_response: _,
        } = self.clone();
        let ca_file = ca_file.map(|file| format!("--ca-file={}", file.display()));
        let pins = pin_sha256.into_iter();
        let pins = pins.map(|pin| format!("--pin-sha256={pin}"));
        let proxy = proxy.map(|url| format!("--proxy={url}"));
        let from = proxy_from_environment.then(|| "--proxy-from-environment".to_owned());
        let http = allow_http.then(|| "--allow-http".to_owned());
        let first = ca_file.into_iter().chain(pins);
        first.chain(proxy).chain(from).chain(http)
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
    use super::*;

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
