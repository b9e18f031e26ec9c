//! Lists over a socket, then random schedules of lists in process.

mod consumer;
mod counts;
pub mod list_server;
mod many;
mod memory;
mod outcome;
mod overlap;
mod schedule;
mod server;

pub use counts::Counts;
pub use schedule::run as run_schedule;

use outcome::Outcome;

/// Measures memory and prefetching over a socket, then runs this many random schedules, with seeds from this one on.
///
/// # Errors
///
/// A description of the first schedule that fails, or of the memory that grows.
pub fn run(schedules: u64, seed: u64) -> Outcome {
    // This comes first: memory that was used and freed before would hide growth.
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
