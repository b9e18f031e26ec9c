//! Bytes as the body of an answer.

use gatelet_test_support::models::agreement::assert_agrees;
use gatelet_test_support::models::table::Model;

use crate::canary;

/// The body, read as each of these models through the decoding that the clients use: what is taken is written and read
/// back equal, is what another JSON parser finds in the body, and no error repeats a value.
///
/// # Panics
/// When one of this does not hold.
pub fn check(models: &[&str], body: &[u8]) {
    for name in models {
        let model = Model::named(name);
        if let Ok(written) = (model.receive)(body) {
            let text = std::str::from_utf8(body).expect("what is no UTF-8 is refused");
            assert_agrees(model, text, &written);
        }
        if let Some(planted) = std::str::from_utf8(body).ok().and_then(canary::plant)
            && let Err(error) = (model.receive)(planted.as_bytes())
        {
            canary::assert_absent(&format!("{error} {error:?}"));
        }
    }
}
