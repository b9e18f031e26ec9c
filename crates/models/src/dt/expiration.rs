//! Expiration dates of new tokens, as requests write them.

use alloc::{format, string::String, string::ToString as _};
use core::{fmt, str::FromStr};

use super::expiration_error::ExpirationError;
use super::time_unit::TimeUnit;
use crate::time::timestamp::Timestamp;

/// The expiration of a new token: an instant, or a time relative to the server's clock when it reads the request.
///
/// The API accepts three forms of text, and so does `parse`: UTC milliseconds; a date and time with `T` or a space, where
/// seconds, fraction and zone may be missing (UTC); and `now±NU/A` with the units m, h, d, w, M (months) and y, rounded
/// down to a whole unit `A`, where either part may be missing. A date and time is also accepted in every other form of
/// [`Timestamp::parse`], which the API may refuse: [`is_api_form`](Self::is_api_form) distinguishes them.
///
/// Source: <https://docs.dynatrace.com/managed/dynatrace-api/environment-api/tokens-v2/activegate-tokens/post-activegate-token>.
///
/// ```
/// use core::time::Duration;
/// use gatelet_models::Timestamp;
/// use gatelet_models::dt::{ActiveGateTokenCreate, ActiveGateType, Expiration, ExpirationError};
///
/// let in_60_days = Expiration::after(Duration::from_secs(60 * 24 * 60 * 60));
/// assert_eq!(in_60_days.to_string(), "now+60d");
/// let create = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment)
///     .with_expiration_date(in_60_days);
/// assert_eq!(create.expiration_date.as_deref(), Some("now+60d"));
///
/// let now: Timestamp = "2026-11-21T20:48:09Z".parse()?;
/// let end = "now+1M/d".parse::<Expiration>()?.resolve(now)?;
/// assert_eq!(end.to_string(), "2026-12-21T00:00:00Z");
/// let too_late = Expiration::at("2030-01-01T00:00:00Z".parse::<Timestamp>()?);
/// assert_eq!(too_late.resolve(now), Err(ExpirationError::TooFar));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Expiration(Form);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Form {
    At(Timestamp),
    /// First shifted, then rounded down.
    FromNow {
        shift: Option<(i64, TimeUnit)>,
        alignment: Option<TimeUnit>,
    },
}

impl Expiration {
    /// Creates an expiration at an instant, rounded up to whole milliseconds, the finest unit in the API's examples.
    pub fn at(instant: impl Into<Timestamp>) -> Self {
        let instant = instant.into();
        let millis = instant.unix_millis();
        let whole = Timestamp::from_unix_millis(millis);
        Self(Form::At(if whole < instant {
            Timestamp::from_unix_millis(millis.saturating_add(1))
        } else {
            whole
        }))
    }

    /// Creates an expiration relative to the server's clock when it reads the request; rounded up to whole minutes, the
    /// smallest unit of the API.
    #[must_use]
    pub fn after(duration: core::time::Duration) -> Self {
        let minutes = duration.as_nanos().div_ceil(60_000_000_000);
        let minutes = i64::try_from(minutes).unwrap_or(i64::MAX);
        let shift = match minutes {
            _ if minutes % (24 * 60) == 0 => (minutes / (24 * 60), TimeUnit::Day),
            _ if minutes % 60 == 0 => (minutes / 60, TimeUnit::Hour),
            _ => (minutes, TimeUnit::Minute),
        };
        Self(Form::FromNow {
            shift: Some(shift),
            alignment: None,
        })
    }

    /// Returns whether an expiration is written in one of the API's own forms, and not in one that only `parse` accepts, such
    /// as `2027-01-31T00:00:00+0000`. Send the [`Display`](fmt::Display) form in place of the latter.
    #[must_use]
    pub fn is_api_form(text: &str) -> bool {
        let is_own = |byte: u8| byte.is_ascii_digit() || b"T :.+-Z".contains(&byte);
        let zone = text
            .get("2027-01-31".len()..)
            .and_then(|time| time.get(time.find(['+', '-'])?..));
        text.starts_with("now")
            || text.bytes().all(is_own)
                && zone.is_none_or(|zone| zone.len() == "+01:00".len())
                && !text.contains(":60")
    }

