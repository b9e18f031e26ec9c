//! Calls with query parameters.

use std::fmt;
use std::time::Duration;

use gatelet_transport::{ApiResponse, Channel, Error, RetryPolicy};

use crate::operation_call::OperationCall;
use crate::query::ListQuery;

/// Decodes a response.
type Decode<T> = fn(&ApiResponse) -> Result<T, Error>;

/// Checks query parameters before they are sent, beyond the description.
type Check<Q> = fn(&Q, &Channel) -> Result<(), Error>;

/// One call with optional query parameters, ready to be sent: what the methods of clients return for an operation that has filters
/// and no pages. Lists with pages are a [`ListRequest`](crate::ListRequest).
///
/// `Q` contains the typed query parameters of the operation; see [`query`](Self::query).
///
/// ```
/// use std::time::Duration;
/// use gatelet_client::{ListQuery, OperationCall, Query, QueryRequest};
/// use gatelet_models::dt::{ActiveGateList, OperationId};
/// use gatelet_transport::{ApiResponse, Channel, Error};
///
/// #[derive(Clone, Debug, Default)]
/// struct Filter {
///     online: Option<bool>,
/// }
///
/// impl ListQuery for Filter {
///     fn write_to(&self, query: &mut Query) {
///         query.set("online", self.online);
///     }
/// }
///
/// # async fn run(channel: &Channel) -> Result<(), Error> {
/// let call = OperationCall::new(OperationId::GetAllActiveGates.operation(), &[]);
/// let list: QueryRequest<ActiveGateList, Filter> =
///     QueryRequest::new(channel, call, ApiResponse::json);
/// let offline = list
///     .query(|filter| Filter { online: Some(false), ..filter })
///     .timeout(Duration::from_secs(2))
///     .send()
///     .await?;
/// # let _ = offline;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing happens until a request is sent"]
pub struct QueryRequest<T, Q> {
    channel: Channel,
    call: OperationCall,
    decode: Decode<T>,
    query: Q,
    check: Option<Check<Q>>,
    timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
}

impl<T, Q: ListQuery> QueryRequest<T, Q> {
    /// Creates a request of a call, whose query parameters are those of `Q`.
    pub fn new(
        channel: &Channel,
        call: OperationCall,
        decode: fn(&ApiResponse) -> Result<T, Error>,
    ) -> Self {
        Self {
            channel: channel.clone(),
            call,
            decode,
            query: Q::default(),
            check: None,
            timeout: None,
            retry: None,
        }
    }

    /// Sets a check of the query parameters. It runs when the request is sent.
    pub fn check(mut self, check: fn(&Q, &Channel) -> Result<(), Error>) -> Self {
        self.check = Some(check);
        self
    }

    /// Sets query parameters of the operation, such as filters.
    pub fn query(mut self, set: impl FnOnce(Q) -> Q) -> Self {
        self.query = set(self.query);
        self
    }

    /// Sets the time limit of this call as a whole, in place of the client's; see
    /// [`OperationRequest::timeout`](gatelet_transport::OperationRequest::timeout).
    pub fn timeout(mut self, total: Duration) -> Self {
        self.timeout = Some(total);
        self
    }

    /// Sets when failed attempts of this call are repeated, in place of the client's policy; see
    /// [`OperationRequest::retry`](gatelet_transport::OperationRequest::retry).
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Sends the call and decodes the response.
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](gatelet_transport::ErrorKind).
    pub async fn send(self) -> Result<T, Error> {
        let checked = self
            .check
            .map_or(Ok(()), |check| check(&self.query, &self.channel));
        let call = self.call.check(checked).with_query(&self.query);
        let mut request = call.request(&self.channel, self.decode);
        if let Some(total) = self.timeout {
            request = request.timeout(total);
        }
        if let Some(policy) = self.retry {
            request = request.retry(policy);
        }
        request.send().await
    }
}

impl<T, Q: fmt::Debug> fmt::Debug for QueryRequest<T, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryRequest")
            .field("call", &self.call)
            .field("query", &self.query)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
