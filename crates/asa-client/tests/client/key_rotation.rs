//! The rotation of a key, and every response of it that can be lost.

use asa_client::models::{ServiceTokenRequest, Timestamp};
use asa_client::{
    Applied, Bearer, Client, ErrorKind, KeyEnd, NewKey, ServiceUser, TransportErrorKind,
};
use gatelet_emulator::{Emulator, Role};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};

use crate::old_key::last_bearer;
use crate::support::{KEY_ID, authorized, everything, is_exchange, refusal};

const NEW_SECRET: &str = "canary-new-secret";

/// Returns the list of the old key, and of others.
pub(crate) fn keys(others: &[&str]) -> FakeResponse {
    let old = format!(r#"{{"id": "{KEY_ID}", "expires_at": "2026-01-03T00:00:00Z"}}"#);
    let others = others.iter().map(|id| format!(r#"{{"id": "{id}"}}"#));
    let all: Vec<_> = std::iter::once(old).chain(others).collect();
    FakeResponse::json(200, format!(r#"{{"list": [{}]}}"#, all.join(",")))
}

fn current_user() -> FakeResponse {
    FakeResponse::json(200, r#"{"id": "u", "name": "bot", "team_name": "t"}"#)
}

pub(crate) fn created() -> FakeResponse {
    let body = format!(
        r#"{{"id": "new", "issued_at": "2026-01-01T00:00:00Z", "expires_at": "0001-01-01T00:00:00Z", "last_used": null, "secret": "{NEW_SECRET}"}}"#
    );
    FakeResponse::json(200, body)
}

/// Returns a new key, and the transport with the rest of the script.
pub(crate) async fn rotated(
    rest: impl IntoIterator<Item = FakeResponse>,
) -> (Client, NewKey, FakeTransport) {
    let script = [current_user(), keys(&[]), created()];
    let (client, fake) = authorized(script.into_iter().chain(rest));
    let prepared = client.rotate_key().prepare().await.unwrap();
    let new = prepared.rotate().await.unwrap();
    (client, new, fake)
}

/// Returns method and path of each request.
fn requests(fake: &FakeTransport) -> Vec<String> {
    let requests = fake.requests();
    let line =
        |request: &http::Request<_>| format!("{} {}", request.method(), request.uri().path());
    requests.iter().map(line).collect()
}

#[tokio::test]
async fn the_steps_store_check_and_delete_in_this_order() {
    let clock = ManualClock::auto();
    let emulator = Emulator::memory().unwrap().with_clock(clock.clone());
    let secret = "old-secret".into();
    emulator
        .add_service_user("t", "bot", &secret, Role::AccessAdmin)
        .unwrap();
    let client = |user: ServiceUser| {
        Client::builder("t")
            .credentials(user)
            .build_with(emulator.clone(), clock.clone())
            .unwrap()
    };
    let old = client(ServiceUser::new("bot", secret.clone()));
    assert_eq!(old.user_name().await.unwrap(), "bot");
    assert_eq!(old.key_end().await.unwrap(), KeyEnd::Never);

    let prepared = old.rotate_key().prepare().await.unwrap();
    assert_eq!(prepared.user_name(), "bot");
    let old_id = prepared.own_key().unwrap().id.clone();
    let new = prepared.rotate().await.unwrap();
    let end = Timestamp::parse("2026-01-03T00:00:00Z").unwrap();
    assert_eq!(old.key_end().await.unwrap(), KeyEnd::At(end));

    let pair = new.pair();
    let checked = new.check(&pair).await.unwrap();
    let refused = checked.delete_old(&pair.key_id.as_str().into()).await;
    assert!(matches!(
        refused.unwrap_err().kind(),
        ErrorKind::InvalidInput { .. }
    ));
    checked.delete_old(&old_id).await.unwrap();
    let error = old.gateways().list().send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Credential(_)), "{error}");
    let new = client(ServiceUser::new(pair.key_id, pair.key_secret));
    assert_eq!(new.key_end().await.unwrap(), KeyEnd::Never);
}

#[tokio::test]
async fn a_rotation_is_not_repeated_after_its_response_was_lost() {
    let lost = FakeResponse::error(TransportErrorKind::Interrupted);
    let (client, fake) = authorized([current_user(), keys(&[]), lost, keys(&["unknown"])]);
    let prepared = client.rotate_key().prepare().await.unwrap();
    let error = prepared.rotate().await.unwrap_err();
    assert!(error.may_have_rotated());
    assert_eq!(error.error().applied(), Applied::Unknown);
    let text = error.to_string();
    let advice = format!(
        "; a new key may exist whose secret nobody knows, and the present key will end: list the keys of service user bot, also a minute later, delete the one that is not {KEY_ID} if it was issued just now and never used, and rotate again"
    );
    assert!(text.ends_with(&advice), "{text}");
    assert_eq!(fake.requests().len(), 4);
    let unknown = error.unknown_keys().await.unwrap();
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0].id.as_str(), "unknown");
}

#[tokio::test]
async fn an_unreadable_response_of_a_rotation_says_what_to_do() {
    for body in [
        "{",
        r#"{"id": "new"}"#,
        r#"{"secret": "canary-new-secret"}"#,
    ] {
        let broken = FakeResponse::json(200, body);
        let (client, fake) = authorized([current_user(), keys(&[]), broken]);
        let prepared = client.rotate_key().prepare().await.unwrap();
        let error = prepared.rotate().await.unwrap_err();
        assert!(error.may_have_rotated(), "{error}");
        let shown = format!("{error}{error:?}") + &everything(error.error());
        assert!(!shown.contains(NEW_SECRET), "{shown}");
        assert_eq!(fake.requests().len(), 4);
    }
}

#[tokio::test]
async fn a_refused_rotation_has_no_advice() {
    let refused = refusal(401, "authorization_error", "Missing capability");
    let (client, _) = authorized([current_user(), keys(&[]), refused]);
    let prepared = client.rotate_key().prepare().await.unwrap();
    let error = prepared.rotate().await.unwrap_err();
    assert!(!error.may_have_rotated());
    assert!(!error.to_string().contains("a new key"), "{error}");
}

#[tokio::test]
async fn an_unreadable_date_does_not_lose_the_secret() {
    let body =
        r#"{"id": "new", "issued_at": 7, "expires_at": "soon", "secret": "canary-new-secret"}"#;
    let odd = FakeResponse::json(200, body);
    let (client, _) = authorized([current_user(), keys(&[]), odd]);
    let prepared = client.rotate_key().prepare().await.unwrap();
    let new = prepared.rotate().await.unwrap();
    assert_eq!(new.pair(), ServiceTokenRequest::new("new", NEW_SECRET));
}

#[tokio::test]
async fn a_failed_login_keeps_the_pair() {
    let refused = || refusal(401, "authentication_error", "no");
    let other_team = FakeResponse::json(
        200,
        r#"{"bearer_token": "b", "expires_at": "2026-01-01T01:00:00Z", "team_name": "other"}"#,
    );
    for failure in [refused(), other_team] {
        let works = crate::support::bearer("2026-01-01T01:00:00Z", "another");
        let (client, new, fake) = rotated([failure, works, keys(&[])]).await;
        let pair = new.pair();
        let error = new.check(&pair).await.unwrap_err();
        assert!(error.login_error().is_some());
        let shown = format!("{error}{error:?}");
        assert!(!shown.contains(NEW_SECRET), "{shown}");
        // The second check succeeds, and the client still uses its old bearer.
        let checked = error.into_key().check(&pair).await.unwrap();
        assert_eq!(checked.id().as_str(), "new");
        client.service_user_keys().list("bot").send().await.unwrap();
        let last = fake.requests().pop().unwrap();
        assert!(crate::support::authorization(&last).ends_with(crate::support::BEARER));
    }
}

#[tokio::test]
async fn another_pair_than_the_new_one_is_not_sent() {
    let (_, new, fake) = rotated([]).await;
    let sent = fake.requests().len();
    let wrong = ServiceTokenRequest::new("new", "canary-wrong");
    let error = new.check(&wrong).await.unwrap_err();
    assert!(error.login_error().is_none());
    assert_eq!(
        error.to_string(),
        "what was read back is not the new key new"
    );
    assert_eq!(error.into_key().pair().key_secret.expose(), NEW_SECRET);
    assert_eq!(fake.requests().len(), sent);
}

#[tokio::test]
async fn the_key_in_use_is_deleted_only_by_force_and_its_bearer_is_not_used_again() {
    let gone = FakeResponse::status(204);
    let refused = refusal(401, "authentication_error", "no such key");
    let (client, fake) = authorized([keys(&[]), gone, refused]);
    let tokens = client.service_user_keys();
    tokens.list("bot").send().await.unwrap();
    let own = KEY_ID.into();
    let parameter = "key_id";
    // The server takes an id in either case.
    for own in [&own, &KEY_ID.to_uppercase().into()] {
        let error = tokens.delete("bot", own).send().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
    }
    assert_eq!(fake.requests().len(), 2);
    tokens.delete_in_use("bot", &own).await.unwrap();
    tokens.list("bot").send().await.unwrap_err();
    let requests = fake.requests();
    assert_eq!(requests.len(), 4);
    assert!(is_exchange(&requests[3]));
}

#[tokio::test]
async fn the_bearer_of_the_key_in_use_is_not_used_again_after_a_deletion_that_was_dropped() {
    let bearer = |name| crate::support::bearer("2026-01-01T01:00:00Z", name);
    let (one, two) = (bearer("canary-bearer-1"), bearer("canary-bearer-2"));
    let fake = FakeTransport::script([one, keys(&[]), FakeResponse::hang(), two, keys(&[])]);
    let client = crate::support::client(fake.clone(), &ManualClock::new());
    let tokens = client.service_user_keys();
    tokens.list("bot").send().await.unwrap();
    let own = KEY_ID.into();
    tokio::select! {
        biased;
        deleted = tokens.delete_in_use("bot", &own) => panic!("{deleted:?}"),
        () = std::future::ready(()) => {}
    }
    assert_eq!(fake.requests().len(), 3);
    tokens.list("bot").send().await.unwrap();
    assert_eq!(last_bearer(&fake), "canary-bearer-2");
}

#[tokio::test]
async fn a_service_without_current_user_is_known_by_its_bearer() {
    use base64::Engine as _;
    let claims = r#"{"exp": 1, "user": "claimed", "roles": ["access_admin"]}"#;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
    let absent = || refusal(404, "resource_does_not_exist", "no");
    let token = format!("e30.{claims}.c2ln");
    let script = [
        crate::support::bearer("2026-01-01T01:00:00Z", &token),
        absent(),
    ];
    let fake = FakeTransport::script(script);
    let client = crate::support::client(fake, &ManualClock::auto());
    assert_eq!(client.user_name().await.unwrap(), "claimed");

    for answer in [
        FakeResponse::status(404),
        FakeResponse::json(404, "{}"),
        FakeResponse::json(404, "404 page not found").with_header("content-type", "text/plain"),
        FakeResponse::status(405),
        FakeResponse::status(501),
        refusal(401, "authorization_error", "Missing capability"),
        refusal(403, "authorization_error", "Missing capability"),
    ] {
        let shown = format!("{answer:?}");
        let bearer = crate::support::bearer("2026-01-01T01:00:00Z", &token);
        let fake = FakeTransport::script([bearer, answer]);
        let client = crate::support::client(fake, &ManualClock::auto());
        let current = client.current_user().await.unwrap();
        assert_eq!((&*current.name, current.id), ("claimed", None), "{shown}");
    }

    // A bearer that the service refuses proves nothing.
    let refused = || refusal(401, "authentication_error", "no");
    let bearer = || crate::support::bearer("2026-01-01T01:00:00Z", &token);
    let fake = FakeTransport::script([bearer(), refused(), bearer(), refused()]);
    let client = crate::support::client(fake, &ManualClock::auto());
    let error = client.current_user().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Credential(_)), "{error}");

    let (client, _) = authorized([FakeResponse::status(404)]);
    let error = client.current_user().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 404, "{error}");

    let (client, fake) = authorized([absent(), keys(&[])]);
    let error = client.rotate_key().prepare().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let line = "asa GetCurrentUser: 404 Not Found: the bearer does not name the service user either: no [resource_does_not_exist] (1 attempt, nothing was applied)";
    assert_eq!(error.to_string(), line);
    let rotation = client.rotate_key().of_user("bot");
    let prepared = rotation.prepare().await.unwrap();
    assert_eq!(prepared.own_key().unwrap().id.as_str(), KEY_ID);
    assert_eq!(
        requests(&fake).last().unwrap(),
        "GET /v1/teams/t/service_users/bot/keys"
    );
}

