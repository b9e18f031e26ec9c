//! The emulator's long run: `cargo xtask soak emulator` builds and starts it.

#![allow(clippy::print_stdout, reason = "it reports to people")]
#![allow(clippy::unwrap_used, reason = "all of this crate is tests")]
#![allow(clippy::disallowed_methods, reason = "it says how long it took")]

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use gatelet_wire_tests::{crowd, history, ledger, listing};

/// How many clients are at work together.
const CLIENTS: usize = 64;
/// The most memory that a server of very many tokens may take, in bytes.
const MEMORY: u64 = 300 << 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let is_right = runtime.block_on(async {
        match arguments[..] {
            ["serve", path] => {
                listing::run(Path::new(path)).await;
                true
            }
            ["soak", operations, tokens, connections, seed] => {
                let (operations, seed) = (operations.parse().unwrap(), seed.parse().unwrap());
                let (tokens, connections) = (tokens.parse().unwrap(), connections.parse().unwrap());
                let folder = tempfile::tempdir().unwrap();
                println!("soak: {operations} operations from seed {seed}");
                let explained = explained(operations, seed).await;
                let ordered = ordered(operations, seed).await;
                let listed = listed(folder.path(), tokens).await;
                explained && ordered && listed && crowded(folder.path(), connections).await
            }
            _ => {
                println!("this is for `cargo xtask soak emulator`");
                false
            }
        }
    });
    runtime.shutdown_background();
    if is_right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn said(what: &str, result: impl std::fmt::Display, begun: Instant, faults: &[String]) {
    println!("{what}: {result}; {:.1} s", begun.elapsed().as_secs_f64());
    for fault in faults.iter().take(20) {
        println!("  {fault}");
    }
}

async fn explained(operations: usize, seed: u64) -> bool {
    let begun = Instant::now();
    let totals = ledger::run(operations, seed).await;
    said("faults", &totals, begun, &totals.unexplained);
    totals.is_explained()
}

async fn ordered(operations: usize, seed: u64) -> bool {
    let begun = Instant::now();
    let outcome = history::run(CLIENTS, operations, seed).await;
    let (present, absent) = outcome.observations;
    let result = format!(
        "{CLIENTS} clients, {} objects, seen {present} times and missed {absent} times, {} without an order",
        outcome.objects,
        outcome.faults.len()
    );
    said("history", result, begun, &outcome.faults);
    outcome.faults.is_empty()
}

async fn listed(folder: &Path, tokens: usize) -> bool {
    let begun = Instant::now();
    let program = std::env::current_exe().unwrap();
    let listing = listing::measure(&program, folder, tokens).await;
    said("listing", listing, begun, &[]);
    listing.tokens == tokens
        && listing.start < Duration::from_secs(5)
        && listing.page < Duration::from_millis(50)
        && listing.memory <= MEMORY
}

async fn crowded(folder: &Path, connections: usize) -> bool {
    let begun = Instant::now();
    let program = std::env::current_exe().unwrap();
    let crowd = crowd::measure(&program, folder, connections).await;
    said("crowd", crowd, begun, &[]);
    let ((closed, longest), (_, answer)) = (crowd.closed, crowd.answers);
    closed == connections
        && longest <= Duration::from_secs(10)
        && answer < Duration::from_millis(100)
}