    /// Returns the instant, relative to `now`, in the past too: the time spans of update jobs have the same forms. `None` beyond the end
    /// of the calendar.
    ///
    /// ```
    /// use gatelet_models::Timestamp;
    /// use gatelet_models::dt::Expiration;
    ///
    /// let now: Timestamp = "2026-11-21T20:48:09Z".parse()?;
    /// let yesterday = "now-1d".parse::<Expiration>()?.instant(now);
    /// assert_eq!(yesterday, Some("2026-11-20T20:48:09Z".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn instant(self, now: Timestamp) -> Option<Timestamp> {
        match self.0 {
            Form::At(instant) => Some(instant),
            Form::FromNow { shift, alignment } => resolve_relative(now, shift, alignment),
        }
    }

    /// Returns the instant, relative to `now`, if a token may expire then.
    ///
    /// # Errors
    ///
    /// [`ExpirationError::Past`] and [`ExpirationError::TooFar`], which the server refuses too.
    pub fn resolve(self, now: Timestamp) -> Result<Timestamp, ExpirationError> {
        let beyond = match self.0 {
            Form::FromNow {
                shift: Some((..0, _)),
                ..
            } => ExpirationError::Past,
            _ => ExpirationError::TooFar,
        };
        let end = self.instant(now).ok_or(beyond)?;
        let latest = TimeUnit::Year
            .add_to(now.as_offset_date_time(), 2)
            .map(Timestamp::from);
        if end < now {
            return Err(ExpirationError::Past);
        }
        if latest.is_some_and(|latest| end > latest) {
            return Err(ExpirationError::TooFar);
        }
        Ok(end)
    }
}

impl FromStr for Expiration {
    type Err = ExpirationError;
    fn from_str(text: &str) -> Result<Self, ExpirationError> {
        let form = if let Some(relative) = text.strip_prefix("now") {
            parse_relative(relative)
        } else if let Some(millis) = parse_number(text) {
            Some(Form::At(Timestamp::from_unix_millis(millis)))
        } else {
            parse_absolute(text).map(Form::At)
        };
        form.map(Self).ok_or_else(|| match is_date(text) {
            true => ExpirationError::TimeMissing,
            false => ExpirationError::Form,
        })
    }
}

impl fmt::Display for Expiration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shift, alignment) = match self.0 {
            Form::At(instant) => return instant.milliseconds().fmt(f),
            Form::FromNow { shift, alignment } => (shift, alignment),
        };
        f.write_str("now")?;
        if let Some((number, unit)) = shift {
            write!(f, "{number:+}{}", unit.letter())?;
        }
        match alignment {
            Some(unit) => write!(f, "/{}", unit.letter()),
            None => Ok(()),
        }
    }
}

/// Writes the form that a request contains.
impl From<Expiration> for String {
    fn from(expiration: Expiration) -> Self {
        expiration.to_string()
    }
}

/// Parses a date and a time of day, in UTC unless there is an offset.
fn parse_absolute(text: &str) -> Option<Timestamp> {
    match Timestamp::parse(text) {
        Err(error) if error.is_offset_missing() => Timestamp::parse(&format!("{text}Z")).ok(),
        read => read.ok(),
    }
}

/// Returns whether a text is a date without a time of day.
fn is_date(text: &str) -> bool {
    text.len() == "2027-01-31".len() && parse_absolute(&format!("{text}T00:00")).is_some()
}

/// Parses the part after `now`: `±NU`, optionally `/A`.
fn parse_relative(text: &str) -> Option<Form> {
    let (shift, alignment) = match text.split_once('/') {
        Some((shift, alignment)) => (shift, Some(TimeUnit::from_letter(alignment)?)),
        None => (text, None),
    };
    let shift = match shift {
        "" => None,
        shift => Some(parse_shift(shift)?),
    };
    Some(Form::FromNow { shift, alignment })
}

/// Parses `±NU`.
fn parse_shift(text: &str) -> Option<(i64, TimeUnit)> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (number, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    Some((sign * parse_number(number)?, TimeUnit::from_letter(unit)?))
}

