//! Decodes and encodes JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Error;

/// Where decoding failed and why; never contains a value of the body.
#[derive(Debug, PartialEq)]
pub(crate) struct DecodeError {
    pub(crate) path: String,
    pub(crate) message: String,
}

/// Decodes a client's body.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    let malformed = |path: String, error: &serde_json::Error| {
        let path = if path == "." { String::new() } else { path };
        DecodeError {
            path,
            message: error.to_string(),
        }
    };
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| malformed(error.path().to_string(), error.inner()))?;
    json.end()
        .map_err(|error| malformed(String::new(), &error))?;
    Ok(value)
}

/// Decodes an object from the store.
pub(crate) fn decode_stored<T: DeserializeOwned>(json: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(storage_error)
}

/// Encodes a model for clients and for the store.
pub(crate) fn encode<T: Serialize>(model: &T) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(model).map_err(storage_error)
}

/// Converts a model to a JSON value.
pub(crate) fn to_value<T: Serialize>(model: &T) -> Result<Value, Error> {
    serde_json::to_value(model).map_err(storage_error)
}

fn storage_error(error: serde_json::Error) -> Error {
    Error::Storage(error.into())
}
