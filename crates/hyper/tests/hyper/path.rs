//! Paths that contain ids.

use gatelet_hyper::HyperTransport;
use gatelet_transport::{CallTimeouts, ErrorKind};

use super::calls::{channel, delete};
use super::script::{ServerStep, send};
use super::test_server::TestServer;

// T61
#[tokio::test]
async fn a_path_segment_made_of_an_id_arrives_unchanged() {
    // `a/b`, `a?b`, `a#b`, `a%2Fb`, `100%`, a space, `+`, ü, an emoji, and segments that other libraries resolve.
    let segments = [
        "a%2Fb",
        "a%3Fb",
        "a%23b",
        "a%252Fb",
        "100%25",
        "%20",
        "+",
        "%2B",
        "%C3%BC",
        "%c3%bc",
        "%F0%9F%A6%80",
        "...",
        "a%2F..%2Fb",
        "~-_.;=:@",
        "%5C",
    ];
    let gone = send("HTTP/1.1 204 No Content\r\n\r\n");
    let mut script: Vec<_> = segments
        .iter()
        .flat_map(|_| [ServerStep::Read, gone.clone()])
        .collect();
    script.push(ServerStep::KeepOpen);
    for server in TestServer::each([script]) {
        let transport = server.client(HyperTransport::builder());
        let channel = channel(&server, &transport, CallTimeouts::default());
        for segment in segments {
            let call = delete(&format!("/v1/things/{segment}"));
            channel.call(call).await.unwrap();
        }
        let requests = server.finish().await;
        for (request, segment) in requests.iter().zip(segments) {
            let line = request.lines().next().unwrap();
            assert_eq!(line, format!("DELETE /v1/things/{segment} HTTP/1.1"));
        }
        assert_eq!(requests.len(), segments.len());
    }
}

// T63
#[tokio::test]
async fn a_path_of_a_megabyte_opens_no_connection() {
    for server in TestServer::each([]) {
        let transport = server.client(HyperTransport::builder());
        let channel = channel(&server, &transport, CallTimeouts::default());
        let call = delete(&format!("/v1/things/{}", "x".repeat(1 << 20)));
        let error = channel.call(call).await.unwrap_err();
        let parameter = "path";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert_eq!(error.attempts(), 0);
        server.finish().await;
    }
}
