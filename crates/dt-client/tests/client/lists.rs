//! Lists by cursor: the query of each page, and where lists end.

use dt_client::models::{ActiveGateToken, ActiveGateTokenCreate, ActiveGateType};
use dt_client::{Applied, Clock as _, Error, ErrorKind, Items, PageToken, PaginationFailure};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};

use crate::support::*;

/// Returns all names up to the end or the error, which comes once.
async fn drain(mut items: Items<ActiveGateToken>) -> (Vec<String>, Option<Error>) {
    let mut names = Vec::new();
    loop {
        match items.try_next().await {
            Ok(Some(token)) => names.extend(token.name),
            Ok(None) => return (names, None),
            Err(error) => {
                assert!(items.try_next().await.unwrap().is_none(), "it goes on");
                return (names, Some(error));
            }
        }
    }
}

fn queries(fake: &FakeTransport) -> Vec<String> {
    let queries = fake.requests().into_iter().map(|request| {
        assert_eq!(request.uri().path(), PATH);
        request.uri().query().unwrap_or_default().to_owned()
    });
    queries.collect()
}

// D2
#[tokio::test]
async fn later_pages_are_requested_with_the_cursor_alone() {
    let (client, fake) = scripted([
        page(&["a"], Some(r#""k1==""#)),
        page(&["b"], Some(r#""k2==""#)),
        page(&["c"], Some("null")),
    ]);
    let list = client.active_gate_tokens().list().page_size(3000);
    let (names, error) = drain(list.items()).await;
    assert_eq!(names, ["a", "b", "c"]);
    assert!(error.is_none());
    fake.finish();
    assert_eq!(
        queries(&fake),
        [
            "pageSize=3000",
            "nextPageKey=k1%3D%3D",
            "nextPageKey=k2%3D%3D"
        ]
    );
}

// D3
#[tokio::test]
async fn a_cursor_arrives_byte_for_byte() {
    let key = "+ / = _ - & % # ? é 日 %2B";
    let responses = || {
        [
            page(&["a"], Some(&format!(r#""{key}""#))),
            page(&["b"], None),
        ]
    };
    let (client, fake) = scripted(responses().into_iter().chain(responses()));
    let list = client.active_gate_tokens().list();
    assert_eq!(list.clone().items().try_collect().await.unwrap().len(), 2);

    // Also as text, in another process.
    let first = list.clone().send().await.unwrap();
    let token = first.next_page_token.unwrap().unwrap().to_string();
    assert!(token.is_ascii(), "{token}");
    let second = list
        .page_token(token.parse().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(second.items[0].name.as_deref(), Some("b"));

    let requests = fake.into_requests();
    for request in [&requests[1], &requests[3]] {
        let query = request.uri().query().unwrap();
        assert!(query.contains("%2B") && query.contains("%252B"), "{query}");
        let decoded: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        assert_eq!(decoded, [("nextPageKey".into(), key.into())]);
    }
}

// U62
#[tokio::test]
async fn a_cursor_of_16_kib_is_sent_and_a_longer_one_is_an_error_after_the_page() {
    for part in ["x", "+"] {
        let key = part.repeat(16 * 1024);
        let longer = format!("{key}x");
        let (client, fake) = scripted([
            page(&["a"], Some(&format!("{key:?}"))),
            page(&["b"], Some(&format!("{longer:?}"))),
        ]);
        let (names, error) = drain(client.active_gate_tokens().list().items()).await;
        assert_eq!(names, ["a", "b"]);
        let unreadable = ErrorKind::Pagination(PaginationFailure::Unreadable);
        let error = error.unwrap();
        assert_eq!(error.kind(), &unreadable);
        assert_eq!(error.operation(), Some("dt listTokens"));
        assert!(everything(&error).len() < 2000);
        let requests = fake.into_requests();
        let query = requests[1].uri().query().unwrap();
        let decoded: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        assert_eq!(decoded, [("nextPageKey".into(), key.into())]);
    }
}

// U5
#[tokio::test]
async fn a_cursor_or_page_token_with_a_secret_of_the_call_is_neither_sent_nor_shown() {
    let percent: String = TOKEN.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for text in [TOKEN.to_owned(), percent, "xCANARYSECRETx".to_owned()] {
        let (client, fake) = scripted([page(&["a"], Some(&format!("{text:?}")))]);
        let list = client.active_gate_tokens().list();
        let (names, error) = drain(list.clone().items()).await;
        let (unreadable, error) = (PaginationFailure::Unreadable, error.unwrap());
        assert_eq!(names, ["a"]);
        assert_eq!(error.kind(), &ErrorKind::Pagination(unreadable));

        let list = list.page_token(text.parse().unwrap());
        let refused = list.send().await.unwrap_err();
        assert!(
            matches!(refused.kind(), ErrorKind::InvalidInput { .. }),
            "{text}"
        );
        for error in [error, refused] {
            assert!(!everything(&error).contains(&text), "{text}: {error}");
        }
        fake.finish();
    }
}

// U56
#[tokio::test]
async fn a_page_token_beyond_printable_ascii_is_not_sent_and_not_echoed() {
    for text in [
        "canaryé",
        "canary\n",
        "canary\0",
        "canary\u{7f}",
        "canary\u{85}",
        "canary日",
    ] {
        let error = text.parse::<PageToken>().unwrap_err();
        let parameter = "page_token";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert!(!everything(&error).contains("canary"));
    }
    let long = "canary".repeat(3000);
    for text in ["nextPageKey=canary&pageSize=100", "nextPageKey=", &long] {
        let (client, fake) = scripted([]);
        let list = client.active_gate_tokens().list();
        let list = list.page_token(text.parse().unwrap());
        let failures = [
            list.clone().send().await.unwrap_err(),
            list.clone().pages().try_next().await.unwrap_err(),
            list.items().try_next().await.unwrap_err(),
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

// U4
#[tokio::test]
async fn a_page_with_its_own_cursor_still_returns_its_items() {
    let again = || page(&["b"], Some(r#""k""#));
    let (client, fake) = scripted([again()]);
    let list = client.active_gate_tokens().list();
    let sent = list.page_token("k".parse().unwrap()).send().await.unwrap();
    assert_eq!(sent.items[0].name.as_deref(), Some("b"));
    let failure = sent.next_page_token.unwrap_err().failure();
    assert_eq!(failure, PaginationFailure::Loop);
    fake.finish();
}

// U26
#[tokio::test]
async fn a_list_with_a_limit_requests_no_page_beyond_it() {
    let full = || page(&["a", "b"], Some(r#""k1""#));
    let (client, fake) = scripted([full(), full(), full(), page(&["c"], Some(r#""k2""#))]);
    let list = || client.active_gate_tokens().list();
    let items = list().limit(1).items().try_collect().await.unwrap();
    assert_eq!(items.len(), 1);
    let pages = list().limit(2).pages().try_collect().await.unwrap();
    assert_eq!(pages.len(), 1);
    let items = list().limit(3).items().try_collect().await.unwrap();
    assert_eq!(items.len(), 3);
    fake.finish();
    assert_eq!(queries(&fake), ["", "", "", "nextPageKey=k1"]);
}

// U61
#[tokio::test]
async fn an_error_on_page_7_says_the_page_and_how_many_items_came_before() {
    let pages = (1..7).map(|number| page(&["a", "b"], Some(&format!(r#""k{number}""#))));
    let (client, fake) = scripted(pages.chain([refusal(403, "no")]));
    let (names, error) = drain(client.active_gate_tokens().list().items()).await;
    let error = error.unwrap();
    assert_eq!((error.page(), error.items_before()), (Some(7), Some(12)));
    assert_eq!(names.len(), 12);
    assert_eq!(
        error.to_string(),
        "dt listTokens: 403 Forbidden: no [403] (page 7 of this list, after 12 items) (1 attempt, nothing was applied)"
    );
    assert_eq!(error.resume_token().map(PageToken::as_str), Some("k6"));
    fake.finish();
}

// D5
#[tokio::test]
async fn a_cursor_that_is_null_absent_or_empty_is_the_end() {
    for end in [None, Some("null"), Some(r#""""#)] {
        let (client, fake) = scripted([page(&["a"], end), page(&["a"], end)]);
        let list = client.active_gate_tokens().list();
        let sent = list.clone().send().await.unwrap();
        assert_eq!(sent.next_page_token, Ok(None));
        assert_eq!(list.items().try_collect().await.unwrap().len(), 1);
        fake.finish();
    }
}

// D6
#[tokio::test]
async fn a_repeated_cursor_is_a_loop() {
    let (client, fake) = scripted([page(&["a"], Some(r#""k""#)), page(&["b"], Some(r#""k""#))]);
    let (names, error) = drain(client.active_gate_tokens().list().items()).await;
    assert_eq!(names, ["a", "b"]);
    let error = error.unwrap();
    let kind = ErrorKind::Pagination(PaginationFailure::Loop);
    assert_eq!(error.kind(), &kind);
    assert_eq!(error.operation(), Some("dt listTokens"));
    fake.finish();
}

// D8
#[tokio::test]
async fn the_total_count_does_not_end_a_list_and_is_returned_as_received() {
    let (client, fake) = scripted([
        page_of(2, &["a", "b"], Some(r#""k1""#)),
        page_of(0, &[], Some(r#""k2""#)),
        page_of(7, &["c"], None),
    ]);
    let pages = client.active_gate_tokens().list().pages();
    let pages = pages.try_collect().await.unwrap();
    let counts: Vec<_> = pages
        .iter()
        .map(|page| (page.items.len(), page.total_count, page.page_size))
        .collect();
    assert_eq!(
        counts,
        [
            (2, Some(2), Some(100)),
            (0, Some(0), Some(100)),
            (1, Some(7), Some(100))
        ]
    );
    fake.finish();
}

// D10
#[tokio::test]
async fn a_page_size_outside_of_the_documented_limits_is_not_sent() {
    for (size, is_good) in [
        (0, false),
        (99, false),
        (100, true),
        (3000, true),
        (3001, false),
    ] {
        let responses = is_good.then(|| page(&[], None));
        let (client, fake) = scripted(responses);
        let result = client
            .active_gate_tokens()
            .list()
            .page_size(size)
            .send()
            .await;
        assert_eq!(result.is_ok(), is_good, "{size}");
        if let Err(error) = result {
            let parameter = "page_size";
            assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
            assert_eq!(error.applied(), Applied::No);
            assert_eq!(
                error.to_string(),
                "dt listTokens: invalid `page_size`: must be from 100 to 3000 (not sent)"
            );
        }
        fake.finish();
    }
}

#[tokio::test]
async fn an_error_for_a_refused_cursor_has_the_resume_token() {
    let foreign = || {
        let body = r#"{"error": {"code": 400, "message": "Constraints violated.", "constraintViolations": [
            {"path": "nextPageKey", "message": "not valid", "parameterLocation": "QUERY", "location": null}]}}"#;
        FakeResponse::json(400, body)
    };
    let (client, fake) = scripted([page(&["a"], Some(r#""k1""#)), foreign(), foreign()]);
    let (names, error) = drain(client.active_gate_tokens().list().items()).await;
    assert_eq!(names, ["a"]);
    let error = error.unwrap();
    assert_eq!(error.kind(), &ErrorKind::Api);
    assert_eq!(error.status().unwrap(), 400);
    assert_eq!(error.violations()[0].path.as_ref(), "nextPageKey");
    assert_eq!(error.resume_token().map(PageToken::as_str), Some("k1"));
    assert_eq!(error.attempts(), 1);

    let key: PageToken = "of another environment".parse().unwrap();
    let list = client.active_gate_tokens().list().page_token(key.clone());
    let error = list.pages().try_next().await.unwrap_err();
    assert_eq!(error.resume_token(), Some(&key));
    fake.finish();
}

#[tokio::test]
async fn a_list_resumes_from_a_token_in_another_process() {
    let (client, fake) = scripted([
        page(&["a"], Some(r#""k1""#)),
        page(&["b"], Some(r#""k2""#)),
        page(&["c"], None),
    ]);
    let tokens = client.active_gate_tokens();
    let first = tokens.list().page_size(100).send().await.unwrap();
    let text = first.next_page_token.unwrap().unwrap().to_string();
    let list = tokens
        .list()
        .page_size(100)
        .page_token(text.parse().unwrap());
    let (names, _) = drain(list.items()).await;
    assert_eq!(names, ["b", "c"]);
    assert_eq!(
        queries(&fake),
        ["pageSize=100", "nextPageKey=k1", "nextPageKey=k2"]
    );
}

// D26
#[tokio::test]
async fn tokens_created_or_deleted_meanwhile_are_returned_as_received() {
    let (client, _) = scripted([page(&["a", "b"], Some(r#""k1""#)), page(&["b", "d"], None)]);
    let (names, error) = drain(client.active_gate_tokens().list().items()).await;
    assert_eq!(names, ["a", "b", "b", "d"]);
    assert!(error.is_none());
}

// D25
#[tokio::test]
async fn a_missing_date_is_none() {
    let body = format!(
        r#"{{"totalCount": 1, "activeGateTokens": [{}]}}"#,
        token("a")
    );
    let (client, _) = scripted([FakeResponse::json(200, body)]);
    let page = client.active_gate_tokens().list().send().await.unwrap();
    assert_eq!(page.items[0].expiration_date, None);
    assert_eq!(page.items[0].last_used_date, None);
    assert_eq!(page.page_size, None);
    assert_eq!(page.next_page_token, Ok(None));
}

#[tokio::test]
async fn endless_page_tokens_end_at_the_page_limit() {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let fake = FakeTransport::respond(move |_| {
        let fresh = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        page(&[], Some(&format!(r#""k{fresh}""#)))
    });
    let client = client(fake.clone(), &ManualClock::auto());
    let (names, error) = drain(client.active_gate_tokens().list().items()).await;
    assert!(names.is_empty());
    let limit = ErrorKind::Pagination(PaginationFailure::LimitReached);
    assert_eq!(error.unwrap().kind(), &limit);
    assert_eq!(fake.requests().len(), 10_000);
}

// U3
#[tokio::test]
async fn a_page_without_its_list_is_an_error_unless_the_whole_result_is_empty() {
    for body in [
        r#"{"totalCount":5}"#,
        r#"{"totalCount":5,"activeGateTokens":null}"#,
        r#"{"totalCount":1,"pageSize":100,"nextPageKey":null}"#,
        r#"{"totalCount":0,"nextPageKey":"k"}"#,
        r#"{"totalCount":0,"nextPageKey":"k","activeGateTokens":null}"#,
    ] {
        let (client, fake) = scripted([(); 3].map(|()| FakeResponse::json(200, body)));
        let tokens = client.active_gate_tokens();
        let create = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment);
        let failures = [
            tokens.list().send().await.unwrap_err(),
            tokens.list().items().try_next().await.unwrap_err(),
            tokens
                .find_lost(&create, ManualClock::new().now())
                .await
                .unwrap_err(),
        ];
        for error in failures {
            let path = "activeGateTokens".into();
            assert_eq!(error.kind(), &ErrorKind::Decode { path }, "{body}");
        }
        fake.finish();
    }
    for body in [
        r#"{"totalCount":0}"#,
        r#"{"totalCount":0,"activeGateTokens":null}"#,
        r#"{"totalCount":0,"nextPageKey":"","activeGateTokens":null}"#,
        r#"{"totalCount":5,"activeGateTokens":[]}"#,
    ] {
        let (client, _) = scripted([FakeResponse::json(200, body)]);
        let tokens = client.active_gate_tokens().list().items();
        assert_eq!(tokens.try_collect().await.unwrap().len(), 0, "{body}");
    }
    // A search for a lost token must not report that there is none.
    let empty = r#"{"totalCount":5,"activeGateTokens":[]}"#;
    let (client, _) = scripted([FakeResponse::json(200, empty)]);
    let create = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment);
    let tokens = client.active_gate_tokens();
    let lost = tokens.find_lost(&create, ManualClock::new().now()).await;
    let incomplete = ErrorKind::Pagination(PaginationFailure::Incomplete);
    assert_eq!(lost.unwrap_err().kind(), &incomplete);
}

// U4
#[tokio::test]
async fn a_cursor_that_is_not_a_string_is_an_error_after_the_page() {
    for cursor in [
        "7",
        "true",
        "[]",
        r#"{"a":1}"#,
        r#""\ud800""#,
        r#""a", "nextPageKey": "b""#,
        r#""a", "nextPageKey": null"#,
    ] {
        let response = || page(&["a", "b"], Some(cursor));
        let (client, fake) = scripted([response(), response()]);
        let list = || client.active_gate_tokens().list();
        let sent = list().send().await.unwrap();
        assert_eq!(sent.items.len(), 2, "{cursor}");
        let failure = sent.next_page_token.unwrap_err().failure();
        assert_eq!(failure, PaginationFailure::Unreadable, "{cursor}");
        let (names, error) = drain(list().items()).await;
        assert_eq!(names, ["a", "b"], "{cursor}");
        let error = error.unwrap();
        assert_eq!(error.kind(), &ErrorKind::Pagination(failure), "{error}");
        assert_eq!((error.page(), error.items_before()), (Some(2), Some(2)));
        fake.finish();
    }
    // A page without a list has no items.
    let (client, _) = scripted([FakeResponse::json(
        200,
        r#"{"totalCount":0,"nextPageKey":7}"#,
    )]);
    let error = client.active_gate_tokens().list().send().await;
    let path = "activeGateTokens".into();
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::Decode { path });
}

#[tokio::test]
async fn a_lost_token_is_found_by_name_kind_and_time() {
    let token = |id: &str, name: &str, made: &str, more: &str| {
        format!(
            r#"{{"id": "{id}", "name": "{name}", "owner": "o", "creationDate": "{made}"{more}}}"#
        )
    };
    let page = |tokens: &[String], next: &str| {
        let tokens = tokens.join(",");
        let body = format!(
            r#"{{"totalCount": 8, "nextPageKey": {next}, "activeGateTokens": [{tokens}]}}"#
        );
        FakeResponse::json(200, body)
    };
    let like = r#", "seedToken": false, "activeGateType": "ENVIRONMENT""#;
    let (client, fake) = scripted([
        page(
            &[
                token("lost", "edge-7", "2026-01-01T00:00:01Z", like),
                token("other-name", "edge-70", "2026-01-01T00:00:01Z", like),
                token("older", "edge-7", "2025-12-31T23:54:59Z", like),
                token("behind", "edge-7", "2025-12-31T23:55:00Z", like),
            ],
            r#""k""#,
        ),
        page(
            &[
                token("untold", "edge-7", "2026-01-01T00:00:02Z", ""),
                token(
                    "used",
                    "edge-7",
                    "2026-01-01T00:00:02Z",
                    r#", "lastUsedDate": "2026-01-01T00:00:03Z""#,
                ),
                token(
                    "never",
                    "edge-7",
                    "2026-01-01T00:00:02Z",
                    r#", "lastUsedDate": "0001-01-01T00:00:00Z""#,
                ),
                token(
                    "seed",
                    "edge-7",
                    "2026-01-01T00:00:02Z",
                    r#", "seedToken": true"#,
                ),
                token(
                    "cluster",
                    "edge-7",
                    "2026-01-01T00:00:02Z",
                    r#", "activeGateType": "CLUSTER""#,
                ),
            ],
            "null",
        ),
        FakeResponse::status(400),
    ]);
    let create = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment);
    let since = ManualClock::new().now();
    let tokens = client.active_gate_tokens();
    let lost = tokens.find_lost(&create, since).await.unwrap();
    let ids: Vec<_> = lost.iter().map(|token| token.id.as_str()).collect();
    assert_eq!(ids, ["lost", "behind", "untold", "never"]);

    let error = tokens.find_lost(&create, since).await.unwrap_err();
    assert_eq!(error.operation(), Some("dt listTokens"));
    fake.finish();
    assert_eq!(
        queries(&fake),
        ["pageSize=3000", "nextPageKey=k", "pageSize=3000"]
    );
}

#[tokio::test]
async fn the_next_page_is_prefetched_unless_prefetch_is_off() {
    for prefetches in [true, false] {
        let (client, fake) =
            scripted([page(&["a"], Some(r#""k1""#)), page(&["b"], Some(r#""k2""#))]);
        let list = client.active_gate_tokens().list();
        let list = if prefetches {
            list
        } else {
            list.prefetch(false)
        };
        let mut items = list.items();
        assert_eq!(
            items.try_next().await.unwrap().unwrap().name.as_deref(),
            Some("a")
        );
        assert_eq!(fake.requests().len(), 1 + usize::from(prefetches));
        assert_eq!(items.page_token().map(PageToken::as_str), Some("k1"));
    }
}

// U58
#[tokio::test]
async fn counts_of_minus_one_are_absent_and_the_page_is_read() {
    let body = format!(
        r#"{{"totalCount": -1, "pageSize": -1, "activeGateTokens": [{}]}}"#,
        token("a")
    );
    let (client, fake) = scripted([FakeResponse::json(200, body)]);
    let page = client.active_gate_tokens().list().send().await.unwrap();
    assert_eq!((page.total_count, page.page_size), (None, None));
    assert_eq!(page.items.len(), 1);
    fake.finish();
}
