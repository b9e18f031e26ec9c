//! A listing, page by page or item by item.

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

/// How many pages a listing may have unless it is told otherwise.
const PAGE_LIMIT: u32 = 10_000;

type Fetch<T> = Box<dyn FnMut(Option<PageToken>) -> PageFuture<T> + Send>;

/// What a token means, as text.
type TokenKey = Box<dyn Fn(&PageToken) -> String + Send>;

/// A listing, page by page.
///
/// The position moves only when a page is handed out. An empty page with a next one goes on. A position that comes
/// again, or cannot be read, ends the listing with an error, after the page that held it. After an error the listing is at its
/// end; the error says how far it came, and where to resume. Dropping a future of [`try_next`](Self::try_next) loses nothing.
///
/// When a page has arrived, the next one is asked for before the page is handed out, so that it is on its way while the
/// caller works: one page ahead, for which the listing holds a second page. It is given, or its error, when its turn
/// comes; dropping the listing cancels it. No task is spawned for this: the request is polled once, which is enough for
/// a transport that goes on by itself, as `HyperTransport` does. Any other is not driven between two pages; one that
/// holds a scarce permit meanwhile is better used with [`prefetch(false)`](Self::prefetch).
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
    /// The page at the position, once it was asked for.
    next: Option<NextPage<T>>,
    position: Position,
    prefetches: bool,
    may_prefetch: Option<Box<dyn Fn() -> bool + Send>>,
    operation: Option<&'static str>,
    page_limit: u32,
    /// `u64::MAX` is no limit: no listing has so many.
    item_limit: u64,
    fetched: u32,
    /// Items on the pages that were handed out.
    items: u64,
    token_key: Option<TokenKey>,
    // Hashes instead of tokens: the memory stays small whatever the server sends.
    seen: HashSet<u64>,
    hasher: RandomState,
}

/// Where a listing is.
enum Position {
    At(Option<PageToken>),
    /// The next call of `try_next` reports this and ends the listing.
    Failed(Error),
    End,
}

impl<T> Pages<T> {
    /// A listing that begins at a position (`None` is the first page) and fetches each page with a function.
    pub fn new<F, Fut>(start: Option<PageToken>, mut fetch: F) -> Self
    where
        F: FnMut(Option<PageToken>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        let mut this = Self {
            fetch: Box::new(move |token| Box::pin(fetch(token))),
            next: None,
            position: Position::At(start),
            prefetches: true,
            may_prefetch: None,
            operation: None,
            page_limit: PAGE_LIMIT,
            item_limit: u64::MAX,
            fetched: 0,
            items: 0,
            token_key: None,
            seen: HashSet::new(),
            hasher: RandomState::new(),
        };
        this.reset_seen();
        this
    }

