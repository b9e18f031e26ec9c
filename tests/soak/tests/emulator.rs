//! The emulator under many operations, clients and tokens; `cargo xtask soak emulator` does more of each.

use std::path::Path;

use gatelet_soak::emulator::{history, long_list, write_ledger};

/// The program that serves in a separate process.
const PROGRAM: &str = env!("CARGO_BIN_EXE_soak");

// S1
#[tokio::test]
async fn every_write_on_the_server_is_explained_by_the_results_of_calls() {
    let totals = write_ledger::run(2000, 7).await;
    assert!(totals.is_explained(), "{totals}\n{:#?}", totals.unexplained);
    let [_, perhaps, applied] = totals.failed;
    assert!(totals.created > 500 && applied > 0, "{totals}");
    // Of the creates of unknown outcome some were applied and some were not.
    assert!(totals.found > 0 && totals.found < perhaps, "{totals}");
}

// E21
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn observations_of_many_clients_are_linearizable() {
    let outcome = history::run(64, 1920, 7).await;
    assert!(outcome.violations.is_empty(), "{:#?}", outcome.violations);
    let (present, absent) = outcome.observations;
    assert!(
        outcome.objects > 300 && present > 300 && absent > 5,
        "{outcome:?}"
    );
}

// E38
#[tokio::test]
async fn a_long_list_is_complete_and_needs_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let list = long_list::measure(Path::new(PROGRAM), folder.path(), 10_000).await;
    assert_eq!(list.tokens, 10_000);
    assert!(list.memory <= 300 << 20, "{list}");
}
