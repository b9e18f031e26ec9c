//! Lists, page by page or item by item.

use std::fmt;
use std::sync::Arc;

use gatelet_models::Operation;
use gatelet_models::asa::{Gateway, OperationId};
use gatelet_transport::{
    ApiResponse, Channel, Error, Items, NextPageError, Page, PageToken, Pages, PaginationFailure,
};

use crate::call::call;

/// A list that is ready to be fetched; how it ends decides what it gives: one page, pages, or items.
///
/// A next page is asked for with the query of the server's `Link` and nothing else, and only at this list's own address,
/// whatever host the link names. A link to another path ends the listing with an error, after the page that held it.
/// Source: <https://developer.okta.com/docs/reference/api/asa/introduction>.
///
/// ```
/// # use asa_client::{Client, ServiceUser};
/// # use gatelet_emulator::{Emulator, well_known};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = Emulator::memory()?;
/// # emulator.seed()?;
/// # let asa = Client::builder(well_known::ASA_TEAM)
/// #     .credentials(ServiceUser::new(well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET))
/// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
/// let list = asa.gateways().list().contains("gateway").page_size(1);
/// let first = list.send().await?;
///
/// // Later, perhaps in another process: the token is text.
/// if let Some(token) = first.next_page_token? {
///     let text = token.to_string();
///     let mut rest = asa.gateways().list().page_token(text.parse()?).items();
///     while let Some(gateway) = rest.try_next().await? {
///         println!("{} {}", gateway.id, gateway.name);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing happens until a list is sent"]
pub struct List<T> {
    channel: Channel,
    operation: OperationId,
    read: fn(&ApiResponse) -> Result<Vec<T>, Error>,
    page_size: Option<u32>,
    descending: Option<bool>,
    contains: Option<String>,
    page_token: Option<PageToken>,
    limit: u64,
    prefetch: bool,
}

impl<T> List<T> {
    pub(crate) fn new(
        channel: &Channel,
        operation: OperationId,
        read: fn(&ApiResponse) -> Result<Vec<T>, Error>,
    ) -> Self {
        Self {
            channel: channel.clone(),
            operation,
            read,
            page_size: None,
            descending: None,
            contains: None,
            page_token: None,
            limit: u64::MAX,
            prefetch: true,
        }
    }

    /// Sets the number of items in a page, at least 1; the server's default is 100. Its most is not documented.
    pub fn page_size(mut self, items: u32) -> Self {
        self.page_size = Some(items);
        self
    }

    /// Sets whether the newest come first.
    pub fn descending(mut self, newest_first: bool) -> Self {
        self.descending = Some(newest_first);
        self
    }

    /// Begins at the position that an earlier page or error told. The token holds the other settings too, so those
    /// that are made here are not used.
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
    pub async fn send(self) -> Result<Page<T>, Error> {
        self.fetch(None).await
    }

    async fn fetch(&self, token: Option<PageToken>) -> Result<Page<T>, Error> {
        let operation = self.operation.operation();
        let mut call = call(operation, &[self.channel.account()])?;
        let query = match &token {
            Some(token) => token.query().map(|query| Some(query.to_owned())),
            None => self.start(),
        };
        call.query = query.map_err(|error| error.with_operation(operation.name))?;
        let (path, query) = (call.path.clone(), call.query.clone());
        let response = self.channel.call(call).await?;
        let mut page = Page::new((self.read)(&response)?, None);
        let next = response.next_query(self.channel.base_url(), &path);
        page.next_page_token = next.and_then(|next| position(next, query.as_deref(), operation));
        Ok(page)
    }

    /// The query of the first page; `None` where nothing was set.
    fn start(&self) -> Result<Option<String>, Error> {
        if let Some(token) = &self.page_token {
            return Ok(Some(token.query()?.to_owned()));
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(text) = &self.contains {
            query.append_pair("contains", text);
        }
        if let (Some(items), Some(parameter)) =
            (self.page_size, self.operation.operation().page_size())
        {
            parameter
                .check(items.into())
                .map_err(|problem| Error::invalid_input("page_size", problem.to_string()))?;
            query.append_pair(parameter.name, &items.to_string());
        }
        if let Some(newest_first) = self.descending {
            query.append_pair("descending", if newest_first { "true" } else { "false" });
        }
        Ok(Some(query.finish()).filter(|query| !query.is_empty()))
    }
}

/// The position that a link's query leads to, from the page at the query `here`.
fn position(
    next: Option<String>,
    here: Option<&str>,
    operation: &Operation,
) -> Result<Option<PageToken>, NextPageError> {
    let failure = match next {
        None => return Ok(None),
        Some(next) if leads_back(&next, here.unwrap_or_default()) => PaginationFailure::Loop,
        Some(next) => match PageToken::new(next) {
            Ok(token) => return Ok(Some(token)),
            Err(_) => PaginationFailure::Unreadable,
        },
    };
    Err(NextPageError::new(failure).with_operation(operation.name))
}

/// Whether a query leads to the page at the query `here`, or, where it says nothing, to the first one.
fn leads_back(next: &str, here: &str) -> bool {
    let next = meaning(next);
    next.is_empty() || next == meaning(here)
}

/// What a query says, however it is encoded and in whatever order: a server writes ours in its own way.
fn meaning(query: &str) -> String {
    let parameters = query.split('&').filter(|parameter| !parameter.is_empty());
    let mut parameters: Vec<_> = parameters.map(meaning_of_parameter).collect();
    parameters.sort_unstable();
    parameters.join("&")
}

fn meaning_of_parameter(parameter: &str) -> String {
    let decoded = form_urlencoded::parse(parameter.as_bytes());
    let said = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(decoded)
        .finish();
    // Bytes that are no text all decode to the same, and those of two cursors differ.
    match said.contains("%EF%BF%BD") {
        true => parameter.to_owned(),
        false => said,
    }
}

impl<T: 'static> List<T> {
    /// Fetches page after page, one ahead of those that are asked for.
    pub fn pages(self) -> Pages<T> {
        // A position of its own for the first page, too: a link back to it is then a loop. What is wrong with it is the error
        // of the first page. A filter may be longer than a position.
        let start = self.start().ok().flatten();
        let start = start.and_then(|query| PageToken::new(query).ok());
        let start = start.filter(|token| token.query().is_ok());
        let operation = self.operation.operation();
        let (channel, prefetch, limit) = (self.channel.clone(), self.prefetch, self.limit);
        let list = Arc::new(self);
        let pages = channel.pages(operation.name, start, move |token| {
            let list = Arc::clone(&list);
            async move { list.fetch(token).await }
        });
        pages
            .token_key(|token| meaning(token.as_str()))
            .limit(limit)
            .prefetch(prefetch)
    }

    /// Gives item after item; see [`pages`](Self::pages).
    pub fn items(self) -> Items<T> {
        self.pages().items()
    }
}

impl List<Gateway> {
    /// Only gateways whose name contains this text.
    pub fn contains(mut self, text: impl Into<String>) -> Self {
        self.contains = Some(text.into());
        self
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("operation", &self.operation)
            .field("page_size", &self.page_size)
            .field("descending", &self.descending)
            .field("contains", &self.contains)
            .field("page_token", &self.page_token)
            .field("limit", &self.limit)
            .field("prefetch", &self.prefetch)
            .finish_non_exhaustive()
    }
}
