//! Every exchange cut at every byte, a server that is down, very many calls at once, and very many canceled ones.

pub mod cancel;
pub mod gated_server;
pub mod load;

use std::path::Path;
use std::time::{Duration, Instant};

use gatelet_transport::RetryPolicy;
use gatelet_wire_tests::amplification::{self, CallKind, Outage};
use gatelet_wire_tests::cut::{self, Settings};

use load::Stack;

/// The most requests that a thousand calls to a server that is down may make: one each, and the retries that the budget allows.
const MAX_REQUESTS: usize = 1036;
/// The most memory that a call in flight may take beyond that of the bare stack, in bytes.
const MAX_MEMORY: u64 = 25 * 1024;

/// The size of a run.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "the command sets all of it")]
pub struct Soak {
    /// The most calls that are cut.
    pub calls: usize,
    /// The number of calls that are made at once.
    pub at_once: usize,
    /// The number of calls that are dropped.
    pub cancellations: usize,
    /// The seed of the points at which calls are dropped.
    pub seed: u64,
}

impl Soak {
    /// Runs all checks, prints their results, and returns whether all passed. It needs a multi-threaded runtime.
    pub async fn run(&self) -> bool {
        let program = std::env::current_exe().unwrap();
        let start = Instant::now();
        let cut = self.check_cuts().await;
        println!("cut: {:.0} s", start.elapsed().as_secs_f64());
        let amplified = check_amplification().await;
        let loaded = tokio::task::block_in_place(|| self.check_load(&program));
        let clean = self.check_cancellation(&program).await;
        println!("soak: {:.0} s", start.elapsed().as_secs_f64());
        cut && amplified && loaded && clean
    }

    async fn check_cuts(&self) -> bool {
        let jobs = cut::jobs().await;
        let step = jobs.len().div_ceil(self.calls.max(1)).max(1);
        println!("cut: {} places to cut, one in {step} taken", jobs.len());
        let mut is_right = true;
        for (what, retry, step) in [
            ("one attempt", RetryPolicy::never(), step),
            ("default policy", RetryPolicy::default(), step * 20 + 1),
        ] {
            let settings = Settings {
                timeout: Duration::from_secs(2),
                at_once: 16,
                stalled_at_once: 400,
                retry,
            };
            let report = cut::run(jobs.iter().cloned().step_by(step), &settings).await;
            println!("cut, {what}: {report}");
            for wrong in report.wrong.iter().take(20) {
                println!("  {wrong}");
            }
            is_right &= report.wrong.is_empty();
        }
        is_right
    }

    fn check_load(&self, program: &Path) -> bool {
        let loads = Stack::ALL.map(|stack| (stack, load::measure(program, stack, self.at_once)));
        for (stack, load) in &loads {
            println!(
                "load, {stack:?}: {} of {} calls at once succeeded, {} bytes of memory per call in flight",
                load.succeeded, self.at_once, load.memory_per_call
            );
        }
        let [(_, client), _, (_, bare)] = loads;
        let succeeded = loads.iter().all(|(_, load)| load.succeeded == self.at_once);
        succeeded && client.memory_per_call <= bare.memory_per_call + MAX_MEMORY
    }

    async fn check_cancellation(&self, program: &Path) -> bool {
        let left = cancel::count_leftovers(program, self.cancellations, self.seed).await;
        println!(
            "cancellations: {} of {} calls dropped (seed {}); leaks: {} descriptors, {} tasks, {} permits",
            left.dropped, self.cancellations, self.seed, left.descriptors, left.tasks, left.permits
        );
        left.is_clean()
    }
}

async fn check_amplification() -> bool {
    let mut is_right = true;
    for outage in [Outage::Unavailable, Outage::Refused] {
        for kind in CallKind::ALL {
            let requests = amplification::count_requests(kind, outage, 1000).await;
            println!(
                "amplification, {kind:?}, {outage:?}: 1000 calls, {requests} requests, at most {MAX_REQUESTS}"
            );
            is_right &= requests <= MAX_REQUESTS;
        }
    }
    is_right
}
