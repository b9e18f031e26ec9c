//! Header fields `Link` of a listing's answers.

use std::sync::LazyLock;

use http::header::LINK;
use http::{HeaderMap, HeaderValue};
use transport::link::next_query;
use transport::{BaseUrl, Error};

const PATH: &str = "/v1/teams/t/gateways";

/// The listing is at this address.
static BASE: LazyLock<BaseUrl> =
    LazyLock::new(|| BaseUrl::parse("https://app.example.com/asa").expect("a base"));

/// How the errors of a link that leads away and of one that is too long read, whatever the link is.
static REFUSALS: LazyLock<[String; 2]> = LazyLock::new(|| {
    let long = format!("</asa{PATH}?{}>;rel=next", "x".repeat(20_000));
    ["<https://evil.example.com/?a>;rel=next", &long].map(|line| {
        next(&[line.as_bytes()])
            .expect_err("leads away")
            .to_string()
    })
});

/// Lines of `Link`: the query of the next page was in a link that leads to the listing, and says the same in the plainest
/// link; no refusal repeats the link.
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
                lines.iter().any(|line| leads_here(line, &query)),
                "{query} is in no link to the listing"
            );
            let plain = format!("<https://app.example.com/asa{PATH}?{query}>; rel=\"next\"");
            let again = next(&[plain.as_bytes()]).expect("leads to the listing");
            assert_eq!(again, Some(query));
        }
        Err(error) => assert!(REFUSALS.contains(&error.to_string()), "{error}"),
    }
}

fn next(lines: &[&[u8]]) -> Result<Option<String>, Error> {
    let mut headers = HeaderMap::new();
    for value in lines
        .iter()
        .filter_map(|line| HeaderValue::from_bytes(line).ok())
    {
        headers.append(LINK, value);
    }
    next_query(&headers, &BASE, PATH)
}

/// Whether the line has the query in a link that is relative, or absolute with the listing's own host.
fn leads_here(line: &[u8], query: &str) -> bool {
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    let needle = format!("?{query}");
    // A query that holds itself may be found twice in the same bytes.
    line.match_indices('?').any(|(at, _)| {
        let (before, after) = line.split_at(at);
        if !after.starts_with(&needle) {
            return false;
        }
        let (_, address) = before.rsplit_once('<').unwrap_or_default();
        let address = address.trim_start();
        let path = match address.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                if is_own(authority) {
                    path
                } else {
                    return false;
                }
            }
            Some(_) => return false,
            None => address,
        };
        address.is_empty() || path.strip_prefix("/asa") == Some(PATH)
    })
}

/// Whether this is the listing's own host, in any spelling: case, the default port, an empty one, and the dot of a full name
/// do not matter.
fn is_own(authority: &str) -> bool {
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let host = host.strip_suffix('.').unwrap_or(host);
    host.eq_ignore_ascii_case("app.example.com") && (port.is_empty() || port.parse() == Ok(443_u16))
}
