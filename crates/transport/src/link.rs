//! The `Link` header field of RFC 8288, as far as paging needs it.

use http::header::LINK;
use http::{HeaderMap, Uri};

use crate::base_url::{is_too_large, url_too_large};
use crate::{BaseUrl, Error, ErrorKind, PaginationFailure};

/// The query of the link to the next page, still percent-encoded; `None` on the last page.
///
/// The link may be relative or absolute, and stand in any of several `Link` lines. It must lead to the listing at
/// `path` below `base`: nothing but its query is ever used, and its fragment is dropped.
///
/// ```
/// use gatelet_transport::{BaseUrl, link};
/// use http::{HeaderMap, HeaderValue, header};
///
/// # fn main() -> Result<(), gatelet_transport::Error> {
/// let mut headers = HeaderMap::new();
/// headers.insert(header::LINK, HeaderValue::from_static(r#"</v1/things?offset=7>; rel="next""#));
/// let base = BaseUrl::parse("https://app.example.com")?;
/// assert_eq!(link::next_query(&headers, &base, "/v1/things")?.as_deref(), Some("offset=7"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// `Pagination(ForeignOrigin)` when the link leads to another origin or path or is no link, `TooLarge` when it is
/// longer than 16 KiB.
pub fn next_query(
    headers: &HeaderMap,
    base: &BaseUrl,
    path: &str,
) -> Result<Option<String>, Error> {
    let foreign = || Error::new(ErrorKind::Pagination(PaginationFailure::ForeignOrigin));
    let Some(target) = next_target(headers) else {
        return Ok(None);
    };
    if is_too_large(&target) {
        return Err(url_too_large());
    }
    let target = target.split('#').next().unwrap_or_default().trim_end();
    let (address, query) = target.split_once('?').unwrap_or((target, ""));
    let leads_here = address.is_empty() || is_listing(address, base, path);
    if !leads_here || query.is_empty() {
        return Err(foreign());
    }
    Ok(Some(query.to_owned()))
}

/// Whether a link's address, without query, is that of the listing.
fn is_listing(address: &str, base: &BaseUrl, path: &str) -> bool {
    let own_path = |path_only: &str| {
        path_only
            .strip_prefix(base.path())
            .is_some_and(|rest| rest == path)
    };
    if address.starts_with('/') && !address.starts_with("//") {
        return own_path(address);
    }
    let Ok(uri) = Uri::try_from(address) else {
        return false;
    };
    // A host in another spelling is still the same host, so it goes through the same reading as ours did.
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return false;
    };
    let same_origin = BaseUrl::parse_allowing_http(&format!("{scheme}://{authority}"))
        .is_ok_and(|origin| origin.as_str() == base.origin());
    same_origin && own_path(uri.path())
}

/// The target of the first link with the relation `next`.
fn next_target(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(LINK)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .find_map(next_in_line)
}

/// Reads one line of links: `<target>; name=value; name="value", <target> …`.
fn next_in_line(line: &str) -> Option<String> {
    let mut rest = line;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, parameters) = after.split_once('>')?;
        let (is_next, after) = read_parameters(parameters);
        if is_next {
            return Some(target.trim().to_owned());
        }
        rest = after;
    }
    None
}

/// Whether the parameters of one link say `rel=next`, and what follows the link.
fn read_parameters(text: &str) -> (bool, &str) {
    let mut rest = text;
    let mut relation = None;
    loop {
        rest = rest.trim_start();
        let Some(parameter) = rest.strip_prefix(';') else {
            return (
                relation.is_some_and(|relation: String| has_next(&relation)),
                rest,
            );
        };
        let end = parameter.find(['=', ';', ',']).unwrap_or(parameter.len());
        let (name, after) = parameter.split_at(end);
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => read_value(after.trim_start()),
            None => (String::new(), after),
        };
        // Only the first `rel` of a link counts, RFC 8288 section 3.3.
        if name.trim().eq_ignore_ascii_case("rel") && relation.is_none() {
            relation = Some(value);
        }
        rest = after;
    }
}

