//! Texts of a server in errors.

use gatelet_transport::testing::FakeResponse;

use crate::support::authorized;

// U25
#[tokio::test]
async fn text_of_a_server_is_escaped_and_bounded_wherever_it_is_shown() {
    let marks = "a\u{202e}b\u{2066}c\u{200f}d\u{2028}e\tf";
    let (long, word) = ("x".repeat(2 << 20), "y".repeat(1 << 20));
    let refused = |word: &str, message: &str| {
        let body = serde_json::json!({"code": 400, "type": word, "message": message});
        FakeResponse::json(400, body.to_string())
    };
    for (response, said) in [
        (
            refused("invalid_request", marks),
            r"a\u{202e}b\u{2066}c\u{200f}d\u{2028}e\tf",
        ),
        (refused("invalid_request", &long), "xxxx…"),
        (refused(&word, "no"), "no [yyyy"),
    ] {
        let (client, fake) = authorized([response]);
        let error = client.gateways().get(&"g".into()).send().await;
        let error = error.unwrap_err();
        let (display, debug) = (error.to_string(), format!("{error:?}"));
        assert!(display.contains(said), "{display}");
        assert!(display.len() < 1024 && debug.len() < 8 * 1024, "{debug}");
        for mark in marks.chars().filter(|mark| !mark.is_ascii_lowercase()) {
            assert!(!display.contains(mark) && !debug.contains(mark), "{debug}");
        }
        fake.finish();
    }
}
