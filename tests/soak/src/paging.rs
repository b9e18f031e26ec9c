//! Lists over a socket, then random schedules of lists in process.

mod consumer;
mod counts;
pub mod list_server;
mod many;
mod memory;
mod overlap;
mod schedule;
mod server;

use std::error::Error;

pub use counts::Counts;
pub use schedule::run as run_schedule;

type Outcome = Result<(), Box<dyn Error>>;

/// Measures memory and prefetching over a socket, then runs this many schedules from this seed on.
///
/// # Errors
///
/// What is wrong with the first schedule that fails, or with the memory.
pub fn run(schedules: u64, seed: u64) -> Outcome {
    // First, while this process has had no other memory that growth could hide in.
    on_one_thread(memory::run())?;
    on_one_thread(overlap::run())?;
    many::run(schedules, seed)
}

fn on_one_thread(work: impl Future<Output = Outcome>) -> Outcome {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
