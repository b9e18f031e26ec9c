//! A limit on informational responses, which hyper does not have. Over HTTP/2 it does not even report them.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

use http::Request;
use tokio::sync::Notify;

/// The most 1xx responses before the final one.
pub(crate) const LIMIT: u32 = 16;

/// Counts the informational responses to one request.
#[derive(Clone, Default)]
pub(crate) struct InformationalCount(Arc<Count>);

#[derive(Default)]
struct Count {
    seen: AtomicU32,
    exceeded: Notify,
}

/// The error for more than [`LIMIT`] informational responses.
#[derive(Debug)]
pub(crate) struct TooManyInformational;

impl fmt::Display for TooManyInformational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server sent too many informational responses")
    }
}

impl Error for TooManyInformational {}

impl InformationalCount {
    /// Counts the informational responses that this request will get.
    pub(crate) fn of<B>(request: &mut Request<B>) -> Self {
        let counter = Self::default();
        let count = counter.0.clone();
        hyper::ext::on_informational(request, move |_| {
            if count.seen.fetch_add(1, Ordering::Relaxed) == LIMIT {
                count.exceeded.notify_one();
            }
        });
        counter
    }

    /// Waits for the final response, unless the limit is exceeded before.
    pub(crate) async fn limit<F: Future>(
        &self,
        response: F,
    ) -> Result<F::Output, TooManyInformational> {
        let mut response = pin!(response);
        let mut exceeded = pin!(self.0.exceeded.notified());
        std::future::poll_fn(|cx| {
            if let Poll::Ready(response) = response.as_mut().poll(cx) {
                return Poll::Ready(Ok(response));
            }
            exceeded
                .as_mut()
                .poll(cx)
                .map(|()| Err(TooManyInformational))
        })
        .await
    }
}
