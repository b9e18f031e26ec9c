//! The deletion of the old key after a rotation.

use asa_client::{Client, ErrorKind, ServiceUser};
use gatelet_emulator::{Emulator, Role};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};

use crate::key_rotation::{created, keys, rotated};
use crate::support::{KEY_ID, authorized};

/// Returns the part of the `Authorization` field after its scheme of the last request.
pub(crate) fn last_bearer(fake: &FakeTransport) -> String {
    let last = fake.requests().pop().unwrap();
    let value = crate::support::authorization(&last);
    value.trim_start_matches("Bearer ").to_owned()
}

#[tokio::test]
async fn the_old_key_is_deleted_with_the_bearer_of_the_new_pair() {
    let works = crate::support::bearer("2026-01-01T01:00:00Z", "canary-bearer-2");
    let gone = FakeResponse::status(204);
    let again = crate::support::bearer("2026-01-01T01:00:00Z", "canary-bearer-3");
    let (client, new, fake) = rotated([works, gone, again, keys(&[])]).await;
    let pair = new.pair();
    let checked = new.check(&pair).await.unwrap();
    checked.delete_old(&KEY_ID.into()).await.unwrap();
    assert_eq!(last_bearer(&fake), "canary-bearer-2");
    assert_eq!(fake.requests().len(), 6);
    // The bearer of the deleted key is not used again.
    client.service_user_keys().list("bot").send().await.unwrap();
    assert_eq!(last_bearer(&fake), "canary-bearer-3");
}

#[tokio::test]
async fn the_old_key_of_another_service_user_is_deleted_by_the_client_itself() {
    let others = FakeResponse::json(200, r#"{"list": [{"id": "a"}]}"#);
    let works = crate::support::bearer("2026-01-01T01:00:00Z", "canary-bearer-2");
    let gone = FakeResponse::status(204);
    let (client, fake) = authorized([others, created(), works, gone, keys(&[])]);
    let rotation = client.rotate_key().of_user("other");
    let new = rotation.prepare().await.unwrap().rotate().await.unwrap();
    let pair = new.pair();
    let checked = new.check(&pair).await.unwrap();
    checked.delete_old(&"a".into()).await.unwrap();
    assert_eq!(last_bearer(&fake), crate::support::BEARER);
    client.service_user_keys().list("bot").send().await.unwrap();
    assert_eq!(last_bearer(&fake), crate::support::BEARER);
}

#[tokio::test]
async fn the_old_key_is_deleted_after_its_end_and_after_that_of_its_bearer() {
    let clock = ManualClock::auto();
    let emulator = Emulator::memory().unwrap().with_clock(clock.clone());
    let secret = "old-secret".into();
    emulator
        .add_service_user("t", "bot", &secret, Role::AccessAdmin)
        .unwrap();
    let client = Client::builder("t")
        .credentials(ServiceUser::new("bot", secret))
        .build_with(emulator, clock.clone())
        .unwrap();
    let prepared = client.rotate_key().prepare().await.unwrap();
    let old = prepared.own_key().unwrap().id.clone();
    let new = prepared.rotate().await.unwrap();
    let pair = new.pair();
    let checked = new.check(&pair).await.unwrap();
    clock.advance(std::time::Duration::from_secs(3 * 24 * 60 * 60));
    let error = client.gateways().list().send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Credential(_)), "{error}");
    checked.delete_old(&old).await.unwrap();
}
