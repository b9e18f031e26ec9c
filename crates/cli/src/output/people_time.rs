//! Points in time as people say them.

use gatelet_models::Timestamp;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const MONTH: u64 = 30 * DAY;
const YEAR: u64 = 365 * DAY;

/// The units, each with the length of time from which on it is used: at least two of it, except for the smallest.
const UNITS: [(u64, u64, &str); 6] = [
    (2 * YEAR, YEAR, "year"),
    (3 * MONTH, MONTH, "month"),
    (2 * DAY, DAY, "day"),
    (2 * HOUR, HOUR, "hour"),
    (2 * MINUTE, MINUTE, "minute"),
    (1, 1, "second"),
];

/// Describes a time from now: `in 12 days`, `3 hours ago`. Fractions of a unit are dropped, so that no end seems later than it is.
pub(crate) fn describe(time: Timestamp, now: Timestamp) -> String {
    match time.checked_duration_since(now) {
        Some(ahead) => match span(ahead.as_secs()) {
            Some(span) => format!("in {span}"),
            None => "now".to_owned(),
        },
        None => match span(now.saturating_duration_since(time).as_secs()) {
            Some(span) => format!("{span} ago"),
            None => "now".to_owned(),
        },
    }
}

/// Formats a length of time in its largest unit; `None` if it is less than a second.
fn span(seconds: u64) -> Option<String> {
    let (_, unit, name) = UNITS.iter().find(|(from, ..)| seconds >= *from)?;
    let count = seconds / unit;
    let plural = if count == 1 { "" } else { "s" };
    Some(format!("{count} {name}{plural}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse("2027-01-31T12:00:00Z").unwrap()
    }

    #[test]
    fn a_time_is_said_in_its_largest_unit_without_fractions() {
        for (seconds, ahead, ago) in [
            (0, "now", "now"),
            (1, "in 1 second", "1 second ago"),
            (119, "in 119 seconds", "119 seconds ago"),
            (120, "in 2 minutes", "2 minutes ago"),
            (2 * HOUR - 1, "in 119 minutes", "119 minutes ago"),
            (3 * HOUR, "in 3 hours", "3 hours ago"),
            (2 * DAY - 1, "in 47 hours", "47 hours ago"),
            (13 * DAY - 1, "in 12 days", "12 days ago"),
            (90 * DAY - 1, "in 89 days", "89 days ago"),
            (90 * DAY, "in 3 months", "3 months ago"),
            (2 * YEAR, "in 2 years", "2 years ago"),
        ] {
            let span = Duration::from_secs(seconds);
            assert_eq!(describe(now().saturating_add(span), now()), ahead);
            assert_eq!(describe(now().saturating_sub(span), now()), ago);
        }
    }

    #[test]
    fn the_last_time_of_all_is_said_too() {
        assert_eq!(describe(Timestamp::MAX, now()), "in 7978 years");
    }
}
