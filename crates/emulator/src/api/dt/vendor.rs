//! Dynatrace as one of the emulator's vendors.

use bytes::Bytes;
use gatelet_models::dt::OperationId;
use gatelet_models::dt::oauth::TOKEN_PATH;
use gatelet_models::{Operation, Timestamp};
use http::{Method, Response, StatusCode};
use redb::WriteTransaction;

use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::{
    access_token, active_gate_secret, enrollment, examples, handler, oauth_client, oauth_endpoint,
    table,
};
use crate::api::response;
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

    fn newest_table(&self) -> &'static str {
        oauth_client::TABLE
    }

    fn owns(&self, path: &str) -> bool {
        let own = [enrollment::PATH, TOKEN_PATH];
        environment_path(path).is_some() || fleet_path(path).is_some() || own.contains(&path)
    }

    fn handle(&self, request: &ServerRequest<'_>) -> Response<Bytes> {
        let path = request.head.uri.path();
        if let Some(path) = environment_path(path) {
            return route(self, request, path, operations(false), handler::handle);
        }
        if let Some(path) = fleet_path(path) {
            return route(self, request, path, operations(true), handler::handle);
        }
        match (request.head.method == Method::POST, path) {
            (true, TOKEN_PATH) => oauth_endpoint::handle(request),
            (true, _) => enrollment::handle(request),
            (false, _) => {
                let refused = self.error_response(StatusCode::METHOD_NOT_ALLOWED);
                response::with_allowed(refused, &["POST"])
            }
        }
    }

    fn error_response(&self, status: StatusCode) -> Response<Bytes> {
        ErrorResponse::from_status(status).into_response()
    }

    fn create_tables(&self, transaction: &WriteTransaction, key: &Key) -> Result<(), Error> {
        table::create_all(transaction)?;
        active_gate_secret::create_table(transaction)?;
        access_token::create_table(transaction, key)?;
        oauth_client::create_table(transaction, key)
    }

    fn examples_level(&self) -> u64 {
        examples::LEVEL
    }

    fn add_examples(&self, transaction: &WriteTransaction, now: Timestamp) -> Result<(), Error> {
        examples::add(transaction, now)
    }
}

/// Returns the operations of the platform's API of tokens, or those of the environment API.
fn operations(is_fleet: bool) -> impl Iterator<Item = (OperationId, &'static Operation)> {
    let operations = OperationId::ALL.iter().map(|id| (*id, id.operation()));
    operations.filter(move |(_, operation)| operation.alternative_to.is_some() == is_fleet)
}

/// Strips the base of the platform's API of tokens. The vendor's pages also print it without `/platform/fleet-management`, where ASA's paths
/// begin.
fn fleet_path(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/platform/fleet-management/v1")?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
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
    use redb::TableDefinition;

    use super::{DT, environment_path};
    use crate::error::Error;
    use crate::store::store;
    use crate::store::store::Store;

    // E37
    #[test]
    fn a_store_of_an_earlier_version_gets_the_tables_that_it_lacks() {
        let store = Store::in_memory().unwrap();
        DT.prepare(&store).unwrap();
        let newest = DT.newest_table();
        let has_newest = || {
            let found = store.read(|transaction| store::has_table(transaction, newest));
            found.unwrap()
        };
        assert!(has_newest());
        let removed = store.write(|transaction| {
            let table = TableDefinition::<(), ()>::new(newest);
            Ok::<_, Error>(transaction.delete_table(table)?)
        });
        assert!(removed.unwrap() && !has_newest());
        DT.prepare(&store).unwrap();
        assert!(has_newest());
    }

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
