//! A list, page by page or item by item.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::future::{Future, poll_fn};
use std::hash::BuildHasher as _;
use std::task::{Context, Poll, ready};

use crate::error::error::Error;
use crate::error::kind::{ErrorKind, PaginationFailure};
use crate::error::page_token::PageToken;
use crate::paging::page::Page;
use crate::paging::prefetch::{NextPage, PageFuture};

/// The default maximum number of pages.
const PAGE_LIMIT: u32 = 10_000;

type Fetch<T> = Box<dyn FnMut(Option<PageToken>) -> PageFuture<T> + Send>;

/// Maps a page token to a key that is equal for equal pages.
type TokenKey = Box<dyn Fn(&PageToken) -> String + Send>;

/// A list, page by page.
///
/// The page token advances only when a page is returned. An empty page with a next one continues. A repeated or
/// unreadable page token ends the list with an error, after its page. After an error the list is at its end; the error
/// says how far the list came, and where to resume. Dropping a future of [`try_next`](Self::try_next) loses nothing.
///
/// Once a page has arrived, the next one is requested before the page is returned, so that it is on its way while the
/// caller works. At most one page is prefetched and held; it, or its error, is returned in its turn, and dropping the
/// list cancels it. No task is spawned: the request is polled once, which is enough for a transport that makes progress
/// on its own, as `HyperTransport` does. Any other transport makes no progress between two pages; if it holds a scarce
/// permit meanwhile, use [`prefetch(false)`](Self::prefetch).
///
/// ```
/// use gatelet_transport::{Page, PageToken, Pages};
///
/// # async fn run() -> Result<(), gatelet_transport::Error> {
/// let mut pages = Pages::new(None, |token: Option<PageToken>| async move {
///     Ok(match token {
///         None => Page::new(vec![1, 2], Some(PageToken::new("two")?)),
///         Some(_) => Page::new(vec![3], None),
///     })
/// });
/// while let Some(page) = pages.try_next().await? {
///     println!("{} items", page.items.len());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is fetched until a page is asked for"]
pub struct Pages<T> {
    fetch: Fetch<T>,
    /// The page at the position, once requested.
    next: Option<NextPage<T>>,
    position: Position,
    prefetches: bool,
    may_prefetch: Option<Box<dyn Fn() -> bool + Send>>,
    operation: Option<&'static str>,
    page_limit: u32,
    /// `u64::MAX` means unlimited.
    item_limit: u64,
    fetched: u32,
    /// The number of items on the returned pages.
    items: u64,
    /// Whether the list fails if it ends before its total count, and the least that a page has said.
    requires_complete: bool,
    /// Whether it starts at the first page, so that the items can be compared with the total count.
    starts_at_first: bool,
    least_total: Option<u64>,
    token_key: Option<TokenKey>,
    // Hashes instead of tokens, so that memory stays small whatever the server sends.
    seen: HashSet<u64>,
    hasher: RandomState,
}

/// The position of a list.
enum Position {
    At(Option<PageToken>),
    /// The next call of `try_next` returns this error and ends the list.
    Failed(Error),
    End,
}

impl<T> Pages<T> {
    /// Creates a list that starts at a page token (`None` is the first page) and fetches each page with a function.
    pub fn new<F, Fut>(start: Option<PageToken>, mut fetch: F) -> Self
    where
        F: FnMut(Option<PageToken>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        let mut this = Self {
            fetch: Box::new(move |token| Box::pin(fetch(token))),
            next: None,
            starts_at_first: start.is_none(),
            position: Position::At(start),
            prefetches: true,
            may_prefetch: None,
            operation: None,
            page_limit: PAGE_LIMIT,
            item_limit: u64::MAX,
            fetched: 0,
            items: 0,
            requires_complete: false,
            least_total: None,
            token_key: None,
            seen: HashSet::new(),
            hasher: RandomState::new(),
        };
        this.reset_seen();
        this
    }

