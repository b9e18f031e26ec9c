//! Requests as other clients write them: `cargo xtask interop emulator` runs those clients themselves.

use bytes::Bytes;
use gatelet_emulator::{Emulator, well_known};
use gatelet_models::dt::ActiveGate;
use gatelet_transport::testing::ManualClock;
use http::Request;
use serde_json::json;

use crate::support::{Caller, TestResponse, field, memory};

const GATES: &str = "/api/v2/activeGates";
const TOKENS: &str = "/api/v2/activeGateTokens";

/// Returns an emulator with one ActiveGate, at 2026-01-01T00:00:00Z.
fn with_gate() -> Emulator {
    let emulator = memory().with_clock(ManualClock::new());
    let gate = json!({
        "id": "-1", "group": "Blue & Grün", "type": "ENVIRONMENT", "osType": "LINUX",
        "containerized": true, "fipsMode": false,
    });
    let gate: ActiveGate = serde_json::from_value(gate).unwrap();
    emulator.add_active_gates([gate]).unwrap();
    emulator
}

/// Calls with these headers, also where there is no body.
fn call(
    emulator: &Emulator,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &'static str,
) -> TestResponse {
    let mut request = Request::builder().method(method).uri(path).header(
        "authorization",
        format!("Api-Token {}", well_known::DT_TOKEN),
    );
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    emulator
        .handle(request.body(Bytes::from_static(body.as_bytes())).unwrap())
        .into()
}

#[test]
fn a_content_type_without_a_body_is_ignored() {
    let emulator = with_gate();
    for headers in [
        [("content-type", "application/json"), ("accept", "*/*")],
        [
            ("content-type", "application/json"),
            (
                "accept",
                "application/json; charset=utf-8, application/json",
            ),
        ],
    ] {
        call(&emulator, "GET", GATES, &headers, "").expect(200);
        let body = r#"{"name": "\u00fc", "activeGateType": "ENVIRONMENT"}"#;
        let created = call(&emulator, "POST", TOKENS, &headers, body).expect(201);
        let path = format!("{TOKENS}/{}", created.json()["id"].as_str().unwrap());
        let token = call(&emulator, "GET", &path, &headers, "").expect(200);
        assert_eq!(token.json()["name"], "ü");
        call(&emulator, "DELETE", &path, &headers, "").expect(204);
    }
}

#[test]
fn a_filter_has_any_case_of_a_flag_and_any_encoding_of_a_space() {
    let emulator = with_gate();
    let developer = Caller::developer(&emulator);
    for (query, is_listed) in [
        ("online=True", true),
        ("online=False", false),
        ("containerized=True", true),
        ("fipsMode=True", false),
        ("fipsMode=False", true),
        ("tokenExpirationSet=False", false),
        ("group=blue+%26+gr%C3%BCn", true),
        ("group=blue%20%26%20gr%c3%bcn", true),
        ("group=blue%2B%26", false),
        ("ActivegateType=ENVIRONMENT_MULTI", true),
    ] {
        let list = developer.get(&format!("{GATES}?{query}")).expect(200);
        let ids = field(&list.json()["activeGates"], "id");
        assert_eq!(!ids.is_empty(), is_listed, "{query}");
    }
    // The name of an enum's member in Python, where its value was meant.
    developer
        .get(&format!("{GATES}?osType=OsType.LINUX"))
        .expect(400);
}

#[test]
fn a_time_span_has_any_offset_or_none() {
    let emulator = with_gate();
    let developer = Caller::developer(&emulator);
    let jobs = format!("{GATES}/-1/updateJobs");
    developer
        .post(&jobs, &json!({ "targetVersion": "latest" }))
        .expect(201);
    for (query, expected) in [
        ("from=2025-12-31T23:55:00.502&to=2026-01-01T00:05:00.502", 1),
        (
            "from=2025-12-31T20%3A25%3A00.502-03%3A30&to=2025-12-31T20%3A35%3A00.502-03%3A30",
            1,
        ),
        (
            "from=2025-12-31T23%3A55%3A00.502%2B00%3A00&lastUpdates=True",
            1,
        ),
        (
            "from=2025-12-31T23%3A55%3A00.502%2B01%3A00&to=2026-01-01T00%3A05%3A00.502%2B01%3A00",
            0,
        ),
    ] {
        let list = developer.get(&format!("{jobs}?{query}")).expect(200);
        let found = field(&list.json()["updateJobs"], "jobId");
        assert_eq!(found.len(), expected, "{query}");
    }
}

#[test]
fn an_id_that_is_not_encoded_is_not_found() {
    let emulator = with_gate();
    let developer = Caller::developer(&emulator);
    for id in ["-999", "a%20b", "%C3%BC", "a/b", "%41%2f"] {
        for path in [
            format!("{TOKENS}/{id}"),
            format!("{GATES}/{id}"),
            format!("{GATES}/{id}/updateJobs"),
            format!("{GATES}/{id}/updateJobs/-1"),
        ] {
            let error = developer.get(&path).expect(404).json();
            assert_eq!(error["error"]["code"], 404, "{path}");
        }
    }
}
