//! Gateway enrollment: ASA has no operation that creates a gateway, gateways enroll themselves with a setup token.

use bytes::Bytes;
use gatelet_models::Secret;
use gatelet_models::asa::{Gateway, GatewayStatus, GatewayStatusReport, GatewayUpdate};
use http::Response;

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::{gateway, id, setup_token, validation};
use crate::api::response::Body;
use crate::api::server_call;
use crate::api::server_request::ServerRequest;
use crate::error::Error;
use crate::state::State;
use crate::store::encoded::Encoded;

/// Enrolls a gateway with the value of a setup token.
pub(crate) fn enroll(
    state: &State,
    setup_token: &Secret,
    gateway: GatewayUpdate,
) -> Result<Gateway, Error> {
    let key = state.store().key();
    let authenticated = state
        .store()
        .read(|transaction| setup_token::find_by_value(transaction, key, setup_token))?;
    let (team, setup_token) = authenticated.ok_or(Error::TokenRejected)?;
    validation::check_name(&gateway.name).map_err(Error::Invalid)?;
    let description = gateway.description.as_option();
    validation::check_description(description.map(String::as_str)).map_err(Error::Invalid)?;

    let mut labels = setup_token
        .details
        .and_then(|details| details.labels)
        .unwrap_or_default();
    labels.extend(gateway.labels.as_option().cloned().unwrap_or_default());
    let refuses = gateway.refuse_connections.unwrap_or(false);
    let mut enrolled = Gateway::new(id::new()?, gateway.name, refuses);
    enrolled.labels = Some(labels).filter(|labels| !labels.is_empty());
    enrolled.description = gateway.description.as_option().cloned();
    enrolled.access_address = gateway.access_address.as_option().cloned();
    enrolled.default_address = gateway.default_address.as_option().cloned();
    let mut report = GatewayStatusReport::new(0, 0, 0);
    report.gateway_id = Some(enrolled.id.clone());
    report.status = Some(GatewayStatus::Online);
    report.updated_at = state.now().into();
    state
        .store()
        .write(|transaction| gateway::insert(transaction, &team, &enrolled, &report))?;
    Ok(enrolled)
}

pub(crate) fn handle(request: &ServerRequest<'_>) -> Response<Bytes> {
    respond(request).unwrap_or_else(ErrorResponse::into_response)
}

fn respond(request: &ServerRequest<'_>) -> Result<Response<Bytes>, ErrorResponse> {
    let ServerRequest { state, head, body } = *request;
    let value = server_call::authorization(head, "Bearer").ok_or(Error::TokenRejected)?;
    let gateway = server_call::decode(head, body)?;
    let gateway = enroll(state, &value.into(), gateway)?;
    Ok(Encoded::new(&gateway)?.into_response(201, "application/json"))
}
