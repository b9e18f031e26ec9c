//! The result of each response, and whether a write may have been applied.

use std::time::Duration;

use asa_client::models::{GatewaySetupTokenCreate, GatewayUpdate};
use asa_client::{Applied, CredentialFailure, ErrorKind};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{ConnectFailure, Phase, TransportErrorKind};

use crate::support::*;

const INTERRUPTED: TransportErrorKind = TransportErrorKind::Interrupted;

/// A bad response and the result of each kind of call.
struct Case {
    name: &'static str,
    response: fn() -> FakeResponse,
    kind: ErrorKind,
    /// Requests of a read, an update and a create.
    attempts: [u32; 3],
    /// Whether an update and a create may have been applied.
    applied: [Applied; 2],
}

fn bad_responses() -> Vec<Case> {
    use Applied::{No, Unknown};
    let not_json = ErrorKind::NotJson {
        content_type: Some("text/html".into()),
    };
    fn case(
        name: &'static str,
        response: fn() -> FakeResponse,
        kind: ErrorKind,
        attempts: [u32; 3],
        applied: [Applied; 2],
    ) -> Case {
        Case {
            name,
            response,
            kind,
            attempts,
            applied,
        }
    }
    vec![
        case(
            "connection refused",
            || FakeResponse::error(TransportErrorKind::Connect(ConnectFailure::Refused)),
            ErrorKind::Connect(ConnectFailure::Refused),
            [3, 3, 3],
            [No, No],
        ),
        case(
            "a reset",
            || FakeResponse::error(INTERRUPTED),
            ErrorKind::Interrupted,
            [3, 3, 1],
            [Unknown, Unknown],
        ),
        case(
            "a certificate",
            || FakeResponse::error(TransportErrorKind::Tls),
            ErrorKind::Tls,
            [1, 1, 1],
            [No, No],
        ),
        case(
            "missing role",
            || refusal(401, "authorization_error", "no"),
            ErrorKind::Api,
            [1, 1, 1],
            [No, No],
        ),
        case(
            "unknown id",
            || refusal(404, "resource_does_not_exist", "no"),
            ErrorKind::Api,
            [1, 1, 1],
            [No, No],
        ),
        case(
            "a fault that may pass",
            || refusal(500, "unknown_error", "no"),
            ErrorKind::Api,
            [3, 3, 1],
            [Unknown, Unknown],
        ),
        case(
            "the service is gone",
            || refusal(410, "resource_deprecated", "no"),
            ErrorKind::Api,
            [1, 1, 1],
            [No, No],
        ),
        case(
            "a forbidding page",
            || {
                FakeResponse::status(403)
                    .with_header("content-type", "text/html; charset=utf-8")
                    .with_body("<html>sold</html>")
            },
            not_json.clone(),
            [1, 1, 1],
            [No, No],
        ),
        case(
            "a redirect",
            || FakeResponse::status(301).with_header("location", "https://okta.example/pam?canary"),
            ErrorKind::Redirect {
                target_origin: Some("https://okta.example".into()),
            },
            [1, 1, 1],
            [Unknown, Unknown],
        ),
    ]
}

#[tokio::test]
async fn each_bad_response_is_a_typed_error_that_says_whether_a_write_was_applied() {
    for case in bad_responses() {
        let calls = [
            ("read", Applied::No),
            ("update", case.applied[0]),
            ("create", case.applied[1]),
        ];
        for ((call, applied), attempts) in calls.into_iter().zip(case.attempts) {
            let response = case.response;
            let (client, fake) = authorized((0..attempts).map(|_| response()));
            let error = match call {
                "read" => client.gateways().get(&"g".into()).send().await.unwrap_err(),
                "update" => {
                    let update = client
                        .gateways()
                        .update(&"g".into(), GatewayUpdate::new("n"));
                    update.send().await.unwrap_err()
                }
                _ => create(&client).await.unwrap_err(),
            };
            let name = case.name;
            assert_eq!(error.kind(), &case.kind, "{call}, {name}");
            assert_eq!(error.applied(), applied, "{call}, {name}");
            assert_eq!(error.attempts(), attempts, "{call}, {name}");
            assert!(!everything(&error).contains("canary"), "{call}, {name}");
            fake.finish();
        }
    }
}

