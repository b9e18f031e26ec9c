//! The JSON Schema of the models.

/// The JSON Schema (2020-12) of every type in this module, each below `#/$defs/` by its name.
///
/// It is the file `schemas/asa.json` of this package: the shapes that the vendor documents and the models write. Reading
/// accepts a little more: `null` for every optional field. Writing checks neither the length nor the pattern of a string. Besides the
/// known words of an enum any other string is valid, because the vendor may add words.
///
/// ```
/// use gatelet_models::asa;
///
/// let mut schema: serde_json::Value = serde_json::from_str(asa::JSON_SCHEMA)?;
/// schema["$ref"] = "#/$defs/Gateway".into();
/// let value = serde_json::from_str(r#"{"id": "a2dfd474", "name": "eu-1", "refuse_connections": "no"}"#)?;
/// assert!(!jsonschema::is_valid(&schema, &value));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub const JSON_SCHEMA: &str = include_str!("../../schemas/asa.json");
