//! The vendors' published examples as initial state.
//!
//! Sources: developer.okta.com, "Advanced Server Access: gateways", and docs.dynatrace.com, "ActiveGate tokens API - GET
//! all tokens". The `gateway_id` of the published status report is not one of the published gateways; here each report
//! has the id of its own gateway.

use gatelet_models::Timestamp;
use gatelet_models::asa::{
    Gateway, GatewaySetupToken, GatewayStatus, GatewayStatusReport, RegistrationType,
};
use gatelet_models::dt::{ActiveGateToken, ActiveGateType};

use crate::api::asa::{gateway, setup_token};
use crate::api::dt::token as active_gate_token;
use crate::error::Error;
use crate::state::State;
use crate::store::store;
use crate::well_known;

/// Adds the examples, once for each store.
pub(crate) fn seed(state: &State) -> Result<(), Error> {
    // A second call would change nothing anyway, because ids are not reused, but it would write to the disk.
    if state
        .store()
        .read(|transaction| store::has_sequence(transaction, "seed"))?
    {
        return Ok(());
    }
    state.store().write(|transaction| {
        store::next_sequence(transaction, "seed")?;
        for token in setup_tokens() {
            setup_token::insert(transaction, well_known::ASA_TEAM, &token)?;
        }
        for (gateway, report) in gateways() {
            gateway::insert(transaction, well_known::ASA_TEAM, &gateway, &report)?;
        }
        for token in active_gate_tokens()? {
            active_gate_token::insert(transaction, &token)?;
        }
        Ok(())
    })
}

fn setup_tokens() -> impl Iterator<Item = GatewaySetupToken> {
    [
        (
            "6116bb2a-7289-4528-92ee-8e92443c3b61",
            "Example gateway setup token request",
        ),
        (
            "a649a6b4-274b-43b7-a867-d93429068639",
            "Example gateway setup token request 2",
        ),
    ]
    .into_iter()
    .map(|(id, description)| {
        let mut token = GatewaySetupToken::new(id, RegistrationType::GatewayAgent);
        token.description = Some(description.to_owned());
        token.created_at = Some(Timestamp::UNSET);
        token
    })
}

fn gateways() -> impl Iterator<Item = (Gateway, GatewayStatusReport)> {
    [
        (
            "a2dfd474-2db4-4bb2-8364-d5f76ade396e",
            "Production gateway",
            "Gateway used for production env",
        ),
        (
            "cf028ce5-1556-48dc-ab90-d15fe4fa7180",
            "Dev gateway",
            "Gateway used for dev env",
        ),
    ]
    .into_iter()
    .map(|(id, name, description)| {
        let mut gateway = Gateway::new(id, name, false);
        gateway.description = Some(description.to_owned());
        let mut report = GatewayStatusReport::new(2, 4096, 2048);
        report.gateway_id = Some(id.into());
        report.status = Some(GatewayStatus::Online);
        report.updated_at = Some(Timestamp::UNSET);
        (gateway, report)
    })
}

/// Id, name, owner, creation date, last used date, whether it is a seed token.
type Example = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    bool,
);

const ACTIVE_GATE_TOKENS: [Example; 3] = [
    (
        "dt0g02.abc123",
        "system:installer",
        "max.mustermann@company.com",
        "2021-11-22T11:39:29.797Z",
        None,
        true,
    ),
    (
        "dt0g02.321cba",
        "system:installer",
        "john.smith@company.com",
        "2021-11-30T14:11:40.913Z",
        None,
        true,
    ),
    (
        "dt0g02.123abc",
        "system:initial-setup",
        "mary.brown@company.com",
        "2021-10-22T13:48:00.135Z",
        Some("2021-12-02T11:52:17.201Z"),
        false,
    ),
];

fn active_gate_tokens() -> Result<Vec<ActiveGateToken>, Error> {
    let time = |text: &str| {
        Timestamp::parse(text).map_err(|_| Error::Invalid("an example has an invalid date"))
    };
    let examples = ACTIVE_GATE_TOKENS.into_iter();
    let tokens = examples.map(|(id, name, owner, created, last_used, is_seed)| {
        let mut token = ActiveGateToken::new(id, name, owner, time(created)?);
        token.last_used_date = last_used.map(time).transpose()?;
        token.seed_token = Some(is_seed);
        token.active_gate_type = Some(ActiveGateType::Environment);
        Ok(token)
    });
    tokens.collect()
}
