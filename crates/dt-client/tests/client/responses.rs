//! The result of each response, and whether a write may have been applied.

use std::time::Duration;

use dt_client::models::{ActiveGateVersion, UpdateJobCreate};
use dt_client::{Applied, CredentialFailure, Error, ErrorKind};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{ConnectFailure, Phase, TransportErrorKind};

use crate::support::*;

const INTERRUPTED: TransportErrorKind = TransportErrorKind::Interrupted;

const REJECTED: ErrorKind = ErrorKind::Credential(CredentialFailure::Rejected);

/// Reads a token, an ActiveGate, a job of one and its jobs, all of the id `asked`, where the server sends this id.
async fn read_each(asked: &str, sent: &str) -> [Result<(), Error>; 4] {
    let token = token("a").replace("dt0g02.a", sent);
    let bodies = [
        token,
        format!(r#"{{"id": "{sent}"}}"#),
        format!(r#"{{"jobId": "{sent}"}}"#),
        format!(r#"{{"agId": "{sent}", "updateJobs": []}}"#),
    ];
    let (client, _) = scripted(bodies.map(|body| FakeResponse::json(200, body)));
    let jobs = client.update_jobs();
    [
        client
            .active_gate_tokens()
            .get(&asked.into())
            .send()
            .await
            .map(drop),
        client
            .active_gates()
            .get(&asked.into())
            .send()
            .await
            .map(drop),
        jobs.get(&"-7".into(), &asked.into()).send().await.map(drop),
        jobs.list(&asked.into()).send().await.map(drop),
    ]
}

// U66
#[tokio::test]
async fn a_response_about_another_object_is_an_error_that_names_both() {
    let read = read_each("-1556499193", "-1556499194").await;
    for (result, member) in read.into_iter().zip(["id", "id", "jobId", "agId"]) {
        let error = result.unwrap_err();
        let path = member.into();
        assert_eq!(*error.kind(), ErrorKind::Decode { path }, "{error}");
        assert_eq!(error.resource(), Some("-1556499193"));
        let message = error.to_string();
        assert!(message.contains("asked for: -1556499194"), "{message}");
    }
}

// U66
#[tokio::test]
async fn an_id_that_may_be_the_same_is_no_error() {
    for (asked, sent) in [
        ("0x3efdd091", "1056821393"),
        ("1056821393", "0x3efdd091"),
        ("0x3EFDD091", "0x3efdd091"),
    ] {
        for result in read_each(asked, sent).await {
            result.unwrap();
        }
    }
    let (client, _) = scripted(["{}", r#"{"id": null}"#].map(|it| FakeResponse::json(200, it)));
    for _ in 0..2 {
        client.active_gates().get(&"1".into()).send().await.unwrap();
    }
}

// U66
#[tokio::test]
async fn a_secret_in_place_of_an_id_is_not_in_the_error() {
    for sent in [SECRET, TOKEN] {
        for result in read_each("dt0g02.AAAA", sent).await {
            let error = result.unwrap_err();
            let shown = everything(&error);
            assert!(shown.contains("[redacted]"), "{shown}");
            assert!(!shown.contains("CANARYSECRET"), "{shown}");
        }
    }
}

// U55
#[tokio::test]
async fn an_error_under_a_status_of_success_is_an_error_of_every_operation() {
    let error = r#""error":{"code":403,"message":"no \u001bscope"}"#;
    let bodies = [
        format!(r#"{{{error},"totalCount":0}}"#),
        format!(r#"{{{error},"totalCount":0,"activeGateTokens":[]}}"#),
        format!(
            r#"{{"totalCount":1,"activeGateTokens":[{}],{error}}}"#,
            token("a")
        ),
        format!("{{{error}}}"),
        format!("[{{{error}}}]"),
        r#"{"error":"no scope","totalCount":0}"#.to_owned(),
        r#"[{"error":"no scope"}]"#.to_owned(),
        r#"[{"error":{"code":"no","message":"no scope"}}]"#.to_owned(),
        r#"{"error":{"reason":"no scope"},"totalCount":0}"#.to_owned(),
        r#"{"totalCount":0,"error":["no scope"]}"#.to_owned(),
        r#"{"\u0065rror":{"message":"no scope"},"totalCount":0}"#.to_owned(),
        r#"{"error":null,"error":{"message":"no scope"},"totalCount":0}"#.to_owned(),
        r#"{"error":{"message":"no scope"},"error":null,"totalCount":0}"#.to_owned(),
        r#"{"error":{"message":"no \ud800"},"totalCount":0}"#.to_owned(),
        r#"{"error":{"code":1e999},"totalCount":0}"#.to_owned(),
        format!(
            r#"{{"error":{}{},"totalCount":0}}"#,
            "[".repeat(200),
            "]".repeat(200)
        ),
        "\u{feff}{\"error\":\"no scope\",\"totalCount\":0}".to_owned(),
    ];
    for body in bodies {
        let (client, fake) = scripted(
            [200, 200, 200, 200, 201].map(|status| FakeResponse::json(status, body.clone())),
        );
        let list = || client.active_gate_tokens().list();
        let failures = [
            list().send().await.unwrap_err(),
            list().items().try_collect().await.unwrap_err(),
            get(&client).await.unwrap_err(),
            delete(&client).await.unwrap_err(),
            create(&client).await.unwrap_err(),
        ];
        for (error, is_write) in failures.iter().zip([false, false, false, true, true]) {
            assert_eq!(error.kind(), &ErrorKind::Api, "{body}: {error}");
            assert!(error.status().unwrap().is_success() && !error.is_not_found());
            assert_eq!(error.attempts(), 1);
            let applied = if is_write {
                Applied::Unknown
            } else {
                Applied::No
            };
            assert_eq!(error.applied(), applied);
            if body.contains("403") {
                assert_eq!(error.code(), Some("403"));
                let text = error.to_string();
                assert!(
                    text.contains("the body is an error despite the status: no"),
                    "{text}"
                );
                assert!(
                    text.contains("scope [403]") && !text.contains('\u{1b}'),
                    "{text}"
                );
            }
        }
        fake.finish();
    }
    // If no body is expected, an error counts with any content type, and so does any body with the content type of errors.
    for (content_type, body) in [
        ("text/plain", r#"{"error":{"message":"no scope"}}"#),
        ("application/octet-stream", r#"{"error":"no scope"}"#),
        ("application/problem+json", r#"{"title":"no scope"}"#),
        ("application/problem+json", "cut"),
    ] {
        let response = FakeResponse::status(200).with_header("content-type", content_type);
        let (client, _) = scripted([response.with_body(body)]);
        let error = delete(&client).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Api, "{body}: {error}");
        assert_eq!(error.applied(), Applied::Unknown);
    }
    // Neither of these reports an error.
    for body in [
        r#"{"totalCount":0,"error":null}"#.to_owned(),
        format!(
            r#"{{"totalCount":1,"activeGateTokens":[{}]}}"#,
            token("error")
        ),
    ] {
        let (client, _) = scripted([FakeResponse::json(200, body)]);
        client.active_gate_tokens().list().send().await.unwrap();
    }
}

#[tokio::test]
async fn an_update_job_that_says_why_it_failed_is_a_job() {
    let jobs = [
        r#"{"jobId":"-4","jobState":"FAILED","error":"no"}"#,
        r#"{"jobId":"-4","error":"no"}"#,
        r#"{"jobState":"FAILED","error":""}"#,
    ];
    for body in jobs {
        let responses = [200, 201].map(|status| FakeResponse::json(status, body));
        let (client, _) = scripted(responses);
        let jobs = client.update_jobs();
        let read = jobs.get(&"-1".into(), &"-4".into()).send().await.unwrap();
        assert!(read.error.is_some(), "{body}");
        let newest = UpdateJobCreate::new(ActiveGateVersion::latest());
        let created = jobs.create(&"-1".into(), newest).send().await.unwrap();
        assert_eq!(created, read);
    }
    // The API's own error is an object, and a text alone is no job.
    for body in [
        r#"{"jobId":"-4","error":{"code":500}}"#,
        r#"{"error":"no"}"#,
    ] {
        let (client, _) = scripted([FakeResponse::json(200, body)]);
        let read = client.update_jobs().get(&"-1".into(), &"-4".into());
        let error = read.send().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Api, "{body}: {error}");
    }
}

// D12
#[tokio::test]
async fn a_violation_has_its_location_and_null_means_no_violations() {
    let one = r#"{"path": "pageSize", "message": "too large", "parameterLocation": "QUERY", "location": null}"#;
    for (violations, count) in [
        (format!("[{one}]"), 1),
        ("null".into(), 0),
        ("[]".into(), 0),
    ] {
        let object = format!(
            r#"{{"error": {{"code": 400, "message": "Constraints violated.", "constraintViolations": {violations}}}}}"#
        );
        for body in [object.clone(), format!("[{object}]")] {
            let (client, _) = scripted([FakeResponse::json(400, body.clone())]);
            let error = get(&client).await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Api);
            assert_eq!(error.code(), Some("400"));
            assert_eq!(error.message(), Some("Constraints violated."), "{body}");
            assert_eq!(error.violations().len(), count);
            if let [violation] = error.violations() {
                assert_eq!(violation.path.as_ref(), "pageSize");
                assert_eq!(violation.message.as_ref(), "too large");
                assert_eq!(violation.location.as_deref(), Some("QUERY"));
            }
        }
    }
}

#[tokio::test]
async fn an_error_without_the_vendors_envelope_is_still_an_error() {
    for body in ["", "[]", "{}", r#"{"error": null}"#, r#""no""#] {
        let (client, _) = scripted([FakeResponse::json(404, body)]);
        let error = get(&client).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Api, "{body}");
        assert!(!error.is_not_found(), "{body}");
        assert_eq!(error.message(), None);
        assert_eq!(error.body(), body.as_bytes());
    }
}

#[tokio::test]
async fn a_member_of_an_odd_type_hides_no_other_and_makes_no_resource_absent() {
    let violations =
        r#""constraintViolations":[{"path":7,"message":"bad","parameterLocation":[]},null]"#;
    for (error, code) in [
        (
            r#"{"code":"404","message":"no gate"}"#.to_owned(),
            Some("404"),
        ),
        (
            r#"{"code":"ResourceNotFound","message":"no gate"}"#.to_owned(),
            Some("ResourceNotFound"),
        ),
        (
            r#"{"code":404.0,"message":"no gate"}"#.to_owned(),
            Some("404.0"),
        ),
        (
            r#"{"code":[],"message":"no gate","constraintViolations":{}}"#.to_owned(),
            None,
        ),
        (
            format!(r#"{{"code":404,"message":"no gate",{violations}}}"#),
            Some("404"),
        ),
        (r#""no gate""#.to_owned(), None),
        // Other servers write the envelope too, but not the status as the code.
        (r#"{"message":"no gate"}"#.to_owned(), None),
        (r#"{"code":null,"message":"no gate"}"#.to_owned(), None),
        (r#"{"code":5,"message":"no gate"}"#.to_owned(), Some("5")),
        (
            r#"{"code":404,"message":"no gate","status":"NOT_FOUND"}"#.to_owned(),
            Some("404"),
        ),
        (
            r#"{"code":404,"message":"no gate","details":{"hint":"r"}}"#.to_owned(),
            Some("404"),
        ),
    ] {
        let object = format!(r#"{{"error":{error}}}"#);
        for body in [object.clone(), format!("[{object}]")] {
            let (client, _) = scripted([FakeResponse::json(404, body.clone())]);
            let failure = get(&client).await.unwrap_err();
            assert_eq!(failure.kind(), &ErrorKind::Api, "{body}");
            assert_eq!(failure.message(), Some("no gate"), "{body}");
            assert_eq!(failure.code(), code, "{body}");
            assert!(!failure.is_not_found(), "{body}");
            if body.contains("bad") {
                let violation = &failure.violations()[0];
                assert_eq!((&*violation.path, &*violation.message), ("7", "bad"));
            }
        }
    }
}

// D15
#[tokio::test]
async fn a_refused_token_and_a_missing_scope_are_different_errors() {
    let (client, fake) = scripted([
        refusal(401, "Token Authentication failed"),
        refusal(
            403,
            "Token is missing required scope. Use one of: activeGateTokenManagement.read",
        ),
    ]);
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.kind(), &REJECTED);
    assert_eq!(error.message(), Some("Token Authentication failed"));
    assert_eq!(error.attempts(), 1);
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Api);
    assert_eq!(error.status().unwrap(), 403);
    assert!(
        error
            .message()
            .unwrap()
            .contains("activeGateTokenManagement.read")
    );
    assert_eq!(error.attempts(), 1);
    fake.finish();
}

/// Returns the wait of a read that is throttled once with these header fields.
async fn wait(headers: &[(&str, &str)]) -> Duration {
    let throttled = headers.iter().fold(
        refusal(429, "Too many requests."),
        |response, (name, value)| response.with_header(name, value),
    );
    let fake = FakeTransport::script([throttled, FakeResponse::json(200, token("a"))]);
    let clock = ManualClock::auto();
    get(&client(fake.clone(), &clock)).await.unwrap();
    fake.finish();
    let [wait] = clock.sleeps()[..] else {
        panic!("one wait");
    };
    wait
}

// D16
#[tokio::test]
async fn a_throttled_call_waits_until_the_moment_in_microseconds() {
    // Manual clocks start at 1767225600.
    let waited = wait(&[("x-ratelimit-reset", "1767225607250000")]).await;
    assert_eq!(waited, Duration::from_millis(7250));
}

// D17
#[tokio::test]
async fn the_unit_of_a_reset_goes_by_its_magnitude_and_the_longer_wait_wins() {
    for reset in [
        "1767225607",
        "1767225607000",
        "1767225607000000",
        "1767225607000000000",
    ] {
        let reset = ("x-ratelimit-reset", reset);
        assert_eq!(wait(&[reset]).await, Duration::from_secs(7), "{reset:?}");
        let after = |value| [reset, ("retry-after", value)];
        assert_eq!(wait(&after("3")).await, Duration::from_secs(7));
        assert_eq!(wait(&after("9")).await, Duration::from_secs(9));
    }
    // In the past, empty, not a number, and more than ten minutes ahead: the usual wait of at most 1 s.
    for unbelievable in [
        "1767225000",
        "0",
        "soon",
        "",
        "1798761600000000",
        "99999999999999999999999",
    ] {
        let usual = wait(&[("x-ratelimit-reset", unbelievable)]).await;
        assert!(usual <= Duration::from_secs(1), "{unbelievable}");
    }
    let reset = [("x-ratelimit-reset", "1767225680000000")];
    assert_eq!(wait(&reset).await, Duration::from_secs(60));
}

#[tokio::test]
async fn a_throttled_create_is_repeated() {
    let throttled = refusal(429, "Too many requests.").with_header("retry-after", "2");
    let (client, fake) = scripted([throttled, created()]);
    create(&client).await.unwrap();
    fake.finish();
}

/// A bad response and the result of each kind of call.
struct Case {
    name: &'static str,
    response: fn() -> FakeResponse,
    kind: ErrorKind,
    /// Requests of a read, a delete and a create.
    attempts: [u32; 3],
    /// Whether a delete and a create may have been applied.
    applied: [Applied; 2],
}

fn bad_responses() -> Vec<Case> {
    use Applied::{No, Unknown};
    const REFUSED: TransportErrorKind = TransportErrorKind::Connect(ConnectFailure::Refused);
    let case = |name, response: fn() -> FakeResponse, kind, attempts, applied| Case {
        name,
        response,
        kind,
        attempts,
        applied,
    };
    let twice = [3, 3, 1];
    let once = [1, 1, 1];
    vec![
        case(
            "connection refused",
            || FakeResponse::error(REFUSED),
            REFUSED.into(),
            [3; 3],
            [No, No],
        ),
        case(
            "a reset",
            || FakeResponse::error(INTERRUPTED),
            ErrorKind::Interrupted,
            twice,
            [Unknown; 2],
        ),
        case(
            "a certificate",
            || FakeResponse::error(TransportErrorKind::Tls),
            ErrorKind::Tls,
            once,
            [No; 2],
        ),
        case(
            "wrong token",
            || refusal(401, "no"),
            REJECTED,
            once,
            [No; 2],
        ),
        case(
            "missing scope",
            || refusal(403, "no"),
            ErrorKind::Api,
            once,
            [No; 2],
        ),
        case(
            "bad request",
            || refusal(400, "no"),
            ErrorKind::Api,
            once,
            [No; 2],
        ),
        case(
            "unknown id",
            || refusal(404, "no"),
            ErrorKind::Api,
            once,
            [No; 2],
        ),
        case(
            "a fault that may pass",
            || refusal(503, "no"),
            ErrorKind::Api,
            twice,
            [Unknown; 2],
        ),
        case(
            "a login page",
            || {
                FakeResponse::status(403)
                    .with_header("content-type", "text/html")
                    .with_body("<html>CANARY")
            },
            ErrorKind::NotJson {
                content_type: Some("text/html".into()),
            },
            once,
            [No; 2],
        ),
        case(
            "a redirect",
            || FakeResponse::status(302).with_header("location", "https://sso.example/?CANARY"),
            ErrorKind::Redirect {
                target_origin: Some("https://sso.example".into()),
            },
            once,
            [Unknown; 2],
        ),
    ]
}

#[tokio::test]
async fn each_bad_response_is_a_typed_error_that_says_whether_a_write_was_applied() {
    for case in bad_responses() {
        let applied = [Applied::No, case.applied[0], case.applied[1]];
        for (call, (attempts, applied)) in case.attempts.into_iter().zip(applied).enumerate() {
            let response = case.response;
            let (client, fake) = scripted((0..attempts).map(|_| response()));
            let error = match call {
                0 => get(&client).await.unwrap_err(),
                1 => delete(&client).await.unwrap_err(),
                _ => create(&client).await.unwrap_err(),
            };
            let name = case.name;
            assert_eq!(error.kind(), &case.kind, "{call}, {name}");
            assert_eq!(error.applied(), applied, "{call}, {name}");
            assert_eq!(error.attempts(), attempts, "{call}, {name}");
            assert!(!everything(&error).contains("CANARY"), "{call}, {name}");
            fake.finish();
        }
    }
}

#[tokio::test]
async fn a_server_that_never_responds_ends_in_a_timeout() {
    let (client, fake) = scripted([
        FakeResponse::hang(),
        FakeResponse::hang(),
        FakeResponse::hang(),
    ]);
    let error = get(&client).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout(_)));
    assert!(error.elapsed() <= Duration::from_secs(91));
    fake.finish();

    let (client, fake) = scripted([FakeResponse::hang()]);
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout(Phase::Attempt));
    assert_eq!(error.applied(), Applied::Unknown);
    fake.finish();
}

#[tokio::test]
async fn a_delete_whose_response_was_lost_succeeds_when_nothing_is_left() {
    let (client, fake) = scripted([FakeResponse::error(INTERRUPTED), refusal(404, "no")]);
    assert!(delete(&client).await.unwrap());
    fake.finish();
    let (client, fake) = scripted([refusal(404, "no")]);
    assert!(delete(&client).await.unwrap_err().is_not_found());
    fake.finish();
    // A load balancer may say this.
    let foreign = FakeResponse::json(404, r#"{"error":{"message":"no route"}}"#);
    let (client, fake) = scripted([FakeResponse::error(INTERRUPTED), foreign]);
    let error = delete(&client).await.unwrap_err();
    assert_eq!(error.applied(), Applied::Unknown, "{error}");
    assert!(!error.is_not_found(), "{error}");
    fake.finish();
}

#[tokio::test]
async fn an_envelope_without_an_error_is_not_an_api_error() {
    for body in [
        "{}",
        r#"{"error": {}}"#,
        r#"[{"error": {"constraintViolations": []}}]"#,
    ] {
        // An unregistered status is the API's only with the API's own error.
        let (client, fake) = scripted([FakeResponse::json(499, body)]);
        let error = get(&client).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Protocol, "{body}");
        fake.finish();
    }
}
