//! What needs attention.

use std::time::Duration;

use dt_client::models::{
    ActiveGate, ActiveGateTokenCreate, ActiveGateTokenState, ActiveGateTokenUse, ActiveGateType,
    AutoUpdateStatus, Timestamp,
};
use dt_client::{AttentionReason, Clock as _, Finding};
use gatelet_transport::testing::{FakeResponse, ManualClock};

use crate::support::{page_of, scripted, token};
use crate::token_users::{DAY, EXPIRING, gates, seeded};

/// What of the examples needs attention beside the token that ends soon, for two hours.
const OFFLINE: [&str; 2] = ["0x3efdd091 TOKEN_ABSENT", "0x3efdd091 OFFLINE"];

pub(crate) fn reasons(findings: &[Finding]) -> Vec<String> {
    let reasons = findings.iter().map(|finding| {
        let id = finding.active_gate.as_ref().map_or("", |id| id.as_str());
        format!("{id} {}", finding.reason)
    });
    reasons.collect()
}

#[tokio::test]
async fn a_token_is_reported_when_it_ends_within_the_time() {
    let clock = ManualClock::auto();
    let (_, client) = seeded(&clock);
    let gates = client.active_gates();
    let end = Timestamp::from(clock.now()).saturating_add(20 * DAY);
    let found = gates.attention(20 * DAY).await.unwrap();
    assert_eq!(
        reasons(&found),
        [&["-1556499193 TOKEN_EXPIRES"], &OFFLINE[..]].concat()
    );
    assert_eq!(found[0].date, Some(end));
    assert_eq!(found[0].token, Some(EXPIRING.into()));
    assert_eq!(
        found[0].hostname.as_deref(),
        Some("activegate-2.example.com")
    );
    let none = gates.attention(20 * DAY - Duration::from_millis(1)).await;
    assert_eq!(reasons(&none.unwrap()), OFFLINE);
    let forever = gates.attention(Duration::MAX).await.unwrap();
    assert_eq!(forever, found, "the other token has no end");

    clock.advance(20 * DAY);
    let ended = gates.attention(Duration::ZERO).await.unwrap();
    assert_eq!(reasons(&ended), ["-1556499193 TOKEN_EXPIRES"]);
    assert_eq!(ended[0].date, Some(end));
}

#[tokio::test]
async fn a_token_that_ends_later_than_in_30_days_is_reported_within_a_longer_time() {
    let clock = ManualClock::auto();
    let (emulator, client) = seeded(&clock);
    let create = ActiveGateTokenCreate::new("edge", ActiveGateType::Environment);
    let create = create.with_expiration_date("now+60d");
    let created = client.active_gate_tokens().create(create).send().await;
    let gate = ActiveGate::new().with_id("-7");
    emulator
        .enroll_active_gate(&created.unwrap().token, gate)
        .unwrap();
    let gates = client.active_gates();
    assert_eq!(gates.attention(30 * DAY).await.unwrap().len(), 3);
    let found = gates.attention(60 * DAY).await.unwrap();
    let first = ["-1556499193 TOKEN_EXPIRES"];
    let last = ["-7 TOKEN_EXPIRES"];
    assert_eq!(reasons(&found), [&first[..], &OFFLINE, &last].concat());
}

