//! The emulator under many operations, clients and tokens; `cargo xtask soak emulator` does more of each.

use std::path::Path;

use gatelet_soak::emulator::{history, long_list, write_ledger};

/// The binary that serves in a process of its own.
const PROGRAM: &str = env!("CARGO_BIN_EXE_soak");

// S1
#[tokio::test]
async fn every_write_on_the_server_is_explained_whatever_happens_on_the_way() {
    let totals = write_ledger::run(2000, 7).await;
    assert!(totals.is_explained(), "{totals}\n{:#?}", totals.unexplained);
    let [_, perhaps, applied] = totals.failed;
    assert!(totals.created > 500 && applied > 0, "{totals}");
    // Of those that were perhaps applied, some were and some were not.
    assert!(totals.found > 0 && totals.found < perhaps, "{totals}");
}

// E21
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_many_clients_see_of_an_object_has_an_order() {
    let outcome = history::run(64, 1920, 7).await;
    assert!(outcome.faults.is_empty(), "{:#?}", outcome.faults);
    let (present, absent) = outcome.observations;
    assert!(
        outcome.objects > 300 && present > 300 && absent > 5,
        "{outcome:?}"
    );
}

// E38
#[tokio::test]
async fn a_long_listing_is_complete_and_needs_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let listing = long_list::measure(Path::new(PROGRAM), folder.path(), 10_000).await;
    assert_eq!(listing.tokens, 10_000);
    assert!(listing.memory <= 300 << 20, "{listing}");
}
