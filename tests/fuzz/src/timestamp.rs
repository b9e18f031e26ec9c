//! Any text as a timestamp.

use gatelet_models::Timestamp;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime, UtcOffset};

/// Parses any text. `time`'s RFC 3339 parser must find the same instant in its RFC 3339 form, or reject it too, except for the
/// differences in `is_listed`. A parsed value must format to a text that parses back equal.
///
/// # Panics
/// If this does not hold.
pub fn check(text: &str) {
    let ours = Timestamp::parse(text);
    match (ours, OffsetDateTime::parse(&strict(text), &Rfc3339)) {
        (Ok(ours), Ok(theirs)) => {
            let leap = Duration::nanoseconds(i64::from(is_leap_second(text)) * 999_999_999);
            assert_eq!(ours.as_offset_date_time(), theirs + leap, "{text}");
            assert!(!is_listed(text, theirs), "{text}");
            check_written(ours);
        }
        (Ok(ours), Err(error)) => panic!("only our parser accepts {text}, as {ours}: {error}"),
        (Err(_), Ok(theirs)) => {
            assert!(
                is_listed(text, theirs),
                "only `time` accepts {text}, as {theirs}"
            )
        }
        (Err(_), Err(_)) => {}
    }
}

/// Converts the other accepted forms to RFC 3339: a space for `T`, a comma for the point, no seconds, an offset without colon
/// or minutes. A leap second becomes the second before it, without its fraction.
fn strict(text: &str) -> String {
    let zone_at = |time: &str| time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let parts = text.split_at_checked(10).and_then(|(date, rest)| {
        let rest = rest
            .strip_prefix(' ')
            .or_else(|| rest.strip_prefix(['T', 't']))?;
        let (time, zone) = rest.split_at_checked(zone_at(rest))?;
        Some((date, time, zone))
    });
    let Some((date, time, zone)) = parts else {
        return text.to_owned();
    };
    let time = match time.as_bytes() {
        [_, _, b':', _, _] => format!("{time}:00"),
        [_, _, b':', _, _, b':', b'6', b'0', rest @ ..] => {
            let fraction = rest.split_first().map(|(_, digits)| digits);
            let is_fraction = matches!(rest.first(), None | Some(b'.' | b','))
                && fraction.is_none_or(|it| !it.is_empty() && it.iter().all(u8::is_ascii_digit));
            match (time.get(..6), is_fraction) {
                (Some(minute), true) => format!("{minute}59"),
                _ => time.to_owned(),
            }
        }
        [_, _, b':', _, _, b':', _, _, b',', ..] => time.replacen(',', ".", 1),
        _ => time.to_owned(),
    };
    let zone = match *zone.as_bytes() {
        [sign @ (b'+' | b'-'), a, b] => {
            format!("{}{}{}:00", char::from(sign), char::from(a), char::from(b))
        }
        [b'+' | b'-', _, _, c, d] if c != b':' && d != b':' && zone.is_ascii() => {
            format!("{}:{}", &zone[..3], &zone[3..])
        }
        _ => zone.to_owned(),
    };
    format!("{date}T{time}{zone}")
}

fn is_leap_second(text: &str) -> bool {
    text.as_bytes().get(16..19) == Some(b":60")
}

/// Returns whether `time` accepts the RFC 3339 form but we do not: another character between date and time, a leap second that is
/// not at the end of a day in UTC, or an instant outside the years 1 to 9999 in UTC.
fn is_listed(text: &str, theirs: OffsetDateTime) -> bool {
    let Some(utc) = theirs.checked_to_offset(UtcOffset::UTC) else {
        return true;
    };
    !matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' '))
        || is_leap_second(text) && (utc.hour(), utc.minute()) != (23, 59)
        || !(1..=9999).contains(&utc.year())
}

fn check_written(timestamp: Timestamp) {
    let forms = [timestamp.to_string(), timestamp.milliseconds().to_string()];
    for text in &forms {
        assert_eq!(Timestamp::parse(text), Ok(timestamp), "{text}");
        let theirs = OffsetDateTime::parse(text, &Rfc3339).expect("the output is RFC 3339");
        assert_eq!(theirs, timestamp.as_offset_date_time(), "{text}");
    }
    let [short, long] = forms;
    assert!(
        short.len() <= long.len() && !short.ends_with("0Z") | !short.contains('.'),
        "{short} {long}"
    );
    let millis = Timestamp::from_unix_millis(timestamp.unix_millis());
    let rest = timestamp.as_offset_date_time() - millis.as_offset_date_time();
    assert!(
        (Duration::ZERO..Duration::MILLISECOND).contains(&rest),
        "{timestamp} {millis}"
    );
    let moment = std::time::Duration::from_nanos(1);
    let later = timestamp.saturating_add(moment);
    assert!(
        later > timestamp || timestamp == Timestamp::MAX,
        "{timestamp} {later}"
    );
    assert!(
        later == timestamp || later.saturating_sub(moment) == timestamp,
        "{timestamp} {later}"
    );
}
