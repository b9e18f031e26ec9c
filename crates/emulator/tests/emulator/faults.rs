//! Scripted faults of a served emulator.

use gatelet_emulator::{Emulator, Serve, Server};
use serde_json::{Value, json};

use crate::socket::{authorized, exchange, request};
use crate::support::{Caller, memory};

const TOKENS: &str = "/api/v2/activeGateTokens";

async fn start_with_faults(emulator: &Emulator) -> Server {
    let serve = Serve::new(emulator.clone()).faults("fault-token");
    serve.start().await.unwrap()
}

/// Sends a script of faults; returns the head of the response.
async fn inject(server: &Server, token: &str, faults: &Value) -> String {
    let body = faults.to_string();
    let more = format!(
        "Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
        body.len()
    );
    let mut request = request("PUT /emulator/v1/faults", &more);
    request.extend_from_slice(body.as_bytes());
    exchange(server, &request).await.0
}

/// Returns a request that creates a token with this name.
fn create(name: &str) -> Vec<u8> {
    let body = json!({ "name": name, "activeGateType": "CLUSTER" }).to_string();
    let mut request = authorized(&format!("POST {TOKENS}"));
    request.truncate(request.len() - 2);
    request.extend_from_slice(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    request
}

fn created(emulator: &Emulator) -> Value {
    Caller::developer(emulator).get(TOKENS).json()["totalCount"].clone()
}

// E34
#[tokio::test]
async fn each_fault_is_injected_and_the_script_ends() {
    let emulator = memory();
    let server = start_with_faults(&emulator).await;
    let script = json!([
        { "fault": "pass" },
        { "fault": "refuse" },
        { "fault": "lose" },
        { "fault": "cut" },
        { "fault": "status", "status": 429, "headers": { "retry-after": "7" } },
        { "fault": "body", "body": "<html>" },
    ]);
    let head = inject(&server, "fault-token", &script).await;
    assert!(head.starts_with("HTTP/1.1 204"), "{head}");
    for (start, is_whole, count) in [
        ("HTTP/1.1 201", true, 1),
        ("", true, 1),
        ("", true, 2),
        ("HTTP/1.1 201", false, 3),
        ("HTTP/1.1 429", true, 3),
        ("HTTP/1.1 201", false, 4),
        ("HTTP/1.1 201", true, 5),
    ] {
        let (head, body) = exchange(&server, &create("x")).await;
        assert!(
            head.starts_with(start) && head.is_empty() == start.is_empty(),
            "{start}: {head}"
        );
        let is_json = body.is_empty() || serde_json::from_str::<Value>(&body).is_ok();
        assert_eq!(
            (is_json, created(&emulator)),
            (is_whole, json!(count)),
            "{head} {body}"
        );
        if start.ends_with("429") {
            assert!(head.contains("\r\nretry-after: 7"), "{head}");
        }
    }
}

// E34
#[tokio::test(start_paused = true)]
async fn a_delay_precedes_the_execution() {
    let emulator = memory();
    let server = start_with_faults(&emulator).await;
    inject(
        &server,
        "fault-token",
        &json!([{ "fault": "delay", "milliseconds": 3000 }]),
    )
    .await;
    let before = tokio::time::Instant::now();
    let (head, _) = exchange(&server, &create("x")).await;
    assert!(head.starts_with("HTTP/1.1 201"), "{head}");
    assert!(before.elapsed().as_millis() >= 3000);
}

// E34
#[tokio::test]
async fn faults_are_off_by_default() {
    let server = crate::socket::start_server(memory()).await;
    let head = inject(&server, "fault-token", &json!([{ "fault": "lose" }])).await;
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    let (head, _) = exchange(&server, &create("x")).await;
    assert!(head.starts_with("HTTP/1.1 201"), "{head}");
}

// E34
#[tokio::test]
async fn faults_need_their_own_token() {
    let server = start_with_faults(&memory()).await;
    let admin = Caller::admin(&memory()).authorization.unwrap();
    let lose = json!([{ "fault": "lose" }]);
    for token in [
        "",
        "fault-toke",
        "x",
        gatelet_emulator::well_known::DT_TOKEN,
        &admin[7..],
    ] {
        let head = inject(&server, token, &lose).await;
        assert!(head.starts_with("HTTP/1.1 401"), "{token}: {head}");
    }
    let (head, _) = exchange(&server, &create("x")).await;
    assert!(head.starts_with("HTTP/1.1 201"), "{head}");
    for wrong in [json!({}), json!([{ "fault": "explode" }])] {
        let head = inject(&server, "fault-token", &wrong).await;
        assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    }
}

// E34
#[tokio::test]
async fn faults_are_refused_beyond_loopback() {
    let serve = Serve::new(memory()).address("0.0.0.0:0".parse().unwrap());
    let refused = serve
        .beyond_loopback(true)
        .faults("fault-token")
        .start()
        .await;
    assert_eq!(
        refused.unwrap_err().kind(),
        std::io::ErrorKind::PermissionDenied
    );
}