#[tokio::test]
async fn a_page_of_html_is_not_json_and_does_not_say_whether_a_create_was_applied() {
    let html = |status| {
        FakeResponse::status(status)
            .with_header("content-type", "text/html; charset=utf-8")
            .with_body("<html>sign in</html>")
    };
    let (client, fake) = authorized([html(200), html(201)]);
    let read = client.gateways().get(&"g".into()).send().await.unwrap_err();
    let write = create(&client).await.unwrap_err();
    for (error, applied) in [(read, Applied::No), (write, Applied::Unknown)] {
        let content_type = Some("text/html".into());
        assert_eq!(error.kind(), &ErrorKind::NotJson { content_type });
        assert_eq!(error.applied(), applied);
        assert!(!everything(&error).contains("sign in"));
    }
    fake.finish();
}

#[tokio::test]
async fn the_error_for_a_member_that_cannot_be_kept_says_why() {
    for (member, path, problem) in [
        (
            r#""labels": {"a": "b", "a": "c"}"#,
            "labels.a",
            "a duplicate key",
        ),
        (
            r#""new": {"a": "\ud800hunter2"}"#,
            "new",
            "half of a character",
        ),
    ] {
        let body = format!(r#"{{"id": "g", "name": "n", "refuse_connections": false, {member}}}"#);
        let (client, _) = authorized([FakeResponse::json(200, body)]);
        let error = client.gateways().get(&"g".into()).send().await.unwrap_err();
        let path = path.into();
        assert_eq!(error.kind(), &ErrorKind::Decode { path });
        assert!(error.to_string().contains(problem), "{error}");
        assert!(!everything(&error).contains("hunter2"), "{error}");
    }
}

#[tokio::test]
async fn a_body_that_is_cut_in_half_is_a_decode_error_and_a_create_was_applied() {
    let half = r#"{"id": "6116bb2a", "registr"#;
    let (client, fake) = authorized([FakeResponse::json(201, half), FakeResponse::json(200, half)]);
    let error = create(&client).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { .. }));
    assert_eq!(error.applied(), Applied::Yes);
    let get = client.gateway_setup_tokens().get(&"s".into());
    let error = get.send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { .. }));
    assert_eq!(error.applied(), Applied::No);
    fake.finish();
}

#[tokio::test]
async fn a_server_that_never_responds_ends_in_a_timeout() {
    let (client, fake) = authorized([
        FakeResponse::hang(),
        FakeResponse::hang(),
        FakeResponse::hang(),
    ]);
    let error = client.gateways().get(&"g".into()).send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout(_)));
    assert!(error.elapsed() <= Duration::from_secs(91));
    fake.finish();

    let (client, fake) = authorized([FakeResponse::hang()]);
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout(Phase::Attempt));
    assert_eq!(error.applied(), Applied::Unknown);
    fake.finish();
}

// A28
#[tokio::test]
async fn a_create_whose_response_is_lost_is_not_repeated() {
    let (client, fake) = authorized([FakeResponse::error(INTERRUPTED)]);
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Interrupted);
    assert_eq!(error.applied(), Applied::Unknown);
    assert!(!error.is_retryable());
    assert_eq!(
        error.to_string(),
        "asa CreateGatewaySetupToken: connection closed before the response was complete \
         (1 attempt, it may have been applied)"
    );
    fake.finish();
}

