//! Bytes as the body of an answer.

use crate::agreement::assert_agrees;
use crate::canary;
use crate::table::{MODELS, Model};

/// The body, read as each of these models through the decoding that the clients use: what is taken is written and read
/// back equal, is what another JSON parser finds in the body, and no error repeats a value.
///
/// # Panics
/// When one of this does not hold.
pub fn check(models: &[&str], body: &[u8]) {
    for name in models {
        let model = model(name);
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

/// The model of this name in the table.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn model(name: &str) -> &'static Model {
    let model = MODELS.iter().find(|model| model.name == name);
    model.unwrap_or_else(|| panic!("the table has no model {name}"))
}
