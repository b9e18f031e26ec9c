//! Any bytes as the body of a response.

use gatelet_test_support::models::agreement::assert_agrees;
use gatelet_test_support::models::table::Model;

use crate::canary;

/// Decodes the body as each of these models, as the clients do. A decoded value must encode and decode back equal, and agree with
/// another JSON parser; an error must not repeat a value of the body.
///
/// # Panics
/// If a property does not hold.
pub fn check(models: &[&str], body: &[u8]) {
    for name in models {
        let model = Model::named(name);
        if let Ok(written) = (model.receive)(body) {
            let text = std::str::from_utf8(body).expect("invalid UTF-8 is rejected");
            assert_agrees(model, text, &written);
        }
        if let Some(planted) = std::str::from_utf8(body).ok().and_then(canary::plant)
            && let Err(error) = (model.receive)(planted.as_bytes())
        {
            canary::assert_absent(&format!("{error} {error:?}"));
        }
    }
}
