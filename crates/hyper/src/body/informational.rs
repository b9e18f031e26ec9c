//! A limit on interim answers, which hyper does not have. Over HTTP/2 it does not even tell of them.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

use http::Request;
use tokio::sync::Notify;

/// How many 1xx answers may precede the real one.
pub(crate) const LIMIT: u32 = 16;

/// Counts the interim answers to one request.
#[derive(Clone, Default)]
pub(crate) struct InformationalCount(Arc<Count>);

#[derive(Default)]
struct Count {
    seen: AtomicU32,
    over: Notify,
}

/// More than [`LIMIT`] interim answers came.
#[derive(Debug)]
pub(crate) struct TooManyInformational;

impl fmt::Display for TooManyInformational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server sends too many interim responses")
    }
}

impl Error for TooManyInformational {}

impl InformationalCount {
    /// A count of the interim answers that this request will get.
    pub(crate) fn of<B>(request: &mut Request<B>) -> Self {
        let interim = Self::default();
        let count = interim.0.clone();
        hyper::ext::on_informational(request, move |_| {
            if count.seen.fetch_add(1, Ordering::Relaxed) == LIMIT {
                count.over.notify_one();
            }
        });
        interim
    }

    /// Waits for the real answer, or for one interim answer too many.
    pub(crate) async fn limit<F: Future>(
        &self,
        answer: F,
    ) -> Result<F::Output, TooManyInformational> {
        let mut answer = pin!(answer);
        let mut over = pin!(self.0.over.notified());
        std::future::poll_fn(|cx| {
            if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
                return Poll::Ready(Ok(answer));
            }
            over.as_mut().poll(cx).map(|()| Err(TooManyInformational))
        })
        .await
    }
}
