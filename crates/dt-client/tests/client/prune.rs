//! Deleting tokens that nobody uses.

use dt_client::models::Timestamp;
use dt_client::{
    Applied, ErrorKind, PruneCandidate, PruneKept, PruneOutcome, PruneReason, PruneRules,
};
use gatelet_transport::testing::FakeResponse;
use http::Method;

use crate::support::{refusal, scripted};
use crate::token_users::{DAY, gates};

/// Long before the start of a manual clock, which is that of 2026.
const LONG_AGO: &str = "1960-01-01T00:00:00Z";

fn rules() -> PruneRules {
    PruneRules::unused_for(90 * DAY)
}

fn token(name: &str, used: &str, seed: &str) -> String {
    format!(r#"{{"id":"t","name":"{name}","creationDate":"{LONG_AGO}"{used},"seedToken":{seed}}}"#)
}

const USED: &str = r#","lastUsedDate":"1961-01-01T00:00:00Z""#;

fn candidate() -> PruneCandidate {
    let created: Timestamp = LONG_AGO.parse().unwrap();
    PruneCandidate::new("t", Some("edge".to_owned()), created, PruneReason::Unused)
}

fn list(token: &str) -> FakeResponse {
    let body = format!(r#"{{"totalCount":1,"activeGateTokens":[{token}]}}"#);
    FakeResponse::json(200, body)
}

const SHOWN: &str = r#"{"id":"1","activeGateTokens":[{"id":"t","state":"UNKNOWN"}]}"#;
const SILENT: &str = r#"{"id":"2"}"#;

#[tokio::test]
async fn a_plan_names_the_tokens_that_every_rule_allows() {
    for (listed, gate, expected) in [
        (token("edge", USED, "false"), "", None),
        (token("edge", USED, "true"), "", Some(PruneKept::Seed)),
        (
            token("edge", USED, "false"),
            SHOWN,
            Some(PruneKept::Shown(1)),
        ),
        (
            token("edge", USED, "false"),
            SILENT,
            Some(PruneKept::Unreported(1)),
        ),
        (token("edge", "", "false"), "", Some(PruneKept::NoUseShown)),
    ] {
        let (client, _) = scripted([list(&listed), gates(gate)]);
        let plan = client.active_gate_tokens().plan_prune(&rules()).await;
        let plan = plan.unwrap();
        let found = plan.kept.first().map(|kept| kept.reason);
        assert_eq!(found, expected);
        assert_eq!(plan.candidates.is_empty(), expected.is_some());
        if let Some(found) = plan.candidates.first() {
            assert_eq!(
                (&found.id, &found.name),
                (&candidate().id, &candidate().name)
            );
        }
    }
}

#[tokio::test]
async fn there_is_no_plan_without_all_tokens_and_all_active_gates() {
    let listed = || list(&token("edge", USED, "false"));
    let unreadable = FakeResponse::json(200, r#"{"activeGates":[{"id":"1"},{"id":7}]}"#);
    let cut = FakeResponse::json(
        200,
        format!(
            r#"{{"totalCount":2,"activeGateTokens":[{}]}}"#,
            token("edge", USED, "false")
        ),
    );
    for responses in [
        vec![listed(), unreadable],
        vec![listed(), FakeResponse::json(200, "{}")],
        vec![listed(), refusal(403, "no")],
        vec![cut],
    ] {
        let (client, _) = scripted(responses);
        let error = client.active_gate_tokens().plan_prune(&rules()).await;
        let error = error.unwrap_err();
        assert!(
            !matches!(error.kind(), ErrorKind::InvalidInput { .. }),
            "{error}"
        );
    }
}

// U73
#[tokio::test]
async fn each_token_is_read_again_before_it_is_deleted() {
    for (now, gate, expected) in [
        (
            FakeResponse::json(200, token("edge", USED, "false")),
            "",
            None,
        ),
        (
            FakeResponse::json(
                200,
                token("edge", r#","lastUsedDate":"2025-12-31T00:00:00Z""#, "false"),
            ),
            "",
            Some(PruneOutcome::Kept(PruneKept::Used)),
        ),
        (
            FakeResponse::json(200, token("other", USED, "false")),
            "",
            Some(PruneOutcome::Kept(PruneKept::Changed)),
        ),
        (
            FakeResponse::json(200, token("edge", USED, "false").replace("1960", "1959")),
            "",
            Some(PruneOutcome::Kept(PruneKept::Changed)),
        ),
        (
            FakeResponse::json(200, token("edge", USED, "true")),
            "",
            Some(PruneOutcome::Kept(PruneKept::Seed)),
        ),
        (
            FakeResponse::json(200, token("edge", USED, "false")),
            SHOWN,
            Some(PruneOutcome::Kept(PruneKept::Shown(1))),
        ),
        (
            FakeResponse::json(200, token("edge", USED, "false")),
            SILENT,
            Some(PruneOutcome::Kept(PruneKept::Unreported(1))),
        ),
        (refusal(404, "none"), "", Some(PruneOutcome::AlreadyGone)),
    ] {
        let deleted = FakeResponse::status(204);
        let (client, fake) = scripted([gates(gate), now, deleted]);
        let mut pruning = client.active_gate_tokens().prune(rules());
        let outcome = pruning.delete(&candidate()).await.unwrap();
        let is_sent = fake
            .requests()
            .iter()
            .any(|it| it.method() == Method::DELETE);
        assert_eq!(is_sent, expected.is_none());
        match expected {
            Some(expected) => assert_eq!(outcome, expected),
            None => assert!(matches!(outcome, PruneOutcome::Deleted(_)), "{outcome:?}"),
        }
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_looked_at_again_is_not_deleted() {
    let read = FakeResponse::json(200, token("edge", USED, "false"));
    for responses in [
        vec![refusal(403, "no")],
        vec![gates(""), refusal(403, "no")],
    ] {
        let (client, fake) = scripted(responses);
        let mut pruning = client.active_gate_tokens().prune(rules());
        let error = pruning.delete(&candidate()).await.unwrap_err();
        assert_eq!(error.applied(), Applied::No);
        assert!(
            fake.into_requests()
                .iter()
                .all(|it| it.method() == Method::GET)
        );
    }
    // The list of ActiveGates counts for some seconds, and the token is read each time.
    let again = FakeResponse::json(200, token("edge", USED, "false"));
    let (client, fake) = scripted([gates(""), read, again]);
    let mut pruning = client.active_gate_tokens().prune(rules());
    for _ in 0..2 {
        assert_eq!(pruning.check(&candidate()).await.unwrap(), None);
    }
    assert_eq!(fake.into_requests().len(), 3);
}
