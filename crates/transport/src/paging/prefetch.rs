//! The next page, from its request to its turn.

use std::task::{Context, Poll};

use crate::error::error::Error;
use crate::future::boxed::BoxFuture;
use crate::paging::page::Page;

pub(super) type PageFuture<T> = BoxFuture<'static, Result<Page<T>, Error>>;

/// A requested page.
pub(super) enum NextPage<T> {
    /// Its turn has come.
    Requested(PageFuture<T>),
    /// It was requested in advance and has not been polled since.
    Prefetching(PageFuture<T>),
    /// It arrived before its turn.
    Ready(Result<Page<T>, Error>),
}

impl<T> NextPage<T> {
    /// Polls a request once, which sends it.
    pub(super) fn prefetch(mut page: PageFuture<T>, context: &mut Context<'_>) -> Self {
        match page.as_mut().poll(context) {
            Poll::Ready(result) => Self::Ready(result),
            Poll::Pending => Self::Prefetching(page),
        }
    }
}
