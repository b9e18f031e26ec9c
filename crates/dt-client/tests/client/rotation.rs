//! The rotation of tokens.

use std::time::SystemTime;

use dt_client::models::{ActiveGate, ActiveGateToken, Secret};
use dt_client::{
    ApiToken, Applied, CheckSuccessorError, Client, Clock as _, DeleteOldError, KeptReason,
    ReplacedToken, RotationPlan, TokenRotation,
};
use gatelet_emulator::{Emulator, well_known};
use gatelet_models::Timestamp;
use gatelet_transport::testing::{FakeResponse, ManualClock};
use gatelet_transport::{Transport as _, TransportError, TransportErrorKind, from_fn};
use http::Method;

use crate::support::{SECRET, created, refusal, scripted};
use crate::token_users::{DAY, EXPIRING, HOUR, gates, seeded};

async fn plan(client: &Client) -> RotationPlan {
    let month = TokenRotation::ending_within(30 * DAY);
    let tokens = client.active_gate_tokens();
    tokens.plan_rotation(&month).await.unwrap()
}

/// Rotates the expiring token of the examples, and returns the secret of its successor.
async fn rotated(client: &Client) -> (ReplacedToken, Secret) {
    let plan = plan(client).await;
    let [planned] = &plan.successors[..] else {
        panic!("{plan:?}");
    };
    let tokens = client.active_gate_tokens();
    let new = tokens.create_successor(planned).await.unwrap();
    let secret = new.created().token.clone();
    (new.check().await.unwrap(), secret)
}

