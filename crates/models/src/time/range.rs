//! The range of timestamps.

use time::UtcDateTime;

/// The first year in UTC.
pub(super) const FIRST_YEAR: i32 = 1;

/// The last year in UTC.
pub(super) const LAST_YEAR: i32 = 9999;

/// Returns the instant if it is in range.
pub(super) fn in_range(instant: UtcDateTime) -> Option<UtcDateTime> {
    (FIRST_YEAR..=LAST_YEAR)
        .contains(&instant.year())
        .then_some(instant)
}
