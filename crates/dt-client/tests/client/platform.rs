//! The platform's API of tokens: the same methods, other requests and errors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use dt_client::models::{ActiveGateTokenCreate, ActiveGateType};
use dt_client::{
    Applied, Bearer, Client, Clock as _, ErrorKind, TokenApi, Transport, TransportError,
};
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{TransportErrorKind, from_fn};

use crate::support::*;

pub(crate) const HOST: &str = "https://abc.apps.dynatrace.com";
pub(crate) const PLATFORM_TOKEN: &str = "dt0s16.CANARYPUBLIC.CANARYSECRET";
pub(crate) const TOKENS: &str = "/platform/fleet-management/v1/activegate/tokens";

/// Returns a client of the platform over a script.
fn platform(
    responses: impl IntoIterator<Item = FakeResponse>,
) -> (Client, FakeTransport, ManualClock) {
    let fake = FakeTransport::script(responses);
    let clock = ManualClock::auto();
    let client = Client::builder(HOST)
        .credentials(Bearer::new(PLATFORM_TOKEN).unwrap())
        .build_with(fake.clone(), clock.clone())
        .unwrap();
    assert_eq!(client.api(), TokenApi::Platform);
    (client, fake, clock)
}

/// Returns method, path with query, and body of each request.
fn sent(fake: FakeTransport) -> Vec<String> {
    let requests = fake.into_requests().into_iter().map(|request| {
        let value = &request.headers()["authorization"];
        assert_eq!(value, &format!("Bearer {PLATFORM_TOKEN}"));
        let url = request.uri().to_string();
        let path = url.strip_prefix(HOST).unwrap();
        let body = std::str::from_utf8(request.body()).unwrap();
        let text = format!("{} {path} {body}", request.method());
        text.trim_end().to_owned()
    });
    requests.collect()
}

