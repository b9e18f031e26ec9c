//! Counts the allocations of decoding: one for every returned text, one for every list, and no others.

use std::alloc::System;
use std::error::Error;

use bench::{input, response::response};
use gatelet_models::asa::GatewayList;
use gatelet_models::dt::{ActiveGate, ActiveGateList, ActiveGateModule, ActiveGateTokenList};
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
    )?;
    let active_gates = response(input::active_gates(2000))?;
    check(
        &mut out,
        "2000 ActiveGates",
        &active_gates,
        |list: &ActiveGateList| {
            let each = list.active_gates.iter().map(owned_by_gate);
            each.sum::<usize>() + 1
        },
    )
}

/// Counts the texts and lists of an ActiveGate. Words that are known and lists that are empty need no allocation.
fn owned_by_gate(gate: &ActiveGate) -> usize {
    let texts = |list: &Option<Vec<String>>| {
        let count = list.as_ref().map_or(0, Vec::len);
        count + usize::from(count > 0)
    };
    let modules = gate.modules.iter().flatten().map(owned_by_module);
    // The id, host name, word size, version, group and network zone, the version to update to, and the token with its two texts.
    let others = 6 + 1 + 3;
    texts(&gate.environments)
        + texts(&gate.network_addresses)
        + texts(&gate.load_balancer_addresses)
        + modules.sum::<usize>()
        + 1
        + others
}

/// Counts the version of a module and its attributes: a map of few entries is one allocation.
fn owned_by_module(module: &ActiveGateModule) -> usize {
    let attributes = module.attributes.as_ref().map_or(0, |it| it.len());
    1 + 2 * attributes + usize::from(attributes > 0)
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