    /// Sets the operation that errors of the list itself name, for example `asa ListGateways`.
    pub(crate) fn operation(mut self, operation: &'static str) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Sets the key by which a repeated page token is detected, for servers that write equal tokens in several ways. By
    /// default tokens are compared as they are.
    pub fn token_key(mut self, key: impl Fn(&PageToken) -> String + Send + 'static) -> Self {
        self.token_key = Some(Box::new(key));
        self.reset_seen();
        self
    }

    /// Sets the maximum number of pages; default 10,000.
    pub fn page_limit(mut self, pages: u32) -> Self {
        self.page_limit = pages;
        self
    }

    /// Ends the list with the page that contains the item of this number, counted from 1 at the start of the list.
    /// Pages are returned whole, no later page is requested, and [`page_token`](Self::page_token) remains valid. The
    /// default `u64::MAX` means unlimited.
    pub fn limit(mut self, items: u64) -> Self {
        self.item_limit = items;
        self
    }

    /// Sets whether the next page is requested while the caller works on one; on by default. Stopping early wastes at
    /// most one request; with a [`limit`](Self::limit) it wastes none.
    pub fn prefetch(mut self, prefetch: bool) -> Self {
        self.prefetches = prefetch;
        self
    }

    /// Prefetches only while a condition holds, for example [`Channel::is_ready`](crate::Channel::is_ready). It is
    /// checked whenever a page has arrived.
    pub(crate) fn prefetch_while(mut self, condition: impl Fn() -> bool + Send + 'static) -> Self {
        self.may_prefetch = Some(Box::new(condition));
        self
    }

    /// Makes a list from its first page fail with [`Incomplete`](PaginationFailure::Incomplete) after its last page if it had fewer items
    /// than each page says in [`total_count`](Page::total_count). Items that come or go meanwhile are not missed: the least count is
    /// compared.
    pub fn require_complete(mut self) -> Self {
        self.requires_complete = true;
        self
    }

    /// Returns the token of the next page to be returned, requested or not; `None` is the first page, the end of the
    /// list, or a failure that cannot be resumed.
    #[must_use]
    pub fn page_token(&self) -> Option<&PageToken> {
        match &self.position {
            Position::At(token) => token.as_ref(),
            Position::Failed(error) => error.resume_token(),
            Position::End => None,
        }
    }

    /// Returns by how many items a list that has ended is shorter than its total count, of which the least that a page said counts. It
    /// is 0 before the end, for a list without a total count, and for one that did not start at its first page.
    ///
    /// A list that changes while it is read can be shorter too, so this is a reason to warn; [`require_complete`](Self::require_complete)
    /// makes it an error.
    #[must_use]
    pub fn missing(&self) -> u64 {
        match (&self.position, self.least_total) {
            (Position::End, Some(total)) if self.starts_at_first => {
                total.saturating_sub(self.items)
            }
            _ => 0,
        }
    }

    /// Returns the next page, or `None` at the end.
    ///
    /// # Errors
    ///
    /// The error of fetching a page, or `Pagination` if a page token is repeated or unreadable, or the page limit is
    /// reached. [`Error::resume_token`] is the page token to resume at, if any.
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>, Error> {
        poll_fn(|context| self.poll_try_next(context)).await
    }

    /// Returns all remaining pages.
    ///
    /// # Errors
    ///
    /// As [`try_next`](Self::try_next); the pages before the error are lost.
    pub async fn try_collect(mut self) -> Result<Vec<Page<T>>, Error> {
        let mut pages = Vec::new();
        while let Some(page) = self.try_next().await? {
            pages.push(page);
        }
        Ok(pages)
    }

    /// Returns the same list item by item.
    pub fn items(self) -> Items<T> {
        Items {
            pages: self,
            current: Vec::new().into_iter(),
        }
    }

    fn poll_try_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Page<T>>, Error>> {
        if self.has_reached_limit() {
            return Poll::Ready(Ok(None));
        }
        let token = match std::mem::replace(&mut self.position, Position::End) {
            Position::End => return Poll::Ready(Ok(None)),
            Position::Failed(error) => return Poll::Ready(Err(error)),
            Position::At(token) => token,
        };
        let Poll::Ready(result) = self.poll_next_page(&token, context) else {
            self.position = Position::At(token);
            return Poll::Pending;
        };
        let page = match result {
            Ok(page) => page,
            // A page token that was refused before it was sent cannot be resumed.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput { .. }) => {
                return Poll::Ready(Err(self.page_error(error, None)));
            }
            Err(error) => return Poll::Ready(Err(self.page_error(error, token))),
        };
        self.fetched = self.fetched.saturating_add(1);
        self.items = self.items.saturating_add(page.items.len() as u64);
        self.least_total = page.total_count.into_iter().chain(self.least_total).min();
        match &page.next_page_token {
            Ok(Some(next)) => {
                self.position = self.position_after(next);
                self.start_prefetch(context);
            }
            Ok(None) if self.is_short() => {
                let error = Error::new(ErrorKind::Pagination(PaginationFailure::Incomplete));
                self.position = Position::Failed(self.list_error(error, None));
            }
            Ok(None) => {}
            Err(error) => {
                self.position = Position::Failed(self.list_error(error.clone().into(), None));
            }
        }
        Poll::Ready(Ok(Some(page)))
    }

