//! Calls of described operations.

use gatelet_models::Operation;
use gatelet_transport::{ApiResponse, Call, Channel, Error, OperationRequest};
use http::Method;
use serde::Serialize;

use crate::query::{ListQuery, Query, QueryValue};

/// A call of an operation with its values. An invalid value is reported when the request is sent.
///
/// If several values are invalid, the first error in this order is reported: [check](Self::check), path, query, body. It names the
/// operation.
///
/// ```
/// use gatelet_client::OperationCall;
/// use gatelet_models::asa::{Gateway, GatewayId, OperationId};
/// use gatelet_transport::{ApiResponse, Channel, OperationRequest};
///
/// fn get(channel: &Channel, id: &GatewayId) -> OperationRequest<Gateway> {
///     let operation = OperationId::GetGatewayInstance.operation();
///     OperationCall::new(operation, &[channel.account(), id.as_str()])
///         .resource(id.as_str())
///         .request(channel, ApiResponse::json)
/// }
/// ```
#[derive(Debug)]
#[must_use = "nothing happens until a request is sent"]
pub struct OperationCall {
    operation: &'static Operation,
    /// The call; `into_call` sets its path and query.
    call: Call,
    check: Result<(), Error>,
    path: Result<String, Error>,
    query: Query,
    body: Result<(), Error>,
    resource: Option<Box<str>>,
}

impl OperationCall {
    /// Creates a call with one value for each parameter of the operation's path, in order.
    pub fn new(operation: &'static Operation, path: &[&str]) -> Self {
        let call = Call::new(operation.name, http_method(operation), "")
            .with_template(operation.path)
            .with_idempotent(operation.idempotent)
            .with_safe(operation.safe)
            .with_success(operation.success)
            .with_any_success(!operation.idempotent)
            .with_authenticated(operation.authenticated);
        Self {
            operation,
            call,
            check: Ok(()),
            path: expand(operation, path),
            query: Query::new(operation),
            body: Ok(()),
            resource: None,
        }
    }

    /// Names the resource that the call is about: its id, which must not be secret.
    pub fn resource(mut self, id: impl Into<String>) -> Self {
        self.resource = Some(id.into().into());
        self
    }

    /// Refuses the call if a check of its values has failed. Of several checks the first error is reported.
    pub fn check(mut self, checked: Result<(), Error>) -> Self {
        self.check = self.check.and(checked);
        self
    }

    /// Sets the typed query parameters of the operation.
    pub fn with_query(mut self, query: &impl ListQuery) -> Self {
        query.write_to(&mut self.query);
        self
    }

    /// Sets a query parameter if there is a value; `name` is that of the description.
    pub fn query<V: Into<QueryValue>>(mut self, name: &'static str, value: Option<V>) -> Self {
        self.query.set(name, value);
        self
    }

    /// Sets the body to the JSON of a value.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match self.call.clone().with_json(body) {
            Ok(call) => self.call = call,
            Err(error) => self.body = Err(error),
        }
        self
    }

    /// Returns the request, and how its response is decoded.
    pub fn request<T>(
        self,
        channel: &Channel,
        decode: fn(&ApiResponse) -> Result<T, Error>,
    ) -> OperationRequest<T> {
        let resource = self.resource.clone();
        let request = match self.into_call() {
            Ok(call) => OperationRequest::new(channel, call, decode),
            Err(error) => OperationRequest::invalid(channel, error),
        };
        match resource {
            Some(id) => request.with_resource(id),
            None => request,
        }
    }

    /// Returns the call for a channel.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for the first invalid value.
    pub fn into_call(self) -> Result<Call, Error> {
        let operation = self.operation.name;
        self.try_into_call()
            .map_err(|error| error.with_operation(operation))
    }

    fn try_into_call(self) -> Result<Call, Error> {
        self.check?;
        let mut call = self.call;
        call.path = self.path?;
        call.query = self.query.encode()?;
        self.body?;
        Ok(call)
    }
}

/// Returns the path of an operation with one value for each of its parameters.
fn expand(operation: &Operation, values: &[&str]) -> Result<String, Error> {
    let path = operation.expand(values);
    path.map_err(|error| Error::invalid_input(error.parameter, error.kind.to_string()))
}

fn http_method(operation: &Operation) -> Method {
    match operation.method {
        gatelet_models::Method::Get => Method::GET,
        gatelet_models::Method::Post => Method::POST,
        gatelet_models::Method::Put => Method::PUT,
        gatelet_models::Method::Delete => Method::DELETE,
    }
}
