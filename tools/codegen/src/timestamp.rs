//! The form in which the models write a timestamp.

/// Returns whether a text is a time in UTC as the models write it: RFC 3339 with `Z`, without trailing zeros in the fraction, except
/// that it has at least three digits if `milliseconds` is set.
pub(crate) fn is_canonical(text: &str, milliseconds: bool) -> bool {
    parse(text, milliseconds).is_some()
}

fn parse(text: &str, milliseconds: bool) -> Option<()> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = match time.split_once('.') {
        Some((time, fraction)) => (time, Some(fraction)),
        None => (time, None),
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let is_date = year >= 1 && (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
    let is_time = hour < 24 && minute < 60 && second < 60;
    let least = if milliseconds { 3 } else { 1 };
    let is_fraction = match fraction {
        Some(digits) => {
            let is_short = digits.len() == least || !digits.ends_with('0');
            let is_number = digits.bytes().all(|it| it.is_ascii_digit());
            is_number && (least..=9).contains(&digits.len()) && is_short && digits != "0"
        }
        None => !milliseconds,
    };
    (is_date && is_time && is_fraction).then_some(())
}

/// Parses three numbers of these lengths with a separator between them.
fn numbers(text: &str, separator: char, lengths: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, length) in numbers.iter_mut().zip(lengths) {
        let part = parts.next()?;
        let is_number = part.len() == length && part.bytes().all(|it| it.is_ascii_digit());
        *number = part.parse().ok().filter(|_| is_number)?;
    }
    parts.next().is_none().then_some(numbers)
}

fn days(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::is_canonical;

    #[test]
    fn a_timestamp_is_canonical_as_the_models_write_it() {
        for text in [
            "0001-01-01T00:00:00Z",
            "2024-02-29T23:59:59.5Z",
            "2026-11-21T20:48:09.123456Z",
        ] {
            assert!(is_canonical(text, false), "{text}");
        }
        for text in [
            "2020-11-22T08:15:30.144Z",
            "2020-11-22T08:15:30.000Z",
            "2020-11-22T08:15:30.1441Z",
        ] {
            assert!(is_canonical(text, true), "{text}");
        }
    }

    #[test]
    fn another_form_is_not_canonical() {
        for text in [
            "yesterday",
            "2026-11-21",
            "2026-11-21T20:48:09",
            "2026-11-21t20:48:09Z",
            "2026-11-21T20:48:09+00:00",
            "2026-02-29T20:48:09Z",
            "2026-13-01T20:48:09Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T20:48:60Z",
            "2026-11-21T20:48:09.Z",
            "2026-11-21T20:48:09.0Z",
            "2026-11-21T20:48:09.10Z",
            "2026-11-21T20:48:09.1234567891Z",
            "+026-11-21T20:48:09Z",
        ] {
            assert!(!is_canonical(text, false), "{text}");
        }
        for text in [
            "2020-11-22T08:15:30Z",
            "2020-11-22T08:15:30.1Z",
            "2020-11-22T08:15:30.1440Z",
        ] {
            assert!(!is_canonical(text, true), "{text}");
        }
    }
}
