//! Times as people type them.

use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use gatelet_models::Timestamp;
use gatelet_models::dt::Expiration;

use crate::error::error::CliError;
use crate::options::time_span;

/// The length of a day.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is wrong with an expression such as `now+9999y`.
const BEYOND: &str = "is beyond the end of the calendar";

/// A time, or how far it is from now; whether before or after now is up to the option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypedTime {
    /// A time span, such as `60d`.
    Span(Duration),
    /// The start of a day in UTC, this one or another.
    Day(RelativeDay),
    /// An instant, or an expression of Dynatrace such as `now+1M`.
    At(Expiration),
}

/// A day that is named by its distance from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RelativeDay {
    Yesterday,
    Today,
    Tomorrow,
}

/// A text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeError;

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "must be a time span such as 60d or 2w (with s, m, h, d or w), a date such as 2027-01-31, today, tomorrow or yesterday, \
             or a date and time such as 2027-01-31T12:00Z; without an offset, a time is UTC, and a date is its start in UTC",
        )
    }
}

impl Error for TimeError {}

impl FromStr for TypedTime {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        match text {
            "yesterday" => return Ok(Self::Day(RelativeDay::Yesterday)),
            "today" => return Ok(Self::Day(RelativeDay::Today)),
            "tomorrow" => return Ok(Self::Day(RelativeDay::Tomorrow)),
            _ => {}
        }
        if let Ok(span) = time_span::parse(text) {
            return Ok(Self::Span(span));
        }
        // Milliseconds of the Unix time are long; a short number is a span without its unit.
        if text.len() < 12 && text.bytes().all(|it| it.is_ascii_digit()) {
            return Err(TimeError);
        }
        let whole_day = || format!("{text}T00:00:00Z").parse();
        let time = text.parse().or_else(|_| whole_day());
        time.map(Self::At).map_err(|_| TimeError)
    }
}

impl TypedTime {
    /// Returns the instant, where a span leads into the past.
    ///
    /// # Errors
    /// It is beyond the end of the calendar. `option` names what was typed.
    pub(crate) fn ago(self, option: &str, now: Timestamp) -> Result<Timestamp, CliError> {
        let past = self.instant(now, now.saturating_sub(self.span()));
        past.ok_or_else(|| wrong(option, BEYOND))
    }

    /// Returns how long ago the time was.
    ///
    /// # Errors
    /// It is in the future. `option` names what was typed.
    pub(crate) fn time_since(self, option: &str, now: Timestamp) -> Result<Duration, CliError> {
        match (self, self.ago(option, now)?) {
            (Self::Span(span), _) => Ok(span),
            (_, past) if past <= now => Ok(now.saturating_duration_since(past)),
            _ => Err(wrong(option, "is in the future")),
        }
    }

    /// Returns how long it is until the time.
    ///
    /// # Errors
    /// It is in the past, or beyond the end of the calendar. `option` names what was typed.
    pub(crate) fn time_until(self, option: &str, now: Timestamp) -> Result<Duration, CliError> {
        match (self, self.instant(now, now)) {
            (Self::Span(span), _) => Ok(span),
            (_, Some(end)) if end >= now => Ok(end.saturating_duration_since(now)),
            (_, Some(_)) => Err(wrong(option, "is in the past")),
            (_, None) => Err(wrong(option, BEYOND)),
        }
    }

    fn span(self) -> Duration {
        match self {
            Self::Span(span) => span,
            Self::Day(_) | Self::At(_) => Duration::ZERO,
        }
    }

    /// Returns the instant; a span leads to `end`. `None` beyond the end of the calendar.
    fn instant(self, now: Timestamp, end: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Span(_) => Some(end),
            Self::Day(day) => Some(day.start(now)),
            Self::At(time) => time.instant(now),
        }
    }

    /// Returns the expiration that a request contains, where a span begins when the server reads it.
    pub(crate) fn expiration(self, now: Timestamp) -> Expiration {
        match self {
            Self::Span(span) => Expiration::after(span),
            Self::Day(day) => Expiration::at(day.start(now)),
            Self::At(time) => time,
        }
    }

    /// Returns the text of a filter, where a span ends when the server reads it.
    pub(crate) fn filter(self, now: Timestamp) -> String {
        let text = self.expiration(now).to_string();
        match self {
            Self::Span(_) => text.replacen('+', "-", 1),
            _ => text,
        }
    }
}

