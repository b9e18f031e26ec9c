//! The meaning of a response: status, content type and body.

use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{Applied, CredentialFailure, Error, ErrorKind};
use http::Method;

use crate::{ALL, call, channel, fail, run, times};

const PAGE: &str = "<!DOCTYPE html><title>canary</title>";

fn typed(status: u16, content_type: &[u8], body: &'static str) -> FakeResponse {
    FakeResponse::status(status)
        .with_header("content-type", content_type)
        .with_body(body)
}

/// Returns the result of a GET with this response, decoded as any JSON.
async fn get(response: FakeResponse) -> Result<serde_json::Value, Error> {
    run(call(Method::GET), [response]).await.0?.json()
}

fn not_json(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotJson { .. })
}

#[tokio::test]
async fn a_request_contains_what_the_call_says_and_no_more() {
    let fake = FakeTransport::script([FakeResponse::json(201, "{}")]);
    channel(&fake, &ManualClock::auto())
        .call(call(Method::POST))
        .await
        .unwrap();
    let requests = fake.into_requests();
    let request = &requests[0];
    assert_eq!(request.method(), Method::POST);
    assert_eq!(
        request.uri(),
        "https://api.example.com/x/v1/things?secret=canary-query"
    );
    assert_eq!(request.body(), r#"{"name":"canary-body"}"#);
    let mut names: Vec<_> = request.headers().keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["accept", "authorization", "content-type", "user-agent"]
    );
}

// T52
#[tokio::test]
async fn a_printed_request_shows_no_credential() {
    let fake = FakeTransport::script([FakeResponse::json(200, "{}")]);
    channel(&fake, &ManualClock::auto())
        .call(call(Method::GET))
        .await
        .unwrap();
    let requests = fake.into_requests();
    assert_eq!(
        requests[0].headers()["authorization"],
        "Bearer canary-bearer"
    );
    let printed = format!("{:?} {:#?}", requests[0].headers(), requests[0]);
    assert!(printed.contains("Sensitive") && !printed.contains("canary-bearer"));
}

// T31
#[tokio::test]
async fn an_empty_response_does_not_decode() {
    let error = get(FakeResponse::json(200, "")).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Decode { path: "".into() });
    assert!(error.to_string().contains("the body is empty"), "{error}");
}

// T33
#[tokio::test]
async fn a_redirect_is_an_error_that_names_the_targets_origin_only() {
    for status in [301, 302, 303, 307, 308] {
        for (location, origin) in [
            (
                "https://user:canary@evil.example.com/canary?canary#canary",
                "https://evil.example.com",
            ),
            (
                "http://evil.example.com:8080/canary",
                "http://evil.example.com:8080",
            ),
            ("/login?canary", "https://api.example.com"),
            // Browsers read both as another host.
            (
                "//evil.example.com:8443/canary",
                "https://evil.example.com:8443",
            ),
            (r"/\evil.example.com/canary", "https://evil.example.com"),
        ] {
            let response = FakeResponse::status(status).with_header("location", location);
            let (error, requests) = fail(call(Method::GET), [response]).await;
            let target_origin = Some(origin.into());
            assert_eq!(error.kind(), &ErrorKind::Redirect { target_origin });
            assert_eq!((requests, error.status().unwrap().as_u16()), (1, status));
        }
    }
    for no_origin in [&b"\xff"[..], b"evil.example.com:8443"] {
        let response = FakeResponse::status(302).with_header("location", no_origin);
        let (error, _) = fail(call(Method::GET), [response]).await;
        let target_origin = None;
        assert_eq!(error.kind(), &ErrorKind::Redirect { target_origin });
    }
}

// T33
#[tokio::test]
async fn a_long_redirect_host_is_truncated() {
    let location = format!("https://{}.example", "x".repeat(4_000));
    let response = FakeResponse::status(302).with_header("location", &location);
    let (error, _) = fail(call(Method::GET), [response]).await;
    let target_origin = location.get(..128).map(Into::into);
    assert_eq!(error.kind(), &ErrorKind::Redirect { target_origin });
}

// T36
#[tokio::test]
async fn a_page_of_a_proxy_or_login_gets_a_hint() {
    for status in [200, 407, 511, 403] {
        let (error, requests) = fail(call(Method::GET), [typed(status, b"text/html", PAGE)]).await;
        assert!(not_json(&error), "{error:?}");
        assert!(
            error
                .to_string()
                .contains("an HTML page, is a proxy or login in the way?"),
            "{error}"
        );
        assert_eq!(requests, 1);
    }
    for status in [407, 511] {
        let (error, requests) = fail(call(Method::GET), [FakeResponse::status(status)]).await;
        assert_eq!((error.kind(), requests), (&ErrorKind::Protocol, 1));
    }
}

