//! The JSON Schema of the models.

/// The JSON Schema (2020-12) of every type in this module, each below `#/$defs/` by its name.
///
/// It is the file `schemas/dt.json` of this package: the shapes that the vendor documents and the models write. Reading
/// accepts a little more: `null` for every optional field. Writing checks neither the length nor the pattern of a string. Besides the
/// known words of an enum any other string is valid, because the vendor may add words.
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
