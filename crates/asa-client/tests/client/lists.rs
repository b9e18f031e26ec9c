//! Lists by `Link`: which links are followed, and where lists end.

use asa_client::models::Gateway;
use asa_client::{Client, Error, ErrorKind, Items, PageToken, PaginationFailure};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};

use crate::support::*;

pub(crate) const LIST: &str = "/v1/teams/t/gateways";

fn loops() -> ErrorKind {
    ErrorKind::Pagination(PaginationFailure::Loop)
}

/// Returns all names up to the end or the error, which comes once.
pub(crate) async fn drain(mut items: Items<Gateway>) -> (Vec<String>, Option<Error>) {
    let mut names = Vec::new();
    loop {
        match items.try_next().await {
            Ok(Some(gateway)) => names.push(gateway.name),
            Ok(None) => return (names, None),
            Err(error) => {
                assert!(items.try_next().await.unwrap().is_none(), "it goes on");
                return (names, Some(error));
            }
        }
    }
}

pub(crate) fn queries(fake: &FakeTransport) -> Vec<String> {
    let requests = fake.requests();
    let lists = requests.iter().filter(|request| !is_exchange(request));
    lists
        .map(|request| {
            assert_eq!(request.uri().path(), LIST);
            assert_eq!(request.uri().host(), Some("app.scaleft.com"));
            request.uri().query().unwrap_or_default().to_owned()
        })
        .collect()
}

