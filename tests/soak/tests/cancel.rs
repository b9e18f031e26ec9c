//! Calls that are dropped at random points. It is the only test in its process, because it counts descriptors.

use std::path::Path;

use gatelet_soak::transport::cancel::count_leftovers;

// T48
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_calls_leak_no_descriptor_task_or_permit() {
    let left = count_leftovers(Path::new(env!("CARGO_BIN_EXE_soak")), 2000, 7).await;
    assert!(left.dropped > 200 && left.is_clean(), "{left:?}");
}
