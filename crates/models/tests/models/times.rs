//! Points in time, in every field that holds one.

use gatelet_models::{Timestamp, asa, dt};
use serde_json::json;

use gatelet_test_support::models::table::{MODELS, Model, path, read};

/// Reads and writes `text` in every field that holds a time, and compares with what each vendor's form of `written` is.
fn assert_written(text: &str, asa: &str, dt: &str) {
    for (model, place) in all_times() {
        let expected = if model.name.starts_with("asa") {
            asa
        } else {
            dt
        };
        let written = model.accept(&model.with(&place, &json!(text).to_string()));
        assert_eq!(
            written.pointer(&place),
            Some(&json!(expected)),
            "{} {place}",
            model.name
        );
    }
}

fn all_times() -> impl Iterator<Item = (&'static Model, String)> {
    MODELS
        .iter()
        .flat_map(|model| model.times().into_iter().map(move |place| (model, place)))
}

#[test]
fn the_table_lists_every_field_with_a_time() {
    let described: usize = [
        include_str!("../../openapi/asa.yaml"),
        include_str!("../../openapi/dt.yaml"),
    ]
    .iter()
    .map(|description| description.matches("format: date-time").count())
    .sum();
    let is_own = |place: &str| place.matches('/').count() == 1;
    assert_eq!(
        all_times().filter(|(_, place)| is_own(place)).count(),
        described
    );
}

// M20
#[test]
fn the_year_1_is_read_as_unset_and_written_back() {
    assert_written(
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00.000Z",
    );
    let token: asa::GatewaySetupToken = read(
        r#"{"id":"a","registration_type":"gateway-agent","created_at":"0001-01-01T00:00:00Z"}"#,
    )
    .expect("a token");
    assert_eq!(token.created_at, Timestamp::UNSET.into());
}

// M21
#[test]
fn every_form_is_read_and_the_vendors_own_form_is_written() {
    let (asa, dt) = ("2021-11-22T11:39:29Z", "2021-11-22T11:39:29.000Z");
    for text in [
        "2021-11-22T11:39:29Z",
        "2021-11-22t11:39:29z",
        "2021-11-22T11:39:29+00:00",
        "2021-11-22T11:39:29.000-00:00",
        "2021-11-22T17:09:29.0+05:30",
    ] {
        assert_written(text, asa, dt);
    }
    assert_written(
        "2021-11-22T11:39:29.797Z",
        "2021-11-22T11:39:29.797Z",
        "2021-11-22T11:39:29.797Z",
    );
    assert_written(
        "2021-11-22T11:39:29.79Z",
        "2021-11-22T11:39:29.79Z",
        "2021-11-22T11:39:29.790Z",
    );
    let nine = "2021-11-22T11:39:29.123456789Z";
    assert_written(nine, nine, nine);
}

// U19
#[test]
fn other_common_forms_are_read_and_written_as_the_vendors_own() {
    let (asa, dt) = ("2021-11-22T11:39:29Z", "2021-11-22T11:39:29.000Z");
    for text in [
        "2021-11-22T11:39:29+0000",
        "2021-11-22T11:39:29+00",
        "2021-11-22 11:39:29Z",
        "2021-11-22 06:09:29,000-0530",
    ] {
        assert_written(text, asa, dt);
    }
    let last = "2016-12-31T23:59:59.999999999Z";
    assert_written("2016-12-31T23:59:60Z", last, last);
}

// U19
#[test]
fn a_date_without_offset_is_refused_and_the_error_says_what_is_missing() {
    for (model, place) in all_times() {
        if model.is_lenient(&place) {
            continue;
        }
        for (raw, missing) in [
            (r#""2021-01-01T00:00:00""#, "the offset from UTC is missing"),
            (
                r#""2021-01-01 00:00:00.5""#,
                "the offset from UTC is missing",
            ),
            (
                r#""2021-01-01""#,
                "the time of day and the offset from UTC are missing",
            ),
        ] {
            let failure = model.refuse(&model.with(&place, raw));
            assert_eq!(failure.path, path(&place));
            assert!(failure.message.contains(missing), "{failure:?}");
            assert!(!failure.message.contains("2021"), "{failure:?}");
        }
    }
}

// M22
#[test]
fn digits_beyond_nanoseconds_are_cut() {
    let nines = "2021-12-31T23:59:59.999999999Z";
    for more in [1, 21] {
        assert_written(
            &format!("2021-12-31T23:59:59.999999999{}Z", "9".repeat(more)),
            nines,
            nines,
        );
    }
}

// M24
#[test]
fn an_invalid_timestamp_is_refused_at_its_place() {
    for (model, place) in all_times() {
        for raw in [
            r#""10000-01-01T00:00:00Z""#,
            r#""0000-00-00""#,
            r#""2021-02-29T00:00:00Z""#,
            r#""2021-01-01T24:00:00Z""#,
            r#""2021-01-01T00:00:00""#,
            r#""""#,
            r#""1637581169797""#,
            "1637581169797",
            r#""2021-01-01T00:00:00+24:00""#,
            r#""now+60d""#,
        ] {
            if model.is_lenient(&place) {
                continue;
            }
            let failure = model.refuse(&model.with(&place, raw));
            assert_eq!(failure.path, path(&place));
            assert!(
                !failure.message.contains("16375") && !failure.message.contains("now+60d"),
                "{failure:?}"
            );
        }
    }
}

#[test]
fn equal_instants_make_equal_models() {
    let token = |date: &str| -> dt::ActiveGateToken {
        let text = json!({"id": "a", "name": "b", "owner": "c", "creationDate": date}).to_string();
        read(&text).expect("a token")
    };
    assert_eq!(
        token("2021-11-22T11:39:29Z"),
        token("2021-11-22T12:39:29.000+01:00")
    );
}
