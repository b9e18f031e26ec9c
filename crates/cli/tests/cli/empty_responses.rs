//! Successful responses without a body whose headers describe one.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::Fixture;
use crate::run::team;

/// Responses without a body whose headers give an encoding or a type.
const HEADS: [&str; 7] = [
    "204 No Content\r\ncontent-encoding: gzip",
    "200 OK\r\ncontent-length: 0\r\ncontent-encoding: gzip",
    "202 Accepted\r\ncontent-length: 0\r\ncontent-encoding: br\r\ncontent-encoding: gzip",
    "200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n0",
    "204 No Content\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked",
    "204 No Content\r\ncontent-encoding:\r\ncontent-type: text/html",
    "200 OK\r\ncontent-length: 0\r\ncontent-type: text/html\r\ncontent-encoding: gzip",
];

fn bytes(head: &str) -> RawResponse {
    RawResponse::Bytes(format!("HTTP/1.1 {head}\r\n\r\n").into())
}

// U7
#[test]
fn a_delete_and_an_update_succeed_whatever_headers_describe_a_missing_body() {
    for head in HEADS {
        let dt = RawServer::new(move |_| bytes(head));
        let gateway = r#"{"id":"g1","name":"eu","refuse_connections":false,"labels":null}"#;
        let asa = team(move |request| match request.starts_with("GET") {
            true => RawResponse::Bytes(response("200 OK", "application/json", gateway)),
            false => bytes(head),
        });
        for (fixture, line) in [
            (Fixture::dt(&dt.url), "dt token delete --yes x"),
            (Fixture::asa(&asa.url), "asa gateway delete --yes g1"),
            (Fixture::asa(&asa.url), "asa gateway update g1 --name us"),
            (Fixture::asa(&asa.url), "asa setup-token delete --yes x"),
        ] {
            assert_eq!(fixture.run(line).success(), "", "{line}: {head}");
        }
    }
}