    /// Returns whether a list that must be complete has fewer items than its total count.
    fn is_short(&self) -> bool {
        self.requires_complete && self.missing() > 0
    }

    fn has_reached_limit(&self) -> bool {
        self.items >= self.item_limit
    }

    /// Polls the page at the position, which is requested unless it was prefetched.
    fn poll_next_page(
        &mut self,
        token: &Option<PageToken>,
        context: &mut Context<'_>,
    ) -> Poll<Result<Page<T>, Error>> {
        let (mut page, was_prefetched) = match self.next.take() {
            Some(NextPage::Ready(result)) => return Poll::Ready(result),
            Some(NextPage::Prefetching(page)) => (page, true),
            Some(NextPage::Requested(page)) => (page, false),
            None => ((self.fetch)(token.clone()), false),
        };
        let mut result = page.as_mut().poll(context);
        if was_prefetched && matches!(&result, Poll::Ready(Err(error)) if error.ran_out_of_time()) {
            // The time of the call passed while the caller worked, not while the server did.
            page = (self.fetch)(token.clone());
            result = page.as_mut().poll(context);
        }
        if result.is_pending() {
            self.next = Some(NextPage::Requested(page));
        }
        result
    }

    /// Requests the page at the position in advance.
    fn start_prefetch(&mut self, context: &mut Context<'_>) {
        if let Position::At(token) = &self.position
            && self.prefetches
            && !self.has_reached_limit()
            && self.may_prefetch.as_ref().is_none_or(|may| may())
        {
            self.next = Some(NextPage::prefetch((self.fetch)(token.clone()), context));
        }
    }

    /// Returns the position of a page token, or an error if the list would never end there.
    fn position_after(&mut self, next: &PageToken) -> Position {
        // Continuing at a known position would repeat items.
        let (failure, resume) = if !self.mark_seen(next) {
            (PaginationFailure::Loop, None)
        } else if self.fetched >= self.page_limit {
            (PaginationFailure::LimitReached, Some(next.clone()))
        } else {
            return Position::At(Some(next.clone()));
        };
        let error = Error::new(ErrorKind::Pagination(failure));
        Position::Failed(self.list_error(error, resume))
    }

    /// Records a page token; returns `false` if it was seen before.
    fn mark_seen(&mut self, token: &PageToken) -> bool {
        let hash = match &self.token_key {
            Some(key) => self.hasher.hash_one(key(token)),
            None => self.hasher.hash_one(token.as_str()),
        };
        self.seen.insert(hash)
    }

    /// Forgets all page tokens but the first.
    fn reset_seen(&mut self) {
        self.seen.clear();
        if let Position::At(Some(start)) = &self.position {
            let start = start.clone();
            self.mark_seen(&start);
        }
    }

