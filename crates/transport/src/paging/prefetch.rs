//! The page that comes next, from its request to its turn.

use std::task::{Context, Poll};

use crate::error::error::Error;
use crate::future::boxed::BoxFuture;
use crate::paging::page::Page;

pub(super) type PageFuture<T> = BoxFuture<'static, Result<Page<T>, Error>>;

/// A page that was asked for.
pub(super) enum NextPage<T> {
    /// Its turn has come.
    Requested(PageFuture<T>),
    /// It was asked for before its turn, and nobody has looked since.
    Prefetching(PageFuture<T>),
    /// It arrived before its turn.
    Ready(Result<Page<T>, Error>),
}

impl<T> NextPage<T> {
    /// Polls a request once, which puts it on the wire.
    pub(super) fn prefetch(mut page: PageFuture<T>, context: &mut Context<'_>) -> Self {
        match page.as_mut().poll(context) {
            Poll::Ready(result) => Self::Ready(result),
            Poll::Pending => Self::Prefetching(page),
        }
    }
}
