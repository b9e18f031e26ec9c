//! Unusual ids, as the server receives them.

use std::sync::Arc;

use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::{Error, ErrorKind, RetryPolicy};
use gatelet_wire_tests::{Fixture, Operation, Role, Server, ServerLog, TestClient};

/// Returns the operations with an id.
fn operations() -> impl Iterator<Item = Operation> {
    Operation::all().filter(|it| it.parameters().next().is_some())
}

async fn call(operation: Operation, id: &str) -> (Result<String, Error>, ServerLog) {
    let fixture = Arc::new(Fixture::default());
    let served = fixture.clone();
    let server = Server::start(move |request| served.respond(request), None).await;
    let (transport, clock) = (HyperTransport::new(), TokioClock::new());
    let client = TestClient::new(
        Role::Writer,
        server.origin(),
        transport,
        clock,
        RetryPolicy::default(),
    );
    let target = fixture.target(operation).await.with_last(id);
    let result = client.call(&fixture, operation, &target).await;
    drop(client);
    (result, server.finish().await)
}

// T61
#[tokio::test]
async fn an_id_is_one_path_segment_encoded_once() {
    assert!(operations().count() >= 20);
    for operation in operations() {
        let ids = [
            "a/b", "a?b", "a#b", "a%2Fb", "100%", "a b", "a+b", "ü", "🦀", "a;b=c:@",
        ];
        for id in ids {
            let (result, log) = call(operation, id).await;
            let error = result.unwrap_err();
            // Not found; one with the id in its body, too, is not valid.
            let is_refused = error.status().is_some_and(|it| it.is_client_error());
            assert!(is_refused, "{operation:?} {id}: {error}");
            let (request, _) = log.exchanges[0].handled.as_ref().unwrap();
            assert_eq!(log.exchanges.len(), 1);
            let query = request.uri().query();
            let is_list = operation.operation().paging.is_some();
            assert_eq!(query.is_some(), is_list, "{operation:?} {id}");
            let found = operation.values_in(request).unwrap();
            assert_eq!(found.last().map(String::as_str), Some(id), "{operation:?}");
        }
    }
}

// T63
#[tokio::test]
async fn an_id_of_a_megabyte_makes_no_request() {
    for operation in operations() {
        let (result, log) = call(operation, &"x".repeat(1024 * 1024)).await;
        let error = result.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::InvalidInput { .. }),
            "{error}"
        );
        assert!(log.exchanges.is_empty());
        assert!(error.to_string().len() < 500);
    }
}
