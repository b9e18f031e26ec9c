//! Lists, page by page and item by item.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::sync::{Arc, Mutex};

use gatelet_transport::testing::{FakeTransport, ManualClock};
use gatelet_transport::{
    ApiError, BaseUrl, Channel, Dialect, Error, ErrorKind, NextPageError, Page, PageToken, Pages,
    PaginationFailure,
};

/// Parses no errors.
struct Plain;

impl Dialect for Plain {
    fn api_error(&self, _: http::StatusCode, _: &str) -> Option<ApiError> {
        None
    }
}

fn channel() -> Channel {
    let base = BaseUrl::parse("https://api.example.com").unwrap();
    Channel::builder(base, Plain)
        .build_with(FakeTransport::script([]), ManualClock::auto())
        .unwrap()
}

/// The page tokens that a list requested; empty for the first page.
type RequestedTokens = Arc<Mutex<Vec<String>>>;

/// Returns a list whose pages a function creates from the token (empty for the first page).
fn list(
    page: impl Fn(&str) -> Result<Page<u32>, Error> + Send + 'static,
) -> (Pages<u32>, RequestedTokens) {
    let requests = RequestedTokens::default();
    let log = requests.clone();
    let pages = channel().pages("test List", None, move |token: Option<PageToken>| {
        let token = token.map_or_else(String::new, |token| token.to_string());
        log.lock().unwrap().push(token.clone());
        std::future::ready(page(&token))
    });
    (pages, requests)
}

fn page(items: &[u32], next: &str) -> Result<Page<u32>, Error> {
    Ok(Page::new(items.to_vec(), token(next)))
}

/// Returns a token, or `None` for an empty text.
fn token(text: &str) -> Option<PageToken> {
    (!text.is_empty()).then(|| PageToken::new(text).unwrap())
}

fn broken() -> Error {
    Error::exchange_failed("it is broken")
}

