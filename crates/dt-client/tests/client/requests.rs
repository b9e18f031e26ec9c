//! The requests that are sent, and the values that are refused before anything is sent.

use std::time::Duration;

use dt_client::models::{ActiveGateTokenCreate, ActiveGateType, Expiration, Timestamp};
use dt_client::{ApiToken, Applied, BaseUrl, Bearer, Client, ErrorKind};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};

use crate::support::*;

#[tokio::test]
async fn each_request_is_as_in_the_vendors_reference() {
    let (client, fake) = scripted([
        created(),
        FakeResponse::json(200, token("a")),
        FakeResponse::status(204),
    ]);
    create(&client).await.unwrap();
    get(&client).await.unwrap();
    assert!(!delete(&client).await.unwrap());
    let sent: Vec<String> = fake
        .into_requests()
        .iter()
        .map(|request| {
            let body = std::str::from_utf8(request.body()).unwrap();
            assert_eq!(request.headers()["accept"], "application/json");
            let url = request.uri().to_string();
            let path = url.strip_prefix(URL).unwrap();
            format!("{} {path} {body}", request.method())
                .trim_end()
                .to_owned()
        })
        .collect();
    assert_eq!(
        sent,
        [
            r#"POST /api/v2/activeGateTokens {"name":"edge-7","activeGateType":"ENVIRONMENT","expirationDate":"now+60d","seedToken":false}"#,
            "GET /api/v2/activeGateTokens/dt0g02.a",
            "DELETE /api/v2/activeGateTokens/dt0g02.a",
        ]
    );
}

// U59
#[tokio::test]
async fn a_create_can_leave_out_the_kind_of_the_active_gate() {
    let (client, fake) = scripted([created(), created()]);
    let tokens = client.active_gate_tokens();
    let create = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment)
        .without_active_gate_type();
    tokens.create(create.clone()).send().await.unwrap();
    tokens
        .create(create.without_seed_token())
        .send()
        .await
        .unwrap();
    let bodies: Vec<String> = fake
        .into_requests()
        .iter()
        .map(|request| String::from_utf8(request.body().to_vec()).unwrap())
        .collect();
    assert_eq!(
        bodies,
        [
            r#"{"name":"edge-7","seedToken":false}"#,
            r#"{"name":"edge-7"}"#
        ]
    );
}

// D1
#[tokio::test]
async fn the_credential_is_in_its_header_and_nowhere_else() {
    let (client, fake) = scripted([
        FakeResponse::json(200, token("a")),
        FakeResponse::status(500),
    ]);
    get(&client).await.unwrap();
    let error = create(&client).await.unwrap_err();
    assert!(!everything(&error).contains("CANARY"));
    for request in fake.into_requests() {
        let value = &request.headers()["authorization"];
        assert_eq!(value, &format!("Api-Token {TOKEN}"));
        assert!(value.is_sensitive());
        assert!(!format!("{request:?}").contains("CANARY"));
    }
    let builder = Client::builder(URL).credentials(ApiToken::new(TOKEN).unwrap());
    assert!(!format!("{client:#?} {builder:#?}").contains("CANARY"));
}

#[tokio::test]
async fn the_scheme_is_the_callers_choice() {
    let fake = FakeTransport::script([FakeResponse::json(200, token("a"))]);
    let client = Client::builder(URL)
        .credentials(Bearer::new("dt0s16.LOOKS.LIKEATOKEN").unwrap())
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap();
    get(&client).await.unwrap();
    let requests = fake.into_requests();
    let value = &requests[0].headers()["authorization"];
    assert_eq!(value, "Bearer dt0s16.LOOKS.LIKEATOKEN");
}

