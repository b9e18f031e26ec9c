//! Any bytes as JSON of any shape.

use serde_json::Value;

/// Decodes the body as any JSON, as the clients do: `serde_json` must find the same value, or reject the body too.
///
/// # Panics
/// If this does not hold.
pub fn check(body: &[u8]) {
    let ours = gatelet_transport::testing::api_response(body.to_vec()).json::<Value>();
    let text = std::str::from_utf8(body).unwrap_or_default();
    let theirs = serde_json::from_str::<Value>(text.strip_prefix('\u{feff}').unwrap_or(text));
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs),
        (Err(_), Err(_)) => {}
        (Ok(ours), Err(error)) => panic!("only our reader accepts {ours}: {error}"),
        (Err(error), Ok(theirs)) => panic!("only serde_json accepts {theirs}: {error}"),
    }
}