// T36
#[tokio::test]
async fn a_page_says_nothing_about_a_write_whatever_its_status_and_type() {
    for method in [Method::DELETE, Method::PUT, Method::POST] {
        let statuses = match method {
            Method::POST => [200, 201, 202],
            // A 204 is a success whatever comes with it.
            _ => [200, 202, 206],
        };
        for status in statuses {
            for (content_type, page) in [
                ("text/html", PAGE),
                ("text/html", "Sign in"),
                ("application/json", PAGE),
                ("text/plain", "\u{feff}\n<html>canary"),
            ] {
                let response = typed(status, content_type.as_bytes(), page);
                let (error, requests) = fail(call(method.clone()), [response]).await;
                let context = format!("{method} {status} {content_type}: {error}");
                assert_eq!(
                    (error.applied(), requests),
                    (Applied::Unknown, 1),
                    "{context}"
                );
                assert!(
                    context.contains("an HTML page, is a proxy or login"),
                    "{context}"
                );
                assert!(!context.contains("canary"), "{context}");
            }
        }
    }
}

// T37
#[tokio::test]
async fn the_content_type_is_checked() {
    assert!(not_json(
        &get(typed(200, b"text/html", "{}")).await.unwrap_err()
    ));
    let error = get(typed(200, b"application/json", PAGE))
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { .. }));
    assert!(
        error
            .to_string()
            .contains("is a proxy or login in the way?"),
        "{error}"
    );
    get(FakeResponse::status(200).with_body("{}"))
        .await
        .unwrap();
    assert!(not_json(
        &get(typed(200, b"application/problem+json", "{}"))
            .await
            .unwrap_err()
    ));
    let problem = typed(
        404,
        b"application/problem+json",
        r#"{"code":"c","message":"m"}"#,
    );
    assert_eq!(get(problem).await.unwrap_err().code(), Some("c"));
    let error = get(typed(200, b"application/json; charset=utf-16", "{}"))
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { .. }));
    assert!(not_json(
        &get(typed(200, b"application/json, text/html", "{}"))
            .await
            .unwrap_err()
    ));
    assert!(not_json(
        &get(typed(200, b"application/\xfc", "{}"))
            .await
            .unwrap_err()
    ));
}

// T67
#[tokio::test]
async fn an_undefined_status_is_never_a_success() {
    for status in [201, 202, 204, 299, 499, 600, 999] {
        let (error, requests) = fail(call(Method::GET), [FakeResponse::json(status, "{}")]).await;
        assert_eq!(
            (error.kind(), requests),
            (&ErrorKind::Protocol, 1),
            "{status}"
        );
        assert!(!error.is_retryable());
    }
    let (error, _) = fail(call(Method::POST), [FakeResponse::json(200, "{}")]).await;
    assert!(error.body().is_empty(), "it may hold a secret");
    assert_eq!(
        (error.kind(), error.applied()),
        (&ErrorKind::Protocol, Applied::Yes)
    );
    let (result, _) = run(call(Method::DELETE), [FakeResponse::status(299)]).await;
    assert_eq!(result.unwrap().status(), 299);
}

// T30
#[tokio::test]
async fn the_body_of_an_operation_without_output_is_ignored() {
    let (result, _) = run(call(Method::PUT), [typed(204, b"text/html", PAGE)]).await;
    result.unwrap();
}

