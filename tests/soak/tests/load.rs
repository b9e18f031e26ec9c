//! Very many calls at once; `cargo xtask soak transport` measures them against the bare stack.

use std::path::Path;

use gatelet_soak::transport::load::{Stack, measure};

/// The program that runs as server and as client, in separate processes.
const PROGRAM: &str = env!("CARGO_BIN_EXE_soak");

// T56
#[test]
fn ten_thousand_calls_at_once_succeed_in_bounded_memory() {
    let load = measure(Path::new(PROGRAM), Stack::DefaultClient, 10_000);
    assert_eq!(load.succeeded, 10_000);
    assert!(load.memory_per_call < 25 * 1024, "{load:?}");
}
