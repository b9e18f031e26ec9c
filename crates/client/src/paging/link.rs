//! Page tokens that are the query of a link.

use gatelet_transport::{NextPageError, PageToken, PaginationFailure};

/// Returns the token of the page that a link's query leads to, from the page at the query `here`.
pub(crate) fn token(
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
    let next = key(next);
    next.is_empty() || next == key(here)
}

/// Returns the same text for all queries with the same parameters, because a server encodes and orders ours in its own way.
pub(crate) fn key(query: &str) -> String {
    let parameters = query.split('&').filter(|parameter| !parameter.is_empty());
    let mut parameters: Vec<_> = parameters.map(parameter_key).collect();
    parameters.sort_unstable();
    parameters.join("&")
}

fn parameter_key(parameter: &str) -> String {
    let decoded = form_urlencoded::parse(parameter.as_bytes());
    let encoded = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(decoded)
        .finish();
    // Bytes that are not UTF-8 all decode to U+FFFD, and those of two cursors differ.
    if encoded.contains("%EF%BF%BD") {
        return parameter.to_owned();
    }
    encoded
}
