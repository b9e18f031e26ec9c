//! Page tokens that are the query of a link.

use gatelet_transport::{NextPageError, PageToken, PaginationFailure};

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