    /// Returns an error of the list itself, which no call has named.
    fn list_error(&self, error: Error, resume: Option<PageToken>) -> Error {
        self.page_error(
            match self.operation {
                Some(operation) => error.with_operation(operation),
                None => error,
            },
            resume,
        )
    }

    /// Returns the error in place of the next page.
    fn page_error(&self, error: Error, resume: Option<PageToken>) -> Error {
        let page = u64::from(self.fetched).saturating_add(1);
        error
            .with_resume_token(resume)
            .with_progress(page, self.items)
    }
}

/// A list, item by item. It holds one page, and the prefetched one.
///
/// ```
/// use gatelet_transport::{Page, Pages};
///
/// # async fn run() -> Result<(), gatelet_transport::Error> {
/// let mut items = Pages::new(None, async |_| Ok(Page::new(vec![1, 2, 3], None))).items();
/// while let Some(item) = items.try_next().await? {
///     println!("{item}");
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is fetched until an item is asked for"]
pub struct Items<T> {
    pages: Pages<T>,
    current: std::vec::IntoIter<T>,
}

impl<T> Items<T> {
    /// Ends the list after this many items, counted from its start. No page after the last of them is requested. The
    /// default `u64::MAX` means unlimited.
    pub fn limit(mut self, items: u64) -> Self {
        self.pages.item_limit = items;
        self
    }

    /// Returns the next item, or `None` at the end.
    ///
    /// # Errors
    ///
    /// As [`Pages::try_next`]; all items of earlier pages have been returned.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        poll_fn(|context| self.poll_try_next(context)).await
    }

    /// Returns all remaining items, in memory.
    ///
    /// # Errors
    ///
    /// As [`try_next`](Self::try_next); the items before the error are lost.
    pub async fn try_collect(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while let Some(item) = self.try_next().await? {
            items.push(item);
            let left = self.remaining();
            items.extend(self.current.by_ref().take(left));
        }
        Ok(items)
    }

    /// Returns the token of the page after the current one. Once no item is [left in the current
    /// page](Self::remaining_in_page), resuming there neither skips nor repeats items.
    #[must_use]
    pub fn page_token(&self) -> Option<&PageToken> {
        self.pages.page_token()
    }

    /// Returns the number of items of the current page that have not been returned yet. Resuming at
    /// [`page_token`](Self::page_token) skips them.
    #[must_use]
    pub fn remaining_in_page(&self) -> usize {
        self.current.len()
    }

    /// Returns how many items the limit still allows.
    fn remaining(&self) -> usize {
        let given = self.pages.items.saturating_sub(self.current.len() as u64);
        usize::try_from(self.pages.item_limit.saturating_sub(given)).unwrap_or(usize::MAX)
    }

    fn poll_try_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<T>, Error>> {
        loop {
            if self.remaining() == 0 {
                return Poll::Ready(Ok(None));
            }
            if let Some(item) = self.current.next() {
                return Poll::Ready(Ok(Some(item)));
            }
            match ready!(self.pages.poll_try_next(context))? {
                Some(page) => self.current = page.into_iter(),
                None => return Poll::Ready(Ok(None)),
            }
        }
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("fetched", &self.fetched)
            .field("page_limit", &self.page_limit)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .field("remaining_in_page", &self.current.len())
            .finish()
    }
}

#[cfg(feature = "stream")]
mod stream {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use futures_core::Stream;

    use super::{Items, Pages};
    use crate::error::error::Error;
    use crate::paging::page::Page;

    // Nothing in a list is pinned: the future of a page is boxed.
    impl<T> Unpin for Pages<T> {}
    impl<T> Unpin for Items<T> {}

    impl<T> Stream for Pages<T> {
        type Item = Result<Page<T>, Error>;

        fn poll_next(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Self::Item>> {
            self.poll_try_next(context).map(Result::transpose)
        }
    }

    impl<T> Stream for Items<T> {
        type Item = Result<T, Error>;

        fn poll_next(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Self::Item>> {
            self.poll_try_next(context).map(Result::transpose)
        }
    }
}
