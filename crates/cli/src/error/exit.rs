//! Exit codes: one for each way a command can end that a script may want to tell apart.

use std::error::Error as _;
use std::sync::Arc;

use gatelet_transport::{Applied, CredentialFailure, ErrorKind, TooLarge};

/// How the process ends. The same table is in `docs/cli.md` and in `gatelet --help`.
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
    ClientFactory = 8,
    Timeout = 9,
    BadResponse = 10,
    Server = 11,
    OutcomeUnknown = 12,
    Interrupted = 130,
}

impl Exit {
    /// Every code with its meaning, in ascending order.
    pub(crate) const TABLE: &[(Self, &str)] = &[
        (Self::Success, "done"),
        (
            Self::Other,
            "any other failure, a failed write to stdout among them",
        ),
        (
            Self::Usage,
            "the command line, a setting or an input was refused; nothing was sent",
        ),
        (
            Self::Credential,
            "a credential is missing or was rejected (401)",
        ),
        (
            Self::Forbidden,
            "the credential may not do this (403, or a 401 that means a missing role)",
        ),
        (Self::NotFound, "there is no such thing (404)"),
        (
            Self::Rejected,
            "the request was refused: a conflict (409) or another 4xx",
        ),
        (Self::RateLimited, "rate limited (429)"),
        (
            Self::ClientFactory,
            "no connection: DNS, refused, proxy, TLS",
        ),
        (Self::Timeout, "timed out or cut off; nothing was changed"),
        (
            Self::BadResponse,
            "the answer was not understood: not JSON, not complete, too large, a redirect, an unsafe next page",
        ),
        (Self::Server, "the server failed (5xx)"),
        (
            Self::OutcomeUnknown,
            "the call failed, but a change was made or may have been made; takes precedence over all above",
        ),
        (
            Self::Interrupted,
            "interrupted (Ctrl-C); the outcome of a change is unknown",
        ),
    ];

    /// The code as the operating system gets it.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    /// The table as plain text for the long help.
    pub(crate) fn help() -> String {
        Self::TABLE
            .iter()
            .fold(String::from("Exit codes:\n"), |text, (exit, meaning)| {
                format!("{text}  {:>3}  {meaning}\n", exit.code())
            })
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
            // A filter is the one input that may be so long.
            ErrorKind::TooLarge {
                what: TooLarge::Url,
                ..
            } => Self::Usage,
            // An exchange that did not work out says nothing about the credential, but its own error does.
            ErrorKind::Credential(CredentialFailure::ExchangeFailed) => {
                let exchange = error.source().and_then(|source| source.downcast_ref());
                exchange.map_or(
                    Self::Credential,
                    |exchange: &Arc<gatelet_transport::Error>| {
                        match Self::from_cause(exchange) {
                            // It says nothing about the thing that the command names, for example that it is gone.
                            Self::NotFound | Self::Rejected => Self::Credential,
                            exit => exit,
                        }
                    },
                )
            }
            ErrorKind::Credential(_) => Self::Credential,
            ErrorKind::RateLimited => Self::RateLimited,
            ErrorKind::Connect(_) | ErrorKind::Tls => Self::ClientFactory,
            ErrorKind::Timeout(_) | ErrorKind::Interrupted => Self::Timeout,
            ErrorKind::Api => match error.status().map(|status| status.as_u16()) {
                // Somebody in between, who does not know what there is.
                Some(404) if !error.is_not_found() => Self::BadResponse,
                Some(status) => Self::from_status(status),
                None => Self::Other,
            },
            // Whoever says so, the server behind failed.
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

    fn from_status(status: u16) -> Self {
        match status {
            // A refused credential is a kind of its own, so this 401 means a missing role.
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
    fn the_documented_table_is_the_table_of_the_code() {
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
    fn a_status_finds_its_code() {
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