/// Returns a refusal by the gateway of the platform.
fn gateway(status: u16, error: &str) -> FakeResponse {
    let body = format!(r#"{{"error": {error}}}"#);
    FakeResponse::json(status, body).with_header("dynatrace-response-source", "API Gateway")
}

#[tokio::test]
async fn each_request_is_as_in_the_vendors_reference() {
    let (client, fake, _) = platform([
        created(),
        FakeResponse::json(200, token("a")),
        FakeResponse::status(204),
    ]);
    create(&client).await.unwrap();
    get(&client).await.unwrap();
    assert!(!delete(&client).await.unwrap());
    assert_eq!(
        sent(fake),
        [
            format!(
                r#"POST {TOKENS} {{"name":"edge-7","expirationDate":"now+60d","seedToken":false}}"#
            ),
            format!("GET {TOKENS}/dt0g02.a"),
            format!("DELETE {TOKENS}/dt0g02.a"),
        ]
    );
}

// D2
#[tokio::test]
async fn later_pages_are_requested_with_the_page_key_alone() {
    let (client, fake, _) = platform([
        page(&["a"], Some(r#""k1==""#)),
        page(&["b"], Some(r#""k2""#)),
        FakeResponse::json(200, format!(r#"{{"activeGateTokens": [{}]}}"#, token("c"))),
    ]);
    let list = client.active_gate_tokens().list().page_size(3000);
    let tokens = list.items().try_collect().await.unwrap();
    let names: Vec<_> = tokens.into_iter().filter_map(|it| it.name).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(
        sent(fake),
        [
            format!("GET {TOKENS}?page-size=3000"),
            format!("GET {TOKENS}?page-key=k1%3D%3D"),
            format!("GET {TOKENS}?page-key=k2"),
        ]
    );
    let (client, _, _) = platform([]);
    let list = client.active_gate_tokens().list();
    let error = list.page_size(99).send().await.unwrap_err();
    assert!(error.to_string().contains("from 100 to 3000"), "{error}");
}

#[tokio::test]
async fn a_page_without_a_list_is_not_said_to_have_items() {
    let (client, _, _) = platform([FakeResponse::json(200, "{}")]);
    let list = client.active_gate_tokens().list().send();
    let line = list.await.unwrap_err().to_string();
    assert!(line.contains("does not say that it is empty"), "{line}");
}

#[tokio::test]
async fn a_page_key_that_is_no_text_does_not_lose_its_page() {
    let (client, _, _) = platform([page(&["a"], Some("7"))]);
    let page = client.active_gate_tokens().list().send().await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert!(page.next_page_token.is_err());
}

#[tokio::test]
async fn an_expired_page_key_ends_the_list_with_the_error_and_the_token_to_resume_from() {
    let (client, fake, _) = platform([
        page(&["a"], Some(r#""k1""#)),
        FakeResponse::json(
            400,
            r#"{"error": {"code": 400, "message": "Invalid.", "details": {"errorCode": "InvalidPaginationToken"}}}"#,
        ),
    ]);
    let mut items = client.active_gate_tokens().list().items();
    assert_eq!(
        items.try_next().await.unwrap().unwrap().name.as_deref(),
        Some("a")
    );
    let error = items.try_next().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Api);
    assert_eq!(error.code(), Some("InvalidPaginationToken"));
    assert_eq!(error.resume_token().unwrap().as_str(), "k1");
    fake.finish();
}

#[tokio::test]
async fn a_create_whose_response_was_lost_is_not_repeated() {
    let lost = FakeResponse::error(TransportErrorKind::Interrupted);
    let (client, fake, _) = platform([lost]);
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.applied(), Applied::Unknown);
    assert_eq!(error.operation(), Some("dt createFleetToken"));
    fake.finish();
}

#[tokio::test]
async fn an_expiration_date_is_checked_before_a_create_on_either_api() {
    let (client, fake, _) = platform([]);
    let late = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment)
        .with_expiration_date("now+3y");
    let error = client.active_gate_tokens().create(late).send().await;
    let error = error.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidInput { .. }),
        "{error}"
    );
    fake.finish();
}

#[tokio::test]
async fn a_kind_of_token_that_the_platform_does_not_have_is_refused_before_a_create() {
    let (client, fake, _) = platform([]);
    for kind in ["CLUSTER", "OTHER"] {
        let create = ActiveGateTokenCreate::new("edge-7", ActiveGateType::from(kind));
        let error = client.active_gate_tokens().create(create).send().await;
        let error = error.unwrap_err();
        let parameter = "active_gate_type";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert_eq!(error.applied(), Applied::No);
    }
    fake.finish();
    let (client, fake) = scripted([created()]);
    let create = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Cluster);
    client
        .active_gate_tokens()
        .create(create)
        .send()
        .await
        .unwrap();
    fake.finish();
}

#[tokio::test]
async fn active_gates_go_through_the_proxy_with_the_same_credential() {
    let gates = r#"{"activeGates": [{"id": "1", "activeGateTokens": [{"id": "dt0g02.a"}]}]}"#;
    let (client, fake, _) = platform([
        FakeResponse::json(200, gates),
        FakeResponse::json(200, token("a")),
    ]);
    let tokens = client.active_gate_tokens();
    let users = tokens.users(&"dt0g02.a".into()).await.unwrap();
    assert_eq!(users.active_gates.len(), 1);
    assert_eq!(users.token.unwrap().unwrap().name.as_deref(), Some("a"));
    assert_eq!(
        sent(fake),
        [
            "GET /platform/classic/environment-api/v2/activeGates".to_owned(),
            format!("GET {TOKENS}/dt0g02.a"),
        ]
    );
}

// D15
#[tokio::test]
async fn a_missing_scope_is_named() {
    let (client, _, _) = platform([gateway(
        403,
        r#"{"code": 403, "message": "Not enough.", "details": {"missingScopes": ["fleet-management:activegate.tokens:read", "b"], "missingPermissions": ["p", 7, null]}}"#,
    )]);
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 403);
    assert_eq!(
        error.message(),
        Some(
            "Not enough. (missing scopes: fleet-management:activegate.tokens:read, b) (missing permissions: p, 7)"
        )
    );
}

#[tokio::test]
async fn violations_are_read_in_both_places() {
    let (client, _, _) = platform([FakeResponse::json(
        400,
        r#"{"error": {"code": 400, "message": "m", "constraintViolations": [{"path": "a", "message": "x"}],
            "details": {"errorCode": "Invalid", "errorRef": "r", "traceId": "t", "constraintViolations": [{"path": "b", "message": "y"}]}}}"#,
    )]);
    let error = get(&client).await.unwrap_err();
    let paths: Vec<_> = error.violations().iter().map(|it| &*it.path).collect();
    assert_eq!(paths, ["a", "b"]);
    assert_eq!(error.code(), Some("Invalid"));
    assert_eq!(error.request_id(), Some("t"));
    assert_eq!(error.message(), Some("m (trace t) (error reference r)"));
}

