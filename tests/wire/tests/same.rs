//! The same calls in memory and over sockets.

use gatelet_emulator::serve;
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::testing::ManualClock;
use gatelet_transport::{AnyTransport, Clock as _, Error, RetryPolicy};
use gatelet_wire_tests::{Fixture, Operation, Role, TestClient};

/// Calls every operation with an existing id (twice), unknown ids and invalid ids, with and without permission.
async fn run_script(fixture: &Fixture, origin: &str, transport: AnyTransport) -> Vec<String> {
    let mut results = Vec::new();
    for role in [Role::Writer, Role::Refused] {
        let clock = TokioClock::new();
        let retry = RetryPolicy::default();
        let client = TestClient::new(role, origin.to_owned(), transport.clone(), clock, retry);
        for operation in Operation::all() {
            let existing = fixture.target(operation).await;
            let unknown = ["b4f0b9f2-0000-4000-8000-000000000000", "dt0g02.ABCDEFGH"];
            let invalid = ["a/b?c#d%2Fé +", "", "..", "a\nb"].map(str::to_owned);
            let others = unknown.map(str::to_owned).into_iter().chain(invalid);
            let others = others.map(|id| existing.clone().with_last(id));
            for target in [existing.clone(), existing.clone()]
                .into_iter()
                .chain(others)
            {
                let result = client.call(fixture, operation, &target).await;
                results.push(format!("{operation:?} as {role:?}: {}", normalize(result)));
            }
        }
    }
    results
}

/// Formats a result completely, except for what differs from run to run: random values and times.
fn normalize(result: Result<String, Error>) -> String {
    let text = match result {
        Ok(value) => value,
        Err(error) => format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {} {} {:?}",
            error.kind(),
            error.status(),
            error.code(),
            error.message(),
            error.violations(),
            error.applied(),
            error.is_retryable(),
            error.attempts(),
            error.retry_after(),
        ),
    };
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "-._:+/=".contains(letter);
    let mut same = String::new();
    for part in text.split_inclusive(|letter| !is_word(letter)) {
        let word = part.trim_end_matches(|letter| !is_word(letter));
        let is_random = word.len() >= 15 && word.contains(|letter: char| letter.is_ascii_digit());
        same.push_str(if is_random { "…" } else { word });
        same.push_str(&part[word.len()..]);
    }
    same
}

// S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_in_memory_and_over_sockets_give_the_same_results_and_errors() {
    // It stands still, or update jobs would advance between two calls.
    let clock = ManualClock::new();
    clock.set_now(TokioClock::new().now());
    let near = Fixture::with_clock(clock.clone());
    let far = Fixture::with_clock(clock);
    let address = "127.0.0.1:0".parse().unwrap();
    let server = serve(far.emulator().clone(), address).await.unwrap();
    let origin = format!("http://{}", server.address());

    let in_memory = AnyTransport::new(near.emulator().clone());
    let in_memory = run_script(&near, "http://localhost", in_memory).await;
    let over_sockets = AnyTransport::new(HyperTransport::new());
    let over_sockets = run_script(&far, &origin, over_sockets).await;
    assert_eq!(in_memory.len(), over_sockets.len());
    for (near, far) in in_memory.iter().zip(&over_sockets) {
        assert_eq!(near, far);
    }
    for part in [
        "\"ENVIRONMENT\"",
        "was_already_gone: false",
        "Api Some(404)",
        "InvalidInput",
        "Rejected",
    ] {
        let found = in_memory.iter().any(|result| result.contains(part));
        assert!(found, "{part}: {in_memory:#?}");
    }
    server.shutdown().await;
}
