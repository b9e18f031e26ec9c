//! Which ActiveGates show a token.

use std::time::Duration;

use dt_client::models::ActiveGateId;
use dt_client::{ApiToken, Client, Clock as _, Error, ErrorKind, TokenUsers};
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::TransportErrorKind;
use gatelet_transport::testing::{FakeResponse, ManualClock};

use crate::attention::reasons;
use crate::support::{URL, page_of, refusal, scripted, token};

pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);
pub(crate) const EXPIRING: &str = "dt0g02.soon20";

fn client(emulator: &Emulator, token: &str, clock: &ManualClock) -> Client {
    Client::builder(URL)
        .credentials(ApiToken::new(token).unwrap())
        .build_with(emulator.clone(), clock.clone())
        .unwrap()
}

pub(crate) fn seeded(clock: &ManualClock) -> (Emulator, Client) {
    let emulator = Emulator::memory().unwrap().with_clock(clock.clone());
    emulator.seed().unwrap();
    let client = client(&emulator, well_known::DT_TOKEN, clock);
    (emulator, client)
}

pub(crate) fn gates(gates: &str) -> FakeResponse {
    FakeResponse::json(200, format!(r#"{{"activeGates": [{gates}]}}"#))
}

fn ids(users: &TokenUsers) -> Vec<&str> {
    let ids = users
        .active_gates
        .iter()
        .filter_map(|gate| gate.id.as_ref());
    ids.map(ActiveGateId::as_str).collect()
}

#[tokio::test]
async fn nothing_is_listed_for_an_id_that_cannot_be_sent() {
    for id in ["", "..", "a\nb", "dt0g02.4KWZO5EF.XT47R5DRJNIAEXAMPLE"] {
        let (client, fake) = scripted([]);
        let error = client.active_gate_tokens().users(&id.into()).await;
        let error = error.unwrap_err();
        let is_invalid = matches!(error.kind(), ErrorKind::InvalidInput { .. });
        assert!(is_invalid, "{error}");
        assert_eq!(error.operation(), Some("dt getToken"));
        assert!(fake.into_requests().is_empty());
    }
}

#[tokio::test]
async fn a_response_without_the_list_does_not_say_that_nobody_uses_a_token() {
    for body in ["{}", r#"{"activegates": []}"#, r#"{"activeGates": null}"#] {
        let (client, _) = scripted([FakeResponse::json(200, body)]);
        let error = client
            .active_gate_tokens()
            .users(&EXPIRING.into())
            .await
            .unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");
        let (client, _) = scripted([FakeResponse::json(200, body)]);
        let error = client.active_gates().attention(DAY).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");
    }
}

#[tokio::test]
async fn the_users_of_a_token_are_the_gates_that_show_it_with_its_last_use() {
    let clock = ManualClock::auto();
    let (emulator, client) = seeded(&clock);
    let tokens = client.active_gate_tokens();
    let users = tokens.users(&EXPIRING.into()).await.unwrap();
    assert_eq!(ids(&users), ["-1556499193"]);
    assert_eq!(users.window, 2 * HOUR);
    assert_eq!(users.last_used_date(), Some(clock.now().into()));

    // A gate that is offline for longer is not in the list; only the last use tells.
    emulator
        .disconnect_active_gate(&"-1556499193".into())
        .unwrap();
    let before = users.last_used_date();
    clock.advance(2 * HOUR);
    let users = tokens.users(&EXPIRING.into()).await.unwrap();
    assert_eq!((ids(&users), users.last_used_date()), (vec![], before));

    let unused = tokens.users(&"dt0g02.abc123".into()).await.unwrap();
    assert_eq!((ids(&unused), unused.last_used_date()), (vec![], None));
    assert!(unused.token.unwrap().is_some());
}

#[tokio::test]
async fn a_deleted_token_has_users_until_no_gate_shows_it() {
    let clock = ManualClock::auto();
    let (emulator, client) = seeded(&clock);
    let tokens = client.active_gate_tokens();
    tokens.delete(&EXPIRING.into()).send().await.unwrap();
    let users = tokens.users(&EXPIRING.into()).await.unwrap();
    assert_eq!(ids(&users), ["-1556499193"]);
    assert_eq!(users.last_used_date(), None);
    assert_eq!(users.token.unwrap(), None);

    emulator
        .disconnect_active_gate(&"-1556499193".into())
        .unwrap();
    clock.advance(2 * HOUR);
    let error = tokens.users(&EXPIRING.into()).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn a_gate_shows_a_token_beside_others_and_in_any_state() {
    let other = r#"{"id": "2", "activeGateTokens": [{"id": "dt0g02.b", "state": "VALID"}, {"state": "ABSENT"}]}"#;
    let both = r#"{"id": "3", "activeGateTokens": [{"id": "dt0g02.b"}, {"id": "dt0g02.a", "state": "NEW"}]}"#;
    let list = format!(r#"{{}}, {{"id": "1", "activeGateTokens": null}}, {other}, {both}"#);
    let (client, fake) = scripted([gates(&list), FakeResponse::json(200, token("a"))]);
    let users = client.active_gate_tokens().users(&"dt0g02.a".into()).await;
    assert_eq!(ids(&users.unwrap()), ["3"]);
    let paths: Vec<_> = fake.into_requests();
    let paths: Vec<_> = paths.iter().map(|it| it.uri().path()).collect();
    assert_eq!(
        paths,
        ["/api/v2/activeGates", "/api/v2/activeGateTokens/dt0g02.a"]
    );
}

#[tokio::test]
async fn gates_that_do_not_say_which_tokens_they_have_are_counted() {
    for (tokens, unreported) in [
        ("", 1),
        (r#", "activeGateTokens": null"#, 1),
        (r#", "activeGateTokens": [{}]"#, 1),
        (
            r#", "activeGateTokens": [{"id": "dt0g02.b"}, {"state": "VALID"}]"#,
            1,
        ),
        (r#", "activeGateTokens": []"#, 0),
        (
            r#", "activeGateTokens": [{"state": "ABSENT"}, {"state": "INVALID"}, {"state": "UNSUPPORTED"}]"#,
            0,
        ),
        (r#", "activeGateTokens": [{"id": "dt0g02.b"}]"#, 0),
        (r#", "activeGateTokens": [{"id": "dt0g02.a"}, {}]"#, 0),
        (r#", "activeGateTokens": [{"id": ""}]"#, 1),
        (
            r#", "activeGateTokens": [{"id": " ", "state": "VALID"}]"#,
            1,
        ),
        (
            r#", "activeGateTokens": [{"id": "", "state": "ABSENT"}]"#,
            0,
        ),
        (r#", "activeGateTokens": [{"id": "DT0G02.A"}]"#, 1),
        (r#", "activeGateTokens": [{"id": " dt0g02.a\n"}]"#, 1),
        (r#", "activeGateTokens": [{"id": "dt0g02.a\u200b"}]"#, 1),
        (r#", "activeGateTokens": [{"id": "dt0g02.a.SECRET"}]"#, 1),
        (
            r#", "activeGateTokens": [{"id": "dt0g02.ab"}, {"id": "dt0g02."}]"#,
            0,
        ),
    ] {
        let list = format!(r#"{{"id": "1"{tokens}}}"#);
        let (client, _) = scripted([gates(&list), FakeResponse::json(200, token("a"))]);
        let users = client.active_gate_tokens().users(&"dt0g02.a".into()).await;
        assert_eq!(users.unwrap().unreported, unreported, "{tokens}");
    }
}

#[tokio::test]
async fn a_review_counts_the_same_gates_as_the_users_of_each_token() {
    for (shown, unreported) in [
        ("dt0g02.a", 0),
        ("dt0g02.unlisted", 0),
        ("DT0G02.A", 1),
        (" dt0g02.a\n", 1),
        ("dt0g02.b.SECRET", 1),
        (" ", 1),
    ] {
        let shown = serde_json::json!([{ "id": shown }]);
        let gate = format!(r#"{{"id": "1", "activeGateTokens": {shown}}}"#);
        let list = page_of(2, &["a", "b"], None);
        let (client, _) = scripted([list, gates(&gate)]);
        let audit = client.active_gate_tokens().audit(DAY).await.unwrap();
        assert_eq!(audit.unreported, unreported, "{shown}");
        let mut most = 0;
        for id in ["a", "b"] {
            let read = FakeResponse::json(200, token(id));
            let (client, _) = scripted([gates(&gate), read]);
            let id = format!("dt0g02.{id}");
            let users = client.active_gate_tokens().users(&id.as_str().into()).await;
            most = most.max(users.unwrap().unreported);
        }
        assert_eq!(most, unreported, "{shown}");
    }
}

#[tokio::test]
async fn the_last_use_of_another_token_is_not_that_of_the_token() {
    for other in ["b", "A", "a "] {
        let (client, fake) = scripted([gates(""), FakeResponse::json(200, token(other))]);
        let users = client.active_gate_tokens().users(&"dt0g02.a".into()).await;
        let error = users.unwrap().token.unwrap_err();
        let path = "id".into();
        assert_eq!(error.kind(), &ErrorKind::Decode { path }, "{error}");
        assert_eq!(error.operation(), Some("dt getToken"));
        assert_eq!(error.resource(), Some("dt0g02.a"));
        fake.finish();
    }
}

#[tokio::test]
async fn a_missing_list_is_told_from_a_missing_token() {
    let (client, fake) = scripted([refusal(404, "no")]);
    let tokens = client.active_gate_tokens();
    let error = tokens.users(&EXPIRING.into()).await.unwrap_err();
    let told = (error.is_not_found(), error.operation(), error.resource());
    assert_eq!(told, (true, Some("dt getAllActiveGates"), None));
    fake.finish();
    let (client, fake) = scripted([gates(""), refusal(404, "no")]);
    let tokens = client.active_gate_tokens();
    let error = tokens.users(&EXPIRING.into()).await.unwrap_err();
    let told = (error.is_not_found(), error.operation(), error.resource());
    assert_eq!(told, (true, Some("dt getToken"), Some(EXPIRING)));
    fake.finish();
}

#[tokio::test]
async fn the_gates_of_a_token_that_cannot_be_read_are_known() {
    let gate = r#"{"id": "1", "activeGateTokens": [{"id": "dt0g02.a"}]}"#;
    for list in [&format!(r#"{gate}, {{"id": "2"}}"#), r#"{"id": "2"}"#] {
        for unread in [
            refusal(400, "no"),
            refusal(403, "no"),
            FakeResponse::status(404),
            FakeResponse::json(200, "{}"),
            FakeResponse::error(TransportErrorKind::Tls),
        ] {
            let (client, fake) = scripted([gates(list), unread]);
            let users = client.active_gate_tokens().users(&"dt0g02.a".into()).await;
            let users = users.unwrap();
            let shown = usize::from(list.contains("dt0g02.a"));
            assert_eq!((users.active_gates.len(), users.unreported), (shown, 1));
            assert_eq!(users.last_used_date(), None);
            let error = users.token.unwrap_err();
            let told = (error.operation(), error.resource());
            assert_eq!(told, (Some("dt getToken"), Some("dt0g02.a")));
            fake.finish();
        }
    }
}

/// Calls with a token of one scope.
async fn with_scope(scope: &str) -> [Error; 2] {
    let clock = ManualClock::auto();
    let (emulator, _) = seeded(&clock);
    let token = "dt0c01.NARROW.SECRETOFTHENARROWTOKEN";
    emulator
        .add_access_token(&token.into(), "me", &[scope])
        .unwrap();
    let client = client(&emulator, token, &clock);
    let users = client.active_gate_tokens().users(&EXPIRING.into()).await;
    let attention = client.active_gates().attention(DAY).await;
    let unread = users.and_then(|users| users.token);
    [unread.unwrap_err(), attention.unwrap_err()]
}

// D30
#[tokio::test]
async fn a_missing_scope_is_told_by_the_operation_that_needs_it() {
    for (scope, refused) in [
        (
            "activeGateTokenManagement.read",
            ["dt getAllActiveGates"; 2],
        ),
        ("activeGates.read", ["dt getToken", "dt listTokens"]),
    ] {
        let errors = with_scope(scope).await;
        for (error, operation) in errors.iter().zip(refused) {
            assert_eq!(error.status().map(|it| it.as_u16()), Some(403));
            assert_eq!(error.operation(), Some(operation), "{error}");
        }
    }
}

#[tokio::test]
async fn an_error_of_either_list_is_the_error_of_the_whole() {
    let (client, fake) = scripted([gates("{}"), refusal(400, "no")]);
    let error = client.active_gates().attention(DAY).await.unwrap_err();
    assert_eq!(error.operation(), Some("dt listTokens"));
    fake.finish();
    let (client, fake) = scripted([gates("{}"), page_of(7, &[], None)]);
    assert!(client.active_gates().attention(DAY).await.is_err());
    fake.finish();
}

/// Returns a page with one token, which ends in two hours; `next` is the JSON of `nextPageKey`.
fn page_with(name: &str, next: &str) -> FakeResponse {
    let token = token(name).replace('}', r#", "expirationDate": "2026-01-01T02:00:00Z"}"#);
    let body = format!(
        r#"{{"totalCount": 3, "pageSize": 3000, "nextPageKey": {next}, "activeGateTokens": [{token}]}}"#
    );
    FakeResponse::json(200, body)
}

#[tokio::test]
async fn a_lost_page_of_tokens_is_an_error_and_not_a_shorter_result() {
    let list = r#"{"id": "1", "activeGateTokens": [{"id": "dt0g02.c", "state": "VALID"}]}"#;
    let interrupted = || FakeResponse::error(TransportErrorKind::Interrupted);
    let overloaded = || FakeResponse::status(503);
    let expired = refusal(400, "the page key has expired");
    for lost in [
        vec![interrupted(), interrupted(), interrupted()],
        vec![overloaded(), overloaded(), overloaded()],
        vec![expired],
        vec![FakeResponse::json(200, "{}")],
        vec![page_with("b", "7")],
        vec![page_with("b", r#""k2""#)],
        // A last page that comes too early.
        vec![page_with("b", "null")],
    ] {
        let mut script = vec![gates(list), page_with("a", r#""k2""#)];
        script.extend(lost);
        let (client, fake) = scripted(script);
        let error = client.active_gates().attention(DAY).await.unwrap_err();
        assert_eq!(error.operation(), Some("dt listTokens"), "{error}");
        fake.finish();
    }

    let pages = [
        gates(list),
        page_with("a", r#""k2""#),
        interrupted(),
        overloaded(),
        page_with("b", r#""k3""#),
        page_with("c", "null"),
    ];
    let (client, fake) = scripted(pages);
    let found = client.active_gates().attention(DAY).await.unwrap();
    assert_eq!(reasons(&found), ["1 TOKEN_EXPIRES"]);
    fake.finish();
}

#[tokio::test]
async fn a_list_of_gates_that_is_cut_does_not_say_that_nobody_uses_a_token() {
    let cut = || gates("{}").with_body_error(TransportErrorKind::Interrupted);
    let (client, fake) = scripted([cut(), cut(), cut()]);
    let users = client.active_gate_tokens().users(&"dt0g02.a".into()).await;
    let error = users.unwrap_err();
    assert_eq!(error.operation(), Some("dt getAllActiveGates"), "{error}");
    fake.finish();
    // Nor does the token, which is known, if the list is refused.
    let (client, fake) = scripted([refusal(403, "no")]);
    let users = client.active_gate_tokens().users(&"dt0g02.a".into()).await;
    assert_eq!(users.unwrap_err().status().map(|it| it.as_u16()), Some(403));
    fake.finish();
}

#[tokio::test]
async fn ids_of_any_form_are_compared_byte_for_byte() {
    let long = "x".repeat(10_000);
    let odd = ["", " ", "-1", "0x3efdd091", "a/b", "%2F", "ü", &long];
    let shown = ["dt0g02.A", "dt0g02.a ", "", "dt0g02.a.SECRET", "DT0G02.a"];
    let list = odd.iter().zip(shown.iter().cycle()).map(|(id, token)| {
        let token = format!(r#"{{"id": "{token}", "state": "UNKNOWN"}}"#);
        format!(r#"{{"id": "{id}", "activeGateTokens": [{token}]}}"#)
    });
    let list: Vec<String> = list.collect();
    let list = list.join(",");
    let (client, _) = scripted([gates(&list), FakeResponse::json(200, token("a"))]);
    let users = client.active_gate_tokens().users(&"dt0g02.a".into()).await;
    assert_eq!(ids(&users.unwrap()), Vec::<&str>::new());
    let (client, _) = scripted([gates(&list), FakeResponse::json(200, token("A"))]);
    let users = client.active_gate_tokens().users(&"dt0g02.A".into()).await;
    assert_eq!(ids(&users.unwrap()), ["", "%2F"]);

    let (client, _) = scripted([gates(&list), page_of(1, &["a"], None)]);
    let found = client.active_gates().attention(DAY).await.unwrap();
    let found: Vec<_> = found
        .iter()
        .filter_map(|it| it.active_gate.as_ref())
        .collect();
    let found: Vec<_> = found.iter().map(|id| id.as_str()).collect();
    assert_eq!(found, odd);
}
