//! The list of tokens, page by page or item by item.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use gatelet_models::Paging;
use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenList, OperationId};
use gatelet_transport::{
    ApiResponse, Channel, Error, ErrorKind, Items, NextPageError, Page, PageToken, Pages,
    PaginationFailure,
};
use serde_json::value::RawValue;

use crate::call::call;
use crate::cursor;

/// A list of tokens that is ready to be fetched; how it ends decides what it gives: one page, pages, or items.
///
/// The server promises no order. Tokens that come or go while pages are fetched may be missing or come twice: they are
/// given as received.
/// Source: <https://docs.dynatrace.com/managed/dynatrace-api/environment-api/tokens-v2/activegate-tokens/get-all-activegate-tokens>.
///
/// ```
/// # use dt_client::{ApiToken, Client};
/// # use gatelet_emulator::{Emulator, well_known};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = Emulator::memory()?;
/// # emulator.seed()?;
/// # let dt = Client::builder("https://abc.live.dynatrace.com")
/// #     .credentials(ApiToken::new(well_known::DT_TOKEN)?)
/// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
/// let mut pages = dt.active_gate_tokens().list().page_size(3000).pages();
/// while let Some(page) = pages.try_next().await? {
///     println!("{} of {:?}", page.items.len(), page.total_count);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing happens until a list is sent"]
pub struct ListActiveGateTokens {
    channel: Channel,
    page_size: Option<u32>,
    page_token: Option<PageToken>,
    limit: u64,
    prefetch: bool,
    /// Whether nothing may be missing.
    is_search: bool,
}

impl ListActiveGateTokens {
    pub(crate) fn new(channel: &Channel) -> Self {
        Self {
            channel: channel.clone(),
            page_size: None,
            page_token: None,
            limit: u64::MAX,
            prefetch: true,
            is_search: false,
        }
    }

    /// Takes a page that says it has less than there is for an error.
    pub(crate) fn for_search(mut self) -> Self {
        self.is_search = true;
        self
    }

    /// Sets the number of tokens in a page, from 100 to 3000; the server's default is 100.
    pub fn page_size(mut self, tokens: u32) -> Self {
        self.page_size = Some(tokens);
        self
    }

    /// Begins at the position that an earlier page or error told. The token holds the page size too, so one that is set
    /// here is not used.
    pub fn page_token(mut self, token: PageToken) -> Self {
        self.page_token = Some(token);
        self
    }

    /// Ends [`pages`](Self::pages) with the page that holds the item of this number, and [`items`](Self::items) with that
    /// item, both counted from 1. No page beyond it is asked for. `u64::MAX`, as in the beginning, is no limit.
    pub fn limit(mut self, items: u64) -> Self {
        self.limit = items;
        self
    }

    /// Sets whether [`pages`](Self::pages) and [`items`](Self::items) ask for the next page while the caller works on
    /// one; they do unless told otherwise. Stopping early then wastes at most one request; with a [`limit`](Self::limit) it
    /// wastes none.
    pub fn prefetch(mut self, prefetch: bool) -> Self {
        self.prefetch = prefetch;
        self
    }

