//! Recording and replaying traffic, over the public API alone.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use bytes::Bytes;
use gatelet_transport::testing::{Cassette, FakeResponse, FakeTransport, Recording, Replay};
use gatelet_transport::{Sent, Transport, TransportErrorKind};
use http::{HeaderValue, Request};

const SECRET: &str = "c4n4ry/s3cr3t+";

fn request(method: &str, path: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(format!("https://api.example.com{path}"))
        .header("authorization", format!("Bearer {SECRET}"))
        .body(body.into())
        .unwrap()
}

async fn record(exchanges: impl IntoIterator<Item = (Request<Bytes>, FakeResponse)>) -> Cassette {
    let (requests, responses): (Vec<_>, Vec<_>) = exchanges.into_iter().unzip();
    let recording = Recording::new(FakeTransport::script(responses));
    for request in requests {
        drop(recording.send(request).await);
    }
    recording.cassette()
}

#[tokio::test]
async fn a_cassette_is_readable_and_has_the_same_text_each_time() {
    let exchanges = || {
        [
            (
                request("POST", "/tokens?x=1", r#"{"name":"eu", "a":1}"#),
                FakeResponse::json(201, r#"{"id":"7","list":[]}"#)
                    .with_header("content-length", "20"),
            ),
            (
                request("GET", "/tokens", ""),
                FakeResponse::error(TransportErrorKind::Interrupted),
            ),
        ]
    };
    let text = record(exchanges()).await.to_string();
    let expected = r#"{
  "cassette": 1,
  "exchanges": [
    {
      "request": "POST https://api.example.com/tokens?x=1",
      "request_body": {
        "a": 1,
        "name": "eu"
      },
      "request_headers": [
        "authorization: [scrubbed]"
      ],
      "response": 201,
      "response_body": {
        "id": "7",
        "list": []
      },
      "response_headers": [
        "content-type: application/json"
      ]
    },
    {
      "request": "GET https://api.example.com/tokens",
      "request_headers": [
        "authorization: [scrubbed]"
      ],
      "response": {
        "error": "interrupted",
        "sent": "whole"
      }
    }
  ]
}
"#;
    assert_eq!(text, expected);
    assert_eq!(record(exchanges()).await.to_string(), expected);
}

#[tokio::test]
async fn a_broken_response_is_replayed_with_its_head() {
    let broken = FakeResponse::status(503)
        .with_header("retry-after", "7")
        .with_header("x-echo", SECRET)
        .with_body_error(TransportErrorKind::Interrupted);
    let text = record([(request("GET", "/a", ""), broken)])
        .await
        .to_string();
    assert!(!text.contains("c4n4ry"), "{text}");
    let replay = Replay::new(text.parse().unwrap());
    let error = replay.send(request("GET", "/a", "")).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
    assert_eq!(error.status().unwrap(), 503);
    assert_eq!(error.headers().unwrap()["retry-after"], "7");
}

#[tokio::test]
async fn no_secret_is_on_a_cassette_wherever_it_stood() {
    let mut marked = request("GET", "/", "");
    let mut value = HeaderValue::from_static("c4n4ry-marked");
    value.set_sensitive(true);
    marked.headers_mut().insert("x-own", value);
    let cassette = record([
        (
            marked,
            FakeResponse::status(200).with_header("set-cookie", "id=c4n4ry-cookie"),
        ),
        (
            request("GET", "/?a=1&token=c4n4ry&again=c4n4ry%2Fs3cr3t%2B", ""),
            FakeResponse::json(200, format!(r#"{{"echo":"<{SECRET}>"}}"#))
                .with_header("x-echo", SECRET),
        ),
        (
            request(
                "POST",
                "/",
                r#"{"key_secret":"c4n4ry-key","key_id":"kept"}"#,
            ),
            FakeResponse::json(200, r#"{"list":[{"Bearer_Token":"c4n4ry-bearer"}]}"#),
        ),
        (
            request("POST", "/", "key=kept&password=c4n4ry"),
            FakeResponse::json(200, r#"{"id":"kept","token":"c4n4ry-\"cut"#),
        ),
        (
            request("POST", "/", [b"\xff", SECRET.as_bytes()].concat()),
            FakeResponse::json(
                200,
                r#"{"token":{"of":"another c4n4ry form"},"no":"c4n4ry-key"}"#,
            ),
        ),
    ])
    .await;
    let text = cassette.to_string();
    assert!(!text.contains("c4n4ry"), "{text}");
    assert_eq!(text.matches("kept").count(), 3, "{text}");
    assert!(!format!("{cassette:?}").contains("c4n4ry"));
}

#[tokio::test]
async fn a_secret_of_a_query_or_form_is_scrubbed_wherever_it_is_repeated() {
    let echo = |text: &str| {
        FakeResponse::json(200, format!(r#"{{"echo":"<{text}>"}}"#))
            .with_header("location", format!("/next?of={text}"))
            .with_header("link", format!("</next?of={text}>; rel=\"next\""))
    };
    let cassette = record([
        (
            request("GET", "/?x=1&token=query%2fc4n4ry", ""),
            echo("query/c4n4ry"),
        ),
        (request("GET", "/", ""), echo("query%2Fc4n4ry")),
        (request("GET", "/", ""), echo("query%2fc4n4ry")),
        (
            request("POST", "/", "password=form+c4n4ry%2B&kept=1"),
            echo("form c4n4ry+"),
        ),
        (request("GET", "/", ""), echo("form%20c4n4ry%2B")),
    ])
    .await;
    let text = cassette.to_string();
    assert!(!text.contains("c4n4ry"), "{text}");
    assert!(text.contains("&kept=1"), "{text}");
}

#[tokio::test]
async fn secrets_named_by_the_caller_are_scrubbed() {
    let server = FakeTransport::script([FakeResponse::json(
        200,
        r#"{"pin":1234,"note":"to c4n4ry"}"#,
    )]);
    let recording = Recording::new(server).scrub_field("PIN").scrub("c4n4ry");
    let form = request("POST", "/?pin=5", "pin=1234&x=y");
    recording.send(form).await.unwrap();
    let text = recording.cassette().to_string();
    assert!(
        !text.contains("1234") && !text.contains("c4n4ry") && !text.contains("pin=5"),
        "{text}"
    );
    assert!(text.contains("pin=[scrubbed]&x=y"), "{text}");
}

#[tokio::test]
async fn a_replay_matches_requests_in_any_order_and_with_other_secrets() {
    let cassette = record([
        (request("GET", "/a", ""), FakeResponse::json(200, "[1]")),
        (
            request("POST", "/b", r#"{"key_secret":"c4n4ry-key","n":1}"#),
            FakeResponse::json(201, "[2]"),
        ),
        (request("GET", "/a", ""), FakeResponse::status(503)),
    ])
    .await;
    let replay = Replay::new(cassette.to_string().parse().unwrap());
    let body = r#"{"n": 1, "key_secret": "another"}"#;
    for (request, status) in [
        (request("POST", "/b", body), 201),
        (request("GET", "/a", ""), 200),
        (request("GET", "/a", ""), 503),
    ] {
        assert_eq!(replay.send(request).await.unwrap().status(), status);
    }
    replay.finish();
}

#[tokio::test]
#[should_panic(expected = "not on the cassette: GET https://api.example.com/b")]
async fn a_request_that_was_not_recorded_fails_the_test() {
    let cassette = record([(request("GET", "/a", ""), FakeResponse::status(200))]).await;
    let replay = Replay::new(cassette);
    let error = replay
        .send(request("GET", "/b?c4n4ry", ""))
        .await
        .unwrap_err();
    assert_eq!(error.sent(), Sent::Nothing);
    replay.finish();
}

#[test]
#[should_panic(expected = "on the cassette, but not requested: GET https://api.example.com/a")]
fn an_unfinished_replay_fails_the_test() {
    let text = r#"{"cassette": 1, "exchanges": [{"request": "GET https://api.example.com/a?q", "response": 200}]}"#;
    Replay::new(text.parse().unwrap()).finish();
}

#[tokio::test]
async fn a_request_that_was_dropped_is_not_on_the_cassette() {
    let recording = Recording::new(FakeTransport::script([
        FakeResponse::hang(),
        FakeResponse::status(200),
    ]));
    let mut dropped = Box::pin(recording.send(request("GET", "/dropped", "")));
    std::future::poll_fn(|context| {
        assert!(dropped.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    drop(dropped);
    recording.send(request("GET", "/kept", "")).await.unwrap();
    let text = recording.cassette().to_string();
    assert!(
        text.contains("/kept") && !text.contains("/dropped"),
        "{text}"
    );
}
