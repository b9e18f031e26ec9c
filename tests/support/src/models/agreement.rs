//! Compares a model with the result of another JSON parser on the same text: nothing may be lost, changed or added.

use gatelet_models::Timestamp;
use serde_json::{Map, Value};

use super::table::{Model, Presence};

/// Compares a text with `written`, the encoding of the model that was decoded from it.
///
/// # Panics
/// If they do not agree.
pub fn assert_agrees(model: &Model, text: &str, written: &str) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // `Value` also limits the depth and the numbers of skipped fields, so it may reject the text.
    let Ok(read) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let written = serde_json::from_str::<Value>(written).expect("what is written is JSON");
    assert!(
        value_agrees(Some(model), &read, &written),
        "{} does not agree: {read} and {written}",
        model.name
    );
}

fn value_agrees(model: Option<&Model>, read: &Value, written: &Value) -> bool {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => match model {
            Some(model) => object_agrees(model, read, written),
            None => read == written,
        },
        (Value::Array(read), Value::Array(written)) => {
            let pairs = read.iter().zip(written);
            read.len() == written.len()
                && pairs
                    .into_iter()
                    .all(|(read, written)| value_agrees(model, read, written))
        }
        (Value::String(read), Value::String(written)) => {
            read == written || is_same_time(read, written)
        }
        _ => read == written,
    }
}

fn object_agrees(model: &Model, read: &Map<String, Value>, written: &Map<String, Value>) -> bool {
    let is_known = |name: &String| model.fields.iter().any(|(field, _)| field == name);
    let fields_agree = model.fields.iter().all(|(field, presence)| {
        let read = read.get(*field).filter(|value| !value.is_null());
        match (read, written.get(*field)) {
            (None, None) => true,
            (Some(_), None) => false,
            (None, Some(written)) => {
                let is_empty = written.is_null() || written.as_array().is_some_and(Vec::is_empty);
                is_empty || *presence == Presence::Defaulted
            }
            (Some(_), Some(Value::String(mark))) if presence.is_lenient() && is_mark(mark) => true,
            (Some(read), Some(written)) => value_agrees(model.nested(field), read, written),
        }
    });
    let mut unknown = written.iter().filter(|(name, _)| !is_known(name));
    let unknown_agree =
        unknown.all(|(name, value)| model.keeps_unknown && read.get(name) == Some(value));
    let is_complete = !model.keeps_unknown || read.keys().all(|name| written.contains_key(name));
    fields_agree && unknown_agree && is_complete
}

/// Returns whether a text stands for an unreadable value that is not kept.
fn is_mark(text: &str) -> bool {
    matches!(text, "[withheld]" | "[more than one value]")
}

fn is_same_time(read: &str, written: &str) -> bool {
    matches!((Timestamp::parse(read), Timestamp::parse(written)), (Ok(read), Ok(written)) if read == written)
}
