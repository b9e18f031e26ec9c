//! Very many tokens in an emulator's file: the time to start, the time for a page, and the memory.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use dt_client::Client;
use gatelet_emulator::{Emulator, serve, well_known};
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_models::Timestamp;
use gatelet_models::dt::ActiveGateToken;
use gatelet_transport::ApiToken;

use crate::process::{Process, print_line, wait_for_line};

/// The number of tokens that are written at once.
const BATCH: usize = 20_000;

/// The measurements.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LongList {
    /// The number of listed tokens, each once and in order.
    pub tokens: usize,
    /// The time from the start of the process to its first response.
    pub start: Duration,
    /// The 99th percentile of the time for a page, decoding included.
    pub page: Duration,
    /// The peak memory of the server, in bytes.
    pub memory: u64,
}

impl fmt::Display for LongList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |duration: Duration| duration.as_secs_f64() * 1000.0;
        write!(
            f,
            "{} tokens listed; start {:.0} ms, page p99 {:.1} ms, peak memory {} MiB",
            self.tokens,
            millis(self.start),
            millis(self.page),
            self.memory >> 20
        )
    }
}

/// Writes this many tokens to a new file in the folder, and lists them from a server in a separate process.
pub async fn measure(program: &Path, folder: &Path, tokens: usize) -> LongList {
    let path = folder.join("tokens.redb");
    fill(&path, tokens);
    let begun = Instant::now();
    let mut server = Process::start(program, &["serve-emulator", path.to_str().unwrap()]);
    let client = Client::builder(server.next_line())
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(HyperTransport::new(), TokioClock::new())
        .unwrap();
    let list = || client.active_gate_tokens().list();
    list().page_size(100).send().await.unwrap();
    let start = begun.elapsed();

    let mut pages = list().page_size(3000).pages();
    let (mut count, mut took) = (0, Vec::new());
    loop {
        let begun = Instant::now();
        let Some(page) = pages.try_next().await.unwrap() else {
            break;
        };
        took.push(begun.elapsed());
        for token in page.items {
            assert_eq!(token.id.as_str(), id(count));
            count += 1;
        }
    }
    took.sort();
    LongList {
        tokens: count,
        start,
        page: took[(took.len() * 99).div_ceil(100) - 1],
        memory: server.peak_memory(),
    }
}

fn id(n: usize) -> String {
    format!("dt0g02.{n:08}")
}

fn fill(path: &Path, tokens: usize) {
    let emulator = Emulator::open(path).unwrap();
    let created = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let token = |n| ActiveGateToken::new(id(n), created).with_name(format!("edge-{n}"));
    for first in (0..tokens).step_by(BATCH) {
        let batch = first..tokens.min(first + BATCH);
        emulator.add_active_gate_tokens(batch.map(token)).unwrap();
    }
}

/// Serves the emulator in this file, as a separate process, until standard input ends.
pub async fn serve_file(path: &Path) {
    let emulator = Emulator::open(path).unwrap();
    let server = serve(emulator, "127.0.0.1:0".parse().unwrap()).await;
    let server = server.unwrap();
    print_line(&format!("http://{}", server.address()));
    tokio::task::spawn_blocking(wait_for_line).await.unwrap();
}