#[tokio::test]
async fn a_token_without_the_members_that_are_only_inferred_loses_no_list() {
    let body = format!(
        r#"{{"activeGateTokens": [{{"id": "dt0g02.b", "creationDate": "2026-01-01T00:00:00Z", "name": null}}, {}]}}"#,
        token("a")
    );
    let (client, _, _) = platform([FakeResponse::json(200, body)]);
    let page = client.active_gate_tokens().list().send().await.unwrap();
    let names: Vec<_> = page.items.iter().map(|it| it.name.as_deref()).collect();
    assert_eq!(names, [None, Some("a")]);
    assert_eq!(page.items[0].owner, None);
}

#[tokio::test]
async fn details_may_be_anything() {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let scopes = format!(
        r#"{{"missingScopes": [{}]}}"#,
        vec![r#""s""#; 1000].join(",")
    );
    for (details, message) in [
        ("null", "m"),
        ("[]", "m"),
        ("7", "m (7)"),
        ("1e300", "m (1e+300)"),
        (r#""text""#, "m (text)"),
        ("{}", "m"),
        (r#"{"missingScopes": "all"}"#, "m (missing scopes: all)"),
        (
            r#"{"missingScopes": ["", " "], "missingPermissions": ""}"#,
            "m",
        ),
        (r#""""#, "m"),
        (r#"" ""#, "m"),
        (
            r#"{"missingScopes": {"a": ["b"]}, "errorCode": [], "traceId": {}}"#,
            "m",
        ),
        (r#"{"constraintViolations": {"a": ["b"]}}"#, "m"),
        (r#"{"constraintViolations": [[null, 1e300, "a"]]}"#, "m"),
        (&deep, "m"),
        (
            &scopes,
            &format!("m (missing scopes: {})", ["s"; 16].join(", ")),
        ),
    ] {
        let error = format!(r#"{{"code": 500, "message": "m", "details": {details}}}"#);
        let body = format!(r#"{{"error": {error}}}"#);
        let (client, _, _) = platform([&body; 3].map(|body| FakeResponse::json(500, body.clone())));
        let error = get(&client).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Api, "{details}");
        assert_eq!(error.message(), Some(message), "{details}");
    }
}

#[tokio::test]
async fn what_an_error_leaves_empty_is_not_shown() {
    for (error, line, violations) in [
        (
            r#"{"code": "", "message": "", "details": ""}"#,
            "400 Bad Request (1 attempt",
            0,
        ),
        (
            r#"{"code": 400, "message": " ", "details": {"errorCode": "", "traceId": ""}}"#,
            "400 Bad Request [400] (1 attempt",
            0,
        ),
        (
            r#"{"code": 400, "message": "m", "constraintViolations": [{}, null, {"path": "", "message": null}, "odd", {"path": "p"}]}"#,
            "400 Bad Request: m [400] (1 attempt",
            2,
        ),
    ] {
        let body = format!(r#"{{"error": {error}}}"#);
        let (client, _, _) = platform([FakeResponse::json(400, body)]);
        let found = get(&client).await.unwrap_err();
        let text = found.to_string();
        assert!(text.contains(line), "{text}");
        assert_eq!(found.violations().len(), violations, "{error}");
    }
}

#[tokio::test]
async fn details_show_no_secret_of_the_call() {
    let details = format!(
        r#"{{"errorCode": "{PLATFORM_TOKEN}", "missingScopes": ["{PLATFORM_TOKEN}"], "traceId": "{PLATFORM_TOKEN}"}}"#
    );
    let (client, _, _) = platform([gateway(
        403,
        &format!(r#"{{"code": 403, "message": "m", "details": {details}}}"#),
    )]);
    let error = get(&client).await.unwrap_err();
    let shown = everything(&error) + &format!("{:?} {:?}", error.code(), error.request_id());
    assert!(!shown.contains("CANARY"), "{shown}");
}

/// Returns the waits of a read that is refused once with this status, body and header.
async fn waits(status: u16, retry_after: &str, header: Option<&str>) -> Vec<Duration> {
    let error = format!(
        r#"{{"code": {status}, "message": "Too many requests.", "retryAfterSeconds": {retry_after}}}"#
    );
    let refused = gateway(status, &error);
    let refused = match header {
        Some(value) => refused.with_header("retry-after", value),
        None => refused,
    };
    let (client, fake, clock) = platform([refused, FakeResponse::json(200, token("a"))]);
    get(&client).await.unwrap();
    fake.finish();
    clock.sleeps()
}

#[tokio::test]
async fn a_delay_in_the_body_counts_like_the_header() {
    let seconds = Duration::from_secs;
    for (status, retry_after, header, expected) in [
        (429, "7", None, seconds(7)),
        (503, "7", None, seconds(7)),
        (429, "2.5", None, seconds(3)),
        (429, "7", Some("9"), seconds(9)),
        (429, "9", Some("7"), seconds(9)),
        // The longest wait that the policy allows.
        (429, "70", None, seconds(60)),
    ] {
        assert_eq!(
            waits(status, retry_after, header).await,
            [expected],
            "{retry_after} {header:?}"
        );
    }
}

#[tokio::test]
async fn an_absurd_delay_in_the_body_ends_the_call_and_waits_for_nothing() {
    for retry_after in ["86400", "18446744073709551615", "1e30", "1e300"] {
        let error =
            format!(r#"{{"code": 429, "message": "m", "retryAfterSeconds": {retry_after}}}"#);
        let (client, fake, clock) = platform([gateway(429, &error)]);
        let error = get(&client).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::RateLimited);
        assert!(error.retry_after().unwrap() <= Duration::from_secs(365 * 24 * 60 * 60));
        assert!(clock.sleeps().is_empty(), "{retry_after}");
        fake.finish();
    }
    for no_delay in ["0", "-5", "-1e300", "null", "\"7\"", "[7]", "{}"] {
        let waits = waits(429, no_delay, None).await;
        assert!(waits[0] <= Duration::from_secs(1), "{no_delay}");
    }
}

#[tokio::test]
async fn a_404_of_the_gateway_does_not_prove_that_a_token_is_gone() {
    let own = || FakeResponse::json(404, r#"{"error": {"code": 404, "message": "no"}}"#);
    let lost = || FakeResponse::error(TransportErrorKind::Interrupted);
    let (client, _, _) = platform([lost(), own()]);
    assert!(delete(&client).await.unwrap());
    let by_gateway = gateway(404, r#"{"code": 404, "message": "no"}"#);
    let (client, _, _) = platform([lost(), by_gateway]);
    let error = delete(&client).await.unwrap_err();
    assert!(!error.is_not_found(), "{error}");
    assert_eq!(error.applied(), Applied::Unknown);
}

/// The 404 of the service for a token that does not exist, with `details` as its pages show them.
const GONE: &str = r#"{"error": {"code": 404, "message": "nf", "details": {}}}"#;

#[tokio::test]
async fn a_404_of_the_service_says_that_a_token_does_not_exist_with_details_or_without() {
    let gone = || FakeResponse::json(404, GONE);
    let (client, fake, _) = platform([gone(), gone(), FakeResponse::status(503), gone()]);
    assert!(get(&client).await.unwrap_err().is_not_found());
    assert!(delete(&client).await.unwrap_err().is_not_found());
    assert!(delete(&client).await.unwrap());
    fake.finish();
    let other_code = r#"{"error": {"code": 5, "message": "nf", "details": {}}}"#;
    let (client, _, _) = platform([FakeResponse::json(404, other_code)]);
    assert!(!get(&client).await.unwrap_err().is_not_found());
    // The gateway says that it has no such path.
    let by_gateway = gateway(404, r#"{"code": 404, "message": "nf", "details": {}}"#);
    let (client, _, _) = platform([by_gateway]);
    assert!(!get(&client).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn the_users_of_a_token_that_the_platform_deleted_are_kept() {
    let gates = r#"{"activeGates": [{"id": "1", "activeGateTokens": [{"id": "dt0g02.a"}]}]}"#;
    let (client, fake, _) = platform([
        FakeResponse::json(200, gates),
        FakeResponse::json(404, GONE),
    ]);
    let tokens = client.active_gate_tokens();
    let users = tokens.users(&"dt0g02.a".into()).await.unwrap();
    assert_eq!(users.active_gates.len(), 1);
    assert_eq!(users.token.unwrap(), None);
    fake.finish();
}

/// Returns a client of an environment of the emulator, whose token is accepted by both APIs.
fn emulated(transport: impl Transport, api: TokenApi) -> Client {
    Client::builder(HOST)
        .credentials(Bearer::new(well_known::DT_PLATFORM_TOKEN).unwrap())
        .api(api)
        .build_with(transport, ManualClock::auto())
        .unwrap()
}

fn edge(name: &str) -> ActiveGateTokenCreate {
    ActiveGateTokenCreate::new(name, ActiveGateType::Environment)
}

#[tokio::test]
async fn a_token_of_either_api_is_read_and_deleted_in_the_other() {
    let apis = [TokenApi::Classic, TokenApi::Platform];
    for (one, other) in apis
        .into_iter()
        .flat_map(|one| apis.map(|other| (one, other)))
    {
        let emulator = Emulator::memory().unwrap();
        let [one, other] = [one, other].map(|api| emulated(emulator.clone(), api));
        let [one, other] = [one, other].map(|client| client.active_gate_tokens());
        let create = edge("edge-7").with_expiration_date("now+60d");
        let created = one.create(create).send().await.unwrap();
        assert!(created.expiration_date.value().unwrap().is_some());
        let read = other.get(&created.id).send().await.unwrap();
        assert_eq!(read.name.as_deref(), Some("edge-7"));
        assert_eq!(other.list().items().try_collect().await.unwrap(), [read]);
        let deleted = other.delete(&created.id).send().await.unwrap();
        assert!(!deleted.was_already_gone);
        for api in [one, other] {
            assert!(
                api.get(&created.id)
                    .send()
                    .await
                    .unwrap_err()
                    .is_not_found()
            );
            assert!(
                api.delete(&created.id)
                    .send()
                    .await
                    .unwrap_err()
                    .is_not_found()
            );
            assert_eq!(api.list().send().await.unwrap().total_count, Some(0));
        }
    }
}

#[tokio::test]
async fn tokens_are_listed_page_by_page_each_once() {
    let emulator = Emulator::memory().unwrap();
    let client = emulated(emulator, TokenApi::Platform);
    let tokens = client.active_gate_tokens();
    for number in 0..250 {
        let create = edge(&format!("edge-{number}"));
        tokens.create(create).send().await.unwrap();
    }
    let pages = tokens
        .list()
        .page_size(100)
        .pages()
        .try_collect()
        .await
        .unwrap();
    let sizes: Vec<_> = pages.iter().map(|page| page.items.len()).collect();
    assert_eq!(sizes, [100, 100, 50]);
    let names = pages.into_iter().flatten().map(|token| token.name);
    assert_eq!(names.collect::<std::collections::BTreeSet<_>>().len(), 250);
}

#[tokio::test]
async fn a_token_whose_create_lost_its_response_is_found_and_deleted() {
    let emulator = Emulator::memory().unwrap();
    let creates = Arc::new(AtomicU32::default());
    let (server, count) = (emulator.clone(), creates.clone());
    let loses_responses = from_fn(move |request: http::Request<bytes::Bytes>| {
        let (server, count) = (server.clone(), count.clone());
        async move {
            let is_create = request.method() == http::Method::POST;
            let response = server.send(request).await?;
            match is_create {
                true => {
                    count.fetch_add(1, Ordering::Relaxed);
                    Err(TransportError::new(TransportErrorKind::Interrupted))
                }
                false => Ok(response),
            }
        }
    });
    let client = emulated(loses_responses, TokenApi::Platform);
    let tokens = client.active_gate_tokens();
    let error = tokens.create(edge("edge-7")).send().await.unwrap_err();
    assert_eq!(error.applied(), Applied::Unknown);
    assert_eq!(creates.load(Ordering::Relaxed), 1, "it was repeated");
    // The emulator uses the machine's clock, which is ahead of manual ones.
    let before = ManualClock::new().now();
    let lost = tokens.find_lost(&edge("edge-7"), before).await.unwrap();
    assert_eq!(lost.len(), 1);
    tokens.delete(&lost[0].id).send().await.unwrap();
}

#[tokio::test]
async fn the_users_of_a_token_are_found_with_a_platform_token() {
    let emulator = Emulator::memory().unwrap();
    emulator.seed().unwrap();
    let client = emulated(emulator, TokenApi::Platform);
    let tokens = client.active_gate_tokens();
    let users = tokens.users(&"dt0g02.123abc".into()).await.unwrap();
    assert_eq!(users.active_gates.len(), 1);
    let day = Duration::from_secs(24 * 60 * 60);
    client.active_gates().attention(30 * day).await.unwrap();
}

// D15
#[tokio::test]
async fn the_gateway_of_the_platform_refuses_a_classic_token_and_names_missing_scopes() {
    let emulator = Emulator::memory().unwrap();
    let client = |token: &str| {
        Client::builder(HOST)
            .credentials(Bearer::new(token).unwrap())
            .build_with(emulator.clone(), ManualClock::auto())
            .unwrap()
    };
    let error = get(&client(well_known::DT_TOKEN)).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    let reader = "dt0s16.PUBLIC.CANARY";
    let scopes = ["fleet-management:activegate.tokens:read"];
    emulator
        .add_access_token(&reader.into(), "me", &scopes)
        .unwrap();
    let error = create(&client(reader)).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 403);
    assert_eq!(error.applied(), Applied::No);
    let message = error.message().unwrap();
    assert!(
        message.contains("fleet-management:activegate.tokens:create"),
        "{message}"
    );
}

#[tokio::test]
async fn a_lost_token_of_a_kind_that_the_platform_does_not_have_is_not_searched() {
    let (client, fake, _) = platform([]);
    let cluster = ActiveGateTokenCreate::new("a", ActiveGateType::Cluster);
    let since = ManualClock::new().now();
    let lost = client.active_gate_tokens().find_lost(&cluster, since).await;
    let error = lost.unwrap_err();
    let parameter = "active_gate_type";
    assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
    fake.finish();
}
