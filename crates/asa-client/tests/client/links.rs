//! Links to the next page, and page tokens: which are followed, and the errors of the others.

use asa_client::{Client, Error, ErrorKind, NextPageError, PageToken, PaginationFailure};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};

use crate::lists::{LIST, drain, queries};
use crate::support::*;

/// Returns the error of a page with this `Link`, from `send` and from `pages`.
async fn ends(link: &str) -> (NextPageError, Error) {
    let page = || page(&["a", "b"], None).with_header("link", link);
    let (client, fake) = authorized([page(), page()]);
    let sent = client.gateways().list().send().await.unwrap();
    assert_eq!(sent.items.len(), 2, "{link}");
    let (names, error) = drain(client.gateways().list().items()).await;
    assert_eq!(names, ["a", "b"], "{link}");
    let (sent, error) = (sent.next_page_token.unwrap_err(), error.unwrap());
    assert_eq!(error.kind(), &ErrorKind::Pagination(sent.failure()));
    assert_eq!(error.operation(), Some("asa ListGateways"));
    assert_eq!(error.resume_token(), None);
    assert_eq!((error.page(), error.items_before()), (Some(2), Some(2)));
    assert_eq!(queries(&fake), ["", ""], "{link}");
    fake.finish();
    (sent, error)
}

