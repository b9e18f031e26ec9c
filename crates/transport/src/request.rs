//! A call that is ready to be sent.

use std::fmt;

use crate::{Call, Channel, Error, ErrorKind, Reply};

/// One call, ready to be sent, and how its answer is read: what the methods of clients return.
///
/// Dropping the future that [`send`](Self::send) returns cancels the call. A write that was cancelled may have been
/// applied.
#[must_use = "nothing happens until a request is sent"]
pub struct Request<T> {
    channel: Channel,
    call: Result<Call, Error>,
    subject: Option<Box<str>>,
    read: fn(&Reply) -> Result<T, Error>,
}

impl<T> Request<T> {
    /// A call on a channel; a call that could not be put together fails when it is sent.
    pub fn new(
        channel: &Channel,
        call: Result<Call, Error>,
        read: fn(&Reply) -> Result<T, Error>,
    ) -> Self {
        Self {
            channel: channel.clone(),
            call,
            subject: None,
            read,
        }
    }

    /// Names the thing that the call is about, for [`Error::subject`]: its id, which must be no secret.
    pub fn about(mut self, id: impl Into<String>) -> Self {
        self.subject = Some(id.into().into());
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
            .and_then(|reply| (self.read)(&reply).map_err(|error| reply.redacted(error)))
            .map_err(|error| match self.subject {
                Some(id) if !is_of_path(&error, template) => error.about(id),
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

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.call.as_ref().map(|call| call.operation);
        f.debug_struct("Request")
            .field("operation", &operation)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}
