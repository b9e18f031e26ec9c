//! The token exchange of a service user, and when it is repeated.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use asa_client::{Applied, Bearer, Client, CredentialFailure, Error, ErrorKind, ServiceUser};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{ConnectFailure, Transport as _, TransportErrorKind, from_fn};

use crate::support::*;

const REJECTED: ErrorKind = ErrorKind::Credential(CredentialFailure::Rejected);
const EXCHANGE_FAILED: ErrorKind = ErrorKind::Credential(CredentialFailure::ExchangeFailed);

// A1
#[tokio::test]
async fn a_cold_client_exchanges_once_and_keeps_each_secret_in_its_place() {
    let (client, fake) = authorized([page(&[], None), page(&[], None)]);
    client.gateways().list().send().await.unwrap();
    client.gateways().list().send().await.unwrap();

    let [exchange, first, second] = &fake.into_requests()[..] else {
        panic!("one exchange and two calls");
    };
    assert_eq!(exchange.method(), "POST");
    assert_eq!(
        exchange.uri(),
        "https://app.scaleft.com/v1/teams/t/service_token"
    );
    let body = std::str::from_utf8(exchange.body()).unwrap();
    assert_eq!(
        body,
        format!(r#"{{"key_id":"{KEY_ID}","key_secret":"{KEY_SECRET}"}}"#)
    );
    assert_eq!(authorization(exchange), "");
    for call in [first, second] {
        assert_eq!(authorization(call), format!("Bearer {BEARER}"));
        assert!(call.headers()["authorization"].is_sensitive());
        assert!(!format!("{call:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_bearer_is_read_from_any_success_with_json() {
    let body = format!(
        r#"{{"bearer_token": "{BEARER}", "expires_at": "2026-01-01T01:00:00Z", "team_name": "T"}}"#
    );
    for status in [201, 202, 299] {
        let fake =
            FakeTransport::script([FakeResponse::json(status, body.clone()), page(&[], None)]);
        let client = client(fake.clone(), &ManualClock::auto());
        client.gateways().list().send().await.unwrap();
        fake.finish();
    }
}

// A2
#[tokio::test]
async fn a_refused_key_is_not_tried_again_and_not_shown() {
    for (status, word) in [
        (400, "invalid_request"),
        (401, "authentication_error"),
        (403, "forbidden_error"),
    ] {
        let fake = FakeTransport::script([refusal(status, word, "no")]);
        let client = client(fake.clone(), &ManualClock::auto());
        let error = client.gateways().list().send().await.unwrap_err();
        assert_eq!(error.kind(), &REJECTED, "{status}");
        assert!(error.is_unauthorized());
        assert_eq!(error.applied(), Applied::No);
        assert!(!everything(&error).contains("canary"));
        assert!(!everything(&error).contains(KEY_ID));
        fake.finish();
    }
}

// A3
#[tokio::test]
async fn a_failed_token_exchange_says_why_and_no_call_is_sent() {
    let html = || FakeResponse::status(200).with_header("content-type", "text/html");
    const REFUSED: TransportErrorKind = TransportErrorKind::Connect(ConnectFailure::Refused);
    type Table = [(&'static str, fn() -> FakeResponse, usize); 7];
    let table: Table = [
        ("429", || FakeResponse::status(429), 3),
        ("500", || FakeResponse::status(500), 3),
        ("503", || FakeResponse::status(503), 3),
        ("refused", || FakeResponse::error(REFUSED), 3),
        ("a page", html, 1),
        ("half", || FakeResponse::json(200, r#"{"bearer_tok"#), 1),
        ("silence", FakeResponse::hang, 3),
    ];
    for (name, response, attempts) in table {
        let fake = FakeTransport::respond(move |_| response());
        let client = client(fake.clone(), &ManualClock::auto());
        let error = client.gateways().list().send().await.unwrap_err();
        assert_eq!(error.kind(), &EXCHANGE_FAILED, "{name}");
        assert!(error.source().is_some(), "{name}");
        let requests = fake.requests();
        assert_eq!(requests.len(), attempts, "{name}");
        assert!(requests.iter().all(is_exchange), "{name}");
    }
}

// A4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_tasks_on_a_cold_client_share_one_exchange() {
    let exchanges = Arc::new(AtomicUsize::new(0));
    let counted = exchanges.clone();
    let server = FakeTransport::respond(move |request| {
        if is_exchange(request) {
            counted.fetch_add(1, Relaxed);
            return bearer("2026-01-01T01:00:00Z", BEARER);
        }
        FakeResponse::json(200, GATEWAY)
    });
    // Yields before it responds, so that all tasks arrive during the exchange.
    let slow = from_fn(move |request| {
        let server = server.clone();
        async move {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            server.send(request).await
        }
    });
    let client = client(slow, &ManualClock::new());
    let tasks: Vec<_> = (0..1000)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.gateways().get(&"g".into()).send().await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(exchanges.load(Relaxed), 1);
}

// A8
#[tokio::test]
async fn a_bearer_stays_in_use_while_an_early_exchange_fails() {
    let gateway = || FakeResponse::json(200, GATEWAY);
    let fake = FakeTransport::script([
        bearer("2026-01-01T01:00:00Z", BEARER),
        gateway(),
        // 57 minutes later: two calls, of which only the first tries to exchange.
        FakeResponse::status(503),
        FakeResponse::status(503),
        FakeResponse::status(503),
        gateway(),
        gateway(),
        // Another two minutes later.
        bearer("2026-01-01T02:00:00Z", "canary-bearer-2"),
        gateway(),
    ]);
    let clock = ManualClock::auto();
    let client = client(fake.clone(), &clock);
    let call = || async { client.gateways().get(&"g".into()).send().await.unwrap() };
    call().await;
    clock.advance(Duration::from_secs(57 * 60));
    call().await;
    call().await;
    clock.advance(Duration::from_secs(120));
    call().await;

    let requests = fake.into_requests();
    let bearers: Vec<&str> = requests
        .iter()
        .filter(|request| !is_exchange(request))
        .map(authorization)
        .collect();
    let old = format!("Bearer {BEARER}");
    assert_eq!(bearers, [&old, &old, &old, "Bearer canary-bearer-2"]);
}

// A9
#[tokio::test]
async fn a_bearer_that_the_server_refuses_is_renewed_once() {
    let refused = || refusal(401, "authentication_error", "expired");
    let (client, fake) = authorized([
        refused(),
        bearer("2026-01-01T01:00:00Z", "canary-bearer-2"),
        FakeResponse::json(200, GATEWAY),
    ]);
    client.gateways().get(&"g".into()).send().await.unwrap();
    let requests = fake.into_requests();
    assert_eq!(authorization(&requests[1]), format!("Bearer {BEARER}"));
    assert_eq!(authorization(&requests[3]), "Bearer canary-bearer-2");

    let (client, fake) = authorized([
        refused(),
        bearer("2026-01-01T01:00:00Z", "canary-bearer-2"),
        refused(),
    ]);
    let error = client.gateways().get(&"g".into()).send().await.unwrap_err();
    assert_eq!(error.kind(), &REJECTED);
    assert_eq!(error.message(), Some("expired"));
    fake.finish();
}

#[tokio::test]
async fn a_create_refused_for_its_bearer_is_repeated_with_a_new_one() {
    let (client, fake) = authorized([
        refusal(401, "authentication_error", "expired"),
        bearer("2026-01-01T01:00:00Z", "canary-bearer-2"),
        FakeResponse::json(201, SETUP_TOKEN),
    ]);
    let create = asa_client::models::GatewaySetupTokenCreate::new();
    client
        .gateway_setup_tokens()
        .create(create)
        .send()
        .await
        .unwrap();
    fake.finish();
}

#[tokio::test]
async fn a_missing_role_is_not_taken_for_an_expired_bearer() {
    for name in ["type", "nottype"] {
        let body = format!(
            r#"{{"code": 401, "{name}": "authorization_error", "message": "Missing capability: gateways.list"}}"#
        );
        let (client, fake) = authorized([FakeResponse::json(401, body)]);
        let error = client.gateways().list().send().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Api);
        assert_eq!(error.code(), Some("authorization_error"));
        assert_eq!(error.message(), Some("Missing capability: gateways.list"));
        assert!(error.is_unauthorized());
        fake.finish();
    }
}

// A13
#[tokio::test]
async fn a_forbidden_call_requests_no_new_bearer() {
    let (client, fake) = authorized([refusal(403, "forbidden_error", "no")]);
    let error = client.gateways().list().send().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Api);
    assert_eq!(error.status().unwrap(), 403);
    fake.finish();
}

// A14, U15
#[tokio::test]
async fn a_bearer_of_unknown_lifetime_is_used_for_five_minutes() {
    const HERE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
    let whole = |end: &str| {
        format!(r#"{{"bearer_token": "{BEARER}", "expires_at": {end}, "team_name": "t"}}"#)
    };
    let dates: [&[&str]; 5] = [
        &[],
        &[HERE],
        &["soon"],
        &[HERE, HERE],
        // None of these is reliable, so the local clock counts.
        &["Wed, 31 Dec 2025 00:00:00 GMT", HERE],
    ];
    for body in [
        format!(r#"{{"bearer_token": "{BEARER}", "team_name": "t"}}"#),
        whole("null"),
        whole(r#""""#),
        whole(r#""0001-01-01T00:00:00Z""#),
        whole(r#""2025-12-31T20:00:00Z""#),
        whole(r#""2025-12-31T23:59:59Z""#),
        whole(r#""2026-01-01T00:00:00Z""#),
        whole(r#""2026-01-01T01:00:00""#),
        whole("1767225600"),
    ] {
        for dates in dates {
            let response = body.clone();
            let fake = FakeTransport::respond(move |request| {
                if !is_exchange(request) {
                    return FakeResponse::json(200, GATEWAY);
                }
                let response = FakeResponse::json(200, response.clone());
                let dated =
                    |response: FakeResponse, date: &&str| response.with_header("date", date);
                dates.iter().fold(response, dated)
            });
            let clock = ManualClock::auto();
            let client = client(fake.clone(), &clock);
            let exchanges = async || {
                client.gateways().get(&"g".into()).send().await.unwrap();
                let requests = fake.requests();
                requests
                    .iter()
                    .filter(|request| is_exchange(request))
                    .count()
            };
            for (seconds, count) in [(0, 1), (0, 1), (200, 1), (101, 2), (200, 2)] {
                clock.advance(Duration::from_secs(seconds));
                assert_eq!(exchanges().await, count, "{body} {dates:?}");
            }
        }
    }
}

// U15
#[tokio::test]
async fn a_bearer_expired_by_our_clock_is_dropped_when_the_server_refuses_it() {
    // There is no date, and the local clock is hours ahead.
    let (client, fake) = authorized_until(
        "2025-12-31T21:00:00Z",
        [
            FakeResponse::json(200, GATEWAY),
            refusal(401, "authentication_error", "expired"),
            bearer("2025-12-31T22:00:00Z", "canary-bearer-2"),
            FakeResponse::json(200, GATEWAY),
        ],
    );
    for _ in 0..2 {
        client.gateways().get(&"g".into()).send().await.unwrap();
    }
    let requests = fake.into_requests();
    assert_eq!(authorization(&requests[4]), "Bearer canary-bearer-2");
}

fn authorized_until(
    end: &str,
    responses: impl IntoIterator<Item = FakeResponse>,
) -> (Client, FakeTransport) {
    let responses: Vec<FakeResponse> = [bearer(end, BEARER)].into_iter().chain(responses).collect();
    let fake = FakeTransport::script(responses);
    (client(fake.clone(), &ManualClock::auto()), fake)
}

// A14
#[tokio::test]
async fn a_short_lifetime_is_used_and_a_long_one_is_cut_to_twelve_hours() {
    for (end, lives_for) in [
        ("2026-01-01T00:00:05Z", Duration::from_secs(5)),
        ("9999-12-31T23:59:59Z", Duration::from_secs(12 * 60 * 60)),
    ] {
        let fake = FakeTransport::respond(move |request| {
            if is_exchange(request) {
                return bearer(end, BEARER).with_header("date", "Thu, 01 Jan 2026 00:00:00 GMT");
            }
            FakeResponse::json(200, GATEWAY)
        });
        let clock = ManualClock::auto();
        let client = client(fake.clone(), &clock);
        let exchanges = async || {
            client.gateways().get(&"g".into()).send().await.unwrap();
            let requests = fake.requests();
            requests
                .iter()
                .filter(|request| is_exchange(request))
                .count()
        };
        assert_eq!(exchanges().await, 1);
        clock.advance(lives_for / 2);
        assert_eq!(exchanges().await, 1);
        clock.advance(lives_for / 2);
        assert_eq!(exchanges().await, 2);
    }
}

#[tokio::test]
async fn the_lifetime_of_a_bearer_follows_the_servers_clock() {
    let fake = FakeTransport::script([
        // By the local clock it has expired.
        bearer("2025-06-01T01:00:00Z", BEARER).with_header("date", "Sun, 01 Jun 2025 00:00:00 GMT"),
        FakeResponse::json(200, GATEWAY),
    ]);
    let client = client(fake.clone(), &ManualClock::auto());
    client.gateways().get(&"g".into()).send().await.unwrap();
    fake.finish();
}

#[tokio::test]
async fn a_clock_that_is_behind_keeps_no_expired_bearer() {
    let fake = FakeTransport::respond(|request| {
        if is_exchange(request) {
            // An hour by the server's clock; by the local clock, which is five months behind, it would be far more.
            return bearer("2026-06-01T01:00:00Z", BEARER)
                .with_header("date", "Mon, 01 Jun 2026 00:00:00 GMT");
        }
        FakeResponse::json(200, GATEWAY)
    });
    let clock = ManualClock::auto();
    let client = client(fake.clone(), &clock);
    for minutes in [0, 50, 20] {
        clock.advance(Duration::from_secs(minutes * 60));
        client.gateways().get(&"g".into()).send().await.unwrap();
    }
    let requests = fake.requests();
    let exchanges: Vec<bool> = requests.iter().map(is_exchange).collect();
    assert_eq!(exchanges, [true, false, false, true, false]);
}

#[tokio::test]
async fn a_bearer_for_another_team_is_not_used() {
    let body = format!(
        r#"{{"bearer_token": "{BEARER}", "expires_at": "2026-01-01T01:00:00Z", "team_name": "other"}}"#
    );
    let fake = FakeTransport::script([FakeResponse::json(200, body)]);
    let client = client(fake.clone(), &ManualClock::auto());
    let error = client.gateways().list().send().await.unwrap_err();
    assert_eq!(error.kind(), &EXCHANGE_FAILED);
    let text = everything(&error);
    let sent = "the bearer is for another team (1 attempt, nothing was applied)";
    assert!(text.contains(sent), "{text}");
    fake.finish();
}

#[tokio::test]
async fn a_bearer_from_elsewhere_is_used_as_it_is() {
    let fake = FakeTransport::script([
        FakeResponse::json(200, GATEWAY),
        refusal(401, "authentication_error", "expired"),
    ]);
    let client = Client::builder("t")
        .credentials(Bearer::new(BEARER).unwrap())
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap();
    client.gateways().get(&"g".into()).send().await.unwrap();
    let error = client.gateways().get(&"g".into()).send().await.unwrap_err();
    assert_eq!(error.kind(), &REJECTED);
    for request in fake.into_requests() {
        assert_eq!(authorization(&request), format!("Bearer {BEARER}"));
    }
}

// T57
#[test]
fn an_invalid_key_is_refused_when_the_client_is_built_and_not_echoed() {
    let long = "x".repeat(65_536);
    let wrong = [
        "",
        "\rcanary",
        "canary\0",
        " canary",
        "canary ",
        "canary\u{e9}",
        "canary\u{1f511}",
        &long,
    ];
    for wrong in wrong {
        for (key_id, key_secret, parameter) in
            [(wrong, KEY_SECRET, "key_id"), (KEY_ID, wrong, "key_secret")]
        {
            let error = refused(ServiceUser::new(key_id, key_secret));
            assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
            let shown = everything(&error);
            assert!(
                !shown.contains("canary") && !shown.contains("xxx"),
                "{shown}"
            );
        }
    }
}

// T58
#[test]
fn a_key_with_a_trailing_newline_is_refused_with_a_hint_when_the_client_is_built() {
    for (key_id, key_secret, parameter) in [
        ("canary\n", KEY_SECRET, "key_id"),
        (KEY_ID, "canary\r\n", "key_secret"),
    ] {
        let error = refused(ServiceUser::new(key_id, key_secret));
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert!(error.to_string().contains("trailing newline"));
        assert!(!everything(&error).contains("canary"));
    }
}

fn refused(user: ServiceUser) -> Error {
    Client::builder("t")
        .credentials(Arc::new(user))
        .build_with(FakeTransport::script([]), ManualClock::auto())
        .unwrap_err()
}

// A35
#[tokio::test]
async fn nothing_prints_a_secret() {
    let (client, _fake) = authorized([page(&[], None)]);
    client.gateways().list().send().await.unwrap();
    let builder = Client::builder("t").credentials(ServiceUser::new(KEY_ID, KEY_SECRET));
    let reveal = client.gateway_setup_tokens().reveal(&"s".into());
    let list = client.gateways().list();
    let pages = client.gateways().list().pages();
    let update = asa_client::models::GatewayUpdate::new("n");
    let update = client.gateways().update(&"g".into(), update);
    for text in [
        format!("{client:#?}"),
        format!("{builder:#?}"),
        format!("{reveal:#?}"),
        format!("{list:#?}"),
        format!("{pages:#?}"),
        format!("{update:#?}"),
        format!("{:#?}", ServiceUser::new(KEY_ID, KEY_SECRET)),
        format!("{:#?}", client.gateway_setup_tokens()),
    ] {
        assert!(!text.contains("canary"), "{text}");
        assert!(!text.contains(KEY_ID), "{text}");
    }
}
