//! Calls and connections when a runtime stops or is dropped.

use bytes::Bytes;
use gatelet_hyper::HyperTransport;
use gatelet_transport::{Sent, Transport, TransportErrorKind};
use tokio::runtime::Runtime;

use crate::SHORT;
use crate::script::{Gate, ServerStep, ok, response_begun};
use crate::test_server::{TestServer, error_text};

// T53
#[test]
fn a_runtime_dropped_during_a_call_is_an_error() {
    for said in [vec![], response_begun()] {
        let reached = Gate::new();
        for server in TestServer::each([vec![
            ServerStep::Read,
            ServerStep::All(said),
            ServerStep::OpenGate(reached.clone()),
            ServerStep::ClientCloses,
        ]]) {
            let runtime = Runtime::new().unwrap();
            let handle = runtime.handle().clone();
            let (transport, request) = (server.client(HyperTransport::builder()), server.post());
            let caller = std::thread::spawn(move || handle.block_on(transport.send(request)));
            Runtime::new().unwrap().block_on(reached.pass());
            drop(runtime);
            let error = caller.join().unwrap().unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Interrupted);
            assert_eq!(error.sent(), Sent::Whole);
            error_text(&error);
            server.finish_without_runtime();
        }
    }
}

// T54
#[test]
fn a_transport_outlives_the_runtime_it_was_used_in() {
    for server in TestServer::each([
        vec![ServerStep::Read, ok("1"), ServerStep::ClientCloses],
        vec![
            ServerStep::Read,
            ok("2"),
            ServerStep::Read,
            ok("3"),
            ServerStep::KeepOpen,
        ],
    ]) {
        let first = Runtime::new().unwrap();
        let transport = first.block_on(async { server.client(HyperTransport::builder()) });
        first.block_on(transport.send(server.get())).unwrap();
        drop(first);
        let second = Runtime::new().unwrap();
        for expected in ["2", "3"] {
            let response = second.block_on(transport.send(server.post())).unwrap();
            assert_eq!(response.body(), expected);
        }
        server.finish_without_runtime();
    }
}

// T54
#[test]
fn a_connection_is_not_used_under_another_runtime() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let stays = || vec![ServerStep::Read, ok("1"), ServerStep::KeepOpen];
    for server in TestServer::each([stays(), stays()]) {
        let transport = server.client(HyperTransport::builder().first_byte_timeout(SHORT));
        // By then the first runtime is stopped, and its tasks with it.
        let (first, second) = (runtime(), runtime());
        first.block_on(transport.send(server.get())).unwrap();
        second.block_on(transport.send(server.post())).unwrap();
        server.finish_without_runtime();
    }
}

// T54
#[test]
fn each_runtime_closes_its_idle_connections_while_another_is_stopped() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    for server in TestServer::each([
        vec![ServerStep::Read, ok("1"), ServerStep::KeepOpen],
        vec![ServerStep::Read, ok("2"), ServerStep::ClientCloses],
    ]) {
        let transport = server.client(HyperTransport::builder().idle_timeout(SHORT));
        let (first, second) = (runtime(), runtime());
        first.block_on(transport.send(server.get())).unwrap();
        second.block_on(transport.send(server.get())).unwrap();
        second.block_on(server.finish());
    }
}

#[test]
fn a_connection_that_expired_while_its_runtime_was_stopped_is_not_used() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for server in TestServer::each([
        vec![ServerStep::Read, ok("1"), ServerStep::ClientCloses],
        vec![ServerStep::Read, ok("2"), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder().idle_timeout(SHORT));
        runtime.block_on(transport.send(server.get())).unwrap();
        #[allow(clippy::disallowed_methods)] // No timer of the runtime may run meanwhile.
        std::thread::sleep(SHORT);
        let response = runtime.block_on(transport.send(server.post())).unwrap();
        assert_eq!(response.body(), "2");
        server.finish_without_runtime();
    }
}

// T54
#[test]
fn a_call_outside_a_runtime_is_a_typed_error() {
    use std::task::{Context, Poll, Waker};
    let request = http::Request::get("http://127.0.0.1:1/")
        .body(Bytes::new())
        .unwrap();
    let transport = HyperTransport::new();
    let mut call = Box::pin(transport.send(request));
    let Poll::Ready(Err(error)) = call.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    else {
        panic!("the call must end at once");
    };
    assert_eq!(error.kind(), TransportErrorKind::Config);
    assert_eq!(error.sent(), Sent::Nothing);
    assert!(error_text(&error).contains("no tokio runtime"));
}