/// Parses digits. A number that is too large becomes `i64::MAX`, which is refused as too far.
fn parse_number(digits: &str) -> Option<i64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(i64::MAX))
}

/// Returns the instant that a relative time means; `None` beyond the end of the calendar.
fn resolve_relative(
    now: Timestamp,
    shift: Option<(i64, TimeUnit)>,
    alignment: Option<TimeUnit>,
) -> Option<Timestamp> {
    let mut time = now.as_offset_date_time();
    if let Some((number, unit)) = shift {
        time = unit.add_to(time, number)?;
    }
    if let Some(unit) = alignment {
        time = unit.round_down(time)?;
    }
    Some(time.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    const NOW: &str = "2026-01-21T10:20:30.456Z";

    fn resolved(text: &str) -> Result<String, ExpirationError> {
        let end = text.parse::<Expiration>()?.resolve(NOW.parse().unwrap())?;
        Ok(end.to_string())
    }

    #[test]
    fn every_form_of_the_grammar_is_read() {
        for (text, end) in [
            ("1774000000000", "2026-03-20T09:46:40Z"),
            ("2027-01-25T05:57:01.123+01:00", "2027-01-25T04:57:01.123Z"),
            ("2027-01-25 05:57:01.5", "2027-01-25T05:57:01.5Z"),
            ("2027-01-25T05:57", "2027-01-25T05:57:00Z"),
            ("2027-01-25 05:57-02:00", "2027-01-25T07:57:00Z"),
            ("now", "2026-01-21T10:20:30.456Z"),
            ("now+5m", "2026-01-21T10:25:30.456Z"),
            ("now+14h", "2026-01-22T00:20:30.456Z"),
            ("now+14d", "2026-02-04T10:20:30.456Z"),
            ("now+2w", "2026-02-04T10:20:30.456Z"),
            ("now+13M", "2027-02-21T10:20:30.456Z"),
            ("now+2y", "2028-01-21T10:20:30.456Z"),
            ("now+1h/h", "2026-01-21T11:00:00Z"),
            ("now+1d/m", "2026-01-22T10:20:00Z"),
            ("now+1w/d", "2026-01-28T00:00:00Z"),
            ("now+1w/w", "2026-01-26T00:00:00Z"),
            ("now+1M/M", "2026-02-01T00:00:00Z"),
            ("now+1y/y", "2027-01-01T00:00:00Z"),
        ] {
            assert_eq!(resolved(text).as_deref(), Ok(end), "{text}");
            // What is written means the same.
            let written = text.parse::<Expiration>().unwrap().to_string();
            assert_eq!(
                resolved(&written).as_deref(),
                Ok(end),
                "{text} as {written}"
            );
        }
    }

    // U19
    #[test]
    fn a_date_and_time_is_read_in_every_form_of_a_timestamp() {
        for (text, end) in [
            ("2027-01-25T05:57:01+0000", "2027-01-25T05:57:01Z"),
            ("2027-01-25T05:57:01+00", "2027-01-25T05:57:01Z"),
            ("2027-01-25 05:57+0100", "2027-01-25T04:57:00Z"),
            ("2027-01-25t05:57:01,5z", "2027-01-25T05:57:01.5Z"),
            ("2027-01-25t05:57:01z", "2027-01-25T05:57:01Z"),
            ("2027-01-25T23:59:60Z", "2027-01-25T23:59:59.999999999Z"),
            ("2027-01-25T23:59:60", "2027-01-25T23:59:59.999999999Z"),
        ] {
            assert_eq!(resolved(text).as_deref(), Ok(end), "{text}");
            assert!(!Expiration::is_api_form(text), "{text}");
        }
        for text in [
            "1774000000000",
            "now+1d/m",
            "2027-01-25T05:57:01.123+01:00",
            "2027-01-25 05:57-02:00",
            "2027-01-25 05:57",
            "2027-01-25T05:57:01Z",
        ] {
            assert!(
                resolved(text).is_ok() && Expiration::is_api_form(text),
                "{text}"
            );
        }
    }

    #[test]
    fn a_shorter_month_ends_on_its_last_day() {
        let now = "2027-11-30T00:00:00Z".parse().unwrap();
        let three_months: Expiration = "now+3M".parse().unwrap();
        assert_eq!(
            three_months.resolve(now).unwrap().to_string(),
            "2028-02-29T00:00:00Z"
        );
    }

    #[test]
    fn a_duration_is_displayed_in_the_largest_exact_unit() {
        use core::time::Duration;
        for (duration, text) in [
            (Duration::from_secs(60 * 86_400), "now+60d"),
            (Duration::from_secs(36 * 3600), "now+36h"),
            (Duration::from_secs(90 * 60), "now+90m"),
            (Duration::from_secs(3601), "now+61m"),
            (Duration::from_nanos(1), "now+1m"),
            (Duration::ZERO, "now+0d"),
        ] {
            assert_eq!(Expiration::after(duration).to_string(), text);
        }
        let endless = Expiration::after(Duration::MAX);
        let refusal = endless.resolve(NOW.parse().unwrap());
        assert_eq!(refusal, Err(ExpirationError::TooFar));
        // Also where it is read again, as the client does before it sends it.
        assert_eq!(resolved(&endless.to_string()), Err(ExpirationError::TooFar));
    }

    #[test]
    fn an_instant_is_displayed_with_milliseconds() {
        let instant: Timestamp = "2026-03-01T12:00:00+01:00".parse().unwrap();
        assert_eq!(
            String::from(Expiration::at(instant)),
            "2026-03-01T11:00:00.000Z"
        );
    }

    #[cfg(feature = "std")]
    #[test]
    fn an_instant_of_the_system_clock_is_sent_in_whole_milliseconds_and_never_shortened() {
        extern crate std;
        use core::time::Duration;
        use std::time::UNIX_EPOCH;

        for (nanos, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1, "1970-01-01T00:00:00.001Z"),
            (633_989_113, "1970-01-01T00:00:00.634Z"),
            (999_999_999, "1970-01-01T00:00:01.000Z"),
        ] {
            let instant = UNIX_EPOCH + Duration::from_nanos(nanos);
            assert_eq!(Expiration::at(instant).to_string(), text);
        }
    }

    #[test]
    fn an_expiration_in_the_past_or_beyond_two_years_is_refused() {
        for text in [
            "now-1m",
            "now/d",
            "0",
            "2026-01-21T10:20:30.455Z",
            "1999-01-01 00:00",
            "now-9999y",
            "now-4294967295y",
            "now-99999999999999999999999d",
        ] {
            assert_eq!(resolved(text), Err(ExpirationError::Past), "{text}");
        }
        for text in [
            "now+25M",
            "now+3y",
            "now+4294967295y",
            "now+99999999999d",
            "now+99999999999999999999999m/d",
            "2028-01-21T10:20:30.457Z",
            "9999999999999",
            "99999999999999999999999",
        ] {
            assert_eq!(resolved(text), Err(ExpirationError::TooFar), "{text}");
        }
    }

    // U19
    #[test]
    fn a_date_without_a_time_of_day_is_refused_and_the_error_says_so() {
        let error = resolved("2027-01-25").unwrap_err();
        assert_eq!(error, ExpirationError::TimeMissing);
        let said = error.to_string();
        let (_, example) = said.rsplit_once(' ').unwrap();
        assert!(said.contains("time of day"), "{said}");
        assert!(example.parse::<Expiration>().is_ok(), "{example}");
    }

    #[test]
    fn other_words_are_refused() {
        for text in [
            "",
            " ",
            "now+",
            "now+d",
            "now+1",
            "now+1s",
            "now+1D",
            "now+-1d",
            "now+1d/",
            "now+1d/x",
            "now*1d",
            "nowish",
            "tomorrow",
            "2027-02-30",
            "2027-1-25",
            "2027-01-25T",
            "2027-13-01T00:00Z",
            "2027-01-25T05",
            "-1",
            "now+2y1",
            "now+\u{fc}",
            "\u{fc}\u{fc}T00:00",
            "2027-01-25T05:57\u{fc}",
        ] {
            assert_eq!(resolved(text), Err(ExpirationError::Form), "{text:?}");
        }
    }
}
