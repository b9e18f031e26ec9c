//! Dynatrace as one of the emulator's vendors.

use bytes::Bytes;
use gatelet_models::dt::OperationId;
use http::{Response, StatusCode};
use redb::WriteTransaction;

use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::table::ACTIVE_GATE_TOKENS;
use crate::api::dt::{access_token, active_gate_secret, examples, handler};
use crate::api::route::route;
use crate::api::server_request::ServerRequest;
use crate::api::vendor::Vendor;
use crate::error::Error;
use crate::store::key::Key;

pub(crate) const DT: &dyn Vendor = &Dt;

struct Dt;

impl Vendor for Dt {
    fn name(&self) -> &'static str {
        "dt"
    }

    fn owns(&self, path: &str) -> bool {
        environment_path(path).is_some()
    }

    fn handle(&self, request: &ServerRequest<'_>) -> Response<Bytes> {
        let path = environment_path(request.head.uri.path()).unwrap_or_default();
        let operations = OperationId::ALL.iter().map(|id| (*id, id.operation()));
        route(self, request, path, operations, handler::handle)
    }

    fn error_response(&self, status: StatusCode) -> Response<Bytes> {
        ErrorResponse::from_status(status).into_response()
    }

    fn create_tables(&self, transaction: &WriteTransaction, key: &Key) -> Result<(), Error> {
        ACTIVE_GATE_TOKENS.create(transaction)?;
        active_gate_secret::create_table(transaction)?;
        access_token::create_table(transaction, key)
    }

    fn add_examples(&self, transaction: &WriteTransaction) -> Result<(), Error> {
        examples::add(transaction)
    }
}

/// Strips the base of Dynatrace's environment API in any of its forms; all of them are the same environment.
fn environment_path(path: &str) -> Option<&str> {
    let below = |base: &str| path.strip_prefix(base);
    let rest = below("/platform/classic/environment-api/v2").or_else(|| {
        let managed = path
            .strip_prefix("/e/")
            .and_then(|rest| rest.split_once('/'));
        match managed {
            Some((environment, rest)) if !environment.is_empty() => rest.strip_prefix("api/v2"),
            _ => below("/api/v2"),
        }
    })?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::environment_path;

    #[test]
    fn every_form_of_the_base_path_is_stripped() {
        for base in [
            "/api/v2",
            "/e/abc-123/api/v2",
            "/platform/classic/environment-api/v2",
        ] {
            let path = format!("{base}/activeGateTokens");
            assert_eq!(environment_path(&path), Some("/activeGateTokens"), "{path}");
        }
        for path in [
            "/v1/teams/t/gateways",
            "//api/v2/a",
            "/e//api/v2/a",
            "/e/x/y/api/v2/a",
            "/api/v21/a",
        ] {
            assert_eq!(environment_path(path), None, "{path}");
        }
    }
}
