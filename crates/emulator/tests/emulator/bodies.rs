//! Bodies that our clients would never send are refused with 400 in the vendor's form, never with 5xx.

use crate::support::{Caller, memory, team};
use bytes::Bytes;

/// Bodies that are invalid for every operation.
fn corpus() -> Vec<Vec<u8>> {
    let mut corpus: Vec<Vec<u8>> = [
        "",
        " ",
        "null",
        "true",
        "0",
        "-",
        "1e999",
        "\"x\"",
        "[]",
        "[{}]",
        "{",
        "}",
        "{]",
        "{\"name\"",
        "{\"name\":}",
        "{\"name\":\"x\",}",
        "{\"name\":\"x\"} {}",
        "{'name':'x'}",
        "{\"name\":\"x\"}x",
        "{\"name\":\"\\ud800\"}",
        "{\"name\":\"a\nb\"}",
        "<html></html>",
        "NaN",
        "{\"name\":NaN}",
        "{\"name\":\"x\",\"name\":\"y\",\"registration_type\":1,\"key_id\":1,\"activeGateType\":1}",
        "\u{feff}{",
        "// x",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    corpus.push(b"{\"name\":\"\xff\xfe\"}".to_vec());
    corpus.push(b"\xff\xfe{\0}\0".to_vec());
    corpus.push(b"\0".to_vec());
    corpus.push("[".repeat(100_000).into());
    corpus.push("{\"a\":".repeat(100_000).into());
    corpus.push(format!("{{\"x\":{}", "[".repeat(1000)).into());
    corpus.push(vec![b'"'; 100_000]);
    corpus
}

// E29
#[test]
fn a_body_that_does_not_match_the_model_is_refused_with_400() {
    let emulator = memory();
    emulator.seed().unwrap();
    let admin = Caller::admin(&emulator);
    let developer = Caller::developer(&emulator);
    let gateway = team("/gateways/a2dfd474-2db4-4bb2-8364-d5f76ade396e");
    let before = admin.get(&gateway).json();
    for body in corpus() {
        let body = Bytes::from(body);
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        for (caller, method, path) in [
            (&admin, "POST", team("/gateway_setup_tokens")),
            (&admin, "POST", team("/service_token")),
            (&admin, "PUT", gateway.clone()),
            (&developer, "POST", "/api/v2/activeGateTokens".to_owned()),
        ] {
            let response = caller.call(method, &path, body.clone());
            assert_eq!(
                response.status,
                400,
                "{method} {path} {shown}: {}",
                response.text()
            );
            assert!(response.json().is_object(), "{shown}");
        }
    }
    assert_eq!(admin.get(&gateway).json(), before);
    assert_eq!(
        developer.get("/api/v2/activeGateTokens").json()["totalCount"],
        4
    );
}

#[test]
fn an_error_never_repeats_the_body() {
    let emulator = memory();
    let canary = "CANARY-SECRET";
    let body = format!("{{\"key_id\":\"{canary}\",\"key_secret\":[\"{canary}\"]}}");
    let response = Caller::nobody(&emulator).call("POST", &team("/service_token"), body.into());
    assert_eq!(response.status, 400);
    assert!(
        response.text().contains("key_secret"),
        "{}",
        response.text()
    );
    assert!(!response.text().contains(canary), "{}", response.text());
}

// E26
#[test]
fn a_body_above_the_limit_is_refused_with_413() {
    let emulator = memory();
    let body = Bytes::from(vec![b' '; (1 << 20) + 1]);
    let asa = Caller::nobody(&emulator).call("POST", &team("/service_token"), body.clone());
    assert_eq!(asa.status, 413);
    assert_eq!(asa.json()["code"], 413);
    let dt = Caller::nobody(&emulator).call("POST", "/api/v2/activeGateTokens", body);
    assert_eq!(dt.status, 413);
    assert_eq!(dt.json()["error"]["code"], 413);
}
