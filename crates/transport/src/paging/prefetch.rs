//! The page that comes next, from its request to its turn.

use std::task::{Context, Poll};

use crate::error::error::Error;
use crate::future::boxed::BoxFuture;
use crate::paging::page::Page;

pub(super) type Arriving<T> = BoxFuture<'static, Result<Page<T>, Error>>;

/// A page that was asked for.
pub(super) enum Coming<T> {
    /// Its turn has come.
    Awaited(Arriving<T>),
    /// It was asked for before its turn, and nobody has looked since.
    LeftAlone(Arriving<T>),
    /// It arrived before its turn.
    Here(Result<Page<T>, Error>),
}

impl<T> Coming<T> {
    /// Polls a request once, which puts it on the wire.
    pub(super) fn ahead(mut arriving: Arriving<T>, context: &mut Context<'_>) -> Self {
        match arriving.as_mut().poll(context) {
            Poll::Ready(result) => Self::Here(result),
            Poll::Pending => Self::LeftAlone(arriving),
        }
    }
}
