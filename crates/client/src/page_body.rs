//! The body of a page.

use std::collections::BTreeMap;

use gatelet_models::Paging;
use gatelet_transport::{ApiResponse, Error, ErrorKind};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// The body of a page: its items, and optional members beside them.
///
/// ```
/// use gatelet_client::PageBody;
/// use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenList};
///
/// fn page(body: ActiveGateTokenList) -> PageBody<ActiveGateToken> {
///     PageBody::new("activeGateTokens", body.active_gate_tokens)
///         .with_cursor(body.next_page_key)
///         .with_total_count(body.total_count)
///         .with_page_size(body.page_size)
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PageBody<T> {
    list: &'static str,
    pub(crate) items: Option<Vec<T>>,
    /// `None` if pages have no cursor in the body.
    pub(crate) cursor: Option<Cursor>,
    pub(crate) total_count: Option<u64>,
    pub(crate) page_size: Option<u32>,
}

/// The cursor to the next page.
#[derive(Clone, Debug)]
pub(crate) enum Cursor {
    /// The page is the last one.
    End,
    Text(String),
    /// The member is not a string.
    Unreadable,
}

impl<T> PageBody<T> {
    /// Creates the body of a page from the items of its member `list`. They may be missing if the total count is 0.
    pub fn new(list: &'static str, items: impl Into<Option<Vec<T>>>) -> Self {
        Self {
            list,
            items: items.into(),
            cursor: None,
            total_count: None,
            page_size: None,
        }
    }

    /// Sets the cursor to the next page; on the last page it is `None` or empty. Call this for operations that page by a cursor, and for
    /// no others.
    pub fn with_cursor(mut self, cursor: Option<String>) -> Self {
        let cursor = cursor.filter(|cursor| !cursor.is_empty());
        self.cursor = Some(cursor.map_or(Cursor::End, Cursor::Text));
        self
    }

    /// Sets the number of items on all pages.
    pub fn with_total_count(mut self, items: Option<u64>) -> Self {
        self.total_count = items;
        self
    }

    /// Sets the number of items on a full page.
    pub fn with_page_size(mut self, items: Option<u32>) -> Self {
        self.page_size = items;
        self
    }

    /// Decodes a page. An unreadable cursor does not lose the items.
    pub(crate) fn decode<P: DeserializeOwned>(
        response: &ApiResponse,
        paging: Paging,
        page: fn(P) -> Self,
    ) -> Result<Self, Error> {
        let this = match (response.json(), paging) {
            (Ok(body), _) => page(body),
            (Err(error), Paging::Cursor { next, .. }) if is_at(&error, next) => {
                let mut this = page(without_member(response, next).ok_or(error)?);
                this.cursor = Some(Cursor::Unreadable);
                this
            }
            (Err(error), _) => return Err(error),
        };
        let is_last = !matches!(this.cursor, Some(Cursor::Text(_) | Cursor::Unreadable));
        if this.items.is_none() && !(is_last && this.total_count == Some(0)) {
            let problem = "the list is missing, and the response does not say that it is empty";
            return Err(response.decode_error(this.list, problem));
        }
        Ok(this)
    }
}

fn is_at(error: &Error, member: &str) -> bool {
    matches!(error.kind(), ErrorKind::Decode { path } if **path == *member)
}

/// Decodes a body without one of its members.
fn without_member<P: DeserializeOwned>(response: &ApiResponse, member: &str) -> Option<P> {
    let mut members: BTreeMap<String, Box<RawValue>> = response.json().ok()?;
    members.remove(member);
    serde_json::from_str(&serde_json::to_string(&members).ok()?).ok()
}
