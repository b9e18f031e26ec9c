//! What look-ahead saves where server and caller take equally long for a page.

use std::time::{Duration, Instant};

use crate::Outcome;
use crate::server::{PAGE, Server};

const PAGES: u32 = 50;

/// Milliseconds that the server takes for a page, and the caller for another.
const WORK: u64 = 20;

/// The share of the time that look-ahead may need.
const MOST: f64 = 0.6;

/// Lists with and without look-ahead and compares the times.
pub(crate) async fn run() -> Outcome {
    let server = Server::start(PAGES, WORK)?;
    let without = time(&server, false).await?;
    let with = time(&server, true).await?;
    let ratio = with.as_secs_f64() / without.as_secs_f64();
    println!(
        "soak: {PAGES} pages, server and caller {WORK} ms each: {} ms, with look-ahead {} ms, ratio {ratio:.2}",
        without.as_millis(),
        with.as_millis()
    );
    if ratio > MOST {
        return Err(format!("look-ahead saves too little: more than {MOST} of the time").into());
    }
    Ok(())
}

async fn time(server: &Server, looks_ahead: bool) -> Result<Duration, dt_client::Error> {
    let list = server.client()?.active_gate_tokens().list();
    let mut pages = list.page_size(PAGE).look_ahead(looks_ahead).pages();
    let started = Instant::now();
    while pages.try_next().await?.is_some() {
        tokio::time::sleep(Duration::from_millis(WORK)).await;
    }
    Ok(started.elapsed())
}
