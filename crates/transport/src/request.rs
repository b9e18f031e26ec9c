//! A call that is ready to be sent.

use std::fmt;

use crate::{Call, Channel, Error, Reply};

/// One call, ready to be sent, and how its answer is read: what the methods of clients return.
///
/// Dropping the future that [`send`](Self::send) returns cancels the call. A write that was cancelled may have been
/// applied.
#[must_use = "nothing happens until a request is sent"]
pub struct Request<T> {
    channel: Channel,
    call: Result<Call, Error>,
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
            read,
        }
    }

    /// Sends it and reads the answer.
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<T, Error> {
        let reply = self.channel.call(self.call?).await?;
        (self.read)(&reply)
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
