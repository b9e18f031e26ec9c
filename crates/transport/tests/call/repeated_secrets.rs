//! Secrets of other requests that a server repeats.

use std::sync::atomic::{AtomicUsize, Ordering};

use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{Channel, Credential, CredentialProvider, Error, ErrorKind};
use http::Method;

use crate::credentials::ok;
use crate::{builder, call};

/// Provides another bearer for each call.
#[derive(Default)]
struct Rotated(AtomicUsize);

const BEARERS: [&str; 3] = ["first-of-the-bearers", "bearer-number-two", "the-third-one"];

impl CredentialProvider for Rotated {
    async fn credential(&self, _: &Channel) -> Result<Credential, Error> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Credential::new("Bearer", BEARERS[number % BEARERS.len()])
    }
}

fn says(status: u16, text: &str) -> FakeResponse {
    FakeResponse::json(
        status,
        format!(r#"{{"code": "c", "message": "begin {text} end"}}"#),
    )
}

// U1
#[tokio::test]
async fn a_bearer_of_an_earlier_call_is_redacted() {
    let text = format!("{} {} {}", BEARERS[2], BEARERS[1], BEARERS[0]);
    let (forbidden, open) = (says(403, &text), says(404, &text));
    let server = FakeTransport::script([ok(), ok(), forbidden, open]);
    let builder = builder().credentials(Rotated::default());
    let channel = builder.build_with(server, ManualClock::auto()).unwrap();
    for _ in 0..2 {
        channel.call(call(Method::GET)).await.unwrap();
    }
    // A call without a credential, such as an exchange, may receive bearers, too.
    for call in [
        call(Method::GET),
        call(Method::GET).with_authenticated(false),
    ] {
        let error = channel.call(call).await.unwrap_err();
        let expected = "begin [redacted] [redacted] [redacted] end";
        assert_eq!(error.message(), Some(expected));
    }
}

// U1
#[tokio::test]
async fn secrets_of_earlier_responses_are_redacted() {
    let brought = r#"{"token": "brought-by-the-first"}"#;
    let server = FakeTransport::script([
        FakeResponse::json(500, brought),
        says(400, "brought-by-the-first"),
    ]);
    let channel = builder().build_with(server, ManualClock::auto()).unwrap();
    let error = channel.call(call(Method::GET)).await.unwrap_err();
    assert_eq!(error.message(), Some("begin [redacted] end"));
}

// U1
#[tokio::test]
async fn a_redirect_to_a_secret_of_its_body_shows_the_rest_of_the_host() {
    let response = FakeResponse::json(307, r#"{"token": "brought-along"}"#)
        .with_header("location", "https://brought-along.example/");
    let server = FakeTransport::script([response]);
    let channel = builder().build_with(server, ManualClock::auto()).unwrap();
    let error = channel.call(call(Method::GET)).await.unwrap_err();
    let target_origin = Some("https://[redacted].example".into());
    assert_eq!(error.kind(), &ErrorKind::Redirect { target_origin });
}

const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl";

// U1
#[tokio::test]
async fn a_token_that_the_call_does_not_know_is_redacted_by_its_shape_and_an_id_is_not() {
    for (text, expected) in [
        (
            "dt0g02.4KWZO5EF.CANARY and dt0g02.4KWZO5EF",
            "dt0g02.4KWZO5EF.[redacted] and dt0g02.4KWZO5EF",
        ),
        ("dt0s16.A.CANARY.", "dt0s16.A.[redacted]."),
        ("dt0s02%2EA%2eCANARY", "dt0s02%2EA%2e[redacted]"),
        (JWT, "[redacted]"),
        ("(ZHQwZzAyLkEuQ0FOQVJZ)", "(ZHQwZzAyLkEu[redacted])"),
        ("dt0g02.abc123", "dt0g02.abc123"),
    ] {
        let server = FakeTransport::script([says(400, text)]);
        let channel = builder().build_with(server, ManualClock::auto()).unwrap();
        let error = channel.call(call(Method::GET)).await.unwrap_err();
        assert_eq!(error.message(), Some(&*format!("begin {expected} end")));
        let body = String::from_utf8_lossy(error.body());
        assert!(body.contains(expected), "{body}");
        let shown = format!("{error} {error:?} {body}");
        assert!(!shown.contains("CANARY") && !shown.contains(JWT), "{shown}");
    }
}

// U1
#[tokio::test]
async fn a_redirect_shows_no_token_that_the_call_does_not_know() {
    let response =
        FakeResponse::json(307, "{}").with_header("location", "https://dt0c01.a.canary/x");
    let server = FakeTransport::script([response]);
    let channel = builder().build_with(server, ManualClock::auto()).unwrap();
    let error = channel.call(call(Method::GET)).await.unwrap_err();
    let target_origin = Some("https://dt0c01.a.[redacted]".into());
    assert_eq!(error.kind(), &ErrorKind::Redirect { target_origin });
}