fn wrong(option: &str, problem: &str) -> CliError {
    CliError::usage(format_args!(
        "invalid {option}: {problem}; nothing was sent"
    ))
}

impl RelativeDay {
    /// Returns the start of the day in UTC.
    fn start(self, now: Timestamp) -> Timestamp {
        let text = now.to_string();
        let date = text.split('T').next().unwrap_or_default();
        let today = Timestamp::parse(&format!("{date}T00:00:00Z")).unwrap_or(now);
        match self {
            Self::Yesterday => today.saturating_sub(DAY),
            Self::Today => today,
            Self::Tomorrow => today.saturating_add(DAY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-12-31T23:20:00.5Z".parse().unwrap()
    }

    fn parse(text: &str) -> TypedTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_is_a_date_a_day_or_a_date_and_time_in_utc() {
        for (text, expected) in [
            ("2027-01-31", "2027-01-31T00:00:00Z"),
            ("2028-02-29", "2028-02-29T00:00:00Z"),
            ("yesterday", "2026-12-30T00:00:00Z"),
            ("today", "2026-12-31T00:00:00Z"),
            ("tomorrow", "2027-01-01T00:00:00Z"),
            ("2027-01-31T12:00Z", "2027-01-31T12:00:00Z"),
            ("2027-01-31T12:00", "2027-01-31T12:00:00Z"),
            ("2027-01-31T12:00:01.5Z", "2027-01-31T12:00:01.5Z"),
            ("2027-01-31T12:00:00+02:00", "2027-01-31T10:00:00Z"),
            ("2027-01-31 12:00", "2027-01-31T12:00:00Z"),
            ("now-1d/d", "2026-12-30T00:00:00Z"),
        ] {
            let time = parse(text).instant(now(), now()).unwrap();
            assert_eq!(time.to_string(), expected, "{text}");
        }
    }

    #[test]
    fn another_text_is_refused_with_the_forms() {
        for wrong in [
            "",
            "soon",
            "60",
            "60x",
            "-60d",
            "1.5d",
            "2027-02-29",
            "2027-13-01",
            "31.01.2027",
            "01/31/2027",
            "Tomorrow",
            "2027-01",
            "2027-01-31Z",
            "12:00",
            "2027-01-31T25:00Z",
        ] {
            let error = wrong.parse::<TypedTime>().unwrap_err();
            assert!(error.to_string().contains("60d"), "{wrong}");
        }
    }

    #[test]
    fn a_span_leads_where_the_option_says() {
        let ten_minutes = Duration::from_secs(600);
        let span = parse("10m");
        let ago = span.ago("--since", now()).unwrap();
        assert_eq!(ago.to_string(), "2026-12-31T23:10:00.5Z");
        assert_eq!(span.time_since("--since", now()).unwrap(), ten_minutes);
        assert_eq!(span.time_until("--within", now()).unwrap(), ten_minutes);
        let until = parse("2027-01-01T00:00:00.5Z").time_until("--within", now());
        assert_eq!(until.unwrap(), Duration::from_secs(2400));
        let since = parse("2026-12-31T22:20:00.5Z").time_since("--since", now());
        assert_eq!(since.unwrap(), Duration::from_secs(3600));
    }

    #[test]
    fn a_time_on_the_wrong_side_of_now_is_refused() {
        let error = parse("tomorrow").time_since("--unused-for", now());
        let error = error.unwrap_err();
        assert!(
            error
                .line()
                .contains("invalid --unused-for: is in the future")
        );
        let error = parse("today").time_until("--within", now()).unwrap_err();
        assert!(error.line().contains("invalid --within: is in the past"));
    }

    #[test]
    fn a_request_contains_a_span_relative_to_the_clock_of_the_server() {
        for (text, expiration, filter) in [
            ("60d", "now+60d", "now-60d"),
            ("90s", "now+2m", "now-2m"),
            ("0d", "now+0d", "now-0d"),
            (
                "tomorrow",
                "2027-01-01T00:00:00.000Z",
                "2027-01-01T00:00:00.000Z",
            ),
            ("now+1M", "now+1M", "now+1M"),
        ] {
            let time = parse(text);
            assert_eq!(time.expiration(now()).to_string(), expiration);
            assert_eq!(time.filter(now()), filter);
        }
    }
}
