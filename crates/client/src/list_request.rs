//! Lists, page by page or item by item.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use gatelet_models::{Operation, Paging, QueryKind};
use gatelet_transport::{
    ApiResponse, Call, Channel, Error, Items, NextPageError, Page, PageToken, Pages,
    PaginationFailure, RetryPolicy,
};
use serde::de::DeserializeOwned;

use crate::operation_call::OperationCall;
use crate::page_body::{Cursor, PageBody};
use crate::paging::cursor::CursorParameter;
use crate::paging::link;
use crate::query::{ListQuery, Query};

/// Decodes the body of a page.
type Decode<T> = dyn Fn(&ApiResponse, Paging) -> Result<PageBody<T>, Error> + Send + Sync;

/// A list request. Finish with [`send`](Self::send) (one page), [`pages`](Self::pages) or [`items`](Self::items).
///
/// Items that are created or deleted while pages are fetched may be missing or come twice: items are returned as received.
///
/// A page is requested by the server's page token alone. If pages are linked, that is the query of the link, always at this list's
/// own address: a link to another path ends the list with an error, after the page that contained it.
///
/// `Q` contains the typed query parameters of the operation; see [`query`](Self::query).
///
/// ```
/// use gatelet_client::ListRequest;
/// use gatelet_models::dt::ActiveGateToken;
/// use gatelet_transport::Error;
///
/// async fn first_names(list: ListRequest<ActiveGateToken>) -> Result<Vec<String>, Error> {
///     let mut tokens = list.page_size(500).limit(1000).items();
///     let mut names = Vec::new();
///     while let Some(token) = tokens.try_next().await? {
///         names.extend(token.name);
///     }
///     Ok(names)
/// }
/// ```
#[must_use = "nothing happens until a list is sent"]
pub struct ListRequest<T, Q = ()> {
    channel: Channel,
    operation: &'static Operation,
    path: Vec<String>,
    decode: Arc<Decode<T>>,
    query: Q,
    page_size: Option<u32>,
    has_largest_pages: bool,
    page_token: Option<PageToken>,
    limit: u64,
    prefetch: bool,
    requires_complete: bool,
    timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
}

/// Items need not be `Clone`.
impl<T, Q: Clone> Clone for ListRequest<T, Q> {
    fn clone(&self) -> Self {
        Self {
            channel: self.channel.clone(),
            operation: self.operation,
            path: self.path.clone(),
            decode: self.decode.clone(),
            query: self.query.clone(),
            page_size: self.page_size,
            has_largest_pages: self.has_largest_pages,
            page_token: self.page_token.clone(),
            limit: self.limit,
            prefetch: self.prefetch,
            requires_complete: self.requires_complete,
            timeout: self.timeout,
            retry: self.retry.clone(),
        }
    }
}