// A29
#[tokio::test]
async fn a_value_that_cannot_be_read_is_an_error_that_names_its_setup_token() {
    let (client, fake) = authorized([
        FakeResponse::json(201, SETUP_TOKEN),
        FakeResponse::json(200, SETUP_TOKEN),
        FakeResponse::json(200, r#"{"token": null}"#),
        FakeResponse::json(200, r#"{"token": ""}"#),
        FakeResponse::status(204),
    ]);
    let tokens = client.gateway_setup_tokens();
    let created = tokens
        .create(GatewaySetupTokenCreate::new())
        .send()
        .await
        .unwrap();
    for _ in ["the documented response", "null", "empty"] {
        let error = tokens.reveal(&created.id).send().await.unwrap_err();
        let path = "token".into();
        assert_eq!(error.kind(), &ErrorKind::Decode { path });
        assert_eq!(
            error.operation(),
            Some("asa FetchGatewaySetupTokenAsAgentToken")
        );
        assert_eq!(error.applied(), Applied::No);
        assert_eq!(error.resource(), Some("s"));
        let start = "asa FetchGatewaySetupTokenAsAgentToken s: ";
        assert!(error.to_string().starts_with(start), "{error}");
    }
    // So its creator can still delete it.
    tokens.delete(&created.id).send().await.unwrap();
    fake.finish();
}

// A30
#[tokio::test]
async fn a_delete_that_finds_nothing_at_once_is_an_error() {
    let (client, fake) = authorized([refusal(404, "resource_does_not_exist", "no")]);
    let error = client
        .gateways()
        .delete(&"g".into())
        .send()
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.applied(), Applied::No);
    fake.finish();

    // An attempt that certainly never arrived does not count either.
    let refused = TransportErrorKind::Connect(ConnectFailure::Refused);
    let (client, fake) = authorized([
        FakeResponse::error(refused),
        refusal(404, "resource_does_not_exist", "no"),
    ]);
    let error = client
        .gateways()
        .delete(&"g".into())
        .send()
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    fake.finish();
}

// A31
#[tokio::test]
async fn a_delete_whose_response_was_lost_succeeds_when_nothing_is_left() {
    let (client, fake) = authorized([
        FakeResponse::error(INTERRUPTED),
        refusal(404, "resource_does_not_exist", "no"),
    ]);
    let deleted = client.gateways().delete(&"g".into()).send().await.unwrap();
    assert!(deleted.was_already_gone);
    fake.finish();
}

// A32
#[tokio::test]
async fn an_update_whose_response_was_lost_is_sent_again_unchanged() {
    let (client, fake) = authorized([FakeResponse::error(INTERRUPTED), FakeResponse::status(204)]);
    let update = GatewayUpdate::new("eu-2").with_refuse_connections(true);
    client
        .gateways()
        .update(&"g".into(), update)
        .send()
        .await
        .unwrap();
    let [_, first, second] = &fake.into_requests()[..] else {
        panic!("two updates");
    };
    assert_eq!(first.body(), second.body());
    assert_eq!(first.uri(), second.uri());
    assert_eq!(
        second.body(),
        r#"{"name":"eu-2","refuse_connections":true}"#
    );
}

/// Returns the waits of a read that is throttled once with these header fields.
async fn waits(headers: &[(&str, &str)]) -> Vec<Duration> {
    let throttled = headers
        .iter()
        .fold(FakeResponse::status(429), |response, (name, value)| {
            response.with_header(name, value)
        });
    let fake = FakeTransport::script([
        bearer("2026-01-01T01:00:00Z", BEARER),
        throttled,
        FakeResponse::json(200, GATEWAY),
    ]);
    let clock = ManualClock::auto();
    let client = client(fake.clone(), &clock);
    client.gateways().get(&"g".into()).send().await.unwrap();
    fake.finish();
    clock.sleeps()
}

// A33
#[tokio::test]
async fn a_throttled_call_waits_until_the_moment_in_unix_seconds() {
    let seconds = |s| vec![Duration::from_secs(s)];
    // Manual clocks start at 1767225600.
    assert_eq!(
        waits(&[("x-ratelimit-reset", "1767225607")]).await,
        seconds(7)
    );
    assert_eq!(
        waits(&[("x-ratelimit-retry-at", "1767225607")]).await,
        seconds(7)
    );
    assert_eq!(waits(&[("retry-after", "7")]).await, seconds(7));
    // The field that the vendor's clients use wins over the end of the whole quota.
    let both = [
        ("x-ratelimit-reset", "1767225900"),
        ("x-ratelimit-retry-at", "1767225607"),
    ];
    assert_eq!(waits(&both).await, seconds(7));
    assert_eq!(
        waits(&[("x-ratelimit-reset", "1767225670")]).await,
        seconds(60)
    );
    // Neither the microseconds of another vendor nor any other implausible value: the usual wait of at most 1 s.
    for unbelievable in ["1767225607000000", "1767225600", "0", "soon", "1798761600"] {
        let usual = waits(&[("x-ratelimit-reset", unbelievable)]).await;
        assert!(usual[0] <= Duration::from_secs(1), "{unbelievable}");
    }
}

// A33
#[tokio::test]
async fn a_call_that_stays_throttled_ends_after_its_attempts() {
    let throttled =
        || refusal(429, "too_many_requests", "slow down").with_header("retry-after", "5");
    let (client, fake) = authorized([throttled(), throttled(), throttled()]);
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));
    assert_eq!(error.applied(), Applied::No);
    assert!(error.is_retryable());
    fake.finish();
}

