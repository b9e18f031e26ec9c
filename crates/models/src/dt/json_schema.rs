//! The JSON Schema of the models.

/// The JSON Schema (2020-12) of every type in this module, each below `#/$defs/` by its name.
///
/// It is the file `schemas/dt.json` of this package and says what the vendor documents and what the models write. Reading
/// takes a little more: `null` for every optional field. Writing checks neither the length nor the pattern of a text. The words
/// of an enum are named and any other text is valid too, because the vendor may add one.
///
/// ```
/// use gatelet_models::dt;
///
/// let mut schema: serde_json::Value = serde_json::from_str(dt::JSON_SCHEMA)?;
/// schema["$ref"] = "#/$defs/ActiveGateTokenCreate".into();
/// let value = serde_json::from_str(r#"{"name": 7}"#)?;
/// assert!(!jsonschema::is_valid(&schema, &value));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub const JSON_SCHEMA: &str = include_str!("../../schemas/dt.json");