impl<T: 'static, Q: ListQuery> ListRequest<T, Q> {
    /// Creates a request of a list operation, with one value for each parameter of its path, in order. `page` converts the decoded
    /// body of a page.
    ///
    /// The operation says how one page leads to the next.
    pub fn new<P: DeserializeOwned + 'static>(
        channel: &Channel,
        operation: &'static Operation,
        path: &[&str],
        page: fn(P) -> PageBody<T>,
    ) -> Self {
        Self {
            channel: channel.clone(),
            operation,
            path: path.iter().map(|value| (*value).to_owned()).collect(),
            decode: Arc::new(move |response, paging| PageBody::decode(response, paging, page)),
            query: Q::default(),
            page_size: None,
            has_largest_pages: false,
            page_token: None,
            limit: u64::MAX,
            prefetch: true,
            requires_complete: false,
            timeout: None,
            retry: None,
        }
    }

    /// Sets query parameters of the operation, such as filters.
    ///
    /// A [page token](Self::page_token) contains the parameters of its list, so they are not used with one.
    pub fn query(mut self, set: impl FnOnce(Q) -> Q) -> Self {
        self.query = set(self.query);
        self
    }

    /// Sets the number of items on a page, within the limits of the operation; the server has a default. A
    /// [page token](Self::page_token) contains the number of its list, so this one is not used with it.
    pub fn page_size(mut self, items: u32) -> Self {
        self.page_size = Some(items);
        self
    }

    /// Asks for as few pages as possible, unless a [page size](Self::page_size) is set: for the most items on a page that the operation
    /// allows, or with a [`limit`](Self::limit) below that for no more than it needs. Where the vendor documents no maximum, the server's
    /// default stays.
    ///
    /// ```
    /// use gatelet_client::ListRequest;
    /// use gatelet_models::dt::ActiveGateToken;
    /// use gatelet_transport::Error;
    ///
    /// async fn all(list: ListRequest<ActiveGateToken>) -> Result<Vec<ActiveGateToken>, Error> {
    ///     list.largest_pages().items().try_collect().await
    /// }
    /// ```
    pub fn largest_pages(mut self) -> Self {
        self.has_largest_pages = true;
        self
    }

    /// Starts at the token of an earlier page or error.
    pub fn page_token(mut self, token: PageToken) -> Self {
        self.page_token = Some(token);
        self
    }

    /// Sets the maximum number of items: [`items`](Self::items) ends after that many, and [`pages`](Self::pages) with the page that
    /// reaches it. No further page is requested. `u64::MAX`, the default, is no limit.
    pub fn limit(mut self, items: u64) -> Self {
        self.limit = items;
        self
    }

    /// Sets whether [`pages`](Self::pages) and [`items`](Self::items) request the next page while the caller works on one;
    /// default `true`. Stopping early then wastes at most one request; with a [`limit`](Self::limit) it wastes none.
    pub fn prefetch(mut self, prefetch: bool) -> Self {
        self.prefetch = prefetch;
        self
    }

    /// Makes [`pages`](Self::pages) and [`items`](Self::items) fail with
    /// [`Incomplete`](gatelet_transport::PaginationFailure::Incomplete) if the list ends before its total count, for a search that must
    /// not miss an item. A list from a later page is not checked, nor one without a total count; see
    /// [`Pages::require_complete`](gatelet_transport::Pages::require_complete).
    pub fn require_complete(mut self) -> Self {
        self.requires_complete = true;
        self
    }

    /// Sets the time limit of each page's call as a whole, in place of the client's; see
    /// [`OperationRequest::timeout`](gatelet_transport::OperationRequest::timeout).
    pub fn timeout(mut self, total: Duration) -> Self {
        self.timeout = Some(total);
        self
    }

    /// Sets when failed attempts at a page are repeated, in place of the client's policy; see
    /// [`OperationRequest::retry`](gatelet_transport::OperationRequest::retry).
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Fetches one page; its `next_page_token` leads to the next.
    ///
    /// # Errors
    ///
    /// Every kind but `Pagination`, which is in the page's `next_page_token`; see [`ErrorKind`](gatelet_transport::ErrorKind).
    pub async fn send(self) -> Result<Page<T>, Error> {
        self.fetch(self.page_token.clone()).await
    }

    /// Returns the pages in order. The next one is requested while the caller works on one; see [`prefetch`](Self::prefetch).
    pub fn pages(self) -> Pages<T> {
        let (start, paging) = (self.start_token(), self.operation.paging);
        let (channel, prefetch, limit) = (self.channel.clone(), self.prefetch, self.limit);
        let requires_complete = self.requires_complete && self.page_token.is_none();
        let list = Arc::new(self);
        let operation = list.operation.name;
        let pages = channel.pages(operation, start, move |token| {
            let list = Arc::clone(&list);
            async move { list.fetch(token).await }
        });
        let pages = pages.limit(limit).prefetch(prefetch);
        let pages = match requires_complete {
            true => pages.require_complete(),
            false => pages,
        };
        match paging {
            Some(Paging::Link { .. }) => pages.token_key(|token| link::query_key(token.as_str())),
            Some(Paging::Cursor { page_token, .. }) => {
                let parameter = CursorParameter(page_token);
                pages.token_key(move |token| parameter.key(token).into_owned())
            }
            None => pages,
        }
    }

    /// Returns the items of all pages in order; see [`pages`](Self::pages).
    pub fn items(self) -> Items<T> {
        self.pages().items()
    }

    /// Returns the token of the first page. If pages are linked and no token was set, the token is the page's own query, so that a link
    /// back to it is a loop. There is none if a filter is too long for a token.
    fn start_token(&self) -> Option<PageToken> {
        match (self.operation.paging, &self.page_token) {
            (Some(Paging::Link { page_size, .. }), None) => {
                let query = self.first_query(page_size).ok().flatten();
                let token = query.and_then(|query| PageToken::new(query).ok());
                token.filter(|token| token.query().is_ok())
            }
            (_, token) => token.clone(),
        }
    }

    async fn fetch(&self, token: Option<PageToken>) -> Result<Page<T>, Error> {
        let operation = self.operation.name;
        let paging = self.paging()?;
        let call = self.call(paging, token.as_ref())?;
        let (path, query) = (call.path.clone(), call.query.clone());
        let response = self.channel.call(call).await?;
        let body = (self.decode)(&response, paging)?;
        let next = match (paging, &body.cursor) {
            (Paging::Link { .. }, None) => response
                .next_query(self.channel.base_url(), &path)
                .and_then(|next| link::next_token(next, query.as_deref())),
            (Paging::Cursor { page_token, .. }, Some(cursor)) => {
                let parameter = CursorParameter(page_token);
                next_token(parameter, cursor, token.as_ref(), &response)
            }
            (Paging::Link { .. }, Some(_)) | (Paging::Cursor { .. }, None) => {
                return Err(
                    self.invalid("operation", "has another paging style than its page type")
                );
            }
        };
        let mut page = Page::new(body.items.unwrap_or_default(), None)
            .with_total_count(body.total_count)
            .with_page_size(body.page_size);
        page.next_page_token = next.map_err(|error| error.with_operation(operation));
        Ok(page)
    }

    fn paging(&self) -> Result<Paging, Error> {
        let paging = self.operation.paging;
        paging.ok_or_else(|| self.invalid("operation", "has no pages"))
    }

    fn invalid(&self, parameter: &'static str, problem: impl Into<String>) -> Error {
        Error::invalid_input(parameter, problem).with_operation(self.operation.name)
    }

    /// Returns the call of the page at a token.
    fn call(&self, paging: Paging, token: Option<&PageToken>) -> Result<Call, Error> {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let mut call = OperationCall::new(self.operation, &path).into_call()?;
        let query = self.page_query(paging, token);
        call.query = query.map_err(|error| error.with_operation(self.operation.name))?;
        call.timeout = self.timeout;
        call.retry = self.retry.clone();
        Ok(call)
    }

    /// Returns the query of the page at a token.
    fn page_query(
        &self,
        paging: Paging,
        token: Option<&PageToken>,
    ) -> Result<Option<String>, Error> {
        match (paging, token) {
            (Paging::Link { .. }, Some(token)) => {
                let query = token.query()?;
                // Links of the server are followed as they are.
                if self.page_token.as_ref() == Some(token) {
                    link::check_query(query, self.operation, paging)?;
                }
                Ok(Some(query.to_owned()))
            }
            (Paging::Cursor { page_token, .. }, Some(token)) => {
                self.check_page_size()?;
                let cursor = CursorParameter(page_token).cursor(token)?;
                let mut query = form_urlencoded::Serializer::new(String::new());
                Ok(Some(query.append_pair(page_token, &cursor).finish()))
            }
            (Paging::Link { page_size, .. } | Paging::Cursor { page_size, .. }, None) => {
                self.first_query(page_size)
            }
        }
    }

    fn first_query(&self, page_size: &'static str) -> Result<Option<String>, Error> {
        self.check_page_size()?;
        let mut query = Query::new(self.operation);
        self.query.write_to(&mut query);
        query.set(page_size, self.page_size.or_else(|| self.largest_page()));
        query.encode()
    }

    /// Returns the size of the largest page that is allowed and needed; `None` leaves it to the server.
    fn largest_page(&self) -> Option<u32> {
        let parameter = self.operation.page_size();
        let QueryKind::Integer { minimum, maximum } = parameter?.kind else {
            return None;
        };
        let most = maximum.filter(|_| self.has_largest_pages)?;
        let needed = i64::try_from(self.limit).unwrap_or(i64::MAX);
        let least = minimum.unwrap_or(1);
        u32::try_from(needed.min(most).max(least)).ok()
    }

    fn check_page_size(&self) -> Result<(), Error> {
        match (self.page_size, self.operation.page_size()) {
            (Some(items), Some(parameter)) => parameter
                .check(items.into())
                .map_err(|problem| Error::invalid_input("page_size", problem.to_string())),
            _ => Ok(()),
        }
    }
}

/// Returns the token of the page that a cursor leads to, from the page at the token `here`.
fn next_token(
    parameter: CursorParameter,
    cursor: &Cursor,
    here: Option<&PageToken>,
    response: &ApiResponse,
) -> Result<Option<PageToken>, NextPageError> {
    let unreadable =
        |problem| Err(NextPageError::new(PaginationFailure::Unreadable).with_detail(problem));
    match cursor {
        Cursor::End => Ok(None),
        Cursor::Unreadable => unreadable("its cursor is not a string"),
        Cursor::Text(cursor) => match parameter.token(cursor, here) {
            // A cursor that is too long is not searched for secrets.
            Ok(_) if response.contains_secret(cursor) => {
                unreadable("its cursor contains a secret of the call")
            }
            next => next.map(Some),
        },
    }
}

impl<T, Q: fmt::Debug> fmt::Debug for ListRequest<T, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListRequest")
            .field("operation", &self.operation.name)
            .field("query", &self.query)
            .field("page_size", &self.page_size)
            .field("page_token", &self.page_token)
            .field("limit", &self.limit)
            .field("prefetch", &self.prefetch)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