// U55
#[tokio::test]
async fn an_error_under_a_status_of_success_is_an_error_of_every_operation() {
    for body in [
        r#"{"error":{"message":"no role"},"totalCount":0}"#,
        r#"{"error":"no role","list":[]}"#,
        r#"{"code":403,"type":"authorization_error","message":"no role"}"#,
        r#"{"list":[],"code":403,"type":"authorization_error","message":"no role"}"#,
        r#"{"list":null,"message":"no role"}"#,
        r#"{"list":[],"code":500}"#,
        r#"{"list":[],"\u0074ype":"authorization_error"}"#,
        r#"{"list":[],"message":"no","message":null}"#,
        r#"{"list":[],"message":"no \ud800"}"#,
        r#"{"list":[],"code":1e999}"#,
        "\u{feff}{\"list\":[],\"code\":500}",
    ] {
        let (client, fake) =
            authorized([200, 200, 200, 200, 201].map(|status| FakeResponse::json(status, body)));
        let (gateways, id) = (client.gateways(), "g".into());
        let failures = [
            gateways.list().send().await.unwrap_err(),
            gateways.list().items().try_collect().await.unwrap_err(),
            gateways.get(&id).send().await.unwrap_err(),
            gateways.delete(&id).send().await.unwrap_err(),
            create(&client).await.unwrap_err(),
        ];
        for (error, is_write) in failures.iter().zip([false, false, false, true, true]) {
            assert_eq!(error.kind(), &ErrorKind::Api, "{body}: {error}");
            let applied = if is_write {
                Applied::Unknown
            } else {
                Applied::No
            };
            assert_eq!(error.applied(), applied);
            if body.contains(r#""no role""#) {
                assert_eq!(error.message(), Some("no role"), "{body}");
            }
        }
        fake.finish();
    }
}