// T73
#[tokio::test]
async fn an_error_body_is_parsed_and_kept_and_shown_in_part() {
    let envelope = r#"{"code":"bad_request","message":"no\nsuch thing"}"#;
    let (error, requests) = fail(call(Method::POST), [FakeResponse::json(400, envelope)]).await;
    assert_eq!(requests, 1);
    assert_eq!(
        (error.code(), error.message()),
        (Some("bad_request"), Some("no\nsuch thing"))
    );
    assert_eq!(error.body(), envelope.as_bytes());
    assert_eq!(
        error.to_string(),
        "test Operation: 400 Bad Request: no such thing [bad_request] (1 attempt, nothing was applied)"
    );
    let huge = format!(r#"{{"code":"c","message":"{}"}}"#, "m".repeat(5 << 20));
    let (error, _) = fail(call(Method::GET), [FakeResponse::json(400, huge)]).await;
    assert_eq!((error.code(), error.body().len()), (Some("c"), 16 * 1024));
    assert!(error.to_string().len() < 500);
    let (error, _) = fail(call(Method::GET), [typed(400, b"text/plain", "canary")]).await;
    assert!(not_json(&error), "{error:?}");
    assert_eq!(error.body(), b"canary");
}

#[tokio::test]
async fn a_create_with_an_unreadable_response_was_applied() {
    for response in [
        FakeResponse::json(201, "{\"id\""),
        FakeResponse::json(201, ""),
    ] {
        let error = match run(call(Method::POST), [response]).await.0 {
            Ok(response) => response.json::<serde_json::Value>().unwrap_err(),
            Err(error) => error,
        };
        assert_eq!((error.applied(), error.attempts()), (Applied::Yes, 1));
        assert!(
            error.to_string().ends_with("(1 attempt, it was applied)"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_response_that_cannot_be_requested_again_is_read_from_any_success_with_an_object() {
    let lenient = || call(Method::POST).with_any_success(true);
    for (status, content_type) in [
        (200, "text/plain"),
        (202, "application/json"),
        (206, "text/html"),
        (299, "application/json; charset=iso-8859-1"),
    ] {
        let odd = || typed(status, content_type.as_bytes(), r#"{"id": "a"}"#);
        let read = run(lenient(), [odd()]).await.0.unwrap();
        let body: serde_json::Value = read.json().unwrap();
        assert_eq!(body["id"], "a", "{status} {content_type}");
        fail(call(Method::POST), [odd()]).await;
    }
    for other in [
        typed(201, b"text/html", PAGE),
        typed(202, b"application/json", "[]"),
        typed(202, b"text/plain", ""),
        typed(202, b"application/json", r#"{"id": "a""#),
        typed(302, b"application/json", r#"{"id": "a"}"#),
    ] {
        fail(lenient(), [other]).await;
    }
}

// D15
#[tokio::test]
async fn a_401_is_the_credentials_and_a_403_the_apis() {
    for method in ALL {
        let (error, requests) = fail(call(method.clone()), [FakeResponse::status(401)]).await;
        assert_eq!(
            error.kind(),
            &ErrorKind::Credential(CredentialFailure::Rejected)
        );
        assert!(error.is_unauthorized());
        assert_eq!((requests, error.applied()), (1, Applied::No));
        let (error, _) = fail(call(method), [FakeResponse::status(403)]).await;
        assert_eq!(
            (error.kind(), error.is_unauthorized()),
            (&ErrorKind::Api, false)
        );
    }
    let missing_role = FakeResponse::json(401, r#"{"code":"missing_role","message":"no"}"#);
    let (error, _) = fail(call(Method::GET), [missing_role]).await;
    assert_eq!(
        (error.kind(), error.is_unauthorized()),
        (&ErrorKind::Api, true)
    );
}

#[tokio::test]
async fn an_error_page_of_a_gateway_is_retried_and_is_not_the_api() {
    let page = || typed(502, b"text/html", PAGE);
    let (error, requests) = fail(call(Method::GET), times(3, page)).await;
    assert_eq!(requests, 3);
    assert!(not_json(&error) && error.is_retryable());
    let (error, _) = fail(call(Method::GET), [typed(404, b"text/html", PAGE)]).await;
    assert!(!error.is_not_found());
}

#[tokio::test]
async fn a_url_too_long_is_refused_before_anything_is_sent() {
    let mut long = call(Method::GET);
    long.query = Some("x".repeat(64 * 1024));
    let (error, requests) = fail(long, []).await;
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }));
    assert_eq!((requests, error.operation()), (0, Some("test Operation")));
}

#[tokio::test]
async fn a_404_of_an_intermediary_is_not_a_not_found() {
    const WORDS: &str = "default backend - 404";
    let strangers = || {
        [
            typed(404, b"text/plain", WORDS),
            typed(404, b"application/json", WORDS),
            FakeResponse::status(404).with_body(WORDS),
        ]
    };
    for response in strangers() {
        let (error, _) = fail(call(Method::GET), [response]).await;
        assert!(not_json(&error), "{error:?}");
        assert!(!error.is_not_found());
        assert_eq!(error.body(), WORDS.as_bytes());
    }
    for response in [FakeResponse::status(404), FakeResponse::json(404, "{}")] {
        let (error, _) = fail(call(Method::GET), [response]).await;
        assert_eq!(
            (error.kind(), error.is_not_found()),
            (&ErrorKind::Api, false)
        );
    }
    for status in [404, 409] {
        let response = FakeResponse::json(status, r#"{"code":"c","message":"m"}"#);
        let (error, _) = fail(call(Method::GET), [response]).await;
        assert_eq!(
            (error.is_not_found(), error.is_conflict()),
            (status == 404, status == 409)
        );
    }
    // The status decides about a retry all the same.
    let busy = || typed(503, b"text/plain", "no backend");
    let (error, requests) = fail(call(Method::GET), times(3, busy)).await;
    assert!(not_json(&error) && error.is_retryable());
    assert_eq!(requests, 3);
}
