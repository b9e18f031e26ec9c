//! What look-ahead saves where server and caller take equally long for a page.

use std::time::{Duration, Instant};

use super::Outcome;
use super::list_server::{List, Server};

const PAGES: u32 = 20;

/// How often each way is measured, in turns; the fastest counts, because a busy machine only ever adds.
const ROUNDS: u32 = 5;

/// How many tokens a page has: what Dynatrace gives unless it is told otherwise.
const SIZE: u32 = 100;

/// Milliseconds that the server takes for a page, and the caller for another.
const WORK: u64 = 20;

/// Lists with and without look-ahead and compares the times. It never fails: a busy machine is no mistake of ours, and a
/// test with a manual clock proves that both work at the same time.
pub(crate) async fn run() -> Outcome {
    let server = Server::start(List {
        pages: PAGES,
        size: SIZE,
        millis: WORK,
    })?;
    let (mut without, mut with) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        without = without.min(time(&server, false).await?);
        with = with.min(time(&server, true).await?);
    }
    let ratio = with.as_secs_f64() / without.as_secs_f64();
    println!(
        "soak: {PAGES} pages, server and caller {WORK} ms each: {} ms, with look-ahead {} ms, ratio {ratio:.2} (wanted: at most 0.60)",
        without.as_millis(),
        with.as_millis()
    );
    Ok(())
}

async fn time(server: &Server, prefetches: bool) -> Result<Duration, dt_client::Error> {
    let list = server.client()?.active_gate_tokens().list();
    let mut pages = list.prefetch(prefetches).pages();
    let started = Instant::now();
    while pages.try_next().await?.is_some() {
        tokio::time::sleep(Duration::from_millis(WORK)).await;
    }
    Ok(started.elapsed())
}