/// Returns the items of each page, and the final error, if any.
async fn drain(mut pages: Pages<u32>) -> (Vec<Vec<u32>>, Option<Error>) {
    let mut seen = Vec::new();
    let error = loop {
        match pages.try_next().await {
            Ok(Some(page)) => seen.push(page.items),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(
        pages.try_next().await.unwrap().is_none(),
        "an end is an end"
    );
    (seen, error)
}

fn failure(error: Option<Error>) -> PaginationFailure {
    match error.unwrap().kind() {
        ErrorKind::Pagination(failure) => *failure,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_page_is_requested_once() {
    let (pages, requests) = list(|token| match token {
        "" => page(&[1, 2], "b"),
        "b" => page(&[3], "c"),
        _ => page(&[4], ""),
    });
    assert_eq!(pages.items().try_collect().await.unwrap(), [1, 2, 3, 4]);
    assert_eq!(*requests.lock().unwrap(), ["", "b", "c"]);
}

#[test]
fn an_unused_list_requests_nothing_and_the_compiler_warns() {
    fn made() -> (Pages<u32>, RequestedTokens) {
        list(|_| page(&[1], ""))
    }
    let (pages, requests) = made();
    let (other_pages, also_asked) = made();
    let pages = || pages;
    let items = || other_pages.items();
    #[expect(unused_must_use, reason = "that it is expected is what is checked")]
    pages();
    #[expect(unused_must_use, reason = "that it is expected is what is checked")]
    items();
    assert!(requests.lock().unwrap().is_empty() && also_asked.lock().unwrap().is_empty());
}

// A25
#[tokio::test]
async fn an_empty_page_with_a_next_one_continues_the_list() {
    let (pages, _) = list(|token| match token {
        "" => page(&[], "b"),
        "b" => page(&[], "c"),
        _ => page(&[7], ""),
    });
    assert_eq!(pages.items().try_collect().await.unwrap(), [7]);
}

// A23
#[tokio::test]
async fn a_page_that_links_to_itself_is_returned_before_the_error() {
    let (pages, requests) = list(|_| page(&[1], "b"));
    let (seen, error) = drain(pages).await;
    assert_eq!(
        error.as_ref().unwrap().to_string(),
        "test List: the server returned the same page token twice (page 3 of this list, after 2 items)"
    );
    assert_eq!(seen, [[1], [1]]);
    // Continuing at `b` would repeat its items.
    assert_eq!(error.as_ref().unwrap().resume_token(), None);
    assert_eq!(failure(error), PaginationFailure::Loop);
    assert_eq!(*requests.lock().unwrap(), ["", "b"]);
}

// A24
#[tokio::test]
async fn cycles_and_endless_lists_are_refused() {
    let (pages, requests) = list(|token| match token {
        "" | "c" => page(&[1], "a"),
        "a" => page(&[2], "b"),
        _ => page(&[3], "c"),
    });
    let (seen, error) = drain(pages).await;
    assert_eq!((seen.len(), failure(error)), (4, PaginationFailure::Loop));
    assert_eq!(requests.lock().unwrap().len(), 4);

    let endless = |token: &str| page(&[], &format!("{token}x"));
    let (pages, requests) = list(endless);
    let (seen, error) = drain(pages.page_limit(100)).await;
    assert_eq!(
        (seen.len(), failure(error)),
        (100, PaginationFailure::LimitReached)
    );
    assert_eq!(requests.lock().unwrap().len(), 100);

    let mut number = 0;
    let fresh = move |_| {
        number += 1;
        std::future::ready(page(&[], &number.to_string()))
    };
    let (seen, error) = drain(Pages::new(None, fresh)).await;
    assert_eq!(
        (seen.len(), failure(error)),
        (10_000, PaginationFailure::LimitReached)
    );
}

#[tokio::test]
async fn a_list_that_ends_at_the_page_limit_is_complete() {
    let (pages, _) = list(|token| page(&[1], if token.is_empty() { "b" } else { "" }));
    let (seen, error) = drain(pages.page_limit(2)).await;
    assert_eq!((seen.len(), error.is_none()), (2, true));
}

#[tokio::test]
async fn a_list_that_must_be_complete_fails_if_it_ends_before_the_least_of_its_total_counts() {
    for (totals, limit, is_complete) in [
        ([Some(2), Some(2)], u64::MAX, true),
        ([Some(3), Some(3)], u64::MAX, false),
        // Items came or went meanwhile.
        ([Some(2), Some(3)], u64::MAX, true),
        ([Some(3), Some(2)], u64::MAX, true),
        ([Some(3), None], u64::MAX, false),
        ([None, None], u64::MAX, true),
        ([Some(9), Some(9)], 2, true),
    ] {
        let of_total = move |token: &str| {
            let (next, total) = match token {
                "" => ("b", totals[0]),
                _ => ("", totals[1]),
            };
            Ok(page(&[1], next)?.with_total_count(total))
        };
        let (pages, _) = list(of_total);
        let (seen, error) = drain(pages.limit(limit).require_complete()).await;
        assert_eq!(seen, [[1], [1]]);
        let found = error.map(|error| failure(Some(error)));
        let expected = (!is_complete).then_some(PaginationFailure::Incomplete);
        assert_eq!(found, expected, "{totals:?}");
        let (pages, _) = list(of_total);
        assert!(drain(pages).await.1.is_none(), "it need not be complete");
    }
}

#[tokio::test]
async fn a_list_says_how_much_shorter_it_is_than_its_total_count_once_it_has_ended() {
    let of_three = |token: &str| {
        let next = if token.is_empty() { "b" } else { "" };
        Ok(page(&[1], next)?.with_total_count(3))
    };
    let (mut pages, _) = list(of_three);
    for missing in [0, 1, 1] {
        pages.try_next().await.unwrap();
        assert_eq!(pages.missing(), missing);
    }
    let start = PageToken::new("b").unwrap();
    let mut rest = Pages::new(Some(start), move |_| std::future::ready(of_three("b")));
    rest.try_next().await.unwrap();
    assert_eq!(rest.missing(), 0, "the first page is unknown");
}

// A26
#[tokio::test]
async fn a_failed_list_returns_its_pages_and_then_where_to_resume() {
    let make = |is_broken: bool| {
        move |token: &str| match token {
            "" => page(&[1], "b"),
            "b" => page(&[2], "c"),
            "c" if is_broken => Err(broken()),
            "c" => page(&[3], ""),
            other => panic!("{other}"),
        }
    };
    let (pages, _) = list(make(true));
    let mut items = pages.items();
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    assert_eq!(items.try_next().await.unwrap(), Some(2));
    let error = items.try_next().await.unwrap_err();
    assert_eq!(items.try_next().await.unwrap(), None);
    let token = error.resume_token().cloned();
    assert_eq!(token.as_ref().unwrap().as_str(), "c");

    let fetch = make(false);
    let resumed = Pages::new(token, move |token: Option<PageToken>| {
        std::future::ready(fetch(token.unwrap().as_str()))
    });
    assert_eq!(resumed.items().try_collect().await.unwrap(), [3]);

    let (pages, _) = list(|_| Err(broken()));
    let (seen, error) = drain(pages).await;
    assert!(seen.is_empty() && error.unwrap().resume_token().is_none());
}

#[tokio::test]
async fn a_dropped_wait_loses_no_page_and_repeats_no_request() {
    let requests = Arc::new(Mutex::new(0));
    let count = requests.clone();
    let mut pages = Pages::new(None, move |_| {
        *count.lock().unwrap() += 1;
        async {
            tokio::task::yield_now().await;
            page(&[1], "")
        }
    });
    {
        let mut waiting = Box::pin(pages.try_next());
        std::future::poll_fn(|context| {
            assert!(waiting.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
    }
    assert_eq!(pages.try_next().await.unwrap().unwrap().items, [1]);
    assert_eq!(*requests.lock().unwrap(), 1);
}

// U56
#[test]
fn a_token_is_printable_ascii_of_bounded_length_and_not_shown_by_debug_or_errors() {
    let token: PageToken = "offset=canary&of other".parse().unwrap();
    assert_eq!(token.to_string(), "offset=canary&of other");
    assert!(!format!("{token:?}").contains("canary"));
    let long = "canary".repeat(11_000);
    for text in [
        "",
        "canaryé",
        "canary\n",
        "canary\0",
        "canary\u{7f}",
        "canary\u{9b}",
        "canary\u{202e}",
        "日canary",
        &long,
    ] {
        let error = text.parse::<PageToken>().unwrap_err();
        let parameter = "page_token";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}

// U4
#[tokio::test]
async fn a_page_with_a_bad_next_token_is_returned_before_the_error() {
    let bad =
        || NextPageError::new(PaginationFailure::ForeignPath).with_detail("the link leads to h/x");
    let make = move |position: &str| match position {
        "" => page(&[1], "b"),
        _ => Ok(Page::new(vec![2, 3], None).with_next_page_error(bad())),
    };
    let (seen, error) = drain(list(make).0).await;
    assert_eq!(seen, [vec![1], vec![2, 3]]);
    let error = error.unwrap();
    assert_eq!(
        error.to_string(),
        "test List: the link to the next page leaves the list: the link leads to h/x (page 3 of this list, after 3 items)"
    );
    assert_eq!((error.page(), error.items_before()), (Some(3), Some(3)));
    assert_eq!(error.resume_token(), None);

    let mut items = list(make).0.items();
    for expected in [1, 2, 3] {
        assert_eq!(items.try_next().await.unwrap(), Some(expected));
    }
    assert!(items.try_next().await.is_err());
    assert_eq!(items.try_next().await.unwrap(), None);

    let page = make("b").unwrap();
    assert_eq!(page.items, [2, 3]);
    assert_eq!(
        Error::from(page.next_page_token.unwrap_err()).kind(),
        error.kind()
    );
}

// U61
#[tokio::test]
async fn an_error_on_page_7_names_the_page_and_the_items_before() {
    let make = |position: &str| match position {
        "" => page(&[1, 2], "2"),
        "7" => Err(broken()),
        other => page(&[1, 2], &(other.parse::<u32>().unwrap() + 1).to_string()),
    };
    let (seen, error) = drain(list(make).0).await;
    assert_eq!(seen.len(), 6);
    let error = error.unwrap();
    assert_eq!((error.page(), error.items_before()), (Some(7), Some(12)));
    assert_eq!(error.resume_token().unwrap().as_str(), "7");
    let text = error.to_string();
    assert!(
        text.contains("page 7 of this list, after 12 items"),
        "{text}"
    );

    // A resumed list counts from its start.
    let resumed = Pages::new(token("6"), move |position: Option<PageToken>| {
        std::future::ready(make(position.unwrap().as_str()))
    });
    let error = resumed.items().try_collect().await.unwrap_err();
    assert_eq!((error.page(), error.items_before()), (Some(2), Some(2)));
}

// U26
#[tokio::test]
async fn a_list_with_a_limit_requests_no_page_beyond_it() {
    let make = |position: &str| match position {
        "" => page(&[1, 2], "b"),
        "b" => page(&[3, 4], "c"),
        _ => page(&[5], "d"),
    };
    for (limit, asked_for, given) in [
        (0, 0, 0),
        (1, 1, 2),
        (2, 1, 2),
        (3, 2, 4),
        (4, 2, 4),
        (5, 3, 5),
    ] {
        let (pages, requests) = list(make);
        let mut pages = pages.limit(limit);
        let mut seen = Vec::new();
        while let Some(page) = pages.try_next().await.unwrap() {
            seen.extend(page);
        }
        assert_eq!(seen.len(), given, "pages are given whole");
        assert_eq!(requests.lock().unwrap().len(), asked_for, "{limit}");
        let position = pages.page_token().map_or("", PageToken::as_str);
        assert_eq!(position, ["", "b", "c", "d"][asked_for], "none is skipped");

        for (pages, requests) in [list(make), list(make)] {
            let items = pages.items().limit(limit).try_collect().await.unwrap();
            assert_eq!(items.len(), limit as usize);
            assert_eq!(requests.lock().unwrap().len(), asked_for, "{limit}");
        }
        let (pages, requests) = list(make);
        let mut items = pages.limit(limit).items();
        for _ in 0..limit {
            assert!(items.try_next().await.unwrap().is_some());
        }
        assert!(items.try_next().await.unwrap().is_none());
        assert_eq!(requests.lock().unwrap().len(), asked_for, "{limit}");
        assert_eq!(items.remaining_in_page(), given - limit as usize);
    }
}

// U26
#[tokio::test]
async fn a_bad_page_token_after_the_limit_is_ignored() {
    let make = |_: &str| {
        let bad = NextPageError::new(PaginationFailure::Unreadable);
        Ok(Page::new(vec![1, 2], None).with_next_page_error(bad))
    };
    let items = list(make).0.limit(2).items();
    assert_eq!(items.try_collect().await.unwrap(), [1, 2]);
    assert!(list(make).0.limit(3).items().try_collect().await.is_err());
}

#[cfg(feature = "stream")]
#[tokio::test]
async fn lists_are_streams() {
    use futures_core::Stream;
    use std::pin::pin;

    async fn all<S: Stream>(stream: S) -> Vec<S::Item> {
        let mut stream = pin!(stream);
        let mut all = Vec::new();
        while let Some(item) =
            std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await
        {
            all.push(item);
        }
        all
    }
    let make = || list(|token| page(&[1, 2], if token.is_empty() { "b" } else { "" })).0;
    let items: Result<Vec<u32>, Error> = all(make().items()).await.into_iter().collect();
    assert_eq!(items.unwrap(), [1, 2, 1, 2]);
    assert_eq!(all(make()).await.len(), 2);
}
