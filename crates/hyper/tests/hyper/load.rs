//! Thousands of concurrent calls.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use gatelet_hyper::HyperTransport;
use gatelet_test_support::raw_server::{RawResponse, RawServer};
use gatelet_transport::{ConnectFailure, Sent, Transport, TransportError, TransportErrorKind};
use tokio::task::JoinSet;

const BODY: &str = "0123456789";

/// Starts a server that responds to everything. It runs in threads, so that the tasks of the client can be counted.
pub(crate) fn endless_server() -> SocketAddr {
    endless_server_with(|| {})
}

/// Starts the same server with a function that runs before each response.
fn endless_server_with(before: impl Fn() + Send + Sync + 'static) -> SocketAddr {
    let server = RawServer::new(move |_| {
        before();
        RawResponse::KeepAlive(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec())
    });
    server.address
}

fn request(address: impl std::fmt::Display) -> http::Request<Bytes> {
    let body = Bytes::from_static(BODY.as_bytes());
    let request = http::Request::post(format!("http://{address}/"));
    request.body(body).unwrap()
}

/// Returns a command that runs this test program for one part of a test.
fn part(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "--nocapture", name]);
    command
}

/// Set in the processes of the test below: the first in the server, the second, with the address, in the client.
const SERVES: &str = "GATELET_TEST_SERVES";
const CALLS_AT_ONCE: &str = "GATELET_TEST_CALLS_AT_ONCE";

// T56
#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_calls_at_once_succeed_in_bounded_memory() {
    let mut server = part("load::a_process_that_serves")
        .env(SERVES, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let address = lines
        .find_map(|line| line.unwrap().strip_prefix("address ").map(str::to_owned))
        .unwrap();
    let client = part("load::a_process_that_makes_ten_thousand_calls_at_once")
        .env(CALLS_AT_ONCE, address)
        .output()
        .unwrap();
    // The server exits at the end of its input.
    drop(server.stdin.take());
    assert!(server.wait().unwrap().success());
    let text = String::from_utf8_lossy(&client.stdout);
    assert!(
        client.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

/// The server of the test above; alone it does nothing.
// T56
#[test]
#[allow(clippy::print_stdout)] // How it tells where it is.
fn a_process_that_serves() {
    if std::env::var(SERVES).is_err() {
        return;
    }
    // The server responds only after a connection to this address.
    let gate = TcpListener::bind("127.0.0.1:0").unwrap();
    let opens = gate.local_addr().unwrap();
    let opened = Arc::new(std::sync::OnceLock::new());
    let waiting = opened.clone();
    let address = endless_server_with(move || _ = waiting.wait());
    println!("\naddress {address} {opens}");
    gate.accept().unwrap();
    opened.set(()).unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// The client of the test above; alone it does nothing.
// T56
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_that_makes_ten_thousand_calls_at_once() {
    const CALLS: usize = 10_000;
    const MOST_FOR_EACH: usize = 25 * 1024;

    let Ok(addresses) = std::env::var(CALLS_AT_ONCE) else {
        return;
    };
    let (address, gate) = addresses.split_once(' ').unwrap();
    let transport = HyperTransport::new();
    let begun = Arc::new(AtomicUsize::new(0));
    let before = memory();
    let mut calls: JoinSet<Result<_, TransportError>> = (0..CALLS)
        .map(|_| {
            let (transport, request) = (transport.clone(), request(address));
            let begun = begun.clone();
            async move {
                begun.fetch_add(1, Ordering::SeqCst);
                transport.send(request).await
            }
        })
        .collect();
    while begun.load(Ordering::SeqCst) < CALLS {
        tokio::task::yield_now().await;
    }
    // Every call is in flight, waiting for its response.
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    let for_each = memory().saturating_sub(before) / CALLS;
    drop(TcpStream::connect(gate).unwrap());
    while let Some(end) = calls.join_next().await {
        assert_eq!(end.unwrap().unwrap().body(), "ok");
    }
    assert!((1..MOST_FOR_EACH).contains(&for_each), "{for_each} bytes");
}

/// Returns the memory in use by this process, in bytes.
#[cfg(target_os = "linux")]
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kibibytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kibibytes.parse::<usize>().unwrap() * 1024
}

/// The address of the server, for the process with few descriptors.
const FEW_DESCRIPTORS: &str = "GATELET_TEST_FEW_DESCRIPTORS";

// T55
#[cfg(unix)]
#[test]
fn a_process_without_free_descriptors_reports_that_and_recovers() {
    let few = "ulimit -n 64 && exec \"$0\" --exact load::a_thousand_calls_with_few_descriptors";
    let output = Command::new("sh")
        .args(["-c", few])
        .arg(std::env::current_exe().unwrap())
        .env(FEW_DESCRIPTORS, endless_server().to_string())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{text}");
}

/// Runs in a process started by the test above; alone it does nothing.
// T55
#[tokio::test]
async fn a_thousand_calls_with_few_descriptors() {
    let Ok(address) = std::env::var(FEW_DESCRIPTORS) else {
        return;
    };
    let transport = HyperTransport::new();
    let call = move || {
        let (transport, request) = (transport.clone(), request(&address));
        async move { transport.send(request).await }
    };
    let mut calls: JoinSet<_> = (0..1_000).map(|_| call()).collect();
    let mut out_of_descriptors = 0;
    while let Some(end) = calls.join_next().await {
        if let Err(error) = end.unwrap() {
            assert_eq!(
                error.kind(),
                TransportErrorKind::Connect(ConnectFailure::TooManyOpenFiles)
            );
            assert_eq!(error.sent(), Sent::Nothing);
            out_of_descriptors += 1;
        }
    }
    assert!(
        (1..1_000).contains(&out_of_descriptors),
        "{out_of_descriptors}"
    );
    for _ in 0..100 {
        assert_eq!(call().await.unwrap().body(), "ok");
    }
}
