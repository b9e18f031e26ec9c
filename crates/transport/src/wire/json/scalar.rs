//! Texts that a vendor may write as numbers.

use serde::{Deserialize as _, Deserializer};
use serde_json::Value;

/// Reads a JSON string, or a number as text, such as an error code that one server writes as `404` and another as `"404"`. `None` for
/// other values, which do not fit into a sentence.
///
/// ```
/// use gatelet_transport::scalar_text;
///
/// let error = serde_json::json!({ "code": 404, "message": "no such token", "details": [] });
/// assert_eq!(scalar_text(&error["code"]).as_deref(), Some("404"));
/// assert_eq!(scalar_text(&error["message"]).as_deref(), Some("no such token"));
/// assert_eq!(scalar_text(&error["details"]), None);
/// ```
pub fn scalar_text<'de, D: Deserializer<'de>>(value: D) -> Option<Box<str>> {
    match Value::deserialize(value).ok()? {
        Value::String(text) => Some(text.into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}
