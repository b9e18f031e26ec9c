//! The memory that a long listing needs.

use super::Outcome;
use super::list_server::{List, Server};

/// The pages of a million tokens.
const PAGES: u32 = 334;

/// How many tokens a page has: the most that Dynatrace gives.
const SIZE: u32 = 3000;

/// The page at which a hundred thousand tokens have been given.
const EARLY: u32 = 34;

/// What may come on top between the two, in KiB: noise of the allocator, 7 KiB for each further page of 600.
const NOISE: u64 = 2048;

/// Lists a million tokens and looks at the peak of the memory at a hundred thousand and at the end.
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
            early = peak();
        }
        drop(token);
    }
    if count != PAGES * SIZE {
        return Err(format!("{count} tokens were given").into());
    }
    let (Some(early), Some(end)) = (early, peak()) else {
        println!("soak: {count} tokens; this system does not tell the peak of the memory");
        return Ok(());
    };
    println!(
        "soak: peak memory {early} KiB after {} tokens, {end} KiB after {count}",
        EARLY * SIZE
    );
    if end > early + NOISE {
        return Err("the memory grows with the listing".into());
    }
    Ok(())
}

/// The most memory that this process has had, in KiB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
