//! Page tokens that are the query of a link.

use gatelet_models::{Operation, Paging};
use gatelet_transport::{Error, NextPageError, PageToken, PaginationFailure};

/// Refuses a query without a parameter of the operation: a server would ignore it and return its first page.
pub(crate) fn check_query(query: &str, operation: &Operation, paging: Paging) -> Result<(), Error> {
    let (Paging::Link {
        page_size,
        page_token,
    }
    | Paging::Cursor {
        page_size,
        page_token,
        ..
    }) = paging;
    let is_known = |name: &str| {
        [page_size, page_token].contains(&name) || operation.query.iter().any(|it| it.name == name)
    };
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    match parameters.any(|(name, value)| is_known(&name) && !value.is_empty()) {
        true => Ok(()),
        false => {
            let problem = format!("must be the query of a page, such as `{page_token}=…`");
            Err(Error::invalid_input("page_token", problem))
        }
    }
}

/// Returns the token of the page that a link's query leads to, from the page at the query `here`.
pub(crate) fn next_token(
    next: Option<String>,
    here: Option<&str>,
) -> Result<Option<PageToken>, NextPageError> {
    let failure = match next {
        None => return Ok(None),
        Some(next) if leads_back(&next, here.unwrap_or_default()) => PaginationFailure::Loop,
        Some(next) => match PageToken::new(next) {
            Ok(token) => return Ok(Some(token)),
            Err(_) => PaginationFailure::Unreadable,
        },
    };
    Err(NextPageError::new(failure))
}

/// Returns whether a query leads to the page at the query `here`, or, being empty, to the first page.
fn leads_back(next: &str, here: &str) -> bool {
    let next = query_key(next);
    next.is_empty() || next == query_key(here)
}

/// Returns the same text for all queries with the same parameters, because a server may encode and order them differently from us.
pub(crate) fn query_key(query: &str) -> String {
    let parameters = query.split('&').filter(|parameter| !parameter.is_empty());
    let mut parameters: Vec<_> = parameters.map(parameter_key).collect();
    parameters.sort_unstable();
    parameters.join("&")
}

/// Returns the same text for all encodings of a parameter.
fn parameter_key(parameter: &str) -> String {
    let decoded = form_urlencoded::parse(parameter.as_bytes());
    let encoded = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(decoded)
        .finish();
    // All bytes that are not UTF-8 decode to U+FFFD, but may differ between two cursors.
    if encoded.contains("%EF%BF%BD") {
        return parameter.to_owned();
    }
    encoded
}
