//! The migration of setup tokens between two teams.

use asa_client::models::{GatewaySetupTokenCreate, RegistrationType};
use asa_client::{
    Applied, Client, MigrationOutcome, PlannedAction, PlannedSetupToken, ServiceUser,
    TransportErrorKind, plan_migration,
};
use gatelet_emulator::{Emulator, Role};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use http::Method;

use crate::support::{BEARER, authorized, bearer, client, is_exchange, refusal};

/// Returns the client of a team in an emulator of its own.
fn team(name: &str) -> Client {
    let emulator = Emulator::memory().unwrap();
    emulator
        .add_service_user(name, "bot", &"secret".into(), Role::AccessAdmin)
        .unwrap();
    Client::builder(name)
        .credentials(ServiceUser::new("bot", "secret"))
        .build_with(emulator, ManualClock::auto())
        .unwrap()
}

async fn add(client: &Client, description: &str, env: &str) {
    let token = GatewaySetupTokenCreate::new()
        .with_description(description)
        .with_labels([("env", env)]);
    client
        .gateway_setup_tokens()
        .create(token)
        .send()
        .await
        .unwrap();
}

async fn plan(source: &Client, target: &Client) -> Vec<PlannedSetupToken> {
    let source = source.gateway_setup_tokens().read_all().await.unwrap();
    let target = target.gateway_setup_tokens().read_all().await.unwrap();
    plan_migration(&source, &target)
}

/// Applies a plan; returns the outcomes.
async fn apply(target: &Client, plan: Vec<PlannedSetupToken>) -> Vec<MigrationOutcome> {
    let tokens = target.gateway_setup_tokens();
    let mut prepared = tokens.prepare_migration(plan).await.unwrap();
    let mut outcomes = Vec::new();
    while let Some(migrated) = prepared.next().await {
        outcomes.push(migrated.outcome);
    }
    outcomes
}

fn entry(id: &str, action: PlannedAction) -> PlannedSetupToken {
    PlannedSetupToken {
        source_id: id.into(),
        description: Some("edge".to_owned()),
        labels: [("env".to_owned(), "dev".to_owned())].into(),
        action,
    }
}

