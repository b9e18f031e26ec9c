//! Many random schedules, on all processors.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use super::counts::Counts;
use super::outcome::Outcome;
use super::schedule::run as run_schedule;

/// The number of schedules between two lines of progress.
const REPORT_INTERVAL: u64 = 1_000_000;

/// Runs this many schedules, with consecutive seeds from this one on.
pub(crate) fn run(schedules: u64, seed: u64) -> Outcome {
    println!("soak: {schedules} schedules from seed {seed}");
    let started = Instant::now();
    let threads = thread::available_parallelism()?.get() as u64;
    let failed = &AtomicBool::new(false);
    let worker = |first: u64| {
        let mut counts = Counts::default();
        for number in (first..schedules).step_by(threads as usize) {
            if failed.load(Ordering::Relaxed) {
                break;
            }
            counts += run_schedule(seed.wrapping_add(number))
                .inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
            if number > 0 && number.is_multiple_of(REPORT_INTERVAL) {
                let seconds = started.elapsed().as_secs();
                println!("soak: at schedule {number} after {seconds} s");
            }
        }
        Ok::<_, String>(counts)
    };
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || worker(first)))
            .collect();
        threads.into_iter().map(|worker| worker.join()).collect()
    });
    let mut counts = Counts::default();
    for result in results {
        counts += result.map_err(|_| "a schedule panicked")??;
    }
    let took = started.elapsed().as_secs_f64();
    let rate = counts.schedules as f64 / took;
    println!("soak: {counts}");
    println!("soak: nothing lost, nothing repeated; {took:.1} s, {rate:.0} schedules a second");
    Ok(())
}
