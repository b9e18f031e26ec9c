//! Texts as points in time.

use gatelet_models::Timestamp;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime, UtcOffset};

/// Any text: `time`'s parser of RFC 3339 finds the same instant, or refuses it too, but for the differences listed in
/// `is_listed`; what is read is written in a form that is read back equal.
///
/// # Panics
/// When this does not hold.
pub fn check(text: &str) {
    match (
        Timestamp::parse(text),
        OffsetDateTime::parse(text, &Rfc3339),
    ) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(ours.as_offset_date_time(), theirs, "{text}");
            assert!(!is_listed(text, theirs), "{text}");
            check_written(ours);
        }
        (Ok(ours), Err(error)) => panic!("{text} is {ours} for us only: {error}"),
        (Err(_), Ok(theirs)) => {
            assert!(is_listed(text, theirs), "{text} is {theirs} for them only")
        }
        (Err(_), Err(_)) => {}
    }
}

/// What `time` takes and we do not: any character between date and time, leap seconds, and instants that are outside of the
/// years 1 to 9999 in UTC.
fn is_listed(text: &str, theirs: OffsetDateTime) -> bool {
    let at = |range| text.as_bytes().get::<std::ops::Range<usize>>(range);
    let year = theirs
        .checked_to_offset(UtcOffset::UTC)
        .map(OffsetDateTime::year);
    !matches!(at(10..11), Some(b"T" | b"t"))
        || at(17..19) == Some(b"60")
        || !year.is_some_and(|year| (1..=9999).contains(&year))
}

fn check_written(timestamp: Timestamp) {
    let forms = [timestamp.to_string(), timestamp.milliseconds().to_string()];
    for text in &forms {
        assert_eq!(Timestamp::parse(text), Ok(timestamp), "{text}");
        let theirs = OffsetDateTime::parse(text, &Rfc3339).expect("what is written is RFC 3339");
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
    let later = timestamp.saturating_add(Duration::NANOSECOND);
    assert!(
        later > timestamp || timestamp == Timestamp::MAX,
        "{timestamp} {later}"
    );
    assert!(
        later == timestamp || later.saturating_sub(Duration::NANOSECOND) == timestamp,
        "{timestamp} {later}"
    );
}
