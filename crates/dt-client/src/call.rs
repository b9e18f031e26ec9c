//! From an entry of the operations table to a call.

use gatelet_models::Operation;
use gatelet_transport::{ApiResponse, Call, Channel, Error, OperationRequest};
use http::Method;

/// The call of an operation, with one value for each parameter of its path.
pub(crate) fn call(operation: &Operation, values: &[&str]) -> Result<Call, Error> {
    let path = operation.expand(values).map_err(|error| {
        Error::invalid_input(error.parameter, error.kind.to_string()).with_operation(operation.name)
    })?;
    let method = match operation.method {
        gatelet_models::Method::Get => Method::GET,
        gatelet_models::Method::Post => Method::POST,
        gatelet_models::Method::Put => Method::PUT,
        gatelet_models::Method::Delete => Method::DELETE,
    };
    Ok(Call::new(operation.name, method, path)
        .with_template(operation.path)
        .with_idempotent(operation.idempotent)
        .with_success(operation.success)
        .with_authenticated(operation.authenticated))
}

/// The request of a call, or of why there is none.
pub(crate) fn request<T>(
    channel: &Channel,
    call: Result<Call, Error>,
    decode: fn(&ApiResponse) -> Result<T, Error>,
) -> OperationRequest<T> {
    match call {
        Ok(call) => OperationRequest::new(channel, call, decode),
        Err(error) => OperationRequest::invalid(channel, error),
    }
}
