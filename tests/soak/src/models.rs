//! Generated values of every model: each must keep what it was decoded from, and survive encoding and decoding.
//!
//! Values come in batches of one model. A batch depends only on the seed and its number, so the same seed gives the same
//! values on any machine.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use gatelet_test_support::models::agreement::assert_agrees;
use gatelet_test_support::models::table::MODELS;
use gatelet_test_support::models::values::any_value;
use proptest::prelude::{BoxedStrategy, ProptestConfig};
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

/// The number of values in a batch.
const BATCH: u64 = 1000;

/// A run and its progress.
struct Soak {
    values: u64,
    seed: u64,
    until: Option<Instant>,
    /// The number of the next batch.
    next: AtomicU64,
    is_over: AtomicBool,
}

/// Checks this many values, for at most this many seconds; 0 means no limit.
///
/// # Errors
///
/// The smallest value that fails, and the command that reproduces it.
pub fn run(values: u64, seconds: u64, seed: u64) -> Result<(), String> {
    let start = Instant::now();
    let soak = Soak {
        values,
        seed,
        until: (seconds > 0).then(|| start + Duration::from_secs(seconds)),
        next: AtomicU64::new(0),
        is_over: AtomicBool::new(false),
    };
    println!(
        "soak: {values} values over {} models, seed {seed}",
        MODELS.len()
    );
    // Only the smallest value that fails is reported, not each panic.
    std::panic::set_hook(Box::new(|_| {}));
    let done = soak.run(start).map_err(|failure| {
        format!(
            "{failure}\nsoak: to reproduce: cargo xtask soak models --values {values} --seed {seed}"
        )
    })?;
    for (model, count) in MODELS.iter().zip(&done) {
        println!("  {count:>12}  {}", model.name);
    }
    let sum: u64 = done.iter().sum();
    println!(
        "soak: {sum} values decoded back equal in {} s, seed {seed}",
        start.elapsed().as_secs()
    );
    Ok(())
}

impl Soak {
    /// Checks all values on all processors; returns the number of correct values of each model.
    fn run(&self, start: Instant) -> Result<Vec<u64>, String> {
        let (sender, results) = mpsc::channel();
        let workers = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 0..workers {
                let sender = sender.clone();
                scope.spawn(move || self.work(|result| sender.send(result).is_ok()));
            }
            drop(sender);
            let mut done = vec![0; MODELS.len()];
            let mut shown = start;
            for result in results {
                let (model, count) =
                    result.inspect_err(|_| self.is_over.store(true, Ordering::Relaxed))?;
                done[model] += count;
                if shown.elapsed() >= Duration::from_secs(10) {
                    shown = Instant::now();
                    println!(
                        "soak: {} values after {} s",
                        done.iter().sum::<u64>(),
                        start.elapsed().as_secs()
                    );
                }
            }
            Ok(done)
        })
    }

    /// Checks one batch after another, and reports each, until all are taken or a report is rejected.
    fn work(&self, report: impl Fn(Result<(usize, u64), String>) -> bool) {
        let strategies: Vec<_> = MODELS.iter().map(any_value).collect();
        loop {
            let batch = self.next.fetch_add(1, Ordering::Relaxed);
            let count = self.values.saturating_sub(batch * BATCH).min(BATCH);
            let is_late = self.until.is_some_and(|until| Instant::now() >= until);
            if count == 0 || is_late || self.is_over.load(Ordering::Relaxed) {
                return;
            }
            let model = usize::try_from(batch).unwrap_or_default() % MODELS.len();
            let result = self.batch(batch, count, model, &strategies[model]);
            if !report(result.map(|()| (model, count))) {
                return;
            }
        }
    }

    fn batch(
        &self,
        batch: u64,
        count: u64,
        model: usize,
        values: &BoxedStrategy<Value>,
    ) -> Result<(), String> {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_le_bytes());
        seed[8..16].copy_from_slice(&batch.to_le_bytes());
        let config = ProptestConfig {
            cases: u32::try_from(count).unwrap_or(u32::MAX),
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        let mut runner =
            TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
        let model = MODELS[model];
        let result = runner.run(values, |value| {
            let text = value.to_string();
            assert_agrees(&model, &text, &model.accept(&text).to_string());
            Ok(())
        });
        result
            .map_err(|error| format!("{}, seed {}, batch {batch}: {error}", model.name, self.seed))
    }
}