fn has_next(relation: &str) -> bool {
    relation
        .split_ascii_whitespace()
        .any(|word| word.eq_ignore_ascii_case("next"))
}

/// A value, quoted or not, and what follows it.
fn read_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (value.trim().to_owned(), rest);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use http::header::LINK;
    use http::{HeaderMap, HeaderValue};

    use super::next_query;
    use crate::{BaseUrl, Error, ErrorKind, PaginationFailure, TooLarge};

    const PATH: &str = "/v1/teams/t/gateways";

    fn next(lines: &[&str]) -> Result<Option<String>, Error> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(LINK, HeaderValue::from_str(line).unwrap());
        }
        next_query(
            &headers,
            &BaseUrl::parse("https://app.example.com").unwrap(),
            PATH,
        )
    }

    // A19
    #[test]
    fn the_next_link_is_found_wherever_it_stands() {
        let expected = Some("offset=7&count=10".to_owned());
        for lines in [
            &[r#"</v1/teams/t/gateways?offset=7&count=10>; rel="next""#][..],
            &[r#"<https://app.example.com/v1/teams/t/gateways?offset=7&count=10>; rel="next""#],
            &["<HTTPS://APP.example.com:443/v1/teams/t/gateways?offset=7&count=10>;rel=next"],
            &["<?offset=7&count=10>; rel=next"],
            &[
                r#"</x?a>; rel="prev first", </v1/teams/t/gateways?offset=7&count=10>; title="a \"b, <c>; rel=last"; REL="Last Next""#,
            ],
            &[
                r#"</x?a>; rel="prev""#,
                r#"</v1/teams/t/gateways?offset=7&count=10> ; rel = "next""#,
            ],
            &["</v1/teams/t/gateways?offset=7&count=10#top>; rel=next"],
            &["< /v1/teams/t/gateways?offset=7&count=10 #top >; rel=next"],
        ] {
            assert_eq!(next(lines).unwrap(), expected, "{lines:?}");
        }
    }

    #[test]
    fn other_relations_are_no_next_page() {
        for lines in [
            &[][..],
            &[r#"</x?a>; rel="prev""#],
            &["</x?a>; rel=nextish"],
            &["</x?a>"],
            &["<"],
            &["nonsense"],
            &["</x?a>; rel=prev; rel=next"],
        ] {
            assert_eq!(next(lines).unwrap(), None, "{lines:?}");
        }
    }

    // A21
    #[test]
    fn a_link_that_leads_away_is_refused() {
        let long = format!("<{PATH}?offset={}>; rel=next", "x".repeat(64 * 1024));
        let error = next(&[&long]).unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::TooLarge {
                what: TooLarge::Url,
                ..
            }
        ));
        for target in [
            "https://evil.example.com/v1/teams/t/gateways?offset=7",
            "https://app.example.com.evil.com/v1/teams/t/gateways?offset=7",
            "https://app.example.com@evil.com/v1/teams/t/gateways?offset=7",
            "https://app.example.com:8443/v1/teams/t/gateways?offset=7",
            "http://app.example.com/v1/teams/t/gateways?offset=7",
            "//evil.example.com/v1/teams/t/gateways?offset=7",
            "/v1/teams/other/gateways?offset=7",
            "/v1/teams/t/gateways/../servers?offset=7",
            "gateways?offset=7",
            "/v1/teams/t/gateways",
            "",
        ] {
            let error = next(&[&format!("<{target}>; rel=next")]).unwrap_err();
            assert_eq!(
                error.kind(),
                &ErrorKind::Pagination(PaginationFailure::ForeignOrigin),
                "{target}"
            );
        }
    }

    #[test]
    fn a_base_with_a_prefix_is_part_of_the_listing() {
        let mut headers = HeaderMap::new();
        headers.insert(
            LINK,
            HeaderValue::from_static("</asa/v1/things?o=1>; rel=next"),
        );
        let base = BaseUrl::parse("https://h/asa").unwrap();
        assert_eq!(
            next_query(&headers, &base, "/v1/things")
                .unwrap()
                .as_deref(),
            Some("o=1")
        );
        assert!(next_query(&headers, &base, "/asa/v1/things").is_err());
    }
}
