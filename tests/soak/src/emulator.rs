//! The emulator under very many operations, clients, tokens and connections.

pub mod history;
pub mod idle_connections;
pub mod long_list;
pub mod write_ledger;

use std::path::Path;
use std::time::{Duration, Instant};

/// The number of concurrent clients.
const CLIENTS: usize = 64;
/// The most memory that a server with very many tokens may use, in bytes.
const MAX_MEMORY: u64 = 300 << 20;

/// The size of a run.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "the command sets all of it")]
pub struct Soak {
    /// The number of operations through faults, and of operations by concurrent clients.
    pub operations: usize,
    /// The number of tokens in a file.
    pub tokens: usize,
    /// The number of slow and idle connections.
    pub connections: usize,
    /// The seed of the operations and the faults.
    pub seed: u64,
}

impl Soak {
    /// Runs all checks, prints their results, and returns whether all passed. It needs a multi-threaded runtime.
    pub async fn run(&self) -> bool {
        let folder = tempfile::tempdir().unwrap();
        println!(
            "soak: {} operations from seed {}",
            self.operations, self.seed
        );
        let explained = check_writes(self.operations, self.seed).await;
        let ordered = check_history(self.operations, self.seed).await;
        let listed = check_list(folder.path(), self.tokens).await;
        explained
            && ordered
            && listed
            && check_idle_connections(folder.path(), self.connections).await
    }
}

fn report(what: &str, result: impl std::fmt::Display, start: Instant, problems: &[String]) {
    println!("{what}: {result}; {:.1} s", start.elapsed().as_secs_f64());
    for problem in problems.iter().take(20) {
        println!("  {problem}");
    }
}

async fn check_writes(operations: usize, seed: u64) -> bool {
    let start = Instant::now();
    let totals = write_ledger::run(operations, seed).await;
    report("faults", &totals, start, &totals.unexplained);
    totals.is_explained()
}

async fn check_history(operations: usize, seed: u64) -> bool {
    let start = Instant::now();
    let outcome = history::run(CLIENTS, operations, seed).await;
    let (present, absent) = outcome.observations;
    let result = format!(
        "{CLIENTS} clients, {} objects, found {present} times and not found {absent} times, {} violations",
        outcome.objects,
        outcome.violations.len()
    );
    report("history", result, start, &outcome.violations);
    outcome.violations.is_empty()
}

async fn check_list(folder: &Path, tokens: usize) -> bool {
    let start = Instant::now();
    let program = std::env::current_exe().unwrap();
    let list = long_list::measure(&program, folder, tokens).await;
    report("list", list, start, &[]);
    list.tokens == tokens
        && list.start < Duration::from_secs(5)
        && list.page < Duration::from_millis(50)
        && list.memory <= MAX_MEMORY
}

async fn check_idle_connections(folder: &Path, connections: usize) -> bool {
    let start = Instant::now();
    let program = std::env::current_exe().unwrap();
    let idle = idle_connections::measure(&program, folder, connections).await;
    report("idle connections", idle, start, &[]);
    let ((closed, longest), (_, response)) = (idle.closed, idle.responses);
    closed == connections
        && longest <= Duration::from_secs(10)
        && response < Duration::from_millis(100)
}