// D21
#[tokio::test]
async fn every_page_and_operation_is_below_the_same_address() {
    for (address, root) in [
        (
            "https://abc.live.dynatrace.com/",
            "https://abc.live.dynatrace.com/api/v2",
        ),
        (
            "https://abc.live.dynatrace.com/api/",
            "https://abc.live.dynatrace.com/api/v2",
        ),
        ("https://h.example//api/v2//", "https://h.example/api/v2"),
        ("https://m.example/e/abc", "https://m.example/e/abc/api/v2"),
        (
            "https://gate.example:9999/e/abc/",
            "https://gate.example:9999/e/abc/api/v2",
        ),
        (
            "https://abc.apps.dynatrace.com/platform/classic/environment-api/v2",
            "https://abc.apps.dynatrace.com/platform/classic/environment-api/v2",
        ),
    ] {
        let fake = FakeTransport::script([
            page(&["a"], Some(r#""k""#)),
            page(&["b"], None),
            created(),
            FakeResponse::json(200, token("a")),
            FakeResponse::status(204),
        ]);
        let client = Client::builder(address)
            .credentials(ApiToken::new(TOKEN).unwrap())
            .build_with(fake.clone(), ManualClock::auto())
            .unwrap();
        assert_eq!(client.base_url().as_str(), root);
        let items = client.active_gate_tokens().list().items();
        assert_eq!(items.try_collect().await.unwrap().len(), 2);
        create(&client).await.unwrap();
        get(&client).await.unwrap();
        delete(&client).await.unwrap();
        let urls: Vec<String> = fake
            .into_requests()
            .iter()
            .map(|it| it.uri().to_string())
            .collect();
        let tokens = format!("{root}/activeGateTokens");
        let one = format!("{tokens}/dt0g02.a");
        let next = format!("{tokens}?nextPageKey=k");
        assert_eq!(
            urls,
            [&tokens, &next, &tokens, &one, &one].map(String::clone)
        );
    }
}

// D27
#[tokio::test]
async fn a_token_of_any_shape_is_accepted_if_it_is_valid_in_a_header() {
    for token in ["no-prefix", "dt0c01.abc", "old", "x".repeat(8192).as_str()] {
        ApiToken::new(token).unwrap();
    }
    let long = "x".repeat(8193);
    for token in [
        "",
        "hunter2\n",
        "hunter2\r\n",
        " hunter2",
        "hun ter2",
        "hunter2é",
        &long,
    ] {
        for error in [
            ApiToken::new(token).unwrap_err(),
            Bearer::new(token).unwrap_err(),
        ] {
            let parameter = "token";
            assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
            assert!(!everything(&error).contains("hunter2"));
        }
    }
    let error = ApiToken::new("hunter2\n").unwrap_err().to_string();
    assert!(error.contains("trailing newline"), "{error}");
}

/// Checks that no operation sends this id, and no error repeats it.
async fn assert_refused(client: &Client, id: &str) {
    let (tokens, id) = (client.active_gate_tokens(), id.into());
    for error in [
        tokens.get(&id).send().await.unwrap_err(),
        tokens.delete(&id).send().await.unwrap_err(),
    ] {
        let parameter = "activeGateTokenIdentifier";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert_eq!((error.attempts(), error.applied()), (0, Applied::No));
        assert!(!everything(&error).to_uppercase().contains("CANARY"));
    }
}

// U54
#[tokio::test]
async fn the_secret_part_of_the_calls_own_token_is_refused_as_an_id_and_not_repeated() {
    let (client, _fake) = scripted([]);
    assert_refused(&client, TOKEN.rsplit('.').next().unwrap()).await;
}

// U54
#[tokio::test]
async fn an_id_with_a_whole_token_is_refused_and_not_repeated() {
    let (client, fake) = scripted([]);
    let (lower, upper) = (SECRET.to_lowercase(), SECRET.to_uppercase());
    for secret in [SECRET, TOKEN, &lower, &upper] {
        for id in [
            secret.to_owned(),
            format!(" {secret}"),
            format!("token {secret}"),
            format!("Api-Token {secret}"),
            format!("\"{secret}\""),
            format!("'{secret}'"),
            format!("https://abc.live.dynatrace.com/?api-token={secret}"),
            secret.replace('.', "%2E"),
            secret.replace('.', "%252e"),
            secret.replace('d', "%64").replace('D', "%44"),
        ] {
            assert_refused(&client, &id).await;
        }
    }
    fake.finish();
}

// U18
#[tokio::test]
async fn a_blank_id_is_refused_before_anything_is_sent() {
    let (client, fake) = scripted([]);
    for id in [" ", "\u{a0}", "\t", "\u{3000} ", "\u{200b}", "\u{feff}"] {
        let tokens = client.active_gate_tokens();
        for error in [
            tokens.get(&id.into()).send().await.unwrap_err(),
            tokens.delete(&id.into()).send().await.unwrap_err(),
        ] {
            let parameter = "activeGateTokenIdentifier";
            assert_eq!(
                error.kind(),
                &ErrorKind::InvalidInput { parameter },
                "{id:?}"
            );
            assert_eq!((error.attempts(), error.applied()), (0, Applied::No));
        }
    }
    fake.finish();
}

// T63
#[tokio::test]
async fn an_id_that_is_invalid_in_a_path_or_too_long_is_refused_before_anything_is_sent() {
    let (client, fake) = scripted([]);
    for id in ["", ".", "..", "a\u{7}", &"x".repeat(1 << 20)] {
        let get = client.active_gate_tokens().get(&id.into());
        let error = get.send().await.unwrap_err();
        let parameter = "activeGateTokenIdentifier";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert_eq!((error.attempts(), error.applied()), (0, Applied::No));
    }
    fake.finish();
}

// T61
#[tokio::test]
async fn every_id_is_one_segment_encoded_once() {
    for (id, segment) in [
        ("a/../b?c#d%2F +ü", "a%2F..%2Fb%3Fc%23d%252F%20%2B%C3%BC"),
        ("100%🦀", "100%25%F0%9F%A6%80"),
        ("dt0g02.ABC", "dt0g02.ABC"),
        ("dt0g02.ABC.", "dt0g02.ABC."),
        ("an.id.of.another.form", "an.id.of.another.form"),
    ] {
        let read = token("a").replace("dt0g02.a", id);
        let (client, fake) = scripted([FakeResponse::json(200, read)]);
        client
            .active_gate_tokens()
            .get(&id.into())
            .send()
            .await
            .unwrap();
        assert_eq!(
            fake.into_requests()[0].uri().path(),
            format!("{PATH}/{segment}")
        );
    }
}

/// Returns the expiration that a create sends, or the error before it is sent.
async fn sent_expiration(client: &Client, fake: &FakeTransport, text: String) -> String {
    let edge = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment);
    let create = edge.with_expiration_date(text);
    match client.active_gate_tokens().create(create).send().await {
        Ok(_) => {
            let requests = fake.requests();
            let body: serde_json::Value =
                serde_json::from_slice(requests.last().unwrap().body()).unwrap();
            body["expirationDate"].as_str().unwrap().to_owned()
        }
        Err(error) => {
            let parameter = "expiration_date";
            assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
            assert_eq!((error.attempts(), error.applied()), (0, Applied::No));
            error.to_string()
        }
    }
}

#[tokio::test]
async fn an_expiration_is_an_instant_a_duration_or_the_apis_own_expression() {
    let fake = FakeTransport::respond(|_| created());
    let client = client(fake.clone(), &ManualClock::auto());
    let instant: Timestamp = "2026-06-01T12:00:00+02:00".parse().unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    for (given, sent) in [
        (Expiration::at(instant).into(), "2026-06-01T10:00:00.000Z"),
        (Expiration::after(60 * day).into(), "now+60d"),
        (Expiration::after(day / 16).into(), "now+90m"),
        ("now+6M/d".into(), "now+6M/d"),
        ("1798761600000".into(), "1798761600000"),
        ("2026-06-01 12:00".into(), "2026-06-01 12:00"),
    ] {
        assert_eq!(sent_expiration(&client, &fake, given).await, sent);
    }
}

// U19
#[tokio::test]
async fn an_expiration_in_a_form_of_our_own_is_sent_in_the_apis_form() {
    let fake = FakeTransport::respond(|_| created());
    let client = client(fake.clone(), &ManualClock::auto());
    for (given, sent) in [
        ("2026-06-01T12:00:00+0000", "2026-06-01T12:00:00.000Z"),
        ("2026-06-01 12:00:00+00", "2026-06-01T12:00:00.000Z"),
        ("2026-06-01T12:00+0200", "2026-06-01T10:00:00.000Z"),
        ("2026-06-01t12:00:00,5z", "2026-06-01T12:00:00.500Z"),
        ("2026-06-30T23:59:60Z", "2026-06-30T23:59:59.999999999Z"),
    ] {
        assert_eq!(sent_expiration(&client, &fake, given.into()).await, sent);
    }
}

// U19
#[tokio::test]
async fn the_error_for_a_date_without_offset_in_a_response_says_what_is_missing() {
    for (date, problem) in [
        ("2026-01-01T00:00:00", "the offset from UTC is missing"),
        ("2026-01-01 00:00", "the offset from UTC is missing"),
        (
            "2026-01-01",
            "the time of day and the offset from UTC are missing",
        ),
        ("2026-02-30T00:00:00Z", "there is no such date"),
        ("hunter2", "not a date and time such as"),
        ("", "not a date and time such as"),
    ] {
        let body = token("a").replace("2026-01-01T00:00:00Z", date);
        let (client, _) = scripted([FakeResponse::json(200, body)]);
        let error = get(&client).await.unwrap_err();
        let path = "creationDate".into();
        assert_eq!(error.kind(), &ErrorKind::Decode { path });
        assert!(error.to_string().contains(problem), "{error}");
        assert!(!everything(&error).contains("hunter2"), "{error}");
    }
}

#[tokio::test]
async fn an_expiration_that_is_past_too_far_or_invalid_is_not_sent() {
    // Manual clocks start at 2026-01-01T00:00:00Z.
    let clock = ManualClock::auto();
    let fake = FakeTransport::respond(|_| created());
    let client = client(fake.clone(), &clock);
    for (text, problem) in [
        ("2025-12-31T23:59:59.999Z", "in the past"),
        ("1767225599999", "in the past"),
        ("now-1d", "in the past"),
        ("2028-01-01T00:00:00.001Z", "more than two years ahead"),
        ("now+3y", "more than two years ahead"),
        ("hunter2", "must be UTC milliseconds"),
        ("", "must be UTC milliseconds"),
    ] {
        let refusal = sent_expiration(&client, &fake, text.into()).await;
        assert!(refusal.starts_with("dt createToken: invalid `expiration_date`"));
        assert!(refusal.contains(problem), "{text}: {refusal}");
        assert!(!refusal.contains("hunter2"));
    }
    assert!(fake.requests().is_empty());

    let soon = "2026-01-01T01:00:00Z";
    let sent = sent_expiration(&client, &fake, soon.into()).await;
    assert_eq!(sent, soon);
    clock.advance(Duration::from_secs(3601));
    let refusal = sent_expiration(&client, &fake, soon.into()).await;
    assert!(refusal.contains("in the past"), "{refusal}");
}

#[tokio::test]
async fn a_builder_refuses_invalid_settings() {
    let parameter = |builder: dt_client::ClientBuilder| {
        let error = builder
            .build_with(FakeTransport::script([]), ManualClock::auto())
            .unwrap_err();
        assert!(!everything(&error).contains("hunter2"));
        match error.kind() {
            ErrorKind::InvalidInput { parameter } => *parameter,
            other => panic!("{other:?}"),
        }
    };
    let token = || ApiToken::new(TOKEN).unwrap();
    assert_eq!(parameter(Client::builder(URL)), "credentials");
    for address in [
        "",
        "abc.live.dynatrace.com",
        "http://abc.live.dynatrace.com",
        "https://me:hunter2@h.example",
        "https://h.example/?Api-Token=hunter2",
        "https://h.example/api/v2/../hunter2",
    ] {
        let builder = Client::builder(address).credentials(token());
        assert_eq!(parameter(builder), "base_url", "{address}");
    }
    let agent = Client::builder(URL).credentials(token()).user_agent("a\nb");
    assert_eq!(parameter(agent), "user_agent");

    let allowed = BaseUrl::parse_allowing_http("http://h.example/e/abc").unwrap();
    let client = Client::builder(allowed)
        .credentials(token())
        .build_with(FakeTransport::script([]), ManualClock::auto())
        .unwrap();
    assert_eq!(client.base_url().as_str(), "http://h.example/e/abc/api/v2");
}

#[test]
fn futures_may_move_between_threads() {
    fn assert_send<T: Send>(_: &T) {}
    let client = client(FakeTransport::script([]), &ManualClock::auto());
    assert_send(&get(&client));
    assert_send(&create(&client));
    assert_send(&client.active_gate_tokens().list().send());
    assert_send(&client.active_gate_tokens().list().items().try_collect());
}
