//! Exit codes: one for each outcome that a script may need to distinguish.

use std::error::Error as _;
use std::sync::Arc;

use gatelet_transport::{Applied, CredentialFailure, ErrorKind, TooLarge};

use crate::signal::Signal;

/// The exit code of the process. The same table is in `docs/cli.md` and in `gatelet --help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Success = 0,
    Other = 1,
    Usage = 2,
    Credential = 3,
    Forbidden = 4,
    NotFound = 5,
    Rejected = 6,
    RateLimited = 7,
    Connect = 8,
    Timeout = 9,
    BadResponse = 10,
    Server = 11,
    OutcomeUnknown = 12,
    NotConfigured = 13,
    ProfileFailed = 14,
    Found = 20,
    HungUp = 129,
    Interrupted = 130,
    Terminated = 143,
}

impl Exit {
    /// Every code with its meaning, in ascending order.
    pub(crate) const TABLE: &[(Self, &str)] = &[
        (Self::Success, "success"),
        (
            Self::Other,
            "any other error, including a failed write to stdout",
        ),
        (
            Self::Usage,
            "invalid command line, setting or input; nothing was sent",
        ),
        (Self::Credential, "the credential was rejected (401)"),
        (
            Self::Forbidden,
            "permission denied (403, or a 401 that means a missing role)",
        ),
        (Self::NotFound, "not found (404)"),
        (
            Self::Rejected,
            "request rejected: a conflict (409) or another 4xx",
        ),
        (Self::RateLimited, "rate limited (429)"),
        (
            Self::Connect,
            "could not connect: DNS, connection refused, proxy, TLS",
        ),
        (
            Self::Timeout,
            "timed out or connection lost; nothing was changed",
        ),
        (
            Self::BadResponse,
            "unexpected response: not JSON, incomplete, too large, a redirect, an unsafe next page",
        ),
        (Self::Server, "server error (5xx)"),
        (
            Self::OutcomeUnknown,
            "the call failed, but a change was made or may have been made; takes precedence over all of the above",
        ),
        (
            Self::NotConfigured,
            "not set up: an address, a credential or the file of a credential is missing; nothing was sent",
        ),
        (
            Self::ProfileFailed,
            "failed with at least one of several profiles; the lines say which, and what the others have is printed",
        ),
        (
            Self::Found,
            "a check found something: `dt active-gate-token expiring`, or a token of `rotate` or `prune` that is kept",
        ),
        (
            Self::HungUp,
            "hung up (SIGHUP); the line says what is known of a change",
        ),
        (
            Self::Interrupted,
            "interrupted (Ctrl-C); the line says what is known of a change",
        ),
        (
            Self::Terminated,
            "terminated (SIGTERM); the line says what is known of a change",
        ),
    ];

    /// Returns the numeric code.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    /// Formats the table for the long help.
    pub(crate) fn help() -> String {
        Self::TABLE
            .iter()
            .fold(String::from("Exit codes:\n"), |text, (exit, meaning)| {
                format!("{text}  {:>3}  {meaning}\n", exit.code())
            })
    }
}

impl From<Signal> for Exit {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Interrupt => Self::Interrupted,
            #[cfg(unix)]
            Signal::Terminate => Self::Terminated,
            #[cfg(unix)]
            Signal::Hangup => Self::HungUp,
        }
    }
}

impl From<&gatelet_transport::Error> for Exit {
    fn from(error: &gatelet_transport::Error) -> Self {
        match error.applied() {
            Applied::No => Self::from_cause(error),
            Applied::Unknown | Applied::Yes => Self::OutcomeUnknown,
        }
    }
}

impl Exit {
    fn from_cause(error: &gatelet_transport::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidInput { .. } => Self::Usage,
            // Only a filter can be that long.
            ErrorKind::TooLarge {
                what: TooLarge::Url,
                ..
            } => Self::Usage,
            ErrorKind::Credential(CredentialFailure::ExchangeFailed) => Self::from_exchange(error),
            ErrorKind::Credential(_) => Self::Credential,
            ErrorKind::RateLimited => Self::RateLimited,
            ErrorKind::Connect(_) | ErrorKind::Tls => Self::Connect,
            ErrorKind::Timeout(_) | ErrorKind::Interrupted => Self::Timeout,
            ErrorKind::Api => match error.status().map(|status| status.as_u16()) {
                // A proxy or gateway, which does not know the API's objects.
                Some(404) if !error.is_not_found() => Self::BadResponse,
                Some(status) => Self::from_status(status),
                None => Self::Other,
            },
            // A 5xx without JSON comes from a proxy; the server behind it failed all the same.
            ErrorKind::NotJson { .. }
                if error
                    .status()
                    .is_some_and(|status| status.is_server_error()) =>
            {
                Self::Server
            }
            ErrorKind::Protocol
            | ErrorKind::NotJson { .. }
            | ErrorKind::Decode { .. }
            | ErrorKind::TooLarge { .. }
            | ErrorKind::Redirect { .. }
            | ErrorKind::Pagination(_) => Self::BadResponse,
            _ => Self::Other,
        }
    }

    /// Returns the exit code of a failed token exchange, which is that of its source: the failure alone says nothing about the
    /// credential.
    fn from_exchange(error: &gatelet_transport::Error) -> Self {
        let source = error.source();
        let exchange = source.and_then(|source| source.downcast_ref::<Arc<_>>());
        match exchange.map(|exchange| Self::from_cause(exchange)) {
            // A 404 of the exchange is not about the object that the command names.
            None | Some(Self::NotFound | Self::Rejected) => Self::Credential,
            Some(exit) => exit,
        }
    }

    fn from_status(status: u16) -> Self {
        match status {
            // A rejected credential has its own error kind, so this 401 means a missing role.
            401 | 403 => Self::Forbidden,
            404 => Self::NotFound,
            429 => Self::RateLimited,
            400..=499 => Self::Rejected,
            500..=599 => Self::Server,
            _ => Self::BadResponse,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // C3
    #[test]
    fn the_documented_table_matches_the_code() {
        let documented: Vec<(u8, String)> = include_str!("../../../../docs/cli.md")
            .lines()
            .filter_map(|line| {
                line.strip_prefix("| ")?
                    .strip_suffix(" |")?
                    .split_once(" | ")
            })
            .filter_map(|(code, meaning)| Some((code.parse().ok()?, meaning.to_owned())))
            .collect();
        let coded: Vec<(u8, String)> = Exit::TABLE
            .iter()
            .map(|(exit, meaning)| (exit.code(), (*meaning).to_owned()))
            .collect();
        assert_eq!(documented, coded);
    }

    #[test]
    fn each_status_has_its_exit_code() {
        let cases = [
            (400, Exit::Rejected),
            (401, Exit::Forbidden),
            (403, Exit::Forbidden),
            (404, Exit::NotFound),
            (409, Exit::Rejected),
            (410, Exit::Rejected),
            (429, Exit::RateLimited),
            (500, Exit::Server),
            (503, Exit::Server),
            (600, Exit::BadResponse),
        ];
        for (status, exit) in cases {
            assert_eq!(Exit::from_status(status), exit, "{status}");
        }
    }
}
