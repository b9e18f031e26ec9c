//! The token exchange of an OAuth client, and where its secret is sent.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use dt_client::{
    Applied, Client, CredentialFailure, Error, ErrorKind, OAuthClient, TokenApi, Transport,
};
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock, Recording, Replay};
use gatelet_transport::{ConnectFailure, TransportErrorKind, from_fn};
use http::Request;

use crate::support::{everything, page, refusal};

const URL: &str = "https://abc12345.apps.dynatrace.com";
const TOKEN_URL: &str = "https://sso.dynatrace.com/sso/oauth2/token";
const ID: &str = "dt0s02.EXAMPLE2";
const SECRET: &str = "dt0s02.EXAMPLE2.CANARY/SECRET+OF=THE&CLIENT";
const TOKEN: &str = "CANARY.bearer.one";
const SCOPES: [&str; 2] = [
    "fleet-management:activegate.tokens:read",
    "fleet-management:activegate.tokens:write",
];

const REJECTED: ErrorKind = ErrorKind::Credential(CredentialFailure::Rejected);
const EXCHANGE_FAILED: ErrorKind = ErrorKind::Credential(CredentialFailure::ExchangeFailed);

fn user() -> OAuthClient {
    OAuthClient::new(ID, SECRET, SCOPES)
}

fn client(transport: impl Transport, clock: &ManualClock) -> Client {
    Client::builder(URL)
        .credentials(user())
        .build_with(transport, clock.clone())
        .unwrap()
}

fn issued(token: &str, expires_in: &str) -> FakeResponse {
    let body = format!(
        r#"{{"access_token": "{token}", "token_type": "Bearer", "expires_in": {expires_in}, "scope": "x"}}"#
    );
    FakeResponse::json(200, body)
}

