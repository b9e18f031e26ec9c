//! The units of relative times.

use time::{Date, Duration, Month, OffsetDateTime, Time};

/// A unit of a relative time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum TimeUnit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl TimeUnit {
    const ALL: [Self; 6] = [
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Year,
    ];

    /// Returns the letter in an expression such as `now+60d`.
    pub(super) fn letter(self) -> &'static str {
        match self {
            Self::Minute => "m",
            Self::Hour => "h",
            Self::Day => "d",
            Self::Week => "w",
            Self::Month => "M",
            Self::Year => "y",
        }
    }

    /// Returns the unit of a letter.
    pub(super) fn from_letter(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.letter() == text)
    }

    /// Adds a number of units, which may be negative; returns `None` beyond the end of the calendar.
    pub(super) fn add_to(self, time: OffsetDateTime, number: i64) -> Option<OffsetDateTime> {
        match self {
            Self::Minute => time.checked_add(Duration::seconds(number.checked_mul(60)?)),
            Self::Hour => time.checked_add(Duration::seconds(number.checked_mul(3600)?)),
            Self::Day => time.checked_add(Duration::seconds(number.checked_mul(86_400)?)),
            Self::Week => time.checked_add(Duration::seconds(number.checked_mul(604_800)?)),
            Self::Month => add_months(time, number),
            Self::Year => add_months(time, number.checked_mul(12)?),
        }
    }

    /// Rounds down to a whole unit; a week begins on Monday. Returns `None` beyond the end of the calendar.
    pub(super) fn round_down(self, time: OffsetDateTime) -> Option<OffsetDateTime> {
        let midnight = time.replace_time(Time::MIDNIGHT);
        match self {
            Self::Minute => time.replace_second(0).ok()?.replace_nanosecond(0).ok(),
            Self::Hour => midnight.replace_hour(time.hour()).ok(),
            Self::Day => Some(midnight),
            Self::Week => {
                let days = midnight.weekday().number_days_from_monday();
                midnight.checked_sub(Duration::days(i64::from(days)))
            }
            Self::Month => midnight.replace_day(1).ok(),
            Self::Year => midnight.replace_ordinal(1).ok(),
        }
    }
}

/// Returns the same day of another month, or the last day of that month if it is shorter.
fn add_months(time: OffsetDateTime, number: i64) -> Option<OffsetDateTime> {
    let months = i64::from(time.year()) * 12 + i64::from(u8::from(time.month())) - 1;
    let months = months.checked_add(number)?;
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(months.rem_euclid(12) + 1).ok()?).ok()?;
    let day = time.day().min(month.length(year));
    Some(time.replace_date(Date::from_calendar_date(year, month, day).ok()?))
}
