//! Time spans as options.

use std::time::Duration;

const EXPECTED: &str = "must be a whole number with a unit: s, m, h, d or w, such as 30d";

/// Parses a time span such as `30d`.
pub(crate) fn parse(text: &str) -> Result<Duration, &'static str> {
    let unit = text.chars().next_back().ok_or(EXPECTED)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        _ => return Err(EXPECTED),
    };
    let number = text.strip_suffix(unit).unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
    if !is_number {
        return Err(EXPECTED);
    }
    let number: u64 = number.parse().map_err(|_| EXPECTED)?;
    Ok(Duration::from_secs(
        number.checked_mul(seconds).ok_or(EXPECTED)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_span_is_a_whole_number_with_a_unit() {
        for (text, seconds) in [
            ("0s", 0),
            ("90s", 90),
            ("5m", 300),
            ("2h", 7200),
            ("30d", 2_592_000),
            ("1w", 604_800),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)));
        }
        for wrong in [
            "",
            "30",
            "d",
            "-1d",
            "+1d",
            "1.5d",
            "30 d",
            "1M",
            "1ü",
            "99999999999999w",
        ] {
            assert_eq!(parse(wrong), Err(EXPECTED), "{wrong}");
        }
    }
}
