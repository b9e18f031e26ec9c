//! A call that is ready to be sent.

use std::fmt;
use std::time::Duration;

use crate::call::api_response::ApiResponse;
use crate::call::call::Call;
use crate::call::channel::Channel;
use crate::call::retry::RetryPolicy;
use crate::error::error::Error;
use crate::error::kind::ErrorKind;

/// Decodes a response.
type Decode<T> = fn(&ApiResponse) -> Result<T, Error>;

/// One call, ready to be sent, and how its response is decoded: what the methods of clients return.
///
/// Dropping the future that [`send`](Self::send) returns cancels the call. A canceled write may have been applied.
///
/// ```
/// use std::time::Duration;
/// use gatelet_transport::{ApiResponse, Call, Channel, Error, OperationRequest, RetryPolicy};
///
/// # async fn run(channel: &Channel) -> Result<(), Error> {
/// let call = Call::new("example GetName", http::Method::GET, "/v1/names/7");
/// let request: OperationRequest<String> = OperationRequest::new(channel, call, ApiResponse::json);
/// let name = request
///     .timeout(Duration::from_secs(2))
///     .retry(RetryPolicy::never())
///     .send()
///     .await?;
/// # let _ = name;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing happens until a request is sent"]
pub struct OperationRequest<T> {
    channel: Channel,
    /// Or why the call is invalid.
    call: Result<(Call, Decode<T>), Error>,
    resource: Option<Box<str>>,
}

impl<T> OperationRequest<T> {
    /// Creates a request of a call.
    pub fn new(
        channel: &Channel,
        call: Call,
        decode: fn(&ApiResponse) -> Result<T, Error>,
    ) -> Self {
        Self {
            channel: channel.clone(),
            call: Ok((call, decode)),
            resource: None,
        }
    }

    /// Creates a request that fails with an error when it is sent, for a call with an invalid argument.
    pub fn invalid(channel: &Channel, error: Error) -> Self {
        Self {
            channel: channel.clone(),
            call: Err(error),
            resource: None,
        }
    }

    /// Names the resource that the call is about, for [`Error::resource`]: its id, which must not be secret.
    pub fn with_resource(mut self, id: impl Into<String>) -> Self {
        self.resource = Some(id.into().into());
        self
    }

    /// Names a secret that errors of this call redact where the server repeats it, besides the credential: one that an
    /// earlier response showed.
    pub fn with_secret(self, secret: &str) -> Self {
        self.map(|call| call.with_secret(secret))
    }

    /// Sets the time limit of this call as a whole, with its credential, attempts and waits, in place of the client's. The limit
    /// of one attempt stays the client's.
    pub fn timeout(self, total: Duration) -> Self {
        self.map(|call| call.with_timeout(total))
    }

    /// Sets when failed attempts of this call are repeated, in place of the client's policy. The retry budget stays the
    /// client's: the `budget` of this policy is ignored. A token exchange that the call waits for serves other calls too and
    /// keeps the client's policy.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.map(|call| call.with_retry(policy))
    }

    /// Sends the call and decodes the response.
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<T, Error> {
        let (call, decode) = self.call?;
        let template = call.template;
        let result = self.channel.call(call).await;
        result
            .and_then(|mut response| {
                response.resource.clone_from(&self.resource);
                decode(&response).map_err(|error| response.redacted(error))
            })
            .map_err(|error| match self.resource {
                // A response that cannot be decoded may name a more exact one.
                Some(id) if error.resource().is_none() && !is_of_path(&error, template) => {
                    error.with_resource(id)
                }
                _ => error,
            })
    }

    fn map(mut self, set: impl FnOnce(Call) -> Call) -> Self {
        self.call = self.call.map(|(call, decode)| (set(call), decode));
        self
    }
}

/// Returns whether a value in the path was refused. The value may be a secret, so the error must not name it.
fn is_of_path(error: &Error, template: &str) -> bool {
    match error.kind() {
        ErrorKind::InvalidInput { parameter } => template.contains(&format!("{{{parameter}}}")),
        _ => false,
    }
}

impl<T> fmt::Debug for OperationRequest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.call.as_ref().map(|(call, _)| call.operation);
        f.debug_struct("OperationRequest")
            .field("operation", &operation)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}