/// Returns a list of setup tokens with the description and the labels of [`entry`].
fn present(ids: &[&str]) -> FakeResponse {
    let tokens = ids.iter().map(|id| {
        format!(
            r#"{{"id": "{id}", "registration_type": "gateway-agent", "description": "edge", "details": {{"labels": {{"env": "dev"}}}}}}"#
        )
    });
    let tokens: Vec<_> = tokens.collect();
    FakeResponse::json(200, format!(r#"{{"list": [{}]}}"#, tokens.join(",")))
}

fn created(id: &str) -> FakeResponse {
    let body = format!(r#"{{"id": "{id}", "registration_type": "gateway-agent"}}"#);
    FakeResponse::json(201, body)
}

#[tokio::test]
async fn a_migration_can_be_repeated_and_counts_equal_setup_tokens() {
    let (source, target) = (team("asa"), team("opa"));
    for env in ["dev", "dev", "prod"] {
        add(&source, "edge", env).await;
    }
    add(&target, "edge", "dev").await;
    let first = plan(&source, &target).await;
    let to_create = |plan: &[PlannedSetupToken]| {
        let creates = plan.iter().filter(|it| it.action == PlannedAction::Create);
        creates.count()
    };
    assert_eq!(to_create(&first), 2);
    for created in [2, 0] {
        let outcomes = apply(&target, first.clone()).await;
        let is_created = |it: &&MigrationOutcome| matches!(it, MigrationOutcome::Created(_));
        assert_eq!(outcomes.iter().filter(is_created).count(), created);
        assert!(outcomes.iter().all(MigrationOutcome::is_as_planned));
        let tokens = target.gateway_setup_tokens().read_all().await.unwrap();
        assert_eq!(tokens.len(), 3);
        assert!(
            tokens
                .iter()
                .all(|it| it.registration_type == RegistrationType::GatewayAgent)
        );
    }
    assert_eq!(to_create(&plan(&source, &target).await), 0);
    assert_eq!(
        source
            .gateway_setup_tokens()
            .read_all()
            .await
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn a_create_whose_response_was_lost_is_not_repeated_and_the_next_one_is_made() {
    let lost = FakeResponse::error(TransportErrorKind::Interrupted);
    let (target, fake) = authorized([present(&[]), lost, created("2")]);
    let plan = vec![
        entry("a", PlannedAction::Create),
        entry("b", PlannedAction::Create),
    ];
    let outcomes = apply(&target, plan.clone()).await;
    let [
        MigrationOutcome::Failed(error),
        MigrationOutcome::Created(id),
    ] = &outcomes[..]
    else {
        panic!("{outcomes:?}");
    };
    assert_eq!((error.applied(), id.as_str()), (Applied::Unknown, "2"));
    assert!(outcomes[0].may_have_created() && !outcomes[0].is_as_planned());
    let requests = fake.into_requests();
    assert_eq!(requests.len(), 4);
    assert_eq!(
        requests[2].body(),
        r#"{"registration_type":"gateway-agent","details":{"labels":{"env":"dev"}},"description":"edge"}"#
    );
    // The next run finds what was created all the same.
    let (target, fake) = authorized([present(&["1", "2"])]);
    let outcomes = apply(&target, plan).await;
    let is_present = |it: &MigrationOutcome| matches!(it, MigrationOutcome::Present(_));
    assert!(outcomes.iter().all(is_present), "{outcomes:?}");
    fake.finish();
}

#[tokio::test]
async fn only_what_the_plan_names_is_created() {
    let present_then = |id: &str| PlannedAction::Present(id.into());
    let (target, fake) = authorized([present(&["1"])]);
    // The one that is left counts as the one that was present, and the other is created by no plan but a new one.
    let plan = vec![entry("a", present_then("1")), entry("b", present_then("2"))];
    let outcomes = apply(&target, plan).await;
    assert!(
        matches!(
            outcomes[..],
            [
                MigrationOutcome::Present(_),
                MigrationOutcome::NoLongerPresent
            ]
        ),
        "{outcomes:?}"
    );
    fake.finish();
}

#[tokio::test]
async fn nothing_more_is_sent_after_a_rejected_credential() {
    let fake = FakeTransport::respond(|request| {
        if is_exchange(request) {
            return bearer("2026-01-01T01:00:00Z", BEARER);
        }
        match *request.method() {
            Method::GET => present(&[]),
            _ => refusal(401, "authentication_error", "expired"),
        }
    });
    let target = client(fake.clone(), &ManualClock::auto());
    let plan = ["a", "b", "c"].map(|id| entry(id, PlannedAction::Create));
    let outcomes = apply(&target, plan.into()).await;
    assert!(
        matches!(
            outcomes[..],
            [
                MigrationOutcome::Failed(_),
                MigrationOutcome::NotTried,
                MigrationOutcome::NotTried
            ]
        ),
        "{outcomes:?}"
    );
    assert!(!outcomes.iter().any(MigrationOutcome::may_have_created));
}

#[tokio::test]
async fn a_list_that_fails_on_its_second_page_is_an_error() {
    let first = present(&["1"]).with_header(
        "link",
        r#"<https://app.scaleft.com/v1/teams/t/gateway_setup_tokens?offset=1>; rel="next""#,
    );
    let (target, fake) = authorized([first, refusal(403, "permission_denied", "no")]);
    let plan = vec![entry("a", PlannedAction::Create)];
    let tokens = target.gateway_setup_tokens();
    let error = tokens.prepare_migration(plan).await.unwrap_err();
    assert_eq!(error.page(), Some(2), "{error}");
    fake.finish();
}