#[tokio::test]
async fn a_name_that_is_no_segment_of_a_path_is_none() {
    use base64::Engine as _;
    for name in ["", " ", ".", "..", r"b\not"] {
        let body = format!(r#"{{"name": "{name}"}}"#);
        let (client, _) = authorized([FakeResponse::json(200, body)]);
        let error = client.user_name().await.unwrap_err();
        let path = "name".into();
        assert_eq!(error.kind(), &ErrorKind::Decode { path }, "{name:?}");

        let claims = format!(r#"{{"user": "{name}"}}"#);
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
        let bearer = crate::support::bearer("2026-01-01T01:00:00Z", &format!("e30.{claims}.c2ln"));
        let absent = refusal(404, "resource_does_not_exist", "no");
        let fake = FakeTransport::script([bearer, absent]);
        let client = crate::support::client(fake, &ManualClock::auto());
        let error = client.user_name().await.unwrap_err();
        assert!(error.is_not_found(), "{name:?}: {error}");
    }
}

#[tokio::test]
async fn the_claims_of_a_bearer_are_read_with_padding_too() {
    // {"user":"bot"}, and a byte more
    let token = "e30.eyJ1c2VyIjoiYm90In0K.c2ln";
    let padded = "e30.eyJ1c2VyIjoiYm90In0gIA==.c2ln";
    for token in [token, padded] {
        let bearer = crate::support::bearer("2026-01-01T01:00:00Z", token);
        let absent = refusal(404, "resource_does_not_exist", "no");
        let fake = FakeTransport::script([bearer, absent]);
        let client = crate::support::client(fake, &ManualClock::auto());
        assert_eq!(client.user_name().await.unwrap(), "bot", "{token}");
    }
}

#[tokio::test]
async fn a_service_user_in_files_goes_on_with_the_new_key() {
    let clock = ManualClock::auto();
    let emulator = Emulator::memory().unwrap().with_clock(clock.clone());
    emulator
        .add_service_user("t", "bot", &"old-secret".into(), Role::AccessAdmin)
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (id, secret) = (folder.path().join("id"), folder.path().join("secret"));
    std::fs::write(&id, "bot").unwrap();
    std::fs::write(&secret, "old-secret").unwrap();
    let client = Client::builder("t")
        .credentials(ServiceUser::from_files(&id, &secret))
        .build_with(emulator, clock)
        .unwrap();
    let prepared = client.rotate_key().prepare().await.unwrap();
    let old = prepared.own_key().unwrap().id.clone();
    let new = prepared.rotate().await.unwrap();
    let pair = new.pair();
    std::fs::write(&id, &pair.key_id).unwrap();
    std::fs::write(&secret, pair.key_secret.expose()).unwrap();
    let checked = new.check(&pair).await.unwrap();
    checked.delete_old(&old).await.unwrap();
    // The bearer of the deleted key is not used again.
    let prepared = client.rotate_key().prepare().await.unwrap();
    assert_eq!(prepared.own_key().unwrap().id, *checked.id());
}

#[tokio::test]
async fn a_lost_rotation_of_another_service_user_says_that_its_keys_will_end() {
    let lost = FakeResponse::error(TransportErrorKind::Interrupted);
    let others = FakeResponse::json(200, r#"{"list": [{"id": "a"}, {"id": "b"}]}"#);
    let (client, _) = authorized([others, lost]);
    let rotation = client.rotate_key().of_user("other");
    let error = rotation
        .prepare()
        .await
        .unwrap()
        .rotate()
        .await
        .unwrap_err();
    assert_eq!(
        error.advice().unwrap(),
        "a new key may exist whose secret nobody knows, and the keys of service user other will end: list the keys of service user other, also a minute later, delete the one that is not a or b if it was issued just now and never used, and rotate again"
    );
}

/// Returns the response to a rotation with an id.
fn created_with(id: &str) -> FakeResponse {
    let body = format!(r#"{{"id": "{id}", "secret": "{NEW_SECRET}"}}"#);
    FakeResponse::json(200, body)
}

#[tokio::test]
async fn a_new_key_with_an_id_from_before_is_never_deleted() {
    for id in [KEY_ID.to_owned(), KEY_ID.to_uppercase()] {
        let works = crate::support::bearer("2026-01-01T01:00:00Z", "another");
        let (client, fake) = authorized([current_user(), keys(&[]), created_with(&id), works]);
        let prepared = client.rotate_key().prepare().await.unwrap();
        let new = prepared.rotate().await.unwrap();
        let parameter = "key_id";
        assert!(new.has_id_from_before());
        let error = new.delete().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        let pair = new.pair();
        let checked = new.check(&pair).await.unwrap();
        assert!(checked.has_id_from_before());
        for old in [KEY_ID, &id] {
            let error = checked.delete_old(&old.into()).await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
            let problem = "the server gave an id that existed before the rotation";
            assert!(error.to_string().contains(problem), "{error}");
        }
        assert_eq!(fake.requests().len(), 5);
    }
}

#[tokio::test]
async fn a_deletion_after_a_rotation_does_not_show_the_new_secret() {
    let echo = || refusal(400, "invalid_request", &format!("no {NEW_SECRET}"));
    let (_, new, _) = rotated([echo()]).await;
    let error = new.delete().await.unwrap_err();
    assert!(!everything(&error).contains(NEW_SECRET), "{error}");

    let works = crate::support::bearer("2026-01-01T01:00:00Z", "another");
    let (_, new, _) = rotated([works, echo()]).await;
    let pair = new.pair();
    let checked = new.check(&pair).await.unwrap();
    let error = checked.delete_old(&KEY_ID.into()).await.unwrap_err();
    assert!(!everything(&error).contains(NEW_SECRET), "{error}");
}

#[tokio::test]
async fn the_keys_of_every_page_are_known() {
    let page = |id: &str, next: Option<&str>| {
        let body = format!(r#"{{"list": [{{"id": "{id}"}}]}}"#);
        let page = FakeResponse::json(200, body);
        let link = |next| format!(r#"</v1/teams/t/service_users/bot/keys?{next}>; rel="next""#);
        match next {
            Some(next) => page.with_header("link", link(next)),
            None => page,
        }
    };
    let lost = FakeResponse::error(TransportErrorKind::Interrupted);
    let script = [
        current_user(),
        page("first", Some("offset=first")),
        page(KEY_ID, None),
        lost,
        page("first", Some("offset=first")),
        page(KEY_ID, Some("offset=own")),
        page("unknown", None),
    ];
    let (client, _) = authorized(script);
    let prepared = client.rotate_key().prepare().await.unwrap();
    assert_eq!(prepared.own_key().unwrap().id.as_str(), KEY_ID);
    let error = prepared.rotate().await.unwrap_err();
    let unknown = error.unknown_keys().await.unwrap();
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0].id.as_str(), "unknown");
}

/// Returns the responses to a rotation that are odd, and say that a key exists.
fn odd_successes() -> [FakeResponse; 4] {
    let body = format!(r#"{{"id": "new", "secret": "{NEW_SECRET}"}}"#);
    let created = |status, content_type: &str| {
        FakeResponse::status(status)
            .with_header("content-type", content_type)
            .with_body(body.clone())
    };
    [
        created(201, "application/json"),
        created(202, "text/plain"),
        created(200, "text/html; charset=utf-8"),
        created(200, "application/octet-stream"),
    ]
}

#[tokio::test]
async fn a_new_key_is_read_from_any_success_with_json() {
    for odd in odd_successes() {
        let shown = format!("{odd:?}");
        let (client, _) = authorized([current_user(), keys(&[]), odd]);
        let prepared = client.rotate_key().prepare().await.unwrap();
        let new = prepared.rotate().await.expect(&shown);
        assert_eq!(new.pair(), ServiceTokenRequest::new("new", NEW_SECRET));
    }
}

#[tokio::test]
async fn a_new_key_without_id_or_secret_is_an_error_that_says_that_it_exists() {
    for (body, member) in [
        (r#"{"id": "", "secret": "canary-new-secret"}"#, "id"),
        (r#"{"id": "new", "secret": ""}"#, "secret"),
        (r#"{"id": "new", "secret": "\ud800"}"#, "secret"),
    ] {
        let odd = FakeResponse::json(200, body);
        let (client, _) = authorized([current_user(), keys(&[]), odd]);
        let prepared = client.rotate_key().prepare().await.unwrap();
        let error = prepared.rotate().await.unwrap_err();
        assert_eq!(error.error().applied(), Applied::Yes, "{error}");
        let path = member.into();
        assert_eq!(error.error().kind(), &ErrorKind::Decode { path });
        let text = error.to_string();
        assert!(text.contains("; a new key exists"), "{text}");
        assert!(!text.contains(NEW_SECRET), "{text}");
    }
}

#[tokio::test]
async fn a_secret_that_no_login_can_send_is_kept_and_its_check_fails_before_it_is_sent() {
    let odd = FakeResponse::json(200, r#"{"id": "new", "secret": "canary with spaces\n"}"#);
    let (client, fake) = authorized([current_user(), keys(&[]), odd]);
    let prepared = client.rotate_key().prepare().await.unwrap();
    let new = prepared.rotate().await.unwrap();
    let pair = new.pair();
    assert_eq!(pair.key_secret.expose(), "canary with spaces\n");
    let error = new.check(&pair).await.unwrap_err();
    let parameter = "key_secret";
    let kind = error.login_error().unwrap().kind();
    assert_eq!(kind, &ErrorKind::InvalidInput { parameter });
    assert!(!error.to_string().contains("canary"), "{error}");
    assert_eq!(error.into_key().pair(), pair);
    assert_eq!(fake.requests().len(), 4);
}

#[tokio::test]
async fn the_end_of_a_key_is_told_apart_from_an_unlisted_and_an_unknown_key() {
    let others = FakeResponse::json(200, r#"{"list": [{"id": "another"}]}"#);
    let (client, _) = authorized([current_user(), others]);
    assert_eq!(client.key_end().await.unwrap(), KeyEnd::NotListed);

    let fake = FakeTransport::script([]);
    let client = Client::builder("t")
        .credentials(Bearer::new("canary-bearer").unwrap())
        .build_with(fake, ManualClock::auto())
        .unwrap();
    assert_eq!(client.key_end().await.unwrap(), KeyEnd::UnknownKey);
}

#[tokio::test]
async fn the_key_in_files_that_another_process_rotated_is_the_clients_own_too() {
    let folder = tempfile::tempdir().unwrap();
    let (id, secret) = (folder.path().join("id"), folder.path().join("secret"));
    std::fs::write(&id, "old").unwrap();
    std::fs::write(&secret, "old-secret").unwrap();
    let list = || {
        let body =
            r#"{"list": [{"id": "old", "expires_at": "2026-01-03T00:00:00Z"}, {"id": "new"}]}"#;
        FakeResponse::json(200, body)
    };
    let bearer = crate::support::bearer("2026-01-01T01:00:00Z", "canary-bearer-1");
    let fake = FakeTransport::script([bearer, list(), current_user(), list()]);
    let client = Client::builder("t")
        .credentials(ServiceUser::from_files(&id, &secret))
        .build_with(fake, ManualClock::auto())
        .unwrap();
    let keys = client.service_user_keys();
    keys.list("bot").send().await.unwrap();
    std::fs::write(&id, "new").unwrap();
    std::fs::write(&secret, "new-secret").unwrap();
    for own in ["old", "new", "NEW"] {
        let error = keys.delete("bot", &own.into()).send().await.unwrap_err();
        let parameter = "key_id";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
    }
    assert_eq!(client.key_end().await.unwrap(), KeyEnd::Never);
}