    /// Fetches one page; its `next_page_token` leads to the next.
    ///
    /// # Errors
    ///
    /// Every kind but `Pagination`, which the page's `next_page_token` holds; see [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<Page<ActiveGateToken>, Error> {
        let token = self.page_token.clone();
        self.fetch(token).await
    }

    /// Fetches page after page, one ahead of those that are asked for.
    pub fn pages(self) -> Pages<ActiveGateToken> {
        let start = self.page_token.clone();
        let (channel, prefetch, limit) = (self.channel.clone(), self.prefetch, self.limit);
        let list = Arc::new(self);
        let pages = channel.pages(
            OperationId::ListTokens.operation().name,
            start,
            move |token| {
                let list = Arc::clone(&list);
                async move { list.fetch(token).await }
            },
        );
        pages
            .token_key(|token| cursor::meaning(token).into_owned())
            .limit(limit)
            .prefetch(prefetch)
    }

    /// Gives token after token; see [`pages`](Self::pages).
    pub fn items(self) -> Items<ActiveGateToken> {
        self.pages().items()
    }

    async fn fetch(&self, token: Option<PageToken>) -> Result<Page<ActiveGateToken>, Error> {
        let operation = OperationId::ListTokens.operation();
        let mut call = call(operation, &[])?;
        call.query = self
            .query(token.as_ref())
            .map_err(|error| error.with_operation(operation.name))?;
        let response = self.channel.call(call).await?;
        let (page, has_cursor) = read(&response)?;
        if self.is_search && token.is_none() && is_contradiction(&page) {
            return Err(response.decode_error(LIST, "the list is empty, and the result is not"));
        }
        let next = match page.next_page_key.as_deref() {
            _ if has_cursor.is_err() => Err(NextPageError::new(PaginationFailure::Unreadable)
                .with_detail("its cursor is not a text")),
            // A long one is not searched for secrets.
            Some(key) => match cursor::token(key, token.as_ref()) {
                Ok(_) if response.contains_secret(key) => {
                    Err(NextPageError::new(PaginationFailure::Unreadable)
                        .with_detail("its cursor holds a secret of the call"))
                }
                next => next,
            },
            None => Ok(None),
        };
        let mut this = Page::new(page.active_gate_tokens.unwrap_or_default(), None)
            .with_total_count(page.total_count)
            .with_page_size(page.page_size);
        this.next_page_token = next.map_err(|error| error.with_operation(operation.name));
        Ok(this)
    }

    /// The query of the page at a position: the server refuses a cursor that comes with anything else.
    fn query(&self, token: Option<&PageToken>) -> Result<Option<String>, Error> {
        let operation = OperationId::ListTokens.operation();
        if let (Some(tokens), Some(parameter)) = (self.page_size, operation.page_size()) {
            parameter
                .check(tokens.into())
                .map_err(|problem| Error::invalid_input("page_size", problem.to_string()))?;
        }
        let Some(Paging::Cursor {
            page_size,
            page_token,
        }) = operation.paging
        else {
            // The description says so, and the tests see it.
            return Ok(None);
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        match (token, self.page_size) {
            (Some(token), _) => query.append_pair(page_token, &cursor::of(token)?),
            (None, Some(tokens)) => query.append_pair(page_size, &tokens.to_string()),
            (None, None) => return Ok(None),
        };
        Ok(Some(query.finish()))
    }
}

/// The member with the tokens of a page.
const LIST: &str = "activeGateTokens";

/// The member with the position of the next page.
const CURSOR: &str = "nextPageKey";

/// There is a cursor that is not a text, so nobody can tell where it leads.
struct UnreadableCursor;

/// Reads a page. Its list may be left out, or null, only where the whole result is empty.
fn read(
    response: &ApiResponse,
) -> Result<(ActiveGateTokenList, Result<(), UnreadableCursor>), Error> {
    let (page, has_cursor) = match response.json() {
        Ok(page) => (page, Ok(())),
        // The tokens are good whatever stands there.
        Err(error) => match error.kind() {
            ErrorKind::Decode { path } if **path == *CURSOR => (
                without_cursor(response).ok_or(error)?,
                Err(UnreadableCursor),
            ),
            _ => return Err(error),
        },
    };
    let is_whole_result = has_cursor.is_ok() && is_last(&page);
    let may_lack_list = page.total_count == Some(0) && is_whole_result;
    if page.active_gate_tokens.is_none() && !may_lack_list {
        return Err(response.decode_error(LIST, "the list is missing, and the result is not empty"));
    }
    Ok((page, has_cursor))
}

/// Reads a page as if it were the last one.
fn without_cursor(response: &ApiResponse) -> Option<ActiveGateTokenList> {
    let mut members: BTreeMap<String, Box<RawValue>> = response.json().ok()?;
    members.remove(CURSOR);
    serde_json::from_str(&serde_json::to_string(&members).ok()?).ok()
}

fn is_last(page: &ActiveGateTokenList) -> bool {
    page.next_page_key.as_deref().unwrap_or_default().is_empty()
}

/// Whether a first page that is the last one, too, says that there are tokens and has none.
fn is_contradiction(page: &ActiveGateTokenList) -> bool {
    let is_empty = page.active_gate_tokens.as_ref().is_none_or(Vec::is_empty);
    is_empty && is_last(page) && page.total_count.is_some_and(|total| total > 0)
}

impl fmt::Debug for ListActiveGateTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListActiveGateTokens")
            .field("page_size", &self.page_size)
            .field("page_token", &self.page_token)
            .field("limit", &self.limit)
            .field("prefetch", &self.prefetch)
            .finish_non_exhaustive()
    }
}