#[tokio::test]
async fn each_problem_of_a_gate_is_a_finding() {
    let clock = ManualClock::auto();
    let (emulator, client) = seeded(&clock);
    let uses = [
        ActiveGateTokenUse::new().with_state(ActiveGateTokenState::Invalid),
        ActiveGateTokenUse::new().with_state(ActiveGateTokenState::Unsupported),
        ActiveGateTokenUse::new().with_id("dt0g02.deleted"),
    ];
    let bad = ActiveGate::new()
        .with_id("-7")
        .with_active_gate_tokens(uses)
        .with_auto_update_status(AutoUpdateStatus::UpdateProblem);
    let absent = ActiveGate::new().with_id("-8");
    emulator.add_active_gates([bad, absent]).unwrap();
    emulator.disconnect_active_gate(&"-7".into()).unwrap();
    let mut found = client.active_gates().attention(DAY).await.unwrap();
    let found = found.split_off(OFFLINE.len());
    let expected = [
        "-7 TOKEN_INVALID",
        "-7 TOKEN_UNSUPPORTED",
        "-7 TOKEN_UNKNOWN",
        "-7 OFFLINE",
        "-7 UPDATE_PROBLEM",
        "-8 TOKEN_ABSENT",
    ];
    assert_eq!(reasons(&found), expected);
    assert_eq!(found[2].token, Some("dt0g02.deleted".into()));
    assert_eq!(found[3].date, Some(clock.now().into()));
}