fn refused(code: &str, description: &str) -> FakeResponse {
    let body = format!(r#"{{"error": "{code}", "error_description": "{description}"}}"#);
    FakeResponse::json(400, body)
}

fn is_exchange(request: &Request<Bytes>) -> bool {
    request.uri() == TOKEN_URL
}

fn authorization(request: &Request<Bytes>) -> &str {
    let value = request.headers().get("authorization");
    value.map_or("", |value| value.to_str().unwrap())
}

async fn list(client: &Client) -> Result<(), Error> {
    client.active_gate_tokens().list().send().await.map(drop)
}

// A1, D1
#[tokio::test]
async fn a_cold_client_exchanges_once_and_keeps_each_secret_in_its_place() {
    let fake = FakeTransport::script([issued(TOKEN, "300"), page(&[], None), page(&[], None)]);
    let client = client(fake.clone(), &ManualClock::auto());
    list(&client).await.unwrap();
    list(&client).await.unwrap();
    let [exchange, first, second] = &fake.into_requests()[..] else {
        panic!("one exchange and two calls");
    };
    assert_eq!(exchange.method(), "POST");
    assert_eq!(exchange.uri(), TOKEN_URL);
    let content_type = &exchange.headers()["content-type"];
    assert_eq!(content_type, "application/x-www-form-urlencoded");
    assert_eq!(authorization(exchange), "");
    let form: Vec<_> = form_urlencoded::parse(exchange.body())
        .into_owned()
        .collect();
    let expected = [
        ("grant_type", "client_credentials"),
        ("client_id", ID),
        ("client_secret", SECRET),
        ("scope", &SCOPES.join(" ")),
        ("resource", "urn:dtenvironment:abc12345"),
    ];
    assert_eq!(
        form,
        expected.map(|(name, value)| (name.into(), value.into()))
    );
    for call in [first, second] {
        assert_eq!(call.uri().host(), Some("abc12345.apps.dynatrace.com"));
        assert_eq!(authorization(call), format!("Bearer {TOKEN}"));
        assert!(call.headers()["authorization"].is_sensitive());
        assert!(!format!("{call:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn a_bearer_is_read_from_any_success_with_json() {
    for status in [201, 202, 203, 299] {
        let body = format!(r#"{{"access_token": "{TOKEN}", "expires_in": 300}}"#);
        let fake = FakeTransport::script([FakeResponse::json(status, body), page(&[], None)]);
        let client = client(fake.clone(), &ManualClock::auto());
        list(&client).await.unwrap();
        let call = &fake.into_requests()[1];
        assert_eq!(authorization(call), format!("Bearer {TOKEN}"));
    }
}

// A2
#[tokio::test]
async fn a_refused_exchange_says_what_to_do_and_is_not_repeated() {
    for (code, advice) in [
        (
            "invalid_client",
            "the id or the secret of the OAuth client is wrong",
        ),
        ("invalid_scope", "is not registered with each of the scopes"),
        (
            "invalid_request",
            "check the id, secret, scopes and resource",
        ),
    ] {
        let fake = FakeTransport::script([refused(code, "the reason")]);
        let clock = ManualClock::new();
        let client = client(fake.clone(), &clock);
        let error = list(&client).await.unwrap_err();
        assert_eq!(error.kind(), &REJECTED, "{code}");
        assert!(error.is_unauthorized() && !error.is_retryable());
        assert_eq!(error.applied(), Applied::No);
        let source: &Arc<Error> = error.source().unwrap().downcast_ref().unwrap();
        assert_eq!(source.code(), Some(code));
        assert_eq!(source.message(), Some("the reason"));
        let line = source.to_string();
        assert!(
            line.contains(advice) && line.contains("the reason"),
            "{line}"
        );
        // Within a second, no call asks again.
        assert_eq!(list(&client).await.unwrap_err().kind(), &REJECTED);
        assert!(fake.into_requests().iter().all(is_exchange));
    }
}

#[tokio::test]
async fn the_message_and_the_issue_of_the_login_host_are_shown() {
    let advice = "check the id, secret, scopes and resource";
    for (status, body, texts) in [
        (
            400,
            r#"{"errorCode":400,"message":"Bad Request","issueId":"I-1","error":"invalid_request","error_description":""}"#,
            &["Bad Request", "I-1", "invalid_request", advice][..],
        ),
        (
            401,
            r#"{"errorCode":401,"message":"Unauthorized","issueId":"I-2"}"#,
            &["Unauthorized", "I-2", advice],
        ),
        (
            403,
            r#"{"message":"Forbidden","error":null}"#,
            &["Forbidden", advice],
        ),
        (
            200,
            r#"{"error":"invalid_client"}"#,
            &[
                "invalid_client",
                "the id or the secret of the OAuth client is wrong",
            ],
        ),
    ] {
        let fake = FakeTransport::script([FakeResponse::json(status, body)]);
        let error = list(&client(fake.clone(), &ManualClock::auto())).await;
        let error = error.unwrap_err();
        let source: &Arc<Error> = error.source().unwrap().downcast_ref().unwrap();
        let is_refusal = matches!(source.kind(), ErrorKind::Api | ErrorKind::Credential(_));
        assert!(is_refusal, "{body}");
        let line = source.to_string();
        for text in texts {
            assert!(line.contains(text), "{text}: {line}");
        }
        fake.finish();
    }
}

#[tokio::test]
async fn an_exchange_waits_as_long_as_the_body_of_the_login_host_says() {
    for status in [429, 503] {
        let body = format!(r#"{{"error": {{"code": {status}, "retryAfterSeconds": 7}}}}"#);
        let refused = FakeResponse::json(status, body);
        let fake = FakeTransport::script([refused, issued(TOKEN, "300"), page(&[], None)]);
        let clock = ManualClock::auto();
        list(&client(fake.clone(), &clock)).await.unwrap();
        assert_eq!(clock.sleeps(), [Duration::from_secs(7)], "{status}");
        fake.finish();
    }
}

// U1
#[tokio::test]
async fn a_secret_that_the_login_host_repeats_is_not_shown() {
    let encoded: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let escaped = SECRET.replace('/', r"\/");
    for echo in [SECRET, &encoded, &escaped] {
        let location = format!("https://h/?s={encoded}");
        let responses = || {
            [
                refused("invalid_client", &format!("client_secret={echo}&scope=x")),
                refused(echo, "no"),
                FakeResponse::json(500, format!(r#"{{"message": "{echo}"}}"#)),
                FakeResponse::status(302).with_header("location", &location),
            ]
        };
        for at in 0..responses().len() {
            let repeated = (0..3).filter_map(|_| responses().into_iter().nth(at));
            let fake = FakeTransport::script(repeated.collect::<Vec<_>>());
            let client = client(fake, &ManualClock::auto());
            let error = list(&client).await.unwrap_err();
            let shown = everything(&error);
            assert!(!shown.contains("CANARY"), "{shown}");
            let source: &Arc<Error> = error.source().unwrap().downcast_ref().unwrap();
            let body = String::from_utf8_lossy(source.body()).into_owned();
            assert!(!body.contains("CANARY"), "{body}");
        }
    }
    // The exchanged secret and the token, repeated by the API.
    for echo in [SECRET, &encoded, TOKEN] {
        let fake = FakeTransport::script([issued(TOKEN, "300"), refusal(400, echo)]);
        let error = list(&client(fake, &ManualClock::auto())).await.unwrap_err();
        let shown = everything(&error);
        assert!(!shown.contains("CANARY"), "{shown}");
    }
}

// A3
#[tokio::test]
async fn a_failed_exchange_is_repeated_a_few_times_and_no_call_is_sent() {
    let html = || FakeResponse::status(200).with_header("content-type", "text/html");
    const REFUSED: TransportErrorKind = TransportErrorKind::Connect(ConnectFailure::Refused);
    type Table = [(&'static str, fn() -> FakeResponse, usize); 9];
    let table: Table = [
        ("429", || FakeResponse::status(429), 3),
        ("503", || FakeResponse::status(503), 3),
        ("refused", || FakeResponse::error(REFUSED), 3),
        (
            "lost",
            || FakeResponse::error(TransportErrorKind::Interrupted),
            3,
        ),
        ("silence", FakeResponse::hang, 3),
        ("a page", html, 1),
        ("half", || FakeResponse::json(200, r#"{"access_tok"#), 1),
        (
            "no token",
            || FakeResponse::json(200, r#"{"expires_in": 300}"#),
            1,
        ),
        (
            "moved",
            || FakeResponse::status(307).with_header("location", "https://h/"),
            1,
        ),
    ];
    for (name, response, attempts) in table {
        let fake = FakeTransport::respond(move |_| response());
        let client = client(fake.clone(), &ManualClock::auto());
        let error = list(&client).await.unwrap_err();
        assert_eq!(error.kind(), &EXCHANGE_FAILED, "{name}");
        assert!(error.source().is_some(), "{name}");
        let requests = fake.requests();
        assert_eq!(requests.len(), attempts, "{name}");
        assert!(requests.iter().all(is_exchange), "{name}");
    }
}

#[tokio::test]
async fn an_exchange_whose_response_is_lost_is_made_again() {
    let fake = FakeTransport::script([
        FakeResponse::error(TransportErrorKind::Interrupted),
        issued(TOKEN, "300"),
        page(&[], None),
    ]);
    list(&client(fake.clone(), &ManualClock::auto()))
        .await
        .unwrap();
    fake.finish();
}

// A4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_tasks_on_a_cold_client_share_one_exchange() {
    let exchanges = Arc::new(AtomicUsize::new(0));
    let counted = exchanges.clone();
    let server = FakeTransport::respond(move |request| {
        if is_exchange(request) {
            counted.fetch_add(1, Relaxed);
            return issued(TOKEN, "300");
        }
        page(&[], None)
    });
    // Yields before it responds, so that all tasks arrive during the exchange.
    let slow = from_fn(move |request| {
        let server = server.clone();
        async move {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            server.send(request).await
        }
    });
    let client = client(slow, &ManualClock::new());
    let tasks: Vec<_> = (0..1000)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { list(&client).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(exchanges.load(Relaxed), 1);
}

// A9
#[tokio::test]
async fn a_token_that_the_api_rejects_is_replaced_once() {
    let rejected = || refusal(401, "expired");
    let fake = FakeTransport::script([
        issued(TOKEN, "300"),
        rejected(),
        issued("CANARY.bearer.two", "300"),
        page(&[], None),
        rejected(),
        issued("CANARY.bearer.three", "300"),
        rejected(),
    ]);
    let client = client(fake.clone(), &ManualClock::auto());
    list(&client).await.unwrap();
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.kind(), &REJECTED);
    assert_eq!(error.message(), Some("expired"));
    let requests = fake.into_requests();
    let calls = requests.iter().filter(|request| !is_exchange(request));
    let tokens: Vec<_> = calls.map(authorization).collect();
    let [one, two, three] = ["one", "two", "three"].map(|it| format!("Bearer CANARY.bearer.{it}"));
    assert_eq!(tokens, [&one, &two, &two, &three]);
}

// A13, D15
#[tokio::test]
async fn a_missing_scope_requests_no_new_token() {
    let fake = FakeTransport::script([
        issued(TOKEN, "300"),
        refusal(403, "OAuth token is missing required scope"),
    ]);
    let error = list(&client(fake.clone(), &ManualClock::auto()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Api);
    assert_eq!(error.status().unwrap(), 403);
    fake.finish();
}

/// Returns when, in seconds after the first call, a client whose tokens have this lifetime makes its second exchange.
async fn second_exchange(expires_in: &'static str) -> u64 {
    let fake = FakeTransport::respond(move |request| match is_exchange(request) {
        true => issued(TOKEN, expires_in),
        false => page(&[], None),
    });
    let clock = ManualClock::auto();
    let client = client(fake.clone(), &clock);
    for seconds in 0..=13 * 60 * 60 {
        list(&client).await.unwrap();
        if fake.requests().iter().filter(|it| is_exchange(it)).count() > 1 {
            return seconds;
        }
        clock.advance(Duration::from_secs(1));
    }
    panic!("no second exchange");
}

// A14, U15
#[tokio::test]
async fn a_token_is_replaced_before_it_ends_and_after_five_minutes_if_its_end_is_unknown() {
    for (expires_in, before_its_end) in [
        ("300", 270),
        (r#""300""#, 270),
        ("1", 1),
        ("null", 270),
        ("0", 270),
        ("-5", 270),
        ("1e99", 270),
        (r#""soon""#, 270),
        ("{}", 270),
    ] {
        assert_eq!(
            second_exchange(expires_in).await,
            before_its_end,
            "{expires_in}"
        );
    }
}

#[tokio::test]
async fn an_absurd_lifetime_is_cut_to_twelve_hours() {
    let fake = FakeTransport::respond(|request| match is_exchange(request) {
        true => issued(TOKEN, "18446744073709551615"),
        false => page(&[], None),
    });
    let clock = ManualClock::auto();
    let client = client(fake.clone(), &clock);
    for (hours, exchanges) in [(0, 1), (11, 1), (1, 2)] {
        clock.advance(Duration::from_secs(hours * 60 * 60));
        list(&client).await.unwrap();
        let requests = fake.requests();
        let made = requests.iter().filter(|it| is_exchange(it)).count();
        assert_eq!(made, exchanges, "{hours}");
    }
}

// A8
#[tokio::test]
async fn a_token_stays_in_use_while_the_login_host_is_down() {
    let fake = FakeTransport::script([
        issued(TOKEN, "3600"),
        page(&[], None),
        FakeResponse::error(TransportErrorKind::Connect(ConnectFailure::Dns)),
        FakeResponse::error(TransportErrorKind::Connect(ConnectFailure::Dns)),
        FakeResponse::error(TransportErrorKind::Connect(ConnectFailure::Dns)),
        page(&[], None),
    ]);
    let clock = ManualClock::auto();
    let client = client(fake.clone(), &clock);
    list(&client).await.unwrap();
    clock.advance(Duration::from_secs(57 * 60));
    list(&client).await.unwrap();
    fake.finish();
}

#[tokio::test]
async fn a_response_without_a_usable_token_is_an_error_of_the_exchange_that_changed_nothing() {
    for (body, text) in [
        (
            format!(r#"{{"access_token": "{TOKEN}", "token_type": "DPoP"}}"#),
            "dt issueOAuthToken: could not decode the response at token_type (status 200): is not Bearer (1 attempt, nothing was applied)",
        ),
        (
            r#"{"access_token": "a\nb"}"#.to_owned(),
            "dt issueOAuthToken: could not decode the response at access_token (status 200): does not fit into a header (1 attempt, nothing was applied)",
        ),
        (
            "{}".to_owned(),
            "dt issueOAuthToken: could not decode the response at access_token (status 200): is missing or no text (1 attempt, nothing was applied)",
        ),
    ] {
        let fake = FakeTransport::script([FakeResponse::json(200, body)]);
        let error = list(&client(fake.clone(), &ManualClock::auto()))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), &EXCHANGE_FAILED);
        assert_eq!(error.applied(), Applied::No);
        let source: &Arc<Error> = error.source().unwrap().downcast_ref().unwrap();
        assert_eq!(source.applied(), Applied::No);
        assert_eq!(source.to_string(), text);
        fake.finish();
    }
}

// T57
#[test]
fn an_invalid_setting_is_refused_when_the_client_is_built_and_not_echoed() {
    let none: [&str; 0] = [];
    for (user, parameter) in [
        (OAuthClient::new("CANARY ", SECRET, SCOPES), "client_id"),
        (OAuthClient::new(ID, "CANARY\n", SCOPES), "client_secret"),
        (OAuthClient::new(ID, "", SCOPES), "client_secret"),
        (OAuthClient::new(ID, SECRET, none), "scopes"),
        (OAuthClient::new(ID, SECRET, ["CANARY b"]), "scopes"),
        (OAuthClient::new(ID, SECRET, [""]), "scopes"),
        (user().resource("CANARY é"), "resource"),
        (user().token_url("http://CANARY.example/token"), "token_url"),
    ] {
        let builder = Client::builder(URL).credentials(user);
        let built = builder.build_with(FakeTransport::script([]), ManualClock::auto());
        let error = built.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert!(!everything(&error).contains("CANARY"));
    }
    let builder = Client::builder("https://managed.example.com/e/abc").credentials(user());
    let built = builder.build_with(FakeTransport::script([]), ManualClock::auto());
    let parameter = "resource";
    assert_eq!(
        built.unwrap_err().kind(),
        &ErrorKind::InvalidInput { parameter }
    );
}

// A35
#[tokio::test]
async fn nothing_prints_a_secret() {
    let fake = FakeTransport::script([issued(TOKEN, "300"), page(&[], None)]);
    let client = client(fake.clone(), &ManualClock::auto());
    list(&client).await.unwrap();
    let builder = Client::builder(URL).credentials(user());
    for text in [
        format!("{client:#?} {builder:#?}"),
        format!("{:#?}", user()),
    ] {
        assert!(!text.contains("CANARY"), "{text}");
    }
}

#[tokio::test]
async fn clients_of_one_environment_may_share_an_oauth_client_and_others_may_not() {
    let shared = Arc::new(user());
    let fake = FakeTransport::script([issued(TOKEN, "300"), page(&[], None), page(&[], None)]);
    let clock = ManualClock::auto();
    let client = |url: &str, fake: &FakeTransport| {
        let builder = Client::builder(url).credentials(shared.clone());
        builder.build_with(fake.clone(), clock.clone()).unwrap()
    };
    list(&client(URL, &fake)).await.unwrap();
    list(&client(URL, &fake)).await.unwrap();
    fake.finish();
    let foreign = FakeTransport::script([]);
    let other = client("https://xyz.apps.dynatrace.com", &foreign);
    let parameter = "credentials";
    assert_eq!(
        list(&other).await.unwrap_err().kind(),
        &ErrorKind::InvalidInput { parameter }
    );
    foreign.finish();
}

#[tokio::test]
async fn the_emulator_and_the_client_agree() {
    let emulator = Emulator::memory().unwrap();
    let client = |secret: &str, scopes: &[&str]| {
        let user = OAuthClient::new(well_known::DT_OAUTH_CLIENT_ID, secret, scopes.to_vec());
        Client::builder(URL)
            .credentials(user)
            .build_with(emulator.clone(), ManualClock::auto())
            .unwrap()
    };
    let secret = well_known::DT_OAUTH_CLIENT_SECRET;
    assert_eq!(client(secret, &SCOPES).api(), TokenApi::Platform);
    let tokens = client(secret, &SCOPES).active_gate_tokens();
    let created = crate::support::create(&client(secret, &SCOPES))
        .await
        .unwrap();
    assert_eq!(tokens.list().send().await.unwrap().items.len(), 1);
    tokens.delete(&created.id).send().await.unwrap();

    for (secret, scopes, code) in [
        ("dt0s02.GATELET2.WRONG", &SCOPES[..], "invalid_client"),
        (secret, &["fleet-management:unknown:read"], "invalid_scope"),
    ] {
        let error = list(&client(secret, scopes)).await.unwrap_err();
        assert_eq!(error.kind(), &REJECTED);
        let source: &Arc<Error> = error.source().unwrap().downcast_ref().unwrap();
        assert_eq!(source.code(), Some(code));
        assert!(!everything(&error).contains("WRONG"));
    }
    let error = crate::support::create(&client(secret, &SCOPES[..1]))
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap(), 403);
}

#[tokio::test]
async fn a_recorded_exchange_has_no_secret_and_can_be_replayed() {
    fn client(transport: impl Transport) -> Client {
        let (id, secret) = (
            well_known::DT_OAUTH_CLIENT_ID,
            well_known::DT_OAUTH_CLIENT_SECRET,
        );
        let builder = Client::builder(URL).credentials(OAuthClient::new(id, secret, SCOPES));
        builder.build_with(transport, ManualClock::auto()).unwrap()
    }
    let recording = Recording::new(Emulator::memory().unwrap());
    list(&client(recording.clone())).await.unwrap();
    let text = recording.cassette().to_string();
    let (_, secret) = well_known::DT_OAUTH_CLIENT_SECRET.rsplit_once('.').unwrap();
    assert!(!text.contains(secret) && !text.contains("eyJ"), "{text}");
    let replay = Replay::new(recording.cassette());
    list(&client(replay.clone())).await.unwrap();
    replay.finish();
}