// A19
#[tokio::test]
async fn a_list_follows_the_next_link_relative_or_absolute() {
    let (client, fake) = authorized([
        page(&["a"], Some(&format!("{LIST}?count=1&offset=a"))),
        page(
            &["b"],
            Some(&format!("https://app.scaleft.com{LIST}?offset=b%2Fc&x=%26")),
        )
        .with_header("link", format!(r#"<{LIST}?offset=z>; rel="prev""#)),
        page(&["c"], None).with_header(
            "link",
            format!(r#"<{LIST}?a=1>; rel="first", <{LIST}?b=1>; rel="last""#),
        ),
    ]);
    let (names, error) = drain(client.gateways().list().page_size(1).items()).await;
    assert_eq!(names, ["a", "b", "c"]);
    assert!(error.is_none());
    assert_eq!(
        queries(&fake),
        ["count=1", "count=1&offset=a", "offset=b%2Fc&x=%26"]
    );
    fake.finish();
}

#[tokio::test]
async fn the_settings_of_a_list_are_in_its_first_query() {
    let (client, fake) = authorized([page(&[], None), page(&[], None)]);
    let list = client.gateways().list();
    let list = list
        .page_size(7)
        .query(|query| query.contains("eu & co+").descending(true));
    list.send().await.unwrap();
    client.gateways().list().send().await.unwrap();
    assert_eq!(
        queries(&fake),
        ["contains=eu+%26+co%2B&descending=true&count=7", ""]
    );
}

#[tokio::test]
async fn every_name_in_a_query_is_one_that_the_operation_has() {
    use gatelet_models::asa::OperationId;
    let names = |id: OperationId| id.operation().query.iter().map(|it| it.name);
    for name in ["count", "descending"] {
        assert!(names(OperationId::ListGateways).any(|it| it == name));
        assert!(names(OperationId::ListGatewaySetupTokens).any(|it| it == name));
    }
    assert!(names(OperationId::ListGateways).any(|it| it == "contains"));
}

#[tokio::test]
async fn a_page_size_of_zero_is_refused_before_anything_is_sent() {
    let fake = FakeTransport::script([]);
    let client = client(fake.clone(), &ManualClock::auto());
    let list = || client.gateways().list().page_size(0);
    let failures = [
        list().send().await.unwrap_err(),
        list().pages().try_next().await.unwrap_err(),
        list().items().try_next().await.unwrap_err(),
    ];
    for error in failures {
        let parameter = "page_size";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert_eq!(
            error.to_string(),
            "asa ListGateways: invalid `page_size`: must be at least 1 (not sent)"
        );
    }
    fake.finish();
}

#[tokio::test]
async fn a_page_is_fetched_again_by_its_token_alone() {
    let (client, fake) = authorized([
        page(&["a"], Some(&format!("{LIST}?count=1&offset=a"))),
        page(&["b"], None),
    ]);
    let first = client.gateways().list().page_size(1).send().await.unwrap();
    let token = first.next_page_token.unwrap().unwrap();
    let token: PageToken = token.to_string().parse().unwrap();
    let list = client
        .gateways()
        .list()
        .query(|query| query.contains("x"))
        .page_token(token);
    let second = list.send().await.unwrap();
    assert_eq!(second.items[0].name, "b");
    assert_eq!(second.next_page_token, Ok(None));
    assert_eq!(queries(&fake), ["count=1", "count=1&offset=a"]);
}

// U26
#[tokio::test]
async fn a_list_with_a_limit_requests_no_page_beyond_it() {
    let (client, fake) = five_pages(false);
    let list = || client.gateways().list().page_size(1);
    let items = list().limit(1).items().try_collect().await.unwrap();
    assert_eq!(items.len(), 1);
    let pages = list().limit(1).pages().try_collect().await.unwrap();
    assert_eq!(pages.len(), 1);
    assert_eq!(queries(&fake), ["count=1", "count=1"]);
    let items = list().limit(3).items().try_collect().await.unwrap();
    assert_eq!((items.len(), queries(&fake).len()), (3, 5));
}

#[tokio::test]
async fn a_long_filter_is_sent_however_the_list_ends() {
    let text = "x".repeat(20 * 1024);
    let (client, fake) = authorized([page(&["a"], None), page(&["a"], None)]);
    let list = || {
        client
            .gateways()
            .list()
            .query(|query| query.contains(text.as_str()))
    };
    assert_eq!(list().send().await.unwrap().items.len(), 1);
    assert_eq!(list().items().try_collect().await.unwrap().len(), 1);
    assert_eq!(queries(&fake), vec![format!("contains={text}"); 2]);
    fake.finish();
}

// A23, U4
#[tokio::test]
async fn a_link_to_the_page_itself_ends_the_list_after_that_page() {
    let own = |offset: &str| format!("{LIST}?count=1{offset}");
    // The first page leads to itself, then the second does.
    let (client, fake) = authorized([page(&["a"], Some(&own(""))), page(&["a"], Some(&own("")))]);
    let sent = client.gateways().list().page_size(1).send().await.unwrap();
    let failure = sent.next_page_token.unwrap_err().failure();
    assert_eq!(failure, PaginationFailure::Loop);
    let (names, error) = drain(client.gateways().list().page_size(1).items()).await;
    assert_eq!((names, error.unwrap().kind()), (vec!["a".into()], &loops()));
    fake.finish();

    let (client, fake) = authorized([
        page(&["a"], Some(&own("&offset=a"))),
        page(&["b"], Some(&own("&offset=a"))),
    ]);
    let (names, error) = drain(client.gateways().list().page_size(1).items()).await;
    assert_eq!(names, ["a", "b"]);
    assert_eq!(error.unwrap().kind(), &loops());
    fake.finish();
}

// A24
#[tokio::test]
async fn a_cycle_of_three_is_a_loop() {
    let fake = FakeTransport::respond(|request| {
        if is_exchange(request) {
            return bearer("2026-01-01T01:00:00Z", BEARER);
        }
        match request.uri().query() {
            None | Some("offset=c") => page(&["a"], Some(&format!("{LIST}?offset=a"))),
            Some("offset=a") => page(&["b"], Some(&format!("{LIST}?offset=b"))),
            _ => page(&["c"], Some(&format!("{LIST}?offset=c"))),
        }
    });
    let client = client(fake.clone(), &ManualClock::auto());
    let (names, error) = drain(client.gateways().list().items()).await;
    assert_eq!(names, ["a", "b", "c", "a"]);
    assert_eq!(
        error.unwrap().to_string(),
        "asa ListGateways: the server returned the same page token twice (page 5 of this list, after 4 items)"
    );
    assert_eq!(queries(&fake).len(), 4);
}

// A24
#[tokio::test]
async fn endless_page_tokens_end_at_the_page_limit() {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let fake = FakeTransport::respond(move |request| {
        if is_exchange(request) {
            return bearer("2026-01-01T01:00:00Z", BEARER);
        }
        let fresh = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        page(&[], Some(&format!("{LIST}?offset={fresh}")))
    });
    let client = client(fake.clone(), &ManualClock::auto());
    let (names, error) = drain(client.gateways().list().items()).await;
    assert!(names.is_empty());
    let limit = ErrorKind::Pagination(PaginationFailure::LimitReached);
    assert_eq!(error.unwrap().kind(), &limit);
    assert_eq!(queries(&fake).len(), 10_000);
}

// A25
#[tokio::test]
async fn an_empty_page_with_a_next_link_goes_on() {
    let (client, fake) = authorized([
        page(&[], Some(&format!("{LIST}?offset=a"))),
        page(&[], Some(&format!("{LIST}?offset=b"))),
        page(&["c"], None),
    ]);
    let items = client.gateways().list().items();
    let names: Vec<String> = items
        .try_collect()
        .await
        .unwrap()
        .into_iter()
        .map(|gateway| gateway.name)
        .collect();
    assert_eq!(names, ["c"]);
    fake.finish();
}

fn five_pages(third_fails: bool) -> (Client, FakeTransport) {
    let fake = FakeTransport::respond(move |request| {
        if is_exchange(request) {
            return bearer("2026-01-01T01:00:00Z", BEARER);
        }
        let next = |offset: &str| format!("{LIST}?count=1&offset={offset}");
        match request.uri().query() {
            Some("count=1") => page(&["a"], Some(&next("a"))),
            Some("count=1&offset=a") => page(&["b"], Some(&next("b"))),
            Some("count=1&offset=b") if third_fails => FakeResponse::status(503),
            Some("count=1&offset=b") => page(&["c"], Some(&next("c"))),
            Some("count=1&offset=c") => page(&["d"], Some(&next("d"))),
            _ => page(&["e"], None),
        }
    });
    (client(fake.clone(), &ManualClock::auto()), fake)
}

// A26
#[tokio::test]
async fn a_list_that_breaks_off_returns_its_items_and_a_resume_token() {
    let (client, fake) = five_pages(true);
    let (names, error) = drain(client.gateways().list().page_size(1).items()).await;
    assert_eq!(names, ["a", "b"]);
    let error = error.unwrap();
    assert_eq!(error.status().unwrap(), 503);
    assert_eq!(error.attempts(), 3);
    assert_eq!(queries(&fake).len(), 5);

    let token = error.resume_token().unwrap().clone();
    let (client, _) = five_pages(false);
    let (names, error) = drain(client.gateways().list().page_token(token).items()).await;
    assert_eq!(names, ["c", "d", "e"]);
    assert!(error.is_none());
}

#[tokio::test]
async fn a_list_can_be_dropped_between_two_polls_without_losing_its_place() {
    let (client, _) = five_pages(false);
    let mut pages = client.gateways().list().page_size(1).pages();
    let mut names = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        drop(pages.try_next());
        names.extend(page.into_iter().map(|gateway| gateway.name));
    }
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
}

#[tokio::test]
async fn setup_tokens_are_listed_page_by_page() {
    let list = "/v1/teams/t/gateway_setup_tokens";
    let next = format!(r#"<{list}?offset=6116bb2a>; rel="next""#);
    let (client, fake) = authorized([
        FakeResponse::json(200, format!(r#"{{"list": [{SETUP_TOKEN}]}}"#))
            .with_header("link", next),
        FakeResponse::json(200, r#"{"list": null}"#),
    ]);
    let tokens = client
        .gateway_setup_tokens()
        .list()
        .query(|query| query.descending(false));
    assert_eq!(tokens.items().try_collect().await.unwrap().len(), 1);
    let requests = fake.into_requests();
    assert_eq!(requests[1].uri().path(), list);
    assert_eq!(requests[1].uri().query(), Some("descending=false"));
    assert_eq!(requests[2].uri().query(), Some("offset=6116bb2a"));
}

#[tokio::test]
async fn the_next_page_is_prefetched_unless_prefetch_is_off() {
    for prefetches in [true, false] {
        let (client, fake) = five_pages(false);
        let list = client.gateways().list().page_size(1);
        let list = if prefetches {
            list
        } else {
            list.prefetch(false)
        };
        let mut items = list.items();
        assert_eq!(items.try_next().await.unwrap().unwrap().name, "a");
        assert_eq!(queries(&fake).len(), 1 + usize::from(prefetches));
    }
}

// U55
#[tokio::test]
async fn an_unknown_member_does_not_make_an_error_of_a_page_with_items() {
    for member in [r#""type": "gateways", "size": 1e999"#, r#""code": 200"#] {
        let body = |list: &str| format!(r#"{{{member}, "list": [ {list} ]}}"#);
        let (client, fake) =
            authorized([body(GATEWAY), body("")].map(|json| FakeResponse::json(200, json)));
        let page = client.gateways().list().send().await.unwrap();
        assert_eq!(page.items.len(), 1);
        let empty = client.gateways().list().send().await.unwrap_err();
        assert_eq!(empty.kind(), &ErrorKind::Api);
        fake.finish();
    }
}
