//! A call that is ready to be sent.

use std::fmt;

use crate::call::api_response::ApiResponse;
use crate::call::call::Call;
use crate::call::channel::Channel;
use crate::error::error::Error;
use crate::error::kind::ErrorKind;

/// One call, ready to be sent, and how its answer is read: what the methods of clients return.
///
/// Dropping the future that [`send`](Self::send) returns cancels the call. A write that was cancelled may have been
/// applied.
#[must_use = "nothing happens until a request is sent"]
pub struct OperationRequest<T> {
    channel: Channel,
    call: Result<Call, Error>,
    resource: Option<Box<str>>,
    read: fn(&ApiResponse) -> Result<T, Error>,
}

impl<T> OperationRequest<T> {
    /// A call on a channel; a call that could not be put together fails when it is sent.
    pub fn new(
        channel: &Channel,
        call: Result<Call, Error>,
        read: fn(&ApiResponse) -> Result<T, Error>,
    ) -> Self {
        Self {
            channel: channel.clone(),
            call,
            resource: None,
            read,
        }
    }

    /// Names the thing that the call is about, for [`Error::resource`]: its id, which must be no secret.
    pub fn with_resource(mut self, id: impl Into<String>) -> Self {
        self.resource = Some(id.into().into());
        self
    }

    /// Sends it and reads the answer.
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<T, Error> {
        let call = self.call?;
        let template = call.template;
        let result = self.channel.call(call).await;
        result
            .and_then(|response| (self.read)(&response).map_err(|error| response.redacted(error)))
            .map_err(|error| match self.resource {
                Some(id) if !is_of_path(&error, template) => error.with_resource(id),
                _ => error,
            })
    }
}

/// Whether a value in the path was refused. It may be a secret, so the error does not name it.
fn is_of_path(error: &Error, template: &str) -> bool {
    match error.kind() {
        ErrorKind::InvalidInput { parameter } => template.contains(&format!("{{{parameter}}}")),
        _ => false,
    }
}

impl<T> fmt::Debug for OperationRequest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.call.as_ref().map(|call| call.operation);
        f.debug_struct("OperationRequest")
            .field("operation", &operation)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}
