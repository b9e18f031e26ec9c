//! The peak memory of listing very many tokens.

use super::list_server::{List, Server};
use super::outcome::Outcome;

/// The number of pages with a million tokens.
const PAGES: u32 = 334;

/// The tokens on a page: the most that Dynatrace allows.
const SIZE: u32 = 3000;

/// The number of pages with a hundred thousand tokens.
const EARLY: u32 = 34;

/// The tolerated growth in KiB: noise of the allocator.
const NOISE: u64 = 2048;

/// Lists a million tokens, and compares the peak memory after a hundred thousand with that at the end.
pub(crate) async fn run() -> Outcome {
    let server = Server::start(List {
        pages: PAGES,
        size: SIZE,
        millis: 0,
    })?;
    let list = server.client()?.active_gate_tokens().list().page_size(SIZE);
    let mut tokens = list.items();
    let (mut count, mut early) = (0, None);
    while let Some(token) = tokens.try_next().await? {
        count += 1;
        if count == EARLY * SIZE {
            early = peak_memory();
        }
        drop(token);
    }
    if count != PAGES * SIZE {
        return Err(format!("{count} tokens were returned").into());
    }
    let (Some(early), Some(end)) = (early, peak_memory()) else {
        println!("soak: {count} tokens; this system does not report the peak memory");
        return Ok(());
    };
    println!(
        "soak: peak memory {early} KiB after {} tokens, {end} KiB after {count}",
        EARLY * SIZE
    );
    if end > early + NOISE {
        return Err("the memory grows with the list".into());
    }
    Ok(())
}

/// Returns the peak memory of this process, in KiB.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