// U16
#[tokio::test]
async fn an_unknown_member_does_not_make_an_error_of_a_resource() {
    let with = |member: &str, json: &str| json.replace('{', &format!("{{{member}, "));
    for member in [r#""type": "aws", "size": 1e999"#, r#""code": 7"#] {
        let (client, fake) = authorized([
            FakeResponse::json(200, with(member, GATEWAY)),
            FakeResponse::json(201, with(member, SETUP_TOKEN)),
        ]);
        client.gateways().get(&"g".into()).send().await.unwrap();
        create(&client).await.unwrap();
        fake.finish();
    }
    for member in [
        r#""message": "none""#,
        r#""error": "none""#,
        r#""error": "no \ud800", "size": 1e999"#,
    ] {
        let revealed = with(member, r#"{"token": "sft-gw.a.b"}"#);
        // A deletion has failed if its response contains an error, even beside a resource.
        let (client, fake) =
            authorized([revealed, with(member, GATEWAY)].map(|json| FakeResponse::json(200, json)));
        let tokens = client.gateway_setup_tokens();
        tokens.reveal(&"t".into()).send().await.unwrap();
        let deleted = client.gateways().delete(&"g".into()).send().await;
        assert_eq!(deleted.unwrap_err().kind(), &ErrorKind::Api);
        fake.finish();
    }
}

// A37
#[tokio::test]
async fn a_service_that_is_gone_gets_one_request_and_no_token_exchange() {
    let gone = || FakeResponse::status(410);
    let moved = || FakeResponse::status(301).with_header("location", "https://okta.example/");
    let page = || FakeResponse::status(403).with_header("content-type", "text/html");
    for response in [gone, moved, page] as [fn() -> FakeResponse; 3] {
        let (client, fake) = authorized([response(), response()]);
        for _ in 0..2 {
            let error = client.gateways().list().send().await.unwrap_err();
            let kind = error.kind();
            assert!(
                matches!(
                    kind,
                    ErrorKind::Api | ErrorKind::Redirect { .. } | ErrorKind::NotJson { .. }
                ),
                "{kind:?}"
            );
            assert_eq!(error.attempts(), 1);
        }
        assert_eq!(
            fake.into_requests()
                .iter()
                .filter(|request| is_exchange(request))
                .count(),
            1
        );
    }
}

#[tokio::test]
async fn a_wrong_key_is_a_refused_credential_for_a_write_too() {
    let fake = FakeTransport::script([refusal(401, "authentication_error", "no")]);
    let error = create(&client(fake.clone(), &ManualClock::auto()))
        .await
        .unwrap_err();
    let rejected = ErrorKind::Credential(CredentialFailure::Rejected);
    assert_eq!(error.kind(), &rejected);
    assert_eq!(error.applied(), Applied::No);
    fake.finish();
}

#[tokio::test]
async fn a_member_of_an_odd_type_hides_no_other_and_makes_no_resource_absent() {
    for (body, code) in [
        (
            r#"{"code": "404", "type": "not_found", "message": "no gate"}"#,
            Some("not_found"),
        ),
        (
            r#"{"code": 404, "type": null, "message": "no gate", "errors": "none"}"#,
            Some("404"),
        ),
        (
            r#"{"code": 404.0, "type": ["a"], "message": "no gate"}"#,
            Some("404.0"),
        ),
        (
            r#"{"code": 404, "type": {}, "message": "no gate", "errors": [{"path": 7}]}"#,
            Some("404"),
        ),
        // No part of these bodies is in the vendor's form.
        (r#"{"message": "no gate"}"#, None),
        (
            r#"{"code": 5, "message": "no gate", "details": []}"#,
            Some("5"),
        ),
        (
            r#"{"type": "about:blank", "message": "no gate"}"#,
            Some("about:blank"),
        ),
        (r#"{"error": "no gate"}"#, None),
        (r#"{"error": {"message": "no gate"}}"#, None),
    ] {
        let (client, fake) = authorized([FakeResponse::json(404, body)]);
        let error = client.gateways().get(&"g".into()).send().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Api, "{body}");
        assert_eq!(error.message(), Some("no gate"), "{body}");
        assert_eq!(error.code(), code, "{body}");
        assert!(!error.is_not_found(), "{body}");
        fake.finish();
    }
}

#[tokio::test]
async fn an_object_without_an_error_is_not_an_api_error() {
    for body in [
        "{}",
        r#"{"message": null, "errors": []}"#,
        r#"{"ok": false}"#,
    ] {
        // An unregistered status is the API's only with the API's own error.
        let (client, fake) = authorized([FakeResponse::json(499, body)]);
        let error = client.gateways().list().send().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Protocol, "{body}");
        fake.finish();
    }
}
