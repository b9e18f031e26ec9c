//! What is sent, and what is refused before anything is.

use dt_client::{ApiToken, Applied, BaseUrl, Bearer, Client, ErrorKind};
use transport::testing::{Answer, FakeTransport, ManualClock};

use crate::support::*;

#[tokio::test]
async fn each_request_is_the_one_of_the_vendors_reference() {
    let (client, fake) = scripted([
        created(),
        Answer::json(200, token("a")),
        Answer::status(204),
    ]);
    create(&client).await.unwrap();
    get(&client).await.unwrap();
    assert!(!delete(&client).await.unwrap());
    let sent: Vec<String> = fake
        .finish()
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

#[tokio::test]
async fn d1_the_credential_is_in_its_header_and_nowhere_else() {
    let (client, fake) = scripted([Answer::json(200, token("a")), Answer::status(500)]);
    get(&client).await.unwrap();
    let error = create(&client).await.unwrap_err();
    assert!(!everything(&error).contains("CANARY"));
    for request in fake.finish() {
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
    let fake = FakeTransport::script([Answer::json(200, token("a"))]);
    let client = Client::builder(URL)
        .credentials(Bearer::new("dt0s16.LOOKS.LIKEATOKEN").unwrap())
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap();
    get(&client).await.unwrap();
    let requests = fake.finish();
    let value = &requests[0].headers()["authorization"];
    assert_eq!(value, "Bearer dt0s16.LOOKS.LIKEATOKEN");
}

#[tokio::test]
async fn d21_every_page_and_operation_is_below_the_same_address() {
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
            Answer::json(200, token("a")),
            Answer::status(204),
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
            .finish()
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

#[tokio::test]
async fn d27_a_token_of_any_shape_is_taken_but_for_what_no_header_has() {
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

#[tokio::test]
async fn a_whole_token_is_no_id_and_never_reaches_a_url() {
    let (client, fake) = scripted([]);
    let spaced = format!(" {SECRET}");
    let (lower, upper) = (SECRET.to_lowercase(), SECRET.to_uppercase());
    for secret in [SECRET, TOKEN, &spaced, &lower, &upper] {
        let tokens = client.active_gate_tokens();
        let failures = [
            tokens.get(&secret.into()).send().await.unwrap_err(),
            tokens.delete(&secret.into()).send().await.unwrap_err(),
        ];
        for error in failures {
            let parameter = "activeGateTokenIdentifier";
            assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
            assert!(!everything(&error).to_uppercase().contains("CANARY"));
        }
    }
    let _ = fake.finish();
}

#[tokio::test]
async fn an_id_is_one_segment_or_refused_before_anything_is_sent() {
    let (client, fake) = scripted([]);
    for id in ["", ".", "..", "a\u{7}", &"x".repeat(1 << 20)] {
        let get = client.active_gate_tokens().get(&id.into());
        let error = get.send().await.unwrap_err();
        let parameter = "activeGateTokenIdentifier";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert_eq!((error.attempts(), error.applied()), (0, Applied::No));
    }
    let _ = fake.finish();

    for (id, segment) in [
        ("a/../b?c#d%2F +ü", "a%2F..%2Fb%3Fc%23d%252F%20%2B%C3%BC"),
        ("dt0g02.ABC", "dt0g02.ABC"),
        ("dt0g02.ABC.", "dt0g02.ABC."),
        ("an.id.of.another.form", "an.id.of.another.form"),
    ] {
        let (client, fake) = scripted([Answer::json(200, token("a"))]);
        client
            .active_gate_tokens()
            .get(&id.into())
            .send()
            .await
            .unwrap();
        assert_eq!(fake.finish()[0].uri().path(), format!("{PATH}/{segment}"));
    }
}

#[tokio::test]
async fn what_a_builder_refuses() {
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