    /// Names the operation that errors of the listing itself tell, for example `asa ListGateways`.
    pub(crate) fn operation(mut self, operation: &'static str) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Sets how a repeated position is recognized where a server may write one position in several ways: two tokens are the same
    /// position if `meaning` returns the same text for both. By default only equal tokens are.
    pub fn token_key(mut self, key: impl Fn(&PageToken) -> String + Send + 'static) -> Self {
        self.token_key = Some(Box::new(key));
        self.reset_seen();
        self
    }

    /// Sets how many pages the listing may have, instead of 10,000.
    pub fn page_limit(mut self, pages: u32) -> Self {
        self.page_limit = pages;
        self
    }

    /// Ends the listing with the page that holds the item of this number, counted from 1 where the listing begins. Pages are
    /// given whole. No page beyond that one is asked for, and [`page_token`](Self::page_token) still tells where it is.
    /// `u64::MAX`, as in the beginning, is no limit.
    pub fn limit(mut self, items: u64) -> Self {
        self.item_limit = items;
        self
    }

    /// Sets whether the next page is asked for while the caller works on one; it is unless told otherwise. Stopping early then
    /// wastes at most one request; with a [`limit`](Self::limit) it wastes none.
    pub fn prefetch(mut self, prefetch: bool) -> Self {
        self.prefetches = prefetch;
        self
    }

    /// Looks ahead only where this holds when a page has arrived, for example [`Channel::is_ready`](crate::Channel::is_ready).
    pub(crate) fn prefetch_while(mut self, condition: impl Fn() -> bool + Send + 'static) -> Self {
        self.may_prefetch = Some(Box::new(condition));
        self
    }

    /// The position of the next page to be handed out, whether or not it was asked for; `None` is the first page, the end of
    /// the listing, or a failure after which there is nowhere to go on.
    #[must_use]
    pub fn page_token(&self) -> Option<&PageToken> {
        match &self.position {
            Position::At(token) => token.as_ref(),
            Position::Failed(error) => error.resume_token(),
            Position::End => None,
        }
    }

    /// The next page, or `None` at the end.
    ///
    /// # Errors
    ///
    /// What the fetch of a page fails with, and `Pagination` when a position comes again or cannot be read, or the page limit
    /// is reached. [`Error::resume_token`] is the position to resume from, if there is one.
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>, Error> {
        poll_fn(|context| self.poll_try_next(context)).await
    }

    /// All pages that are left.
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

    /// The same listing item by item.
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
            // A position that was refused before it was sent is nowhere to go on.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput { .. }) => {
                return Poll::Ready(Err(self.page_error(error, None)));
            }
            Err(error) => return Poll::Ready(Err(self.page_error(error, token))),
        };
        self.fetched = self.fetched.saturating_add(1);
        self.items = self.items.saturating_add(page.items.len() as u64);
        match &page.next_page_token {
            Ok(Some(next)) => {
                self.position = self.position_after(next);
                self.start_prefetch(context);
            }
            Ok(None) => {}
            Err(error) => {
                self.position = Position::Failed(self.list_error(error.clone().into(), None));
            }
        }
        Poll::Ready(Ok(Some(page)))
    }

    fn has_reached_limit(&self) -> bool {
        self.items >= self.item_limit
    }

    /// The page at the position, which is asked for unless it was before.
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
            // The caller took the time that the call had, not the server.
            page = (self.fetch)(token.clone());
            result = page.as_mut().poll(context);
        }
        if result.is_pending() {
            self.next = Some(NextPage::Requested(page));
        }
        result
    }

    /// Asks for the page at the position before its turn.
    fn start_prefetch(&mut self, context: &mut Context<'_>) {
        if let Position::At(token) = &self.position
            && self.prefetches
            && !self.has_reached_limit()
            && self.may_prefetch.as_ref().is_none_or(|may| may())
        {
            self.next = Some(NextPage::prefetch((self.fetch)(token.clone()), context));
        }
    }

    /// The position that a page's token leads to, refusing those that would never end.
    fn position_after(&mut self, next: &PageToken) -> Position {
        // Going on at a position that was seen before would repeat what was given.
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

    /// Remembers a position; `false` where it was seen before.
    fn mark_seen(&mut self, token: &PageToken) -> bool {
        let hash = match &self.token_key {
            Some(key) => self.hasher.hash_one(key(token)),
            None => self.hasher.hash_one(token.as_str()),
        };
        self.seen.insert(hash)
    }

    /// Remembers the position where the listing begins, and none else.
    fn reset_seen(&mut self) {
        self.seen.clear();
        if let Position::At(Some(start)) = &self.position {
            let start = start.clone();
            self.mark_seen(&start);
        }
    }

    /// An error of the listing, which no call has named.
    fn list_error(&self, error: Error, resume: Option<PageToken>) -> Error {
        self.page_error(
            match self.operation {
                Some(operation) => error.with_operation(operation),
                None => error,
            },
            resume,
        )
    }

    /// An error instead of the next page.
    fn page_error(&self, error: Error, resume: Option<PageToken>) -> Error {
        let page = u64::from(self.fetched).saturating_add(1);
        error
            .with_resume_token(resume)
            .with_progress(page, self.items)
    }
}

/// A listing, item by item; holds one page, and with look-ahead the next one.
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
    /// Ends the listing after this many items, counted from where it began. No page beyond the last of them is asked for.
    /// `u64::MAX`, as in the beginning, is no limit.
    pub fn limit(mut self, items: u64) -> Self {
        self.pages.item_limit = items;
        self
    }

    /// The next item, or `None` at the end.
    ///
    /// # Errors
    ///
    /// As [`Pages::try_next`]; all items of the pages before the error have been given.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        poll_fn(|context| self.poll_try_next(context)).await
    }

    /// All items that are left, in memory.
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

    /// The position of the page after the one whose items are being given. While no item is
    /// [left of that page](Self::remaining_in_page), resuming there neither skips nor repeats items.
    #[must_use]
    pub fn page_token(&self) -> Option<&PageToken> {
        self.pages.page_token()
    }

    /// Counts the items of the page whose items are being given that have not been given. Resuming at [`page_token`](Self::page_token)
    /// skips them.
    #[must_use]
    pub fn remaining_in_page(&self) -> usize {
        self.current.len()
    }

    /// How many items the limit still allows.
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

    // Nothing in a listing is pinned: the future that is page is boxed.
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