/// Returns what the entry of a gate for token `a` is reported as, half a year after the token was created.
async fn reason_of_entry(entry: &str, listed: Option<&str>) -> Option<String> {
    let body = listed.map_or_else(
        || r#"{"totalCount": 0, "activeGateTokens": []}"#.to_owned(),
        |end| {
            let token = token("a").replace('}', &format!(r#", "expirationDate": {end}}}"#));
            format!(r#"{{"totalCount": 1, "activeGateTokens": [{token}]}}"#)
        },
    );
    let list = format!(r#"{{"id": "1", "activeGateTokens": [{entry}]}}"#);
    let (client, _) = scripted([gates(&list), FakeResponse::json(200, body)]);
    let found = client.active_gates().attention(DAY).await.unwrap();
    found.first().map(|finding| finding.reason.to_string())
}

#[tokio::test]
async fn a_token_that_the_environment_lists_as_ended_is_not_unknown() {
    let ended = Some(r#""2001-01-01T00:00:00Z""#);
    let later = Some(r#""9001-01-01T00:00:00Z""#);
    let expires = Some("TOKEN_EXPIRES".to_owned());
    let unknown = Some("TOKEN_UNKNOWN".to_owned());
    let entry = r#"{"id": "dt0g02.a", "state": "UNKNOWN"}"#;
    assert_eq!(reason_of_entry(entry, ended).await, expires);
    for listed in [later, Some("null"), None] {
        assert_eq!(reason_of_entry(entry, listed).await, unknown, "{listed:?}");
    }
}

#[tokio::test]
async fn a_token_without_a_state_that_the_environment_does_not_list_is_unknown() {
    let later = Some(r#""9001-01-01T00:00:00Z""#);
    let unknown = Some("TOKEN_UNKNOWN".to_owned());
    let entry = r#"{"id": "dt0g02.a"}"#;
    assert_eq!(reason_of_entry(entry, None).await, unknown);
    assert_eq!(reason_of_entry(entry, later).await, None);
    // The token may be one of another environment.
    let entry = r#"{"id": "dt0g02.a", "environmentId": "abc"}"#;
    assert_eq!(reason_of_entry(entry, None).await, None);
    let entry = r#"{"id": "dt0g02.a", "state": "VALID"}"#;
    assert_eq!(reason_of_entry(entry, None).await, None);
}

#[tokio::test]
async fn an_id_that_only_resembles_a_listed_one_says_nothing_about_the_token() {
    let soon = Some(r#""1970-01-01T12:00:00Z""#);
    let unreported = Some("TOKENS_UNREPORTED".to_owned());
    for id in ["DT0G02.A", " dt0g02.a ", "dt0g02.a.SECRET", "Dt0g02.a.X.Y"] {
        for state in ["", r#", "state": "UNKNOWN""#, r#", "state": "VALID""#] {
            let entry = format!(r#"{{"id": "{id}"{state}}}"#);
            assert_eq!(reason_of_entry(&entry, soon).await, unreported, "{entry}");
        }
    }
    // What the API says of the token itself stays.
    let entry = r#"{"id": "DT0G02.A", "state": "EXPIRING"}"#;
    let expires = Some("TOKEN_EXPIRES".to_owned());
    assert_eq!(reason_of_entry(entry, soon).await, expires);
    let entry = r#"{"id": "dt0g02.ab", "state": "VALID"}"#;
    assert_eq!(reason_of_entry(entry, soon).await, None);
}

#[tokio::test]
async fn an_end_in_year_1_means_that_a_token_never_ends() {
    let never = Some(r#""0001-01-01T00:00:00Z""#);
    let unknown = Some("TOKEN_UNKNOWN".to_owned());
    let entry = r#"{"id": "dt0g02.a", "state": "VALID"}"#;
    assert_eq!(reason_of_entry(entry, never).await, None);
    let entry = r#"{"id": "dt0g02.a", "state": "UNKNOWN"}"#;
    assert_eq!(reason_of_entry(entry, never).await, unknown);
}

#[tokio::test]
async fn of_several_tokens_with_one_id_the_earliest_end_counts() {
    let with_end = |end: &str| token("a").replace('}', &format!(r#", "expirationDate": {end}}}"#));
    let soon = with_end(r#""2000-01-01T00:00:00Z""#);
    let others = [with_end(r#""9001-01-01T00:00:00Z""#), with_end("null")];
    for other in others {
        for list in [format!("{soon}, {other}"), format!("{other}, {soon}")] {
            let body = format!(r#"{{"totalCount": 2, "activeGateTokens": [{list}]}}"#);
            let gate = r#"{"id": "1", "activeGateTokens": [{"id": "dt0g02.a", "state": "VALID"}]}"#;
            let (client, _) = scripted([gates(gate), FakeResponse::json(200, body)]);
            let found = client.active_gates().attention(DAY).await.unwrap();
            assert_eq!(reasons(&found), ["1 TOKEN_EXPIRES"], "{list}");
        }
    }
}

#[tokio::test]
async fn an_empty_word_is_no_state() {
    let list = r#"{"id": "1", "activeGateTokens": [{"id": "dt0g02.x", "state": ""}, {"id": "", "state": " "}], "autoUpdateStatus": ""}"#;
    let (client, _) = scripted([gates(list), page_of(0, &[], None)]);
    let found = client.active_gates().attention(DAY).await.unwrap();
    assert_eq!(reasons(&found), ["1 TOKEN_UNKNOWN", "1 TOKENS_UNREPORTED"]);
}

#[tokio::test]
async fn words_that_are_not_known_and_tokens_that_are_missing_are_reported() {
    let list = r#"{}, {"id": "1", "activeGateTokens": []}, {"id": "2", "activeGateTokens": [{"state": "NEW"}, {"state": "EXPIRING"}, {}],
        "autoUpdateStatus": "ODD"}, {"id": "3", "autoUpdateStatus": "UNKNOWN", "activeGateTokens": [{"state": "VALID"}, {"id": " "}]},
        {"id": "4", "autoUpdateStatus": "INCOMPATIBLE", "activeGateTokens": null}, {"id": "5", "autoUpdateStatus": "OUTDATED"}"#;
    let (client, _) = scripted([gates(list), page_of(0, &[], None)]);
    let found = client.active_gates().attention(DAY).await.unwrap();
    let expected = [
        " TOKENS_UNREPORTED",
        "1 TOKEN_ABSENT",
        "2 TOKEN_STATE_NEW",
        "2 TOKEN_EXPIRES",
        "2 TOKENS_UNREPORTED",
        "2 UPDATE_STATUS_ODD",
        "3 TOKENS_UNREPORTED",
        "4 TOKENS_UNREPORTED",
        "4 INCOMPATIBLE",
        "5 TOKENS_UNREPORTED",
        "5 OUTDATED",
    ];
    assert_eq!(reasons(&found), expected);
    let other = AttentionReason::OtherTokenState("NEW".into());
    assert_eq!(found[2].reason, other);
    assert_eq!(found[3].date, None);
}
