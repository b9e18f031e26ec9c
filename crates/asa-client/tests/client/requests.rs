//! The requests that are sent, and the values that are refused before anything is sent.

use asa_client::models::{GatewayUpdate, ServiceUserUpdate, UserStatus};
use asa_client::{Applied, Client, Error, ErrorKind, ServiceUser};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};

use crate::support::*;

// U17
#[tokio::test]
async fn an_update_sends_back_every_member_that_was_read() {
    let read = r#"{"id": "g", "name": "eu-1", "refuse_connections": false, "labels": null, "description": null,
        "cloud_provider": "aws", "last_seen": "2026-11-21T20:48:09Z", "default_address": "10.0.0.1",
        "infrastructure_orchestrator": {"name": "k8s", "labels": null, "region": "eu"},
        "x_pool": {"weight": 0.25, "size": 18446744073709551615, "deep": [[{"a": [null, true, "\u00e9"]}]]}}"#;
    let (client, fake) = authorized([FakeResponse::json(200, read), FakeResponse::status(204)]);
    let gateways = client.gateways();
    let gateway = gateways.get(&"g".into()).send().await.unwrap();
    let update = GatewayUpdate::from(&gateway).with_refuse_connections(true);
    gateways.update(&gateway.id, update).send().await.unwrap();
    let sent = fake.into_requests();
    let body = std::str::from_utf8(sent.last().unwrap().body()).unwrap();
    assert_eq!(
        body,
        concat!(
            r#"{"name":"eu-1","refuse_connections":true,"labels":{},"description":null,"default_address":"10.0.0.1","#,
            r#""infrastructure_orchestrator":{"name":"k8s","labels":null,"region":"eu"},"#,
            r#""x_pool":{"weight":0.25,"size":18446744073709551615,"deep":[[{"a":[null,true,"é"]}]]}}"#
        )
    );
}

