//! Timestamps as RFC 3339 text.

use time::UtcDateTime;

/// The text of a timestamp, without an allocation.
pub(super) struct TimestampText {
    bytes: [u8; TimestampText::LONGEST],
    length: usize,
}

impl TimestampText {
    const ZEROS: [u8; Self::LONGEST] = *b"0000-00-00T00:00:00.000000000Z";
    const LONGEST: usize = "0000-00-00T00:00:00.000000000Z".len();
    const POINT: usize = "0000-00-00T00:00:00".len();

    /// Writes the instant with at least `least_digits` fraction digits, up to nine.
    pub(super) fn new(instant: UtcDateTime, least_digits: usize) -> Self {
        let (date, time) = (instant.date(), instant.time());
        let (year, month, day) = date.to_calendar_date();
        let (hour, minute, second, nanos) = time.as_hms_nano();
        let (century, year) = ((year / 100) as u8, (year % 100) as u8);

        let mut bytes = Self::ZEROS;
        #[rustfmt::skip]
        let [y1, y2, y3, y4, _, o1, o2, _, d1, d2, _, h1, h2, _, m1, m2, _, s1, s2, _, fraction @ .., _] = &mut bytes;
        for (tens, ones, number) in [
            (y1, y2, century),
            (y3, y4, year),
            (o1, o2, month.into()),
            (d1, d2, day),
            (h1, h2, hour),
            (m1, m2, minute),
            (s1, s2, second),
        ] {
            *tens += number / 10;
            *ones += number % 10;
        }
        let digits = write_fraction(fraction, nanos).max(least_digits.min(fraction.len()));

        let end = Self::POINT + if digits == 0 { 0 } else { 1 + digits };
        if let Some(zone) = bytes.get_mut(end) {
            *zone = b'Z';
        }
        Self {
            bytes,
            length: end + 1,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        let text = self.bytes.get(..self.length);
        text.and_then(|text| core::str::from_utf8(text).ok())
            .unwrap_or_default()
    }
}

/// Writes the nanoseconds into zeros and returns the number of significant digits.
fn write_fraction(digits: &mut [u8; 9], nanos: u32) -> usize {
    let mut rest = nanos;
    let mut needed = 0;
    for (at, digit) in digits.iter_mut().enumerate().rev() {
        if rest == 0 {
            break;
        }
        *digit += (rest % 10) as u8;
        rest /= 10;
        if needed == 0 && *digit != b'0' {
            needed = at + 1;
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};
    use core::time::Duration;

    use super::super::timestamp::Timestamp;

    fn parsed(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    // M21
    #[test]
    fn up_to_nine_fraction_digits_are_kept() {
        for digits in 1..=9 {
            let fraction = &"123456789"[..digits];
            let timestamp = parsed(&format!("2021-11-22T11:39:29.{fraction}Z"));
            assert_eq!(
                timestamp.to_string(),
                format!("2021-11-22T11:39:29.{fraction}Z")
            );
            let three_at_least = format!("2021-11-22T11:39:29.{fraction:0<3}Z");
            assert_eq!(timestamp.milliseconds().to_string(), three_at_least);
        }
    }

    #[test]
    fn every_day_of_four_centuries_reads_and_writes() {
        let mut day = parsed("1999-12-31T12:34:56.789Z");
        while day < parsed("2400-01-02T00:00:00Z") {
            assert_eq!(parsed(&day.to_string()), day);
            let next = day.saturating_add(Duration::from_secs(86_400));
            assert_eq!(next.unix_millis() - day.unix_millis(), 86_400_000);
            day = next;
        }
    }
}
