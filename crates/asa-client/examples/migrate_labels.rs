//! Copies the labels of gateway setup tokens from an ASA team to an OPA (Okta Privileged Access) team.
//!
//!     cargo run -p asa-client --example migrate_labels               # a dry run: says what would be done
//!     cargo run -p asa-client --example migrate_labels -- --apply
//!
//! It runs against the emulator. For your teams, build both clients with their names and service users, the second one
//! with `.endpoint("https://<your-org>.pam.okta.com")`, and `.build()?`.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::collections::HashSet;
use std::error::Error;

use asa_client::models::{GatewaySetupToken, GatewaySetupTokenCreate, Secret};
use asa_client::{Client, ServiceUser, TokioClock};
use gatelet_emulator::{Emulator, Role, well_known};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let (asa, opa) = teams().await?;
    let plan = plan(&asa, &opa).await?;
    for token in &plan {
        let name = token.name.as_deref().unwrap_or_default();
        let labels = token.details.labels.iter().flatten();
        let labels: Vec<String> = labels
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        println!("{name}: {}", labels.join(" "));
    }
    if std::env::args().any(|argument| argument == "--apply") {
        let created = apply(&opa, plan).await?;
        println!("created {} setup tokens in {}", created.len(), opa.team());
    } else {
        println!(
            "{} to create; nothing was changed, --apply does it",
            plan.len()
        );
    }
    Ok(())
}

/// Returns the tokens to create: one for each labeled token of the ASA team that the OPA team does not have yet.
///
/// A name contains the id of the ASA token, so that a second run creates nothing twice.
pub(crate) async fn plan(
    asa: &Client,
    opa: &Client,
) -> Result<Vec<GatewaySetupTokenCreate>, asa_client::Error> {
    let mut known = HashSet::new();
    let mut tokens = opa.gateway_setup_tokens().list().items();
    while let Some(token) = tokens.try_next().await? {
        known.extend(token.name);
    }
    let mut plan = Vec::new();
    let mut tokens = asa.gateway_setup_tokens().list().items();
    while let Some(token) = tokens.try_next().await? {
        let create = successor(token);
        let is_labeled = create.details.labels.iter().flatten().next().is_some();
        if is_labeled
            && create
                .name
                .as_ref()
                .is_none_or(|name| !known.contains(name))
        {
            plan.push(create);
        }
    }
    Ok(plan)
}

/// Returns the same labels and description under a name that is valid in OPA.
fn successor(token: GatewaySetupToken) -> GatewaySetupTokenCreate {
    let mut create = GatewaySetupTokenCreate::new().with_name(format!("asa-{}", token.id));
    create.description = token.description;
    if let Some(details) = token.details {
        create = create.with_details(details);
    }
    create
}

/// Creates the planned tokens up to the first failure. The next plan contains the rest.
pub(crate) async fn apply(
    opa: &Client,
    plan: Vec<GatewaySetupTokenCreate>,
) -> Result<Vec<GatewaySetupToken>, asa_client::Error> {
    let mut created = Vec::new();
    for token in plan {
        created.push(opa.gateway_setup_tokens().create(token).send().await?);
    }
    Ok(created)
}

/// Returns an ASA team with two labeled setup tokens, and an empty OPA team, both emulated.
pub(crate) async fn teams() -> Result<(Client, Client), Box<dyn Error>> {
    let emulator = Emulator::memory()?;
    emulator.seed()?;
    let (key_id, key_secret) = (well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET);
    emulator.add_service_user(
        "opa-team",
        key_id,
        &Secret::new(key_secret),
        Role::AccessAdmin,
    )?;
    let asa = Client::builder(well_known::ASA_TEAM)
        .credentials(ServiceUser::new(key_id, key_secret))
        .build_with(emulator.clone(), TokioClock::new())?;
    let opa = Client::builder("opa-team")
        .endpoint("https://example.pam.okta.com")
        .credentials(ServiceUser::new(key_id, key_secret))
        .build_with(emulator, TokioClock::new())?;
    for environment in ["production", "staging"] {
        let token = GatewaySetupTokenCreate::new()
            .with_description(format!("gateways of {environment}"))
            .with_labels([("env", environment), ("region", "eu")]);
        asa.gateway_setup_tokens().create(token).send().await?;
    }
    Ok((asa, opa))
}