fn reasons(error: DeleteOldError) -> Vec<KeptReason> {
    match error {
        DeleteOldError::Kept(reasons) => reasons,
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn an_old_token_is_deleted_once_its_successor_is_used_and_no_gate_shows_the_old_one() {
    let clock = ManualClock::auto();
    let (emulator, client) = seeded(&clock);
    let (replaced, secret) = rotated(&client).await;
    assert_eq!(replaced.old().id, EXPIRING);
    let name = replaced.successor().name.clone().unwrap();
    assert!(name.starts_with("system:initial-setup-rotated-"), "{name}");
    let life = replaced.successor().expiration_date.unwrap();
    let expected = Timestamp::from(clock.now()).saturating_add(60 * DAY);
    assert!(life <= expected && life >= expected.saturating_sub(HOUR));

    let error = replaced.delete_if_unused().await.unwrap_err();
    let kept = reasons(error);
    assert!(
        matches!(&kept[0], KeptReason::ShownBy { active_gates } if active_gates.len() == 1),
        "{kept:?}"
    );
    assert!(kept.contains(&KeptReason::SuccessorUnused), "{kept:?}");

    let gate = ActiveGate::new().with_id("-1556499193");
    emulator.enroll_active_gate(&secret, gate).unwrap();
    let again = plan(&client).await;
    assert_eq!(again.successors, []);
    let taken_up = &again.rotated[0];
    let tokens = client.active_gate_tokens();
    let replaced = tokens.replaced(&taken_up.old, &taken_up.successors[0]);
    let kept = replaced.reasons_to_keep().await.unwrap();
    assert_eq!(kept, []);
    replaced.delete_if_unused().await.unwrap();
    let error = tokens.get(&EXPIRING.into()).send().await.unwrap_err();
    assert!(error.is_not_found());
    let error = replaced.delete_if_unused().await.unwrap_err();
    let is_gone = matches!(&error, DeleteOldError::Delete(error) if error.is_not_found());
    assert!(is_gone, "{error:?}");
}

#[tokio::test]
async fn an_old_token_whose_successor_is_gone_or_has_ended_is_kept_whatever_is_asked() {
    let clock = ManualClock::auto();
    let (_, client) = seeded(&clock);
    let (replaced, _) = rotated(&client).await;
    clock.advance(61 * DAY);
    let error = replaced.delete_even_if_used().await.unwrap_err();
    assert_eq!(reasons(error), [KeptReason::SuccessorEnded]);
    let tokens = client.active_gate_tokens();
    tokens
        .delete(&replaced.successor().id)
        .send()
        .await
        .unwrap();
    let error = replaced.delete_even_if_used().await.unwrap_err();
    assert_eq!(reasons(error), [KeptReason::SuccessorGone]);
    tokens.get(&EXPIRING.into()).send().await.unwrap();
}

// U71
#[tokio::test]
async fn a_successor_whose_response_was_lost_is_found_and_not_created_again() {
    let emulator = Emulator::memory().unwrap();
    emulator.seed().unwrap();
    let server = emulator.clone();
    let clock = ManualClock::auto();
    #[expect(clippy::disallowed_methods, reason = "it is the emulator's clock")]
    clock.set_now(SystemTime::now() + HOUR);
    let loses_responses = from_fn(move |request: http::Request<bytes::Bytes>| {
        let server = server.clone();
        async move {
            let is_create = request.method() == Method::POST;
            let response = server.send(request).await?;
            match is_create {
                true => Err(TransportError::new(TransportErrorKind::Interrupted)),
                false => Ok(response),
            }
        }
    });
    let client = Client::builder("https://h.example")
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(loses_responses, clock)
        .unwrap();
    let tokens = client.active_gate_tokens();
    let rotation = TokenRotation::of([EXPIRING]);
    let plan = tokens.plan_rotation(&rotation).await.unwrap();
    let error = tokens.create_successor(&plan.successors[0]).await;
    let error = error.unwrap_err();
    assert_eq!(error.error().applied(), Applied::Unknown);
    let lost = error.find_lost().await.unwrap();
    assert_eq!(lost.len(), 1);
    let found = tokens.get(&lost[0]).send().await.unwrap();
    assert_eq!(found.name.as_ref(), Some(&plan.successors[0].create.name));
    tokens.delete(&lost[0]).send().await.unwrap();
    let again = tokens.plan_rotation(&rotation).await.unwrap();
    assert_eq!(again.successors.len(), 1);
    let name = |plan: &RotationPlan| plan.successors[0].create.name.clone();
    assert_ne!(name(&again), name(&plan));
}

/// Returns a page with a token that is to be replaced.
fn old() -> FakeResponse {
    let token = r#"{"id":"dt0g02.old","name":"edge","creationDate":"1970-01-01T00:00:00Z","expirationDate":"1970-01-20T00:00:00Z","seedToken":false,"activeGateType":"ENVIRONMENT"}"#;
    let page = format!(r#"{{"totalCount":1,"activeGateTokens":[{token}]}}"#);
    FakeResponse::json(200, page)
}

#[tokio::test]
async fn a_successor_that_is_not_what_was_planned_is_no_reason_to_delete_the_old_token() {
    let end = "2026-03-02T00:00:00.000Z";
    for (read, expected) in [
        (refusal(404, "none"), "could not read"),
        (
            FakeResponse::json(
                200,
                r#"{"id":"dt0g02.4KWZO5EF","name":"other","creationDate":"2026-01-01T00:00:00Z"}"#,
            ),
            "another name",
        ),
        (
            FakeResponse::json(
                200,
                r#"{"id":"dt0g02.4KWZO5EF","creationDate":"2026-01-01T00:00:00Z"}"#,
            ),
            "ends never",
        ),
    ] {
        let (client, fake) = scripted([old(), created(), read]);
        let tokens = client.active_gate_tokens();
        let plan = tokens
            .plan_rotation(&TokenRotation::of(["dt0g02.old"]))
            .await;
        let new = tokens.create_successor(&plan.unwrap().successors[0]).await;
        let error = new.unwrap().check().await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error:?}").contains(SECRET));
        if let CheckSuccessorError::OtherEnd { expected, shown } = error {
            assert_eq!(
                (expected.to_string().as_str(), shown),
                (&*end.replace(".000", ""), None)
            );
        }
        assert_eq!(fake.into_requests().len(), 3);
    }
}

#[tokio::test]
async fn a_successor_with_the_id_of_the_old_token_is_neither_deleted_nor_checked() {
    let same = old_with_id("dt0g02.4KWZO5EF");
    let (client, fake) = scripted([same, created()]);
    let tokens = client.active_gate_tokens();
    let rotation = TokenRotation::of(["dt0g02.4KWZO5EF"]);
    let plan = tokens.plan_rotation(&rotation).await.unwrap();
    let new = tokens.create_successor(&plan.successors[0]).await.unwrap();
    assert_eq!(new.delete().await.unwrap_err().applied(), Applied::No);
    let error = new.check().await.unwrap_err();
    assert!(matches!(error, CheckSuccessorError::OldId), "{error}");
    assert_eq!(fake.into_requests().len(), 2);
}

fn old_with_id(id: &str) -> FakeResponse {
    let token = format!(
        r#"{{"id":"{id}","name":"edge","creationDate":"1970-01-01T00:00:00Z","expirationDate":"1970-01-20T00:00:00Z"}}"#
    );
    FakeResponse::json(
        200,
        format!(r#"{{"totalCount":1,"activeGateTokens":[{token}]}}"#),
    )
}

// U72
#[tokio::test]
async fn each_doubt_about_the_use_of_an_old_token_keeps_it() {
    let token = |id: &str, name: &str, used: Option<&str>| {
        let used = used.map_or_else(String::new, |used| format!(r#","lastUsedDate":"{used}""#));
        let text = format!(
            r#"{{"id":"{id}","name":"{name}","creationDate":"2026-01-01T00:00:00Z"{used}}}"#
        );
        let model: ActiveGateToken = serde_json::from_str(&text).unwrap();
        (model, FakeResponse::json(200, text))
    };
    let used = Some("2026-01-02T00:00:00Z");
    let shown =
        r#"{"id":"1","hostname":"edge","activeGateTokens":[{"id":"old","state":"UNKNOWN"}]}"#;
    let silent = r#"{"id":"2"}"#;
    let by = vec!["edge".to_owned()];
    for (listed, old_used, new_used, name, expected) in [
        ("", None, None, "e", vec![KeptReason::SuccessorUnused]),
        ("", used, used, "e", vec![]),
        ("", used, None, "e", vec![KeptReason::SuccessorUnused]),
        (
            shown,
            used,
            used,
            "e",
            vec![KeptReason::ShownBy { active_gates: by }],
        ),
        (silent, used, used, "e", vec![KeptReason::Unreported(1)]),
        ("", used, used, "f", vec![KeptReason::Changed]),
    ] {
        let (old, _) = token("old", "e", None);
        let (_, old_now) = token("old", name, old_used);
        let (new, new_now) = token("new", "n", new_used);
        let deleted = FakeResponse::status(204);
        let (client, fake) = scripted([gates(listed), old_now, new_now, deleted]);
        let replaced = client.active_gate_tokens().replaced(&old, &new);
        let result = replaced.delete_if_unused().await;
        let is_sent = fake
            .requests()
            .iter()
            .any(|it| it.method() == Method::DELETE);
        assert_eq!(is_sent, expected.is_empty(), "{expected:?}");
        if let Err(error) = result {
            assert_eq!(reasons(error), expected);
        }
    }
    let (client, fake) = scripted([refusal(403, "no")]);
    let (old, _) = token("old", "e", None);
    let replaced = client.active_gate_tokens().replaced(&old, &old);
    let error = replaced.delete_if_unused().await.unwrap_err();
    assert!(matches!(error, DeleteOldError::Read(_)), "{error}");
    assert_eq!(fake.into_requests().len(), 1);
}
