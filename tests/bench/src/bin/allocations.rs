//! Counts the allocations of decoding: one for every returned text, one for every list, and no others.

use std::alloc::System;
use std::error::Error;

use bench::{input, response::response};
use gatelet_models::{asa::GatewayList, dt::ActiveGateTokenList};
use gatelet_transport::ApiResponse;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let tokens = response(input::tokens(3000))?;
    check(
        &mut out,
        "3000 tokens",
        &tokens,
        |page: &ActiveGateTokenList| {
            // The id, name and owner of each token, the cursor, and the list.
            3 * page.active_gate_tokens.as_deref().map_or(0, <[_]>::len)
                + usize::from(page.next_page_key.is_some())
                + 1
        },
    )?;
    let gateways = response(input::gateways(1000))?;
    check(
        &mut out,
        "1000 gateways",
        &gateways,
        |page: &GatewayList| {
            let each = page.list.iter().map(|gateway| {
                let labels = gateway
                    .labels
                    .as_ref()
                    .map_or(0, |labels| 1 + 2 * labels.len());
                2 + labels + usize::from(gateway.access_address.is_some())
            });
            // The cloud provider is a known word and needs no allocation.
            each.sum::<usize>() + 1
        },
    )
}

fn check<T: serde::de::DeserializeOwned>(
    out: &mut impl std::io::Write,
    title: &str,
    response: &ApiResponse,
    owned: impl Fn(&T) -> usize,
) -> Result<(), Box<dyn Error>> {
    let region = Region::new(ALLOCATOR);
    let decoded: T = response.json()?;
    let stats = region.change();
    let owned = owned(&decoded);
    writeln!(
        out,
        "{title}: {} allocations for {owned} texts and lists that the caller owns, and {} reallocations of growing lists",
        stats.allocations, stats.reallocations
    )?;
    if stats.allocations > owned {
        return Err(format!(
            "{title}: {} allocations too many",
            stats.allocations - owned
        )
        .into());
    }
    Ok(())
}
