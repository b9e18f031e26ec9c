//! How gateways come into being: ASA has no operation for it, they enrol themselves with a setup token.

use bytes::Bytes;
use gatelet_models::Secret;
use gatelet_models::asa::{Gateway, GatewayStatus, GatewayStatusReport, GatewayUpdate};
use http::Response;
use http::request::Parts;

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::{gateway, setup_token, validation};
use crate::api::response;
use crate::api::server_call;
use crate::emulator::Emulator;
use crate::error::Error;
use crate::{json, random};

/// The path of the emulator's own operation, outside of the vendors' paths.
pub(crate) const PATH: &str = "/emulator/v1/gateways";

impl Emulator {
    /// A gateway enrols itself with the value of a setup token, and is online from then on.
    ///
    /// It describes itself in the words of an update. It gets the setup token's labels, and its own win over them.
    /// Over HTTP this is `POST /emulator/v1/gateways` with the value as bearer and the update as JSON body.
    ///
    /// ```
    /// use gatelet_emulator::{Emulator, Error};
    /// use gatelet_models::asa::GatewayUpdate;
    ///
    /// let emulator = Emulator::memory()?;
    /// let refused = emulator.enroll_gateway(&"sft-gw.wrong".into(), GatewayUpdate::new("eu-1"));
    /// assert!(matches!(refused, Err(Error::TokenRejected)));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::TokenRejected`] when the value is wrong or its token is deleted, [`Error::Invalid`] when ASA would not take
    /// the name or the description, [`Error::Full`] or [`Error::Storage`] when it could not be written.
    pub fn enroll_gateway(
        &self,
        setup_token: &Secret,
        gateway: GatewayUpdate,
    ) -> Result<Gateway, Error> {
        let key = self.store().key();
        let found = self
            .store()
            .read(|transaction| setup_token::find_by_value(transaction, key, setup_token))?;
        let (team, setup_token) = found.ok_or(Error::TokenRejected)?;
        validation::check_name(&gateway.name).map_err(Error::Invalid)?;
        let description = gateway.description.as_option();
        validation::check_description(description.map(String::as_str)).map_err(Error::Invalid)?;

        let mut labels = setup_token
            .details
            .and_then(|details| details.labels)
            .unwrap_or_default();
        labels.extend(gateway.labels.as_option().cloned().unwrap_or_default());
        let refuses = gateway.refuse_connections.unwrap_or(false);
        let mut enrolled = Gateway::new(random::uuid()?, gateway.name, refuses);
        enrolled.labels = Some(labels).filter(|labels| !labels.is_empty());
        enrolled.description = gateway.description.as_option().cloned();
        enrolled.access_address = gateway.access_address.as_option().cloned();
        enrolled.default_address = gateway.default_address.as_option().cloned();
        let mut report = GatewayStatusReport::new(0, 0, 0);
        report.gateway_id = Some(enrolled.id.clone());
        report.status = Some(GatewayStatus::Online);
        report.updated_at = Some(self.now());
        self.store()
            .write(|transaction| gateway::insert(transaction, &team, &enrolled, &report))?;
        Ok(enrolled)
    }
}

pub(crate) fn handle(emulator: &Emulator, head: &Parts, body: &Bytes) -> Response<Bytes> {
    enrol(emulator, head, body).unwrap_or_else(ErrorResponse::into_response)
}

fn enrol(
    emulator: &Emulator,
    head: &Parts,
    body: &Bytes,
) -> Result<Response<Bytes>, ErrorResponse> {
    let value = server_call::authorization(head, "Bearer").ok_or(Error::TokenRejected)?;
    let gateway = server_call::decode(head, body)?;
    let gateway = emulator.enroll_gateway(&value.into(), gateway)?;
    Ok(response::json(
        201,
        "application/json",
        json::encode(&gateway)?,
    ))
}
