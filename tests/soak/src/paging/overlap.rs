//! The time that prefetching saves when the server and the caller take equally long for a page.

use std::time::{Duration, Instant};

use super::list_server::{List, Server};
use super::outcome::Outcome;

const PAGES: u32 = 20;

/// The number of rounds. The fastest one counts, because load only adds time.
const ROUNDS: u32 = 5;

/// The tokens on a page: the default of Dynatrace.
const SIZE: u32 = 100;

/// The milliseconds that the server and the caller each take for a page.
const WORK: u64 = 20;

/// Prints the times of a list with and without prefetching. It never fails on them, because the machine may be busy; a test
/// with a manual clock proves the overlap.
pub(crate) async fn run() -> Outcome {
    let server = Server::start(List {
        pages: PAGES,
        size: SIZE,
        millis: WORK,
    })?;
    let (mut without, mut with) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        without = without.min(measure(&server, false).await?);
        with = with.min(measure(&server, true).await?);
    }
    let ratio = with.as_secs_f64() / without.as_secs_f64();
    println!(
        "soak: {PAGES} pages, server and caller {WORK} ms each: {} ms, with prefetching {} ms, ratio {ratio:.2} (expected: at most 0.60)",
        without.as_millis(),
        with.as_millis()
    );
    Ok(())
}

async fn measure(server: &Server, prefetches: bool) -> Result<Duration, dt_client::Error> {
    let list = server.client()?.active_gate_tokens().list();
    let mut pages = list.prefetch(prefetches).pages();
    let started = Instant::now();
    while pages.try_next().await?.is_some() {
        tokio::time::sleep(Duration::from_millis(WORK)).await;
    }
    Ok(started.elapsed())
}
