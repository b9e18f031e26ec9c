//! `soak VALUES SECONDS SEED`: generated values of every model hold what was put in, read back equal and are written the same
//! again.
//!
//! `cargo xtask soak models` builds and runs it. Values come in batches of one model, each made from the seed and its number
//! alone, so that the same seed gives the same values on any machine.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use fuzz::agreement::assert_agrees;
use fuzz::table::MODELS;
use fuzz::values::any_value;
use proptest::prelude::{BoxedStrategy, ProptestConfig};
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

/// Values in a batch.
const BATCH: u64 = 1000;

/// What is to be done, and how far it is.
struct Soak {
    values: u64,
    seed: u64,
    until: Option<Instant>,
    /// The next batch.
    next: AtomicU64,
    is_over: AtomicBool,
}

fn main() -> ExitCode {
    let numbers: Result<Vec<u64>, _> = std::env::args()
        .skip(1)
        .map(|number| number.parse())
        .collect();
    let Ok(&[values, seconds, seed]) = numbers.as_deref() else {
        eprintln!("soak: needs three numbers: values, seconds (0: no limit), seed");
        return ExitCode::from(2);
    };
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
    // What fails is told once, by the smallest value that fails.
    std::panic::set_hook(Box::new(|_| {}));
    let done = soak.run(start);
    match done {
        Ok(done) => {
            for (model, count) in MODELS.iter().zip(&done) {
                println!("  {count:>12}  {}", model.name);
            }
            let sum: u64 = done.iter().sum();
            println!(
                "soak: {sum} values read back equal, in {} s, seed {seed}",
                start.elapsed().as_secs()
            );
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!(
                "soak: {failure}\nsoak: to see it again: cargo xtask soak models --values {values} --seed {seed}"
            );
            ExitCode::FAILURE
        }
    }
}

impl Soak {
    /// How many values of each model were good.
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

    /// Does one batch after the other, and tells of each.
    fn work(&self, tell: impl Fn(Result<(usize, u64), String>) -> bool) {
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
            if !tell(result.map(|()| (model, count))) {
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
