//! Lists the tokens of many environments at once: how many each has, and which expires first.
//!
//!     cargo run -p dt-client --example environments
//!
//! It runs against one emulator for each environment. For yours, build the clients with their addresses and tokens, and
//! `.build()?`; give them clones of one `HyperTransport` by `.build_with(…)` to share its connections.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;
use std::error::Error;

use dt_client::models::{ActiveGateToken, ActiveGateTokenCreate, ActiveGateType};
use dt_client::{ApiToken, Client, TokioClock};
use gatelet_emulator::{Emulator, well_known};
use tokio::task::JoinSet;

/// The number of environments that are listed at the same time.
const AT_ONCE: usize = 8;

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let mut clients = Vec::new();
    for number in 1..=20 {
        clients.push((
            format!("environment-{number:02}"),
            environment(number).await?,
        ));
    }
    for (name, stock) in inventory(clients, AT_ONCE).await {
        match stock {
            Ok(Stock {
                count,
                ends_first: Some(token),
            }) => {
                let end = token.expiration_date.map(|date| date.to_string());
                println!(
                    "{name}: {count} tokens; {} ends first, {}",
                    token.name.as_deref().unwrap_or_else(|| token.id.as_str()),
                    end.unwrap_or_default()
                );
            }
            Ok(Stock { count, .. }) => {
                println!("{name}: {count} tokens without an expiration date");
            }
            Err(error) => println!("{name}: {error}"),
        }
    }
    Ok(())
}

/// The tokens of an environment.
pub(crate) struct Stock {
    pub(crate) count: usize,
    pub(crate) ends_first: Option<ActiveGateToken>,
}

/// Lists the tokens of all environments, at most `at_once` of them at the same time. A failed environment is reported and does not stop the others.
pub(crate) async fn inventory(
    clients: impl IntoIterator<Item = (String, Client)>,
    at_once: usize,
) -> BTreeMap<String, Result<Stock, dt_client::Error>> {
    let mut clients = clients.into_iter();
    let mut running = JoinSet::new();
    let mut found = BTreeMap::new();
    loop {
        while running.len() < at_once
            && let Some((name, client)) = clients.next()
        {
            running.spawn(async move { (name, take_stock(&client).await) });
        }
        match running.join_next().await {
            Some(Ok((name, stock))) => found.insert(name, stock),
            // Its panic has been printed.
            Some(Err(_)) => None,
            None => return found,
        };
    }
}

/// Lists an environment's tokens with one page in memory and the next one prefetched.
async fn take_stock(client: &Client) -> Result<Stock, dt_client::Error> {
    let mut stock = Stock {
        count: 0,
        ends_first: None,
    };
    let mut tokens = client.active_gate_tokens().list().page_size(3000).items();
    while let Some(token) = tokens.try_next().await? {
        stock.count += 1;
        let end = |token: &ActiveGateToken| token.expiration_date;
        let first = stock.ends_first.as_ref().and_then(end);
        if end(&token).is_some_and(|end| first.is_none_or(|first| end < first)) {
            stock.ends_first = Some(token);
        }
    }
    Ok(stock)
}

/// Returns an emulated environment with this many tokens. The credential of every seventh has no scope.
async fn environment(tokens: u32) -> Result<Client, Box<dyn Error>> {
    let emulator = Emulator::memory()?;
    let url = "https://abc12345.live.dynatrace.com";
    let client = Client::builder(url)
        .credentials(ApiToken::new(well_known::DT_TOKEN)?)
        .build_with(emulator.clone(), TokioClock::new())?;
    for number in 1..=tokens {
        let token =
            ActiveGateTokenCreate::new(format!("edge-{number}"), ActiveGateType::Environment);
        let token = token.with_expiration_date(format!("now+{}d", 90 - number));
        client.active_gate_tokens().create(token).send().await?;
    }
    if tokens.is_multiple_of(7) {
        return Ok(Client::builder(url)
            .credentials(ApiToken::new("dt0c01.UNKNOWN.UNKNOWN")?)
            .build_with(emulator, TokioClock::new())?);
    }
    Ok(client)
}