// U17
#[tokio::test]
async fn an_update_sends_back_all_digits_of_a_number() {
    for number in [
        "12345678901234567890123",
        "0.12345678901234567890123",
        "-1.50e-400",
        "1e400",
    ] {
        let size = format!(r#""x_size":[{number},{{"a":"b\u0001\"é"}}]"#);
        let nested = format!(r#""infrastructure_orchestrator":{{"id":"o",{size}}}"#);
        let read =
            format!(r#"{{"id":"g","name":"eu-1","refuse_connections":false,{nested},{size}}}"#);
        let (client, fake) = authorized([FakeResponse::json(200, read), FakeResponse::status(204)]);
        let gateways = client.gateways();
        let gateway = gateways.get(&"g".into()).send().await.unwrap();
        let update = gateways.update(&gateway.id, GatewayUpdate::from(&gateway));
        update.send().await.unwrap();
        let sent = format!(r#"{{"name":"eu-1","refuse_connections":false,{nested},{size}}}"#);
        assert_eq!(fake.into_requests()[2].body(), sent.as_bytes());
    }
}

// U17
#[tokio::test]
async fn a_status_is_changed_whatever_numbers_a_service_user_has() {
    let read = r#"{"id":"1","name":"bot","status":"ACTIVE","user_type":"service","details":{"x":1e400},"n":1.00000000000000000001}"#;
    let (client, fake) = authorized([200, 200].map(|status| FakeResponse::json(status, read)));
    let users = client.service_users();
    let user = users.get("bot").send().await.unwrap();
    let update = ServiceUserUpdate::from(&user).with_status(UserStatus::Disabled);
    users.update("bot", update).send().await.unwrap();
    let sent = r#"{"name":"bot","status":"DISABLED","user_type":"service","details":{"x":1e400},"n":1.00000000000000000001}"#;
    assert_eq!(fake.into_requests()[2].body(), sent);
}

#[tokio::test]
async fn each_request_is_as_in_the_vendors_reference() {
    let gone = || FakeResponse::status(204);
    let (client, fake) = authorized([
        FakeResponse::json(200, GATEWAY),
        gone(),
        gone(),
        FakeResponse::json(
            200,
            r#"{"active_connections": 2, "total_storage_bytes": 4096, "used_storage_bytes": 2048}"#,
        ),
        FakeResponse::json(201, SETUP_TOKEN),
        FakeResponse::json(200, SETUP_TOKEN),
        FakeResponse::json(200, r#"{"token": "canary"}"#),
        gone(),
    ]);
    let (gateways, tokens) = (client.gateways(), client.gateway_setup_tokens());
    let gateway = gateways.get(&"g".into()).send().await.unwrap();
    let update = GatewayUpdate::from(&gateway).with_description("seen");
    gateways.update(&gateway.id, update).send().await.unwrap();
    let deleted = gateways.delete(&gateway.id).send().await.unwrap();
    assert!(!deleted.was_already_gone);
    let status = gateways.status(&gateway.id).send().await.unwrap();
    assert_eq!(status.active_connections, Some(2));
    create(&client).await.unwrap();
    let id = tokens.get(&"s".into()).send().await.unwrap().id;
    let secret = tokens.reveal(&id).send().await.unwrap();
    assert_eq!(secret.expose(), "canary");
    tokens.delete(&id).send().await.unwrap();

    let sent: Vec<String> = fake.into_requests()[1..]
        .iter()
        .map(|request| {
            let path = request.uri().path().trim_start_matches("/v1/teams/t/");
            let body = std::str::from_utf8(request.body()).unwrap();
            assert_eq!(request.headers()["accept"], "application/json");
            assert_eq!(
                request.headers().contains_key("content-type"),
                !body.is_empty()
            );
            format!("{} {path} {body}", request.method())
                .trim_end()
                .to_owned()
        })
        .collect();
    assert_eq!(
        sent,
        [
            "GET gateways/g",
            r#"PUT gateways/g {"name":"eu-1","refuse_connections":false,"description":"seen"}"#,
            "DELETE gateways/g",
            "GET gateways/g/status",
            r#"POST gateway_setup_tokens {"registration_type":"gateway-agent","details":{"labels":{"env":"dev"}}}"#,
            "GET gateway_setup_tokens/s",
            "GET gateway_setup_tokens/s/token",
            "DELETE gateway_setup_tokens/s",
        ]
    );
}

// A18
#[tokio::test]
async fn a_team_name_is_one_segment_or_refused() {
    let build = |team: &str| {
        let fake = FakeTransport::script([
            bearer("2026-01-01T01:00:00Z", BEARER),
            FakeResponse::json(200, GATEWAY),
        ]);
        let client = Client::builder(team)
            .credentials(ServiceUser::new(KEY_ID, KEY_SECRET))
            .build_with(fake.clone(), ManualClock::auto());
        (client, fake)
    };
    for team in ["", ".", "..", "a\nb", &"x".repeat(1025)] {
        let error = build(team).0.unwrap_err();
        let parameter = "team_name";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
    }
    for (team, segment) in [("a/b", "a%2Fb"), ("ü", "%C3%BC"), ("a b?#", "a%20b%3F%23")] {
        let (client, fake) = build(team);
        // The bearer is for team `T`, so there is no call after the exchange.
        client.unwrap().gateways().list().send().await.unwrap_err();
        let path = fake.requests()[0].uri().path().to_owned();
        assert_eq!(path, format!("/v1/teams/{segment}/service_token"));
    }
}

/// Builds a client of a team over a transport without responses.
fn build(team: &str) -> (Result<Client, Error>, FakeTransport) {
    let fake = FakeTransport::script([]);
    let client = Client::builder(team)
        .credentials(ServiceUser::new(KEY_ID, KEY_SECRET))
        .build_with(fake.clone(), ManualClock::auto());
    (client, fake)
}

/// Returns the error of every operation on one resource for an id that is not sent.
async fn refused(id: &str) -> Vec<Error> {
    let (client, fake) = build("t");
    let client = client.unwrap();
    let (gateways, tokens) = (client.gateways(), client.gateway_setup_tokens());
    let update = GatewayUpdate::new("n");
    let errors = vec![
        gateways.get(&id.into()).send().await.unwrap_err(),
        gateways
            .update(&id.into(), update)
            .send()
            .await
            .unwrap_err(),
        gateways.delete(&id.into()).send().await.unwrap_err(),
        gateways.status(&id.into()).send().await.unwrap_err(),
        tokens.get(&id.into()).send().await.unwrap_err(),
        tokens.reveal(&id.into()).send().await.unwrap_err(),
        tokens.delete(&id.into()).send().await.unwrap_err(),
    ];
    assert!(fake.into_requests().is_empty());
    errors
}

// U18
#[tokio::test]
async fn a_blank_id_or_team_is_refused_before_anything_is_sent() {
    for blank in [" ", "\u{a0}", "\t", "\u{3000} ", "\u{200b}", "\u{feff}"] {
        for error in refused(blank).await {
            let ErrorKind::InvalidInput { parameter } = error.kind() else {
                panic!("{error}");
            };
            assert!(parameter.ends_with("_id"), "{error}");
            assert_eq!((error.attempts(), error.applied()), (0, Applied::No));
        }
        let (client, fake) = build(blank);
        let parameter = "team_name";
        assert_eq!(
            client.unwrap_err().kind(),
            &ErrorKind::InvalidInput { parameter }
        );
        fake.finish();
    }
}

// U54
#[tokio::test]
async fn an_id_or_team_with_a_whole_token_is_refused_and_not_repeated() {
    for secret in [
        "sft-gw.6116bb2a-7289-4528-92ee-8e92443c3b61.CANARY",
        "dt0c01.PUBLIC.CANARY",
        "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.CANARY",
    ] {
        for text in [
            secret.to_owned(),
            format!("Bearer {secret}"),
            format!("\"{secret}\""),
            secret.replace('.', "%2E"),
            secret.replace('.', "%252E"),
        ] {
            let mut errors = refused(&text).await;
            let builder = Client::builder(text.as_str());
            assert!(!format!("{builder:?}").contains("CANARY"), "{builder:?}");
            errors.push(build(&text).0.unwrap_err());
            for error in errors {
                assert!(
                    matches!(error.kind(), ErrorKind::InvalidInput { .. }),
                    "{error}"
                );
                assert_eq!((error.attempts(), error.applied()), (0, Applied::No));
                assert!(!everything(&error).contains("CANARY"), "{error:?}");
            }
        }
    }
}

// U54
#[tokio::test]
async fn an_id_with_the_secret_of_the_call_is_refused_and_not_repeated() {
    for secret in [BEARER, KEY_SECRET] {
        for id in [
            secret.to_owned(),
            format!("Bearer {secret}"),
            format!("\"{secret}\""),
            secret.to_uppercase(),
            secret.replace('-', "%2D"),
            secret.replace('-', "%252d"),
        ] {
            let (client, fake) = authorized([]);
            let (gateways, id) = (client.gateways(), id.as_str().into());
            for error in [
                gateways.get(&id).send().await.unwrap_err(),
                gateways.delete(&id).send().await.unwrap_err(),
            ] {
                let parameter = "gateway_id";
                assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
                assert_eq!((error.attempts(), error.applied()), (0, Applied::No));
                let everything = everything(&error).to_lowercase();
                assert!(!everything.contains("canary"), "{error:?}");
            }
            assert!(fake.into_requests().iter().all(is_exchange));
        }
    }
    // A part of a secret may be there by chance, as a word of the path may be.
    let id = &BEARER[..BEARER.len() - 1];
    let gateway = GATEWAY.replace(r#""g""#, &format!("{id:?}"));
    let (client, _fake) = authorized([FakeResponse::json(200, gateway)]);
    client.gateways().get(&id.into()).send().await.unwrap();
}

// T63
#[tokio::test]
async fn an_id_that_is_invalid_in_a_path_or_too_long_is_refused_before_anything_is_sent() {
    let fake = FakeTransport::script([]);
    let client = client(fake.clone(), &ManualClock::auto());
    for id in ["", ".", "..", "a\u{7}", &"x".repeat(1 << 20)] {
        let error = client
            .gateways()
            .delete(&id.into())
            .send()
            .await
            .unwrap_err();
        let parameter = "gateway_id";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert_eq!(error.operation(), Some("asa DeleteGatewayInstance"));
        assert_eq!(error.applied(), Applied::No);
        assert_eq!(error.attempts(), 0);
    }
    fake.finish();
}

// T61
#[tokio::test]
async fn every_id_is_one_segment_encoded_once() {
    for (id, segment) in [
        ("a/b", "a%2Fb"),
        ("a/../b", "a%2F..%2Fb"),
        ("a?b", "a%3Fb"),
        ("a#b", "a%23b"),
        ("a%2Fb", "a%252Fb"),
        ("100%", "100%25"),
        ("a b", "a%20b"),
        ("a+b", "a%2Bb"),
        ("ü", "%C3%BC"),
        ("🦀", "%F0%9F%A6%80"),
        ("a\\b", "a%5Cb"),
        ("...", "..."),
    ] {
        let (client, fake) = authorized([]);
        let (gateways, tokens) = (client.gateways(), client.gateway_setup_tokens());
        // The response does not matter: each call has sent its request by then.
        drop(gateways.get(&id.into()).send().await);
        drop(
            gateways
                .update(&id.into(), GatewayUpdate::new("n"))
                .send()
                .await,
        );
        drop(gateways.delete(&id.into()).send().await);
        drop(gateways.status(&id.into()).send().await);
        drop(tokens.get(&id.into()).send().await);
        drop(tokens.reveal(&id.into()).send().await);
        drop(tokens.delete(&id.into()).send().await);
        let requests = fake.requests();
        let paths: Vec<&str> = requests[1..]
            .iter()
            .map(|request| request.uri().path())
            .collect();
        let gateway = format!("/v1/teams/t/gateways/{segment}");
        let token = format!("/v1/teams/t/gateway_setup_tokens/{segment}");
        let expected = [
            &gateway,
            &gateway,
            &gateway,
            &format!("{gateway}/status"),
            &token,
            &format!("{token}/token"),
            &token,
        ];
        assert_eq!(paths, expected);
    }
}

#[tokio::test]
async fn a_builder_refuses_invalid_settings() {
    let parameter = |builder: asa_client::ClientBuilder| {
        let error = builder
            .build_with(FakeTransport::script([]), ManualClock::auto())
            .unwrap_err();
        assert!(!everything(&error).contains("hunter2"));
        match error.kind() {
            ErrorKind::InvalidInput { parameter } => *parameter,
            other => panic!("{other:?}"),
        }
    };
    let builder = || Client::builder("t").credentials(ServiceUser::new(KEY_ID, KEY_SECRET));
    assert_eq!(parameter(Client::builder("t")), "credentials");
    for endpoint in [
        "app.scaleft.com",
        "ftp://app.scaleft.com",
        "http://app.scaleft.com",
        "https://me:hunter2@app.scaleft.com",
        "https://app.scaleft.com/?hunter2",
        "https://app.scaleft.com:99999",
    ] {
        assert_eq!(
            parameter(builder().endpoint(endpoint)),
            "base_url",
            "{endpoint}"
        );
    }
    assert_eq!(parameter(builder().user_agent("a\r\nb")), "user_agent");
    assert!(asa_client::Bearer::new("hunter2\n").is_err());
}

// U57
#[tokio::test]
async fn an_endpoint_may_end_in_the_beginning_of_every_path() {
    for (endpoint, base) in [
        ("https://host/v1", "https://host"),
        ("https://host/v1/", "https://host"),
        ("https://host", "https://host"),
        ("https://host/v1/teams", "https://host"),
        ("https://host/v1/teams/t", "https://host"),
        ("https://host/v1/teams/t/gateways", "https://host"),
        (
            "https://host/okta/v1/teams/t/gateways/",
            "https://host/okta",
        ),
        (
            "https://host/v1/teams/t/gateway_setup_tokens",
            "https://host",
        ),
        ("https://host/v1/v1", "https://host/v1"),
        ("https://host/gateways", "https://host/gateways"),
        ("https://host/okta/v1", "https://host/okta"),
        ("https://host/okta", "https://host/okta"),
    ] {
        let script = [bearer("2026-01-01T01:00:00Z", BEARER), page(&["a"], None)];
        let fake = FakeTransport::script(script);
        let client = Client::builder("t")
            .endpoint(endpoint)
            .credentials(ServiceUser::new(KEY_ID, KEY_SECRET))
            .build_with(fake.clone(), ManualClock::auto())
            .unwrap();
        assert_eq!(client.base_url().as_str(), base, "{endpoint}");
        client.gateways().list().send().await.unwrap();
        for (request, path) in fake
            .into_requests()
            .iter()
            .zip(["service_token", "gateways"])
        {
            let expected = format!("{base}/v1/teams/t/{path}");
            assert_eq!(request.uri().to_string(), expected, "{endpoint}");
        }
    }
}

#[tokio::test]
async fn another_endpoint_serves_the_same_paths() {
    let fake = FakeTransport::script([
        bearer("2026-01-01T01:00:00Z", BEARER),
        FakeResponse::json(200, GATEWAY),
    ]);
    let client = Client::builder("t")
        .endpoint("https://acme.pam.okta.com/")
        .credentials(ServiceUser::new(KEY_ID, KEY_SECRET))
        .user_agent("inventory/2")
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap();
    assert_eq!(client.base_url().as_str(), "https://acme.pam.okta.com");
    client.gateways().get(&"g".into()).send().await.unwrap();
    for request in fake.into_requests() {
        assert_eq!(request.uri().host(), Some("acme.pam.okta.com"));
        let agent = request.headers()["user-agent"].to_str().unwrap();
        assert!(agent.ends_with(" inventory/2"), "{agent}");
    }
}

#[test]
fn futures_may_move_between_threads() {
    fn assert_send<T: Send>(_: &T) {}
    let client = client(FakeTransport::script([]), &ManualClock::auto());
    assert_send(&client.gateways().get(&"g".into()).send());
    assert_send(&client.gateways().list().send());
    assert_send(&client.gateways().list().items().try_collect());
    assert_send(&create(&client));
}

#[tokio::test]
async fn the_value_of_a_setup_token_is_refused_as_an_id_and_never_reaches_a_url() {
    let fake = FakeTransport::script([]);
    let client = client(fake.clone(), &ManualClock::auto());
    let tokens = client.gateway_setup_tokens();
    for value in ["sft-gw.canary.canary", " SFT-GW.canary"] {
        let id = value.into();
        let failures = [
            tokens.get(&id).send().await.unwrap_err(),
            tokens.reveal(&id).send().await.unwrap_err(),
            tokens.delete(&id).send().await.unwrap_err(),
        ];
        for error in failures {
            let parameter = "gateway_setup_token_id";
            assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
            assert!(!everything(&error).contains("canary"));
        }
    }
    fake.finish();
}

// U16
#[tokio::test]
async fn a_created_token_is_known_although_a_text_is_not_unicode() {
    let body = r#"{"id": "s", "description": "\ud800", "\udc00": 1, "registration_type": "gateway-agent"}"#;
    let (client, fake) = authorized([FakeResponse::json(201, body), FakeResponse::json(200, body)]);
    create(&client).await.unwrap();
    // An id is complete, or the response is an error.
    let (other, _fake) = authorized([FakeResponse::json(
        201,
        body.replace(r#""s""#, r#""s\ud800""#),
    )]);
    let error = create(&other).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { path } if path.as_ref() == "id"));
    assert_eq!(error.applied(), Applied::Yes);
    // A read can be repeated, so it fails and says what is wrong.
    let id = "s".into();
    let error = client.gateway_setup_tokens().get(&id).send().await;
    assert!(matches!(
        error.unwrap_err().kind(),
        ErrorKind::Decode { .. }
    ));
    fake.finish();
}

#[tokio::test]
async fn a_body_that_the_description_forbids_is_not_sent() {
    use asa_client::models::{
        EnrollmentTokenCreate, GatewaySetupTokenCreate, ServiceUserCreate, ServiceUserUpdate,
        UserStatus,
    };
    let fake = FakeTransport::script([]);
    let client = client(fake.clone(), &ManualClock::auto());
    let assert_invalid = |error: Error, parameter: &'static str| {
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
    };
    let users = client.service_users();
    for name in ["", ".", "..", " a", "a\nb", &"x".repeat(256)] {
        let create = users.create(ServiceUserCreate::new(name));
        assert_invalid(create.send().await.unwrap_err(), "name");
    }
    for status in ["", "GONE", "active"] {
        let update = ServiceUserUpdate::new("bot", UserStatus::from(status));
        let update = users.update("bot", update);
        assert_invalid(update.send().await.unwrap_err(), "status");
    }
    for description in ["", &"x".repeat(1025)] {
        let create = GatewaySetupTokenCreate::new().with_description(description);
        let create = client.gateway_setup_tokens().create(create);
        assert_invalid(create.send().await.unwrap_err(), "description");
    }
    for description in ["", &"x".repeat(513)] {
        let body = EnrollmentTokenCreate::new(description);
        let create = client.enrollment_tokens().create(&"web".into(), body);
        assert_invalid(create.send().await.unwrap_err(), "description");
        let body = EnrollmentTokenCreate::new(description);
        let tokens = client.resource_group_enrollment_tokens();
        let create = tokens.create(&"g".into(), &"p".into(), body);
        assert_invalid(create.send().await.unwrap_err(), "description");
    }
    assert_eq!(fake.requests().len(), 0);
}
