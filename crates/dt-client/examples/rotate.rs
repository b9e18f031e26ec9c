//! Rotates the token of an ActiveGate: creates a new one, delivers it, and deletes the old one.
//!
//!     cargo run -p dt-client --example rotate
//!
//! It runs against the emulator. For your environment, build the client with its address and token, and `.build()?`.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example prints and reads the clock"
)]

use std::error::Error;
use std::time::SystemTime;

use dt_client::models::{ActiveGateTokenCreate, ActiveGateTokenId, ActiveGateType, Secret};
use dt_client::{ApiToken, Applied, Client, TokioClock};
use gatelet_emulator::{Emulator, well_known};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::builder("https://abc12345.live.dynatrace.com")
        .credentials(ApiToken::new(well_known::DT_TOKEN)?)
        .build_with(Emulator::memory()?, TokioClock::new())?;
    let first = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment);
    let old = client.active_gate_tokens().create(first).send().await?;

    let new = rotate(&client, &old.id, |secret| {
        // Write yours where the ActiveGate reads it, and return success only when the ActiveGate has connected.
        println!(
            "handing over a secret of {} characters",
            secret.expose().len()
        );
        Ok(())
    })
    .await?;
    println!("{} is replaced by {new}", old.id);
    Ok(())
}

/// Replaces a token by a new one of the same name and kind, valid for 60 days, and returns the new id.
///
/// The old token is deleted last, so the ActiveGate always has a valid one. If the new token cannot be created or delivered, the old
/// one is kept and the new one deleted.
pub(crate) async fn rotate(
    client: &Client,
    old: &ActiveGateTokenId,
    hand_over: impl FnOnce(&Secret) -> Result<(), Box<dyn Error>>,
) -> Result<ActiveGateTokenId, Box<dyn Error>> {
    let tokens = client.active_gate_tokens();
    let current = tokens.get(old).send().await?;
    let kind = current
        .active_gate_type
        .unwrap_or(ActiveGateType::Environment);
    let name = current.name.ok_or("the token has no name to repeat")?;
    let wanted = ActiveGateTokenCreate::new(name, kind).with_expiration_date("now+60d");

    let before = SystemTime::now();
    let new = match tokens.create(wanted.clone()).send().await {
        Ok(new) => new,
        Err(error) => {
            // If the response was lost, there may be a token whose secret is lost. The old one has the same name.
            if error.applied() != Applied::No {
                let lost = tokens.find_lost(&wanted, before).await?;
                for token in lost.iter().filter(|token| token.id != *old) {
                    tokens.delete(&token.id).send().await?;
                }
            }
            return Err(error.into());
        }
    };
    if let Err(error) = hand_over(&new.token) {
        tokens.delete(&new.id).send().await?;
        return Err(error);
    }
    tokens.delete(old).send().await?;
    Ok(new.id)
}
