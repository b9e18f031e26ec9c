//! New tokens, whose secret no unreadable part of a response may hide.

use dt_client::{Applied, ErrorKind};
use gatelet_transport::TransportErrorKind;
use gatelet_transport::testing::FakeResponse;

use crate::support::*;

// D18
#[tokio::test]
async fn the_secret_of_a_new_token_shows_only_when_exposed() {
    let (client, fake) = scripted([created()]);
    let created = create(&client).await.unwrap();
    assert_eq!(created.id.as_str(), "dt0g02.4KWZO5EF");
    assert_eq!(
        created
            .expiration_date
            .value()
            .unwrap()
            .unwrap()
            .to_string(),
        "2026-03-02T00:00:00Z"
    );
    assert!(!format!("{created:?} {created:#?}").contains("CANARY"));
    assert_eq!(created.token.expose(), SECRET);
    fake.finish();
}

// U16
#[tokio::test]
async fn a_new_token_is_not_lost_to_an_unreadable_expiration_date() {
    for (raw, text) in [
        (r#""""#, ""),
        (r#""2027-01-01 00:00""#, "2027-01-01 00:00"),
        ("1798761600000", "1798761600000"),
        ("1e400", "1e400"),
        ("[1.50]", "[1.5]"),
    ] {
        let body =
            format!(r#"{{"id": "dt0g02.4KWZO5EF", "token": "{SECRET}", "expirationDate": {raw}}}"#);
        let (client, fake) = scripted([FakeResponse::json(201, body)]);
        let created = create(&client).await.unwrap();
        assert_eq!(created.id.as_str(), "dt0g02.4KWZO5EF");
        assert_eq!(created.token.expose(), SECRET);
        assert!(!created.expiration_date.is_absent());
        let kept = created.expiration_date.value().unwrap_err();
        assert_eq!(kept.to_string(), text);
        fake.finish();
    }
}

// U16
#[tokio::test]
async fn an_unreadable_date_is_kept_without_any_form_of_the_calls_secrets() {
    // The access token, a part of it percent-encoded, and parts of both secrets in base64.
    for text in [
        TOKEN,
        "CANARYSECRET",
        "at CANARY%53ECRET",
        "Q0FOQVJZU0VDUkVU",
        "Q0FOQVJZU0VDUkVUT0ZUSEVORVdUT0tFTg==",
        SECRET,
        "canarysecretofthenewtoken",
    ] {
        let body = format!(
            r#"{{"id": "dt0g02.4KWZO5EF", "token": "{SECRET}", "expirationDate": "{text}"}}"#
        );
        let (client, fake) = scripted([FakeResponse::json(201, body)]);
        let created = create(&client).await.unwrap();
        assert_eq!(created.token.expose(), SECRET);
        let kept = created.expiration_date.value().unwrap_err();
        assert_eq!(kept.to_string(), "[withheld]", "{text}");
        fake.finish();
    }
}

// U16
#[tokio::test]
async fn no_other_member_of_the_response_loses_the_token() {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    for member in [
        r#""expirationDate": 1, "expirationDate": "2""#,
        r#""owner": null, "owner": 1e400, "": "\ud800""#,
        r#""name": 12345678901234567890123, "id2": [{}]"#,
        r#""\ud800": "\udfff", "": {"\udc00": 1}"#,
        &format!(r#""x": {deep}"#),
        &format!(r#""expirationDate": {deep}"#),
        &format!(r#""expirationDate": "{}""#, "x".repeat(1 << 20)),
        r#""expirationDate": "\ud800""#,
        r#""expirationDate": false"#,
        r#""expirationDate": -0.1e-7"#,
        r#""expirationDate": {}"#,
        r#""expirationDate": null"#,
        r#""error": "no expiration date""#,
        r#""error": {"code": 400, "message": "no expiration date"}"#,
        r#""error": {"message": "no \ud800"}"#,
        r#""error": "no expiration date", "\ud800": 1"#,
        r#""error": {"code": 1e999}"#,
        &format!(r#""error": {deep}"#),
    ] {
        let body = format!(r#"{{"id": "dt0g02.4KWZO5EF", {member}, "token": "{SECRET}"}}"#);
        let (client, fake) = scripted([FakeResponse::json(201, body)]);
        let created = create(&client).await.unwrap();
        assert_eq!(created.id.as_str(), "dt0g02.4KWZO5EF");
        assert_eq!(created.token.expose(), SECRET);
        assert_eq!(
            created.expiration_date.is_absent(),
            !member.contains("expirationDate") || member.ends_with("null"),
        );
        fake.finish();
    }
}

#[tokio::test]
async fn a_new_token_without_a_readable_id_has_the_one_in_its_secret() {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    for member in [
        "",
        r#""id": null,"#,
        r#""id": 7,"#,
        r#""id": ["a"],"#,
        r#""id": {"a": "\ud800"},"#,
        r#""error": "no id","#,
        r#""id": null, "error": {"code": 500},"#,
        &format!(r#""id": {deep},"#),
    ] {
        for (token, id) in [
            (SECRET, "dt0g02.4KWZO5EF"),
            ("opaque", ""),
            ("a.b", ""),
            ("a..b", ""),
            ("a.b.c.d", ""),
        ] {
            let body = format!(r#"{{{member} "token": "{token}", "expirationDate": "never"}}"#);
            let (client, fake) = scripted([FakeResponse::json(201, body)]);
            let created = create(&client).await.unwrap();
            assert_eq!(created.id.as_str(), id, "{member} {token}");
            assert_eq!(created.token.expose(), token, "{member}");
            let kept = created.expiration_date.value().unwrap_err();
            assert!(token != SECRET || kept.to_string() == "never");
            fake.finish();
        }
    }
}

#[tokio::test]
async fn a_new_token_with_an_id_that_is_not_its_own_has_the_one_in_its_secret() {
    for id in ["", " ", "dt0g02.OTHER", "dt0g02.4kwzo5ef", SECRET] {
        let body = format!(r#"{{"id": "{id}", "token": "{SECRET}"}}"#);
        let (client, fake) = scripted([FakeResponse::json(201, body)]);
        let created = create(&client).await.unwrap();
        assert_eq!(created.id.as_str(), "dt0g02.4KWZO5EF", "{id}");
        assert_eq!(created.token.expose(), SECRET);
        fake.finish();
    }
}

// D19
#[tokio::test]
async fn a_token_whose_secret_was_not_received_is_an_error_and_not_created_twice() {
    let cut = format!(r#"{{"id": "dt0g02.4KWZO5EF", "token": "{}"#, &SECRET[..30]);
    type Case = (FakeResponse, fn(&ErrorKind) -> bool);
    let is_decode = |kind: &ErrorKind| matches!(kind, ErrorKind::Decode { .. });
    let table: [Case; 7] = [
        (FakeResponse::json(201, cut), is_decode),
        (FakeResponse::json(201, "no"), is_decode),
        (FakeResponse::json(201, ""), is_decode),
        (
            FakeResponse::json(201, r#"{"id": "dt0g02.4KWZO5EF"}"#),
            |kind| matches!(kind, ErrorKind::Decode { path } if path.as_ref() == "token"),
        ),
        (
            FakeResponse::json(201, r#"{"id": "dt0g02.4KWZO5EF", "token": ""}"#),
            |kind| matches!(kind, ErrorKind::Decode { path } if path.as_ref() == "token"),
        ),
        (
            FakeResponse::status(201)
                .with_header("content-type", "text/html")
                .with_body("<p>"),
            |kind| matches!(kind, ErrorKind::NotJson { .. }),
        ),
        (
            gatelet_transport::TransportError::new(TransportErrorKind::Interrupted)
                .with_status(http::StatusCode::CREATED)
                .into(),
            |kind| matches!(kind, ErrorKind::Interrupted),
        ),
    ];
    for (response, is_expected) in table {
        let (client, fake) = scripted([response]);
        let error = create(&client).await.unwrap_err();
        assert!(is_expected(error.kind()), "{error:?}");
        // A page comes from a proxy or a login.
        let (applied, text) = match error.kind() {
            ErrorKind::NotJson { .. } => (Applied::Unknown, "it may have been applied"),
            _ => (Applied::Yes, "it was applied"),
        };
        assert_eq!(error.applied(), applied, "{error:?}");
        assert!(error.to_string().contains(text), "{error}");
        assert!(!error.is_retryable());
        assert!(!everything(&error).contains("CANARY"));
        fake.finish();
    }
}

// D19
#[tokio::test]
async fn an_error_about_the_secret_of_a_new_token_names_its_id() {
    const ID: &str = "dt0g02.4KWZO5EF";
    for token in [
        "",
        r#", "token": null"#,
        r#", "token": """#,
        r#", "token": 7"#,
        r#", "token": "\ud800""#,
    ] {
        for (id, named) in [
            (ID, Some(ID)),
            ("", None),
            ("..", None),
            (SECRET, None),
            ("dt0g02.CANARYSECRET", None),
        ] {
            let body = format!(r#"{{"id": "{id}"{token}}}"#);
            let (client, fake) = scripted([FakeResponse::json(201, body)]);
            let error = create(&client).await.unwrap_err();
            assert_eq!(error.resource(), named, "{token} {error}");
            assert_eq!(error.to_string().contains(ID), named.is_some(), "{error}");
            assert!(!everything(&error).contains("CANARY"));
            fake.finish();
        }
    }
}

// M2
#[tokio::test]
async fn of_a_member_of_a_new_token_that_occurs_twice_the_one_that_fits_is_kept() {
    let other = SECRET.replace("4KWZO5EF", "OTHER");
    let id = "dt0g02.4KWZO5EF";
    let id_member = format!(r#""id": "{id}""#);
    let secret = format!(r#""token": "{SECRET}""#);
    let no_form = r#""token": "CANARYWITHOUTFORM""#;
    for (members, token, kept) in [
        (
            format!(r#"{id_member}, {secret}, "token": "{other}""#),
            SECRET,
            id,
        ),
        (
            format!(r#"{id_member}, "token": "{other}", {secret}"#),
            SECRET,
            id,
        ),
        (
            format!(r#"{id_member}, {secret}, "token": null"#),
            SECRET,
            id,
        ),
        (format!(r#"{id_member}, {secret}, {no_form}"#), SECRET, id),
        (format!(r#"{secret}, {no_form}"#), SECRET, id),
        (
            format!(r#""id": "dt0g02.X", {id_member}, {secret}"#),
            SECRET,
            id,
        ),
        (
            format!(r#"{id_member}, {no_form}, {no_form}"#),
            "CANARYWITHOUTFORM",
            id,
        ),
    ] {
        let (client, _) = scripted([FakeResponse::json(201, format!("{{{members}}}"))]);
        let created = create(&client).await.unwrap();
        let read = (created.token.expose(), created.id.as_str());
        assert_eq!(read, (token, kept), "{members}");
    }
    let dates = r#""expirationDate": "2027-01-01T00:00:00Z", "expirationDate": null"#;
    let body = format!("{{{id_member}, {secret}, {dates}}}");
    let (client, _) = scripted([FakeResponse::json(201, body)]);
    let created = create(&client).await.unwrap();
    assert!(created.expiration_date.value().is_err());
}
