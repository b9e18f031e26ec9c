//! `Link` header fields of list responses.

use std::sync::LazyLock;

use http::header::LINK;
use http::{HeaderMap, HeaderValue};
use gatelet_transport::link::next_query;
use gatelet_transport::{BaseUrl, NextPageError, PaginationFailure};

const PATH: &str = "/v1/teams/t/gateways";

/// The address of the list.
static BASE: LazyLock<BaseUrl> =
    LazyLock::new(|| BaseUrl::parse("https://app.example.com/asa").expect("a base"));

/// Parses lines of `Link`: the query of the next page is in a line, and means the same in the plainest link; no error is long or
/// repeats a query; a valid link behind a comma is found whatever precedes it, unless another is found first.
///
/// # Panics
/// When this does not hold.
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
                "{query} is in no link"
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
    let with_valid: Vec<u8> = [lines.first().copied().unwrap_or_default(), valid_link.as_bytes()].concat();
    // Within quotes that end, a link is text.
    if !with_valid.contains(&b'"') && HeaderValue::from_bytes(&with_valid).is_ok() {
        assert!(matches!(next(&[&with_valid]), Ok(Some(_))), "the valid link is not found");
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

/// Whether the line contains the query behind a question mark.
fn contains(line: &[u8], query: &str) -> bool {
    String::from_utf8_lossy(line).contains(&format!("?{query}"))
}
