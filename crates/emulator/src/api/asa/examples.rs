//! The published examples.
//!
//! Source: developer.okta.com, "Advanced Server Access: gateways". The `gateway_id` of the published status report is not
//! one of the published gateways; here each report has the id of its own gateway. The project is our own.

use gatelet_models::Timestamp;
use gatelet_models::asa::{
    Gateway, GatewaySetupToken, GatewayStatus, GatewayStatusReport, Project, RegistrationType,
};
use redb::WriteTransaction;

use crate::api::asa::{gateway, project, setup_token};
use crate::error::Error;
use crate::well_known::asa::ASA_TEAM;

/// Adds the examples to the well-known team.
pub(crate) fn add(transaction: &WriteTransaction) -> Result<(), Error> {
    for token in setup_tokens() {
        setup_token::insert(transaction, ASA_TEAM, &token)?;
    }
    for (gateway, report) in gateways() {
        gateway::insert(transaction, ASA_TEAM, &gateway, &report)?;
    }
    let web = Project::new("8fe1a2c4-5f0c-4a5e-9d0e-6e1a1c1d2b30", "web")
        .with_gateway_selector("env in (dev,prod)")
        .with_forward_traffic(true);
    project::insert(transaction, ASA_TEAM, web)?;
    Ok(())
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