// U2
#[tokio::test]
async fn an_unreadable_link_ends_the_list_with_an_error_after_the_page() {
    for link in [
        format!(r#"<{LIST}?offset=a; rel="next""#),
        format!(r#"{LIST}?offset=a>; rel="next""#),
        format!(r#"<{LIST}?offset=a> rel="next""#),
        format!("<{LIST}?offset=a>"),
        format!(r#"<{LIST}?offset=a>; title="never ends; rel="next""#),
        format!(r#"<{LIST}?offset=z>; rel="prev"; title="never ends"#),
        "nonsense".to_owned(),
    ] {
        let (sent, _) = ends(&link).await;
        assert_eq!(sent.failure(), PaginationFailure::Unreadable, "{link}");
    }
}

// U2
#[tokio::test]
async fn a_next_link_is_followed_whatever_other_links_there_are() {
    let neighbors: [&[u8]; 5] = [
        br#"</x?a; rel="prev""#,
        br#"/x?a>; rel="prev""#,
        br#"</x?a> rel="prev""#,
        br#"</x?a>; rel="prev"; title="never ends"#,
        b"</x?a>; rel=\"prev\"; title=\"caf\xe9\"",
    ];
    for neighbor in neighbors {
        let next = format!(r#"<{LIST}?offset=a>; rel="next""#);
        for link in [
            [neighbor, b", ", next.as_bytes()].concat(),
            [next.as_bytes(), b", ", neighbor].concat(),
        ] {
            let link = http::HeaderValue::from_bytes(&link).unwrap();
            let fake = FakeTransport::respond(move |request| {
                if is_exchange(request) {
                    return bearer("2026-01-01T01:00:00Z", BEARER);
                }
                match request.uri().query() {
                    None => page(&["a"], None).with_header("link", link.clone()),
                    _ => page(&["b"], None),
                }
            });
            let client = client(fake, &ManualClock::auto());
            let (names, error) = drain(client.gateways().list().items()).await;
            assert!(error.is_none(), "{error:?}");
            assert_eq!(names, ["a", "b"]);
        }
    }
}

// A21, U4
#[tokio::test]
async fn a_bad_next_link_is_an_error_after_the_page_that_says_where_it_leads() {
    use PaginationFailure::{ForeignPath, Loop, Unreadable};
    let own = format!("https://app.scaleft.com{LIST}");
    for (target, failure, place) in [
        (
            "https://evil.example/?canary=1".into(),
            ForeignPath,
            "https://evil.example/",
        ),
        (
            "https://u:canary@evil.example/x?a".into(),
            ForeignPath,
            "https://evil.example/x",
        ),
        (
            "/v1/teams/other/gateways?canary=1".into(),
            ForeignPath,
            "app.scaleft.com/v1/teams/other/gateways",
        ),
        (
            "/v1/teams/t/gateway_setup_tokens?a".into(),
            ForeignPath,
            "app.scaleft.com/v1/teams/t/gateway_setup_tokens",
        ),
        (
            "/v1/teams/t/gateways/..?canary=1".into(),
            ForeignPath,
            "app.scaleft.com/v1/teams/t/",
        ),
        (
            "/v1/teams/t/gateways/?canary=1".into(),
            ForeignPath,
            "app.scaleft.com/v1/teams/t/gateways/",
        ),
        (
            format!("{LIST}?canary={}", "x".repeat(64 * 1024)),
            Unreadable,
            own.as_str(),
        ),
        (
            format!("//evil.example{LIST}?{}", "canary&".repeat(2400)),
            Unreadable,
            "//evil.example/v1/teams/t/gateways",
        ),
        (
            format!("{LIST}?canary={}", "x".repeat(16 * 1024)),
            Unreadable,
            own.as_str(),
        ),
        (
            format!("{LIST}?canary={}", "%41".repeat(6 * 1024)),
            Unreadable,
            own.as_str(),
        ),
        (format!("{LIST}?canary=a b"), Unreadable, own.as_str()),
        (format!("{LIST}?canary=\"a\""), Unreadable, own.as_str()),
        (format!("{LIST}?canary={{a}}"), Unreadable, own.as_str()),
        (LIST.into(), Loop, own.as_str()),
    ] {
        let (sent, error) = ends(&format!(r#"<{target}>; rel="next""#)).await;
        assert_eq!(sent.failure(), failure, "{target}");
        assert!(error.to_string().contains(place), "{error}");
        for text in [everything(&error), format!("{sent} {sent:?}")] {
            assert!(!text.contains("canary") && !text.contains("xxx"), "{text}");
        }
    }
}

// U5
#[tokio::test]
async fn the_query_of_a_link_to_another_host_is_used_at_our_own_address() {
    for target in [
        "https://evil.example/v1/teams/t/gateways",
        "//evil.example/v1/teams/t/gateways",
        "http://app.scaleft.com/v1/teams/t/gateways",
        "https://app.scaleft.com:444/v1/teams/t/gateways",
        "https://app.scaleft.com@evil.example/v1/teams/t/gateways",
        "http://10.0.0.7:8080/internal/v1/teams/t/gateways",
    ] {
        let next = format!("{target}?offset=a");
        let (client, fake) = authorized([page(&["a"], Some(&next)), page(&["b"], None)]);
        let (names, error) = drain(client.gateways().list().items()).await;
        assert!(error.is_none(), "{target} {error:?}");
        assert_eq!(names, ["a", "b"]);
        fake.finish();
        assert_eq!(queries(&fake), ["", "offset=a"], "{target}");
        let own = "app.scaleft.com";
        assert!(
            fake.requests()
                .iter()
                .all(|it| it.uri().host() == Some(own))
        );
    }
}

// U5
#[tokio::test]
async fn a_link_without_the_prefix_of_our_base_address_is_followed_with_it() {
    for target in [
        LIST.to_owned(),
        format!("https://app.scaleft.com{LIST}"),
        format!("/okta{LIST}"),
    ] {
        let next = format!("{target}?offset=a");
        let fake = FakeTransport::script([
            bearer("2026-01-01T01:00:00Z", BEARER),
            page(&["a"], Some(&next)),
            page(&["b"], None),
        ]);
        let client = Client::builder("t")
            .endpoint("https://proxy.example/okta")
            .credentials(asa_client::ServiceUser::new(KEY_ID, KEY_SECRET))
            .build_with(fake.clone(), ManualClock::auto())
            .unwrap();
        let (names, error) = drain(client.gateways().list().items()).await;
        assert!(error.is_none(), "{target} {error:?}");
        assert_eq!(names, ["a", "b"]);
        let last = fake.into_requests().pop().unwrap();
        let expected = format!("https://proxy.example/okta{LIST}?offset=a");
        assert_eq!(last.uri().to_string(), expected);
    }
}

// A21
#[tokio::test]
async fn the_fragment_of_a_link_is_dropped() {
    let next = format!("{LIST}?offset=a#top");
    let (client, fake) = authorized([page(&["a"], Some(&next)), page(&["b"], None)]);
    let (names, _) = drain(client.gateways().list().items()).await;
    assert_eq!(names, ["a", "b"]);
    assert_eq!(queries(&fake), ["", "offset=a"]);
}

// U4
#[tokio::test]
async fn a_link_to_the_page_itself_is_a_loop_however_its_query_is_written() {
    for next in [
        "contains=a+b&count=2",
        "contains=a%20b&count=2",
        "count=2&contains=a%20b",
        "count=%32&%63ontains=a+%62&",
        "&count=2&&contains=a+b",
    ] {
        let next = format!("{LIST}?{next}");
        let (client, fake) = authorized([page(&["a"], Some(&next))]);
        let list = client
            .gateways()
            .list()
            .query(|query| query.contains("a b"))
            .page_size(2);
        let (names, error) = drain(list.items()).await;
        assert_eq!(names, ["a"], "{next}");
        let expected = ErrorKind::Pagination(PaginationFailure::Loop);
        assert_eq!(error.unwrap().kind(), &expected, "{next}");
        assert_eq!(queries(&fake), ["contains=a+b&count=2"]);
    }
    let (sent, _) = ends(&format!(r#"<{LIST}?&>; rel="next""#)).await;
    assert_eq!(sent.failure(), PaginationFailure::Loop);
}

// U4
#[tokio::test]
async fn a_link_that_leads_nowhere_is_a_loop_from_every_page() {
    let next = |query: &str| format!("{LIST}?{query}");
    let (client, fake) = authorized([
        page(&["a"], Some(&next("offset=a"))),
        page(&["b"], Some(&next("&"))),
    ]);
    let (names, error) = drain(client.gateways().list().page_size(7).items()).await;
    assert_eq!(names, ["a", "b"]);
    let expected = ErrorKind::Pagination(PaginationFailure::Loop);
    assert_eq!(error.unwrap().kind(), &expected);
    assert_eq!(queries(&fake), ["count=7", "offset=a"]);
}

// U4
#[tokio::test]
async fn a_cycle_of_pages_ends_however_its_links_are_written() {
    let next = |query: &str| format!("{LIST}?{query}");
    let (client, fake) = authorized([
        page(&["a"], Some(&next("count=7&offset=b"))),
        page(&["b"], Some(&next("count=7&offset=c"))),
        page(&["c"], Some(&next("offset=%62&count=7"))),
    ]);
    let (names, error) = drain(client.gateways().list().page_size(7).items()).await;
    assert_eq!(names, ["a", "b", "c"]);
    let error = error.unwrap();
    let expected = ErrorKind::Pagination(PaginationFailure::Loop);
    assert_eq!(error.kind(), &expected);
    assert_eq!((error.page(), error.items_before()), (Some(4), Some(3)));
    let queries = queries(&fake);
    assert_eq!(queries, ["count=7", "count=7&offset=b", "count=7&offset=c"]);
    fake.finish();
}

#[tokio::test]
async fn cursors_of_different_bytes_differ_although_neither_is_text() {
    let next = |query: &str| format!("{LIST}?{query}");
    let (client, fake) = authorized([
        page(&["a"], Some(&next("offset=%ff%01"))),
        page(&["b"], Some(&next("offset=%FE%01"))),
        page(&["c"], None),
    ]);
    let (names, error) = drain(client.gateways().list().items()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(queries(&fake), ["", "offset=%ff%01", "offset=%FE%01"]);
}

// U62
#[tokio::test]
async fn a_query_of_16_kib_is_sent() {
    for character in ["x", "%2B", "+"] {
        let count = (PageToken::CURSOR_LIMIT - "offset=".len()) / character.len();
        let query = format!("offset={}", character.repeat(count));
        let next = format!("{LIST}?{query}");
        let (client, fake) = authorized([page(&["a"], Some(&next)), page(&["b"], None)]);
        let (names, error) = drain(client.gateways().list().items()).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(names, ["a", "b"]);
        assert_eq!(queries(&fake), ["", &query]);
        fake.finish();

        let (client, fake) = authorized([page(&["b"], None)]);
        let list = client.gateways().list().page_token(query.parse().unwrap());
        assert_eq!(list.send().await.unwrap().items.len(), 1);
        assert_eq!(queries(&fake), [query]);
    }
}

/// Returns a text percent-encoded, in base64 (at each alignment), and in hexadecimal digits.
fn forms(text: &str) -> Vec<String> {
    let percent = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let digits = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let base64 =
        ["", "a", "ab"].map(|before| BASE64_URL_SAFE_NO_PAD.encode(format!("{before}{text}")));
    [text.to_owned(), percent, digits]
        .into_iter()
        .chain(base64)
        .collect()
}

// U5
#[tokio::test]
async fn a_query_or_page_token_with_a_secret_of_the_call_is_neither_sent_nor_shown() {
    let key_forms = forms(KEY_SECRET);
    for text in forms(BEARER).into_iter().chain(key_forms) {
        let (sent, error) = ends(&format!(r#"<{LIST}?offset={text}>; rel="next""#)).await;
        assert_eq!(sent.failure(), PaginationFailure::Unreadable, "{text}");
        let (_, foreign) = ends(&format!(r#"<https://evil.example/{text}>; rel="next""#)).await;
        for error in [error, foreign] {
            assert!(!everything(&error).contains(&text), "{text}: {error}");
        }

        let (client, fake) = authorized([page(&[], None)]);
        client.gateways().list().send().await.unwrap();
        let token: PageToken = format!("offset={text}").parse().unwrap();
        let error = client
            .gateways()
            .list()
            .page_token(token)
            .send()
            .await
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::InvalidInput { .. }),
            "{text}"
        );
        assert!(!everything(&error).contains(&text), "{text}: {error}");
        fake.finish();
    }
}

#[tokio::test]
async fn a_link_with_a_secret_of_its_page_is_not_shown_with_it() {
    const PROJECT: &str = "/v1/teams/t/projects/web/server_enrollment_tokens";
    for (token, secret) in [
        (r#""canary-of-a-value""#, "canary-of-a-value"),
        (r#"{"s": "canary-of-a-value"}"#, "canary-of-a-value"),
    ] {
        let body = format!(r#"{{"list": [{{"id": "1", "token": {token}}}]}}"#);
        for link in [
            format!("/v1/{secret}"),
            format!("{PROJECT}/{secret}?offset=1"),
        ] {
            let response = FakeResponse::json(200, body.clone());
            let response = response.with_header("link", format!(r#"<{link}>; rel="next""#));
            let (client, _) = authorized([response]);
            let list = client.enrollment_tokens().list(&"web".into());
            let page = list.send().await.unwrap();
            let error = Error::from(page.next_page_token.unwrap_err());
            assert!(error.to_string().contains("[redacted]"), "{error}");
            assert!(!everything(&error).contains(secret), "{error}");
        }
    }
}

// U56
#[tokio::test]
async fn a_page_token_that_is_no_query_of_the_list_is_not_sent() {
    for text in [
        "canary",
        "3d9a5c1e-6f70-4e0b-9c52-7b8e4a1d2f66",
        "canary=1",
        "AQAAAA==",
        "offset",
        "offset=",
    ] {
        let fake = FakeTransport::script([]);
        let client = client(fake.clone(), &ManualClock::auto());
        let list = client.gateways().list().page_token(text.parse().unwrap());
        let error = list.items().try_next().await.unwrap_err();
        let parameter = "page_token";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert!(error.to_string().contains("`offset=…`"), "{error}");
        assert!(!everything(&error).contains("canary"), "{error}");
        fake.finish();
    }
    for text in ["offset=1", "count=2", "contains=a&x=y", "x=y&offset=1"] {
        let (client, fake) = authorized([page(&["b"], None)]);
        let list = client.gateways().list().page_token(text.parse().unwrap());
        assert_eq!(list.send().await.unwrap().items.len(), 1);
        assert_eq!(queries(&fake), [text]);
    }
}

// U56
#[tokio::test]
async fn a_page_token_that_is_not_valid_in_a_query_is_not_sent_and_not_echoed() {
    for text in [
        "canary=é",
        "canary=\n",
        "canary=\0",
        "canary=\u{7f}",
        "canary=\u{85}",
    ] {
        let error = text.parse::<PageToken>().unwrap_err();
        let parameter = "page_token";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert!(!everything(&error).contains("canary"));
    }
    let long = "canary".repeat(3000);
    for text in [
        "canary=a b",
        "canary=#",
        "canary=\"",
        "canary={}",
        "canary=\\",
        "?canary=1",
        "https://app.scaleft.com/v1/teams/t/gateways?canary=1",
        &long,
    ] {
        let fake = FakeTransport::script([]);
        let client = client(fake.clone(), &ManualClock::auto());
        let list = || client.gateways().list().page_token(text.parse().unwrap());
        let failures = [
            list().send().await.unwrap_err(),
            list().pages().try_next().await.unwrap_err(),
            list().items().try_next().await.unwrap_err(),
        ];
        for error in failures {
            let parameter = "page_token";
            assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
            assert_eq!(error.resume_token(), None);
            assert!(!everything(&error).contains("canary"), "{error}");
        }
        fake.finish();
    }
}
