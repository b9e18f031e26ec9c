//! The published examples.
//!
//! Source: developer.okta.com, "Advanced Server Access: gateways". The `gateway_id` of the published status report is not
//! one of the published gateways; here each report has the id of its own gateway. The published gateways have no labels; the one with
//! labels, the projects, the resource group and the enrollment token are our own.

use gatelet_models::Timestamp;
use gatelet_models::asa::{
    EnrollmentToken, Gateway, GatewaySetupToken, GatewayStatus, GatewayStatusReport, Project,
    RegistrationType, ResourceGroup,
};
use redb::WriteTransaction;

use crate::api::asa::{enrollment_token, gateway, project, resource_group, setup_token};
use crate::error::Error;
use crate::well_known::asa::{ASA_TEAM, ASA_USER};

const RESOURCE_GROUP: &str = "2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111";
const PROJECT_IN_GROUP: &str = "5b0c7d9e-8a4f-4b6a-9f37-2d1c0e9b8a55";

/// The number of the set of examples, which is raised with each new one.
pub(crate) const LEVEL: u64 = 2;

/// Adds the examples to the well-known team.
pub(crate) fn add(transaction: &WriteTransaction, now: Timestamp) -> Result<(), Error> {
    for token in setup_tokens() {
        setup_token::insert(transaction, ASA_TEAM, &token)?;
    }
    for (gateway, report) in gateways() {
        gateway::insert(transaction, ASA_TEAM, &gateway, &report)?;
    }
    let web = Project::new("8fe1a2c4-5f0c-4a5e-9d0e-6e1a1c1d2b30", "web")
        .with_gateway_selector("env in (dev,prod)")
        .with_forward_traffic(true);
    project::insert_new(transaction, ASA_TEAM, web)?;
    add_resource_group(transaction, now)
}

/// Adds a resource group that has a project with an enrollment token.
fn add_resource_group(transaction: &WriteTransaction, now: Timestamp) -> Result<(), Error> {
    let group =
        ResourceGroup::new(RESOURCE_GROUP, "production").with_description("Example resource group");
    resource_group::insert_new(transaction, ASA_TEAM, group)?;
    let shop = Project::new(PROJECT_IN_GROUP, "shop")
        .with_resource_group_id(RESOURCE_GROUP)
        .with_gateway_selector("env=prod");
    project::insert_new(transaction, ASA_TEAM, shop)?;
    let token = EnrollmentToken::new("0b2f9b8e-4c0f-4a5e-8a53-0a9e6d2f7c44")
        .with_description("Web servers")
        .with_created_by_user(ASA_USER)
        .with_issued_at(now);
    enrollment_token::insert(transaction, ASA_TEAM, &PROJECT_IN_GROUP.into(), &token)
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
        token.created_at = Timestamp::UNSET.into();
        token
    })
}

fn gateways() -> impl Iterator<Item = (Gateway, GatewayStatusReport)> {
    [
        (
            "a2dfd474-2db4-4bb2-8364-d5f76ade396e",
            "Production gateway",
            "Gateway used for production env",
            &[][..],
        ),
        (
            "cf028ce5-1556-48dc-ab90-d15fe4fa7180",
            "Dev gateway",
            "Gateway used for dev env",
            &[],
        ),
        (
            "3d9a5c1e-6f70-4e0b-9c52-7b8e4a1d2f66",
            "Labeled gateway",
            "Gateway that projects select",
            &[("env", "prod"), ("region", "eu-west-1")],
        ),
    ]
    .into_iter()
    .map(|(id, name, description, labels)| {
        let mut gateway = Gateway::new(id, name, false);
        gateway.description = Some(description.to_owned());
        if !labels.is_empty() {
            gateway = gateway.with_labels(labels.iter().copied());
        }
        let mut report = GatewayStatusReport::new(2, 4096, 2048);
        report.gateway_id = Some(id.into());
        report.status = Some(GatewayStatus::Online);
        report.updated_at = Timestamp::UNSET.into();
        (gateway, report)
    })
}
