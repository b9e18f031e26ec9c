//! The colors of states and of times at which something ends.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use gatelet_models::Timestamp;

/// How a state is for the person who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// Soon not as it should be.
    Warning,
    /// Not as it should be.
    Bad,
}

/// The words of the vendors, and of our own findings, that have a tone.
const WORDS: [(Tone, &[&str]); 3] = [
    (
        Tone::Good,
        &["ACTIVE", "ONLINE", "SUCCEED", "UP2DATE", "VALID"],
    ),
    (
        Tone::Warning,
        &[
            "EXPIRING",
            "OUTDATED",
            "ROLLBACK",
            "SUPPRESSED",
            "TOKEN_EXPIRES",
            "UNSUPPORTED",
            "UPDATE_PENDING",
            "TOKEN_UNSUPPORTED",
        ],
    ),
    (
        Tone::Bad,
        &[
            "ABSENT",
            "DELETED",
            "DISABLED",
            "FAILED",
            "INCOMPATIBLE",
            "INVALID",
            "OFFLINE",
            "TOKEN_ABSENT",
            "TOKEN_INVALID",
            "TOKEN_UNKNOWN",
            "UPDATE_PROBLEM",
        ],
    ),
];

/// The time before an end from which on it has a tone.
const SOON: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Tone {
    /// Returns the tone of a state, if it has one.
    pub(crate) fn of_state(word: &str) -> Option<Self> {
        let of = WORDS.iter().find(|(_, words)| words.contains(&word));
        of.map(|(tone, _)| *tone)
    }

    /// Returns the tone of a time at which something ends.
    pub(crate) fn of_end(end: Timestamp, now: Timestamp) -> Option<Self> {
        match end.checked_duration_since(now) {
            None => Some(Self::Bad),
            Some(ahead) => (ahead <= SOON).then_some(Self::Warning),
        }
    }

    /// Returns the color.
    pub(crate) fn style(self) -> Style {
        let color = match self {
            Self::Good => AnsiColor::Green,
            Self::Warning => AnsiColor::Yellow,
            Self::Bad => AnsiColor::Red,
        };
        Style::new().fg_color(Some(color.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_the_tone_of_its_word() {
        assert_eq!(Tone::of_state("ONLINE"), Some(Tone::Good));
        assert_eq!(Tone::of_state("EXPIRING"), Some(Tone::Warning));
        assert_eq!(Tone::of_state("OFFLINE"), Some(Tone::Bad));
        assert_eq!(Tone::of_state("NEW_WORD"), None);
    }

    #[test]
    fn an_end_has_a_tone_from_thirty_days_before_it() {
        let end = Timestamp::parse("2027-01-31T00:00:00Z").unwrap();
        let tone = |now: &str| Tone::of_end(end, Timestamp::parse(now).unwrap());
        assert_eq!(tone("2026-12-31T00:00:00Z"), None);
        assert_eq!(tone("2027-01-01T00:00:00Z"), Some(Tone::Warning));
        assert_eq!(tone("2027-01-31T00:00:01Z"), Some(Tone::Bad));
    }
}
