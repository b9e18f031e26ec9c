//! The `Link` header field (RFC 8288), as far as paging needs it.

mod field;

use http::HeaderMap;

use crate::error::error::Error;
use crate::error::kind::PaginationFailure;
use crate::error::next_page::NextPageError;
use crate::error::page_token::{PageToken, refused};
use crate::paging::link::field::Links;
use crate::url::base_url::BaseUrl;
use crate::url::reference::{Reference, is_query};

/// Returns the percent-encoded query of the link to the next page; `None` on the last page.
///
/// The link may be relative or absolute, in any of several `Link` lines and beside other links. It is resolved by RFC
/// 3986, and must lead to the list at `path`: below `base`, or below another prefix that a server behind a proxy may
/// know instead. Only its query is used, never its scheme, user name, host or port.
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
/// If the response refers to a next page, but no link to it can be followed: `ForeignPath` if it leads to another path,
/// `Loop` if it leads to the first page, and `Unreadable` if it is malformed, its query is too long, or an unreadable
/// part of a `Link` line may have been it. A query may be 16 KiB long as written.
pub fn next_query(
    headers: &HeaderMap,
    base: &BaseUrl,
    path: &str,
) -> Result<Option<String>, NextPageError> {
    let links = Links::of(headers);
    let mut failure = None;
    for target in &links.next {
        match query_of(target, base, path) {
            Ok(query) => return Ok(Some(query.to_owned())),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    match failure {
        Some(error) => Err(error),
        None if links.has_unreadable => Err(NextPageError::new(PaginationFailure::Unreadable)
            .with_detail("a `Link` field is malformed")),
        None => Ok(None),
    }
}

/// Returns the query of a link that leads to the list.
fn query_of<'a>(target: &'a str, base: &BaseUrl, path: &str) -> Result<&'a str, NextPageError> {
    let target = Reference::split(target);
    let refuse = |failure, problem: &str| {
        let target = target.display_target(base.origin(), &format!("{}{path}", base.path()));
        Err(NextPageError::new(failure).with_detail(format!("the link leads to {target}{problem}")))
    };
    if !target.is_wellformed() {
        return refuse(
            PaginationFailure::Unreadable,
            " and contains a character that is not valid in a URL",
        );
    }
    if !target.leads_to(base.path(), path) {
        return refuse(PaginationFailure::ForeignPath, "");
    }
    match target.query() {
        // It is the first page, which the list has already returned.
        None => refuse(PaginationFailure::Loop, " without a query"),
        Some(query) if !fits(query) => refuse(
            PaginationFailure::Unreadable,
            " with a query longer than 16 KiB",
        ),
        Some(query) => Ok(query),
    }
}

/// Returns whether a query is short enough for a page token from a server.
pub(crate) fn fits(query: &str) -> bool {
    query.len() <= PageToken::CURSOR_LIMIT
}

impl PageToken {
    /// Returns the token as the query of a page, for APIs that link pages by their queries.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the token is longer than the query of a [link](crate::link::next_query), contains a character
    /// that is not valid in a query, or includes the whole URL or the question mark: a server would ignore such a query
    /// and return its first page.
    pub fn query(&self) -> Result<&str, Error> {
        if !fits(self.as_str()) {
            return Err(refused("is longer than 16 KiB"));
        }
        if !is_query(self.as_str()) {
            return Err(refused("contains a character that is not valid in a query"));
        }
        let name = self.as_str().split('=').next().unwrap_or_default();
        if name.starts_with('?') || name.contains("://") {
            return Err(refused("must be only the part after the `?` of a URL"));
        }
        Ok(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use http::header::LINK;
    use http::{HeaderMap, HeaderValue};

    use super::next_query;
    use crate::error::kind::PaginationFailure;
    use crate::error::next_page::NextPageError;
    use crate::url::base_url::BaseUrl;

    const PATH: &str = "/v1/teams/t/gateways";

    fn next_below(base: &str, lines: &[impl AsRef<[u8]>]) -> Result<Option<String>, NextPageError> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(LINK, HeaderValue::from_bytes(line.as_ref()).unwrap());
        }
        next_query(&headers, &BaseUrl::parse(base).unwrap(), PATH)
    }

    fn next(lines: &[impl AsRef<[u8]>]) -> Result<Option<String>, NextPageError> {
        next_below("https://app.example.com", lines)
    }

    #[track_caller]
    fn failure(lines: &[impl AsRef<[u8]>]) -> PaginationFailure {
        next(lines).unwrap_err().failure()
    }

