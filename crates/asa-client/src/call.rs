//! From an entry of the operations table to a call.

use bytes::Bytes;
use http::Method;
use models::Operation;
use serde_core::Serialize;
use transport::{Call, Error};

/// The call of an operation, with one value for each parameter of its path.
pub(crate) fn call(operation: &Operation, values: &[&str]) -> Result<Call, Error> {
    let path = operation.expand(values).map_err(|error| {
        Error::invalid_input(error.parameter, error.kind.to_string()).during(operation.name)
    })?;
    Ok(Call {
        operation: operation.name,
        method: match operation.method {
            models::Method::Get => Method::GET,
            models::Method::Post => Method::POST,
            models::Method::Put => Method::PUT,
            models::Method::Delete => Method::DELETE,
        },
        path,
        template: operation.path,
        query: None,
        body: None,
        idempotent: operation.idempotent,
        success: operation.success,
        authenticated: operation.authenticated,
    })
}

/// The same with a JSON body.
pub(crate) fn call_with(
    operation: &Operation,
    values: &[&str],
    body: &impl Serialize,
) -> Result<Call, Error> {
    let mut call = call(operation, values)?;
    let body = serde_json::to_vec(body)
        .map_err(|_| Error::invalid_input("body", "does not encode").during(operation.name))?;
    call.body = Some(Bytes::from(body));
    Ok(call)
}
