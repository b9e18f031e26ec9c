//! How both clients print invisible or very long texts of a server.

#![allow(clippy::unwrap_used, reason = "all of this crate is tests")]
use asa_client::Bearer;
use bytes::Bytes;
use dt_client::ApiToken;
use gatelet_transport::testing::ManualClock;
use gatelet_transport::{
    Error, RetryPolicy, Transport, TransportError, TransportErrorKind, from_fn,
};
use http::{Response, StatusCode};

const LONG: usize = 2 * 1024 * 1024;

/// Creates a transport that always returns the same response.
fn server(status: u16, body: String) -> impl Transport + Clone {
    let body = Bytes::from(body);
    std::sync::Arc::new(from_fn(move |_| {
        let mut response = Response::new(body.clone());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        std::future::ready(Ok::<_, TransportError>(response))
    }))
}

fn asa(transport: impl Transport) -> asa_client::Client {
    asa_client::Client::builder("t")
        .credentials(Bearer::new("example-of-a-bearer").unwrap())
        .retry(RetryPolicy::never())
        .build_with(transport, ManualClock::auto())
        .unwrap()
}

fn dt(transport: impl Transport) -> dt_client::Client {
    dt_client::Client::builder("https://abc.live.dynatrace.com")
        .credentials(ApiToken::new("dt0c01.EXAMPLE.EXAMPLE-OF-A-TOKEN").unwrap())
        .retry(RetryPolicy::never())
        .build_with(transport, ManualClock::auto())
        .unwrap()
}

/// Returns the errors of both clients for an error response with this text in every field.
async fn errors(text: &str) -> [Error; 2] {
    let text = serde_json::to_string(text).unwrap();
    let violation = format!(r#"{{"path":{text},"message":{text},"parameterLocation":{text}}}"#);
    let error = format!(r#"{{"code":400,"message":{text},"constraintViolations":[{violation}]}}"#);
    let body =
        format!(r#"{{"type":{text},"message":{text},"errors":[{violation}],"error":{error}}}"#);
    errors_with(body).await
}

/// Returns the errors of both clients for an error response with this body.
async fn errors_with(body: String) -> [Error; 2] {
    let transport = server(400, body);
    let id = "dt0g02.a".into();
    [
        asa(transport.clone())
            .gateways()
            .list()
            .send()
            .await
            .err()
            .unwrap(),
        dt(transport)
            .active_gate_tokens()
            .get(&id)
            .send()
            .await
            .err()
            .unwrap(),
    ]
}

// U25
#[tokio::test]
async fn invisible_characters_in_a_message_are_escaped() {
    let text = "a\u{202e}b\u{2066}c\u{200e}d\u{200f}e\u{61c}f\u{2028}g\u{2029}h\ti\u{1b}[31mj";
    for error in errors(text).await {
        assert_eq!(error.message(), Some(text));
        let shown = error.to_string();
        let escaped =
            r"a\u{202e}b\u{2066}c\u{200e}d\u{200f}e\u{61c}f\u{2028}g\u{2029}h\ti\u{1b}[31mj";
        assert!(shown.contains(escaped), "{shown}");
        for printed in [shown, format!("{error:?}")] {
            assert!(
                !printed.contains(|c: char| c.is_control() || !c.is_ascii()),
                "{printed}"
            );
        }
    }
}

// U25
#[tokio::test]
async fn invisible_characters_in_a_cause_are_escaped() {
    let transport = std::sync::Arc::new(from_fn(|_| {
        let error = TransportError::new(TransportErrorKind::Protocol);
        let error = error.with_source("a\u{202e}b\u{2066}c\u{200e}d\u{1b}[31me");
        std::future::ready(Err(error))
    }));
    let error = asa(transport).gateways().list().send().await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap();
    let expected = r"a\u{202e}b\u{2066}c\u{200e}d\u{1b}[31me";
    assert_eq!(cause.to_string(), expected);
}

// U25
#[tokio::test]
async fn a_message_of_two_mebibytes_is_truncated() {
    for character in ["x", "\u{202e}", "\u{e4}", "%", "\""] {
        let text = character.repeat(LONG / character.len());
        let text = serde_json::to_string(&text).unwrap();
        let body =
            format!(r#"{{"type":"t","message":{text},"error":{{"code":400,"message":{text}}}}}"#);
        for error in errors_with(body).await {
            let kept = error.message().unwrap().len();
            assert!((1024..20 * 1024).contains(&kept), "{kept}");
            for printed in [
                error.to_string(),
                format!("{error:?}"),
                format!("{error:#?}"),
            ] {
                assert!(printed.len() < 64 * 1024, "{character}: {}", printed.len());
            }
        }
    }
}

// U25
#[tokio::test]
async fn values_with_texts_of_a_mebibyte_are_truncated_in_debug() {
    let text = "t\u{202e}".repeat(LONG / 8);
    let gateway = format!(
        r#"{{"id":"g","name":"{text}","refuse_connections":false,"description":"{text}","labels":{{"{text}":"{text}"}},"{text}":1}}"#
    );
    let token = format!(
        r#"{{"id":"dt0g02.a","name":"{text}","owner":"{text}","creationDate":"2026-01-01T00:00:00Z"}}"#
    );
    let (asa, dt) = (asa(server(200, gateway)), dt(server(200, token)));
    let (gateways, tokens) = (asa.gateways(), dt.active_gate_tokens());
    let gateway = gateways.get(&"g".into()).send().await;
    let token = tokens.get(&"dt0g02.a".into()).send().await;
    let update = gateway
        .as_ref()
        .ok()
        .map(asa_client::models::GatewayUpdate::from);
    for printed in [
        format!("{gateway:?}"),
        format!("{gateway:#?}"),
        format!("{token:?}"),
        format!("{update:?}"),
    ] {
        assert!(
            printed.len() < 64 * 1024 && !printed.contains('\u{202e}'),
            "{}",
            printed.len()
        );
    }
    assert!(token.is_ok_and(|token| token.name == Some(text)));
}

// U25
#[tokio::test]
async fn an_unknown_word_of_a_mebibyte_is_kept_and_truncated_when_printed() {
    let word = "w\u{202e}".repeat(LONG / 8);
    let gateway =
        format!(r#"{{"id":"g","name":"n","refuse_connections":false,"cloud_provider":"{word}"}}"#);
    let client = asa(server(200, gateway));
    let gateway = client.gateways().get(&"g".into()).send().await.unwrap();
    let token = format!(
        r#"{{"id":"dt0g02.a","name":"n","owner":"o","creationDate":"2026-01-01T00:00:00Z","activeGateType":"{word}"}}"#
    );
    let client = dt(server(200, token));
    let token = client
        .active_gate_tokens()
        .get(&"dt0g02.a".into())
        .send()
        .await
        .unwrap();
    let (provider, kind) = (
        gateway.cloud_provider.as_ref(),
        token.active_gate_type.as_ref(),
    );
    let (provider, kind) = (provider.unwrap(), kind.unwrap());
    assert!(provider.as_str() == word && kind.as_str() == word);
    for printed in [
        provider.to_string(),
        kind.to_string(),
        format!("{gateway:?}"),
        format!("{token:?}"),
    ] {
        assert!(
            printed.len() < 16 * 1024 && !printed.contains('\u{202e}'),
            "{}",
            printed.len()
        );
    }
}