    // A19
    #[test]
    fn the_next_link_is_found_in_any_position() {
        let expected = Some("offset=7&count=10".to_owned());
        for lines in [
            &[r#"</v1/teams/t/gateways?offset=7&count=10>; rel="next""#][..],
            &[r#"<https://app.example.com/v1/teams/t/gateways?offset=7&count=10>; rel="next""#],
            &["<HTTPS://APP.example.com:443/v1/teams/t/gateways?offset=7&count=10>;rel=next"],
            &["<?offset=7&count=10>; rel=next"],
            &["<gateways?offset=7&count=10>; rel=next"],
            &["<./gateways?offset=7&count=10>; rel=next"],
            &["<../t/gateways?offset=7&count=10>; rel=next"],
            &["</v1/x/../%74eams/%2E/t/gateways?offset=7&count=10>; rel=next"],
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
    fn links_with_other_relations_are_not_the_next_page() {
        for lines in [
            &[][..],
            &[""],
            &[" , ,, "],
            &[r#"</x?a>; rel="prev""#],
            &["</x?a>; rel=nextish"],
            &["</x?a>; rel=prev; rel=next"],
            &[r#"</x?a>; rel="prev"; title="</v1/teams/t/gateways?offset=7>; rel=next""#],
            &[r#"</x?a>; rel="prev"; title="a, </v1/teams/t/gateways?offset=7>; rel=next""#],
            &[r#"</x?a>; rel="first", , </x?b>;; rel="http://example.com/rel/x last";"#],
        ] {
            assert_eq!(next(lines).unwrap(), None, "{lines:?}");
        }
    }

    // U2
    #[test]
    fn an_unreadable_neighbor_hides_no_next_link() {
        let neighbors: [&[u8]; 16] = [
            br#"</x?a; rel="prev""#,
            br#"/x?a>; rel="prev""#,
            br#"</x?a> rel="prev""#,
            br#"</x?a>"#,
            br#"</x?a>; rel="prev"; title="never ends"#,
            br#"</x?a>; title="never ends; rel="prev""#,
            br#"</x?a>; rel="prev"; title="never ends, not even here"#,
            b"</x?a>; rel=\"prev\"; title=\"caf\xe9\"",
            b"</x?a>; rel=\"prev\"; titl\xe9=x",
            b"</x\xff?a>; rel=\"prev\"",
            br#"</x?a>; rel="prev"; title*=UTF-8''%e2%82%ac"#,
            br#"</x?a>; rel='prev'"#,
            br#"<"#,
            br#"nonsense"#,
            br#">"; <"#,
            br#""quoted, </x?a>; rel=last""#,
        ];
        let link: &[u8] = br#"</v1/teams/t/gateways?offset=7>; rel="next""#;
        for neighbor in neighbors {
            let shown = String::from_utf8_lossy(neighbor);
            for lines in [
                vec![[neighbor, b", ", link].concat()],
                vec![[link, b", ", neighbor].concat()],
                vec![[neighbor, b", ", link, b" ,", neighbor].concat()],
                vec![neighbor.to_vec(), link.to_vec()],
                vec![link.to_vec(), neighbor.to_vec()],
            ] {
                assert_eq!(
                    next(&lines).unwrap().as_deref(),
                    Some("offset=7"),
                    "{shown}"
                );
            }
        }
    }

    // U2
    #[test]
    fn an_unreadable_link_is_not_an_absent_one() {
        for line in [
            r#"</v1/teams/t/gateways?offset=7; rel="next""#,
            r#"/v1/teams/t/gateways?offset=7>; rel="next""#,
            r#"</v1/teams/t/gateways?offset=7> rel="next""#,
            r#"</v1/teams/t/gateways?offset=7>"#,
            r#"</v1/teams/t/gateways?offset=7>; title="never ends; rel="next""#,
            r#"</v1/teams/t/gateways?offset=7>; title="never ends; rel=next"#,
            r#"</v1/teams/t/gateways?offset=7>; rel='next'"#,
            r#"</v1/teams/t/gateways?offset=7>; rel="" "#,
            r#"</v1/teams/t/gateways?offset=7>; rel*=UTF-8''next"#,
            r#"</v1/teams/t/gateways?offset=7; rel="next", /x?b>; rel="last""#,
            r#"</v1/teams/t/gateways?offset=7;REL = next, x>; rel=last"#,
            r#"</x?a>; rel="prev", nonsense"#,
            r#"</x?a>; rel="prev"; title="never ends"#,
            r#"</x?a>; title="a, </v1/teams/t/gateways?offset=7>; rel=next""#,
            r#"</x?a>; rel=prev; title="</v1/teams/t/gateways?offset=7>; rel=next"#,
            "<",
            "nonsense",
        ] {
            assert_eq!(failure(&[line]), PaginationFailure::Unreadable, "{line}");
        }
    }

    // U2
    #[test]
    fn a_next_link_with_a_readable_relation_is_valid_whatever_follows() {
        for line in [
            r#"</v1/teams/t/gateways?offset=7>; rel="next"; title="never ends"#,
            r#"</v1/teams/t/gateways?offset=7>; rel="next" and more"#,
            r#"</x?a>; rel=prev </v1/teams/t/gateways?offset=7>; rel=next"#,
        ] {
            assert_eq!(
                next(&[line]).unwrap().as_deref(),
                Some("offset=7"),
                "{line}"
            );
        }
    }

    #[test]
    fn the_first_usable_next_link_counts() {
        let line = r#"</other?offset=1>; rel="next", </v1/teams/t/gateways?offset=7>; rel="next",
            </v1/teams/t/gateways?offset=8>; rel="next""#
            .replace('\n', "");
        assert_eq!(next(&[line]).unwrap().as_deref(), Some("offset=7"));
    }

    // U2
    #[test]
    fn one_wrong_character_never_ends_a_list_silently() {
        let link = r#"</v1/teams/t/gateways?offset=7>; rel="next""#;
        for line in [
            link.to_owned(),
            format!(r#"{link}; title="a, <b>""#),
            r#"</v1/teams/t/gateways?offset=7>; title="a; \"b\", <c>"; rel=next"#.to_owned(),
            format!(r#"</x?a>; rel="prev"; title="a", {link}"#),
            format!(r#"</x?a>; rel=prev, {link}, </x?b>; rel=last"#),
            format!(r#"{link}, </x?a,b>; rel="prev first""#),
        ] {
            let start = line.find("</v1").unwrap();
            let relation = line[start..].find("rel=").unwrap() + start;
            let words = relation..line[relation..].find("next").unwrap() + relation + 4;
            for cut in (0..line.len()).filter(|at| !words.contains(at)) {
                let changed = [&line[..cut], &line[cut + 1..]].concat();
                assert_ne!(next(&[&changed]).ok(), Some(None), "{changed}");
            }
            for at in (0..=line.len()).filter(|at| !words.contains(at) || *at == relation) {
                for more in ["\"", "<", ">", ";", ",", "\\", " ", "=", "'", ",<", "\", "] {
                    let changed = [&line[..at], more, &line[at..]].concat();
                    assert_ne!(next(&[&changed]).ok(), Some(None), "{changed}");
                }
            }
        }
    }

    #[test]
    fn a_long_line_of_quotes_is_parsed_in_linear_time() {
        for part in [
            "\"",
            "\\\"",
            "<",
            ",<",
            ",<>;a=\"",
            "<>;rel=\\\"",
            "<>;",
            "\",<",
        ] {
            let line = part.repeat(64 * 1024 / part.len());
            assert_eq!(failure(&[line]), PaginationFailure::Unreadable, "{part}");
        }
    }

    // A21, U4
    #[test]
    fn a_link_to_another_path_is_refused_and_its_target_is_named() {
        for (target, place) in [
            (
                "/v1/teams/other/gateways?offset=7",
                "https://app.example.com/v1/teams/other/gateways",
            ),
            (
                "/v1/teams/t/gateways/../servers?offset=7",
                "https://app.example.com/v1/teams/t/servers",
            ),
            (
                "/v1/teams/t/gateways/?offset=7",
                "https://app.example.com/v1/teams/t/gateways/",
            ),
            (
                "/v1/teams/t/gateways/..?offset=7",
                "https://app.example.com/v1/teams/t/",
            ),
            (
                "/v1/teams%2Ft/gateways?offset=7",
                "https://app.example.com/v1/teams%2Ft/gateways",
            ),
            (
                "/v1/teams/t/Gateways?offset=7",
                "https://app.example.com/v1/teams/t/Gateways",
            ),
            (
                "servers?offset=7",
                "https://app.example.com/v1/teams/t/servers",
            ),
            ("//evil.example.com/x?offset=7", "//evil.example.com/x"),
            (
                "https://evil.example.com:8443/x?offset=7",
                "https://evil.example.com:8443/x",
            ),
            (
                "https://user:hunter2@evil.example.com/x?offset=7",
                "https://evil.example.com/x",
            ),
            (
                "https://a@user:hunter2@[::1]:1/x?offset=7",
                "https://[::1]:1/x",
            ),
            ("//user:hunter2/x@h?offset=7", "//……h"),
            (
                "https:/user:hunter2@evil.example.com/x?offset=7",
                "…evil.example.com/x",
            ),
            (
                "user:hunter2@evil.example.com/x?offset=7",
                "…evil.example.com/x",
            ),
            ("mailto:offset", "offset"),
        ] {
            let error = next(&[&format!("<{target}>; rel=next")]).unwrap_err();
            assert_eq!(error.failure(), PaginationFailure::ForeignPath, "{target}");
            let text = error.to_string();
            assert!(
                text.ends_with(&format!("the link leads to {place}")),
                "{text}"
            );
            assert!(
                !text.contains("offset=7") && !text.contains("hunter2"),
                "{text}"
            );
        }
        let long = format!("</{}?a>; rel=next", "x".repeat(64 * 1024));
        assert!(next(&[long]).unwrap_err().to_string().len() < 500);
    }

    // U5
    #[test]
    fn the_query_of_a_link_to_the_list_is_used_at_any_host() {
        for target in [
            "https://evil.example.com/v1/teams/t/gateways?offset=7",
            "https://app.example.com.evil.com/v1/teams/t/gateways?offset=7",
            "https://user:hunter2@evil.com/v1/teams/t/gateways?offset=7",
            "https://app.example.com:8443/v1/teams/t/gateways?offset=7",
            "http://app.example.com/v1/teams/t/gateways?offset=7",
            "http://10.0.0.7:8080/v1/teams/t/gateways?offset=7",
            "ftp://[::1]/v1/teams/t/gateways?offset=7",
            "//evil.example.com/v1/teams/t/gateways?offset=7",
            "https:/v1/teams/t/gateways?offset=7",
            "/v1/teams/t/gateways?offset=7",
        ] {
            let line = format!("<{target}>; rel=next");
            assert_eq!(
                next(&[&line]).unwrap().as_deref(),
                Some("offset=7"),
                "{target}"
            );
        }
    }

    // U5
    #[test]
    fn a_server_behind_a_proxy_may_know_another_prefix() {
        for target in [
            "/okta/v1/teams/t/gateways?offset=7",
            "/v1/teams/t/gateways?offset=7",
            "https://internal/v1/teams/t/gateways?offset=7",
            "https://internal/asa/v1/teams/t/gateways?offset=7",
            "gateways?offset=7",
            "?offset=7",
        ] {
            let found = next_below("https://h/okta", &[format!("<{target}>; rel=next")]);
            assert_eq!(found.unwrap().as_deref(), Some("offset=7"), "{target}");
        }
        for target in [
            "/okta/v1/teams/gateways?a",
            "/oktav1/teams/t/gateways?a",
            "/okta?a",
        ] {
            let found = next_below("https://h/okta", &[format!("<{target}>; rel=next")]);
            let failure = found.unwrap_err().failure();
            assert_eq!(failure, PaginationFailure::ForeignPath, "{target}");
        }
    }

    // U4, U5
    #[test]
    fn an_invalid_query_is_refused_and_not_shown() {
        let of = |query: &str| format!("<https://h.example{PATH}?{query}>; rel=next");
        let longest = "x".repeat(16 * 1024);
        assert_eq!(next(&[of(&longest)]).unwrap(), Some(longest.clone()));
        let mut queries = vec![longest + "x", format!("offset={}", "x".repeat(64 * 1024))];
        for odd in [
            " ", "\"", "<", "\\", "^", "`", "{", "|", "}", "[", "]", "\t", "é",
        ] {
            queries.push(format!("offset=canary{odd}x"));
        }
        for query in queries {
            let Err(error) = next(&[of(&query)]) else {
                panic!("{query}")
            };
            assert_eq!(error.failure(), PaginationFailure::Unreadable, "{query}");
            let text = format!("{error} {error:?}");
            assert!(!text.contains("canary") && !text.contains("xxx"), "{text}");
            // A stray `<` makes it unclear what the link is.
            let target = "https://h.example/v1/teams/t/gateways";
            assert!(query.contains('<') || text.contains(target), "{text}");
        }
    }

    // U4
    #[test]
    fn a_link_to_the_first_page_is_a_loop() {
        for target in [
            PATH,
            "/v1/teams/t/gateways?",
            "gateways#a",
            "",
            "#top",
            "//h/v1/teams/t/gateways",
        ] {
            let line = format!("<{target}>; rel=next");
            assert_eq!(failure(&[line]), PaginationFailure::Loop, "{target}");
        }
    }
}
