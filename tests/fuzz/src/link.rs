//! `Link` header fields of list responses.

use std::sync::LazyLock;

use gatelet_transport::link::next_query;
use gatelet_transport::{BaseUrl, NextPageError, PaginationFailure};
use http::header::LINK;
use http::{HeaderMap, HeaderValue};

const PATH: &str = "/v1/teams/t/gateways";

/// The base URL of the list.
static BASE: LazyLock<BaseUrl> =
    LazyLock::new(|| BaseUrl::parse("https://app.example.com/asa").expect("a base"));

/// Parses `Link` fields. The query of the next page must occur in a field, and be found again in a plain link. An error must be
/// short and not repeat a query. A valid link after a comma must be found whatever precedes it, unless another is found first.
///
/// # Panics
/// If one of these does not hold.
pub fn check(data: &[u8]) {
    let lines: Vec<_> = data.split(|byte| *byte == b'\n').collect();
    match next(&lines) {
        Ok(None) => {}
        Ok(Some(query)) => {
            assert!(
                !query.is_empty() && !query.contains(['#', '>']) && query.len() <= 16 * 1024,
                "{query}"
            );
            assert!(
                lines.iter().any(|line| contains(line, &query)),
                "{query} is not in any link"
            );
            let plain = format!("<https://app.example.com/asa{PATH}?{query}>; rel=\"next\"");
            let again = next(&[plain.as_bytes()]).expect("leads to the list");
            assert_eq!(again, Some(query));
        }
        Err(error) => {
            let text = error.to_string();
            assert!(!text.contains('?') && text.len() < 2000, "{text}");
            assert!(matches!(
                error.failure(),
                PaginationFailure::Loop
                    | PaginationFailure::ForeignPath
                    | PaginationFailure::Unreadable
            ));
        }
    }
    let valid_link = format!(", </asa{PATH}?good>; rel=next");
    let with_valid: Vec<u8> = [
        lines.first().copied().unwrap_or_default(),
        valid_link.as_bytes(),
    ]
    .concat();
    // Inside quotation marks a link is only text.
    if !with_valid.contains(&b'"') && HeaderValue::from_bytes(&with_valid).is_ok() {
        assert!(
            matches!(next(&[&with_valid]), Ok(Some(_))),
            "the valid link is not found"
        );
    }
}

fn next(lines: &[&[u8]]) -> Result<Option<String>, NextPageError> {
    let mut headers = HeaderMap::new();
    for value in lines
        .iter()
        .filter_map(|line| HeaderValue::from_bytes(line).ok())
    {
        headers.append(LINK, value);
    }
    next_query(&headers, &BASE, PATH)
}

/// Returns whether the field contains the query after a question mark.
fn contains(line: &[u8], query: &str) -> bool {
    String::from_utf8_lossy(line).contains(&format!("?{query}"))
}
