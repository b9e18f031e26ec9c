//! Conversions from and to the clock of the standard library.

extern crate std;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::timestamp::Timestamp;

/// The time from 1601, where the clock of Windows begins, to 1970.
const WINDOWS_EPOCH: Duration = Duration::from_secs(11_644_473_600);

/// Clamps an instant outside of the years 1 to 9999.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let epoch = Self::from_unix_millis(0);
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => epoch.saturating_add(after),
            Err(before) => epoch.saturating_sub(before.duration()),
        }
    }
}

/// Converts as exactly as the system can represent it. On Windows a time before the year 1601, such as [`Timestamp::UNSET`], becomes the
/// beginning of that year.
impl From<Timestamp> for SystemTime {
    fn from(timestamp: Timestamp) -> Self {
        let epoch = Timestamp::from_unix_millis(0);
        let time = match timestamp.checked_duration_since(epoch) {
            Some(after) => UNIX_EPOCH.checked_add(after),
            None => UNIX_EPOCH
                .checked_sub(epoch.saturating_duration_since(timestamp))
                .or_else(|| UNIX_EPOCH.checked_sub(WINDOWS_EPOCH)),
        };
        time.unwrap_or(UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_system_time_is_the_same_instant() {
        let time = UNIX_EPOCH + Duration::new(1_637_581_169, 797_000_100);
        let timestamp = Timestamp::from(time);
        assert_eq!(timestamp, parsed("2021-11-22T11:39:29.7970001Z"));
        assert_eq!(SystemTime::from(timestamp), time);
        let before = UNIX_EPOCH - Duration::from_millis(1500);
        assert_eq!(Timestamp::from(before), parsed("1969-12-31T23:59:58.5Z"));
        assert_eq!(SystemTime::from(Timestamp::from(before)), before);
    }

    #[test]
    fn the_ends_are_kept_and_what_is_beyond_becomes_the_nearest() {
        if cfg!(unix) {
            for end in [Timestamp::UNSET, Timestamp::MAX] {
                assert_eq!(Timestamp::from(SystemTime::from(end)), end);
            }
        }
        let moment = Duration::from_nanos(100);
        if let Some(beyond) = SystemTime::from(Timestamp::MAX).checked_add(moment) {
            assert_eq!(Timestamp::from(beyond), Timestamp::MAX);
        }
        let first = SystemTime::from(Timestamp::UNSET);
        assert!(Timestamp::from(first) <= parsed("1601-01-01T00:00:00Z"));
        if let Some(beyond) = first.checked_sub(moment) {
            assert_eq!(Timestamp::from(beyond), Timestamp::UNSET);
        }
    }
}
