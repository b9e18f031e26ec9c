//! Calls that are dropped at any point; alone in its process, whose descriptors it counts.

use std::path::Path;

use gatelet_soak::transport::cancel::count_leftovers;

// T48
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_calls_leave_no_descriptor_no_task_and_no_permit_behind() {
    let left = count_leftovers(Path::new(env!("CARGO_BIN_EXE_soak")), 2000, 7).await;
    assert!(left.dropped > 200 && left.is_clean(), "{left:?}");
}
