//! ASA as one of the emulator's vendors.

use bytes::Bytes;
use gatelet_models::Timestamp;
use gatelet_models::asa::OperationId;
use http::{Method, Response, StatusCode};
use redb::WriteTransaction;

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::{enrollment, examples, handler, service_user, setup_token, table};
use crate::api::response;
use crate::api::route::route;
use crate::api::server_request::ServerRequest;
use crate::api::vendor::Vendor;
use crate::error::Error;
use crate::store::key::Key;

pub(crate) const ASA: &dyn Vendor = &Asa;

struct Asa;

impl Vendor for Asa {
    fn name(&self) -> &'static str {
        "asa"
    }

    fn newest_table(&self) -> &'static str {
        table::NEWEST
    }

    fn owns(&self, path: &str) -> bool {
        path == "/v1" || path.starts_with("/v1/") || path == setup_token::ENROLLMENT_PATH
    }

    fn handle(&self, request: &ServerRequest<'_>) -> Response<Bytes> {
        let path = request.head.uri.path();
        if path != setup_token::ENROLLMENT_PATH {
            let operations = OperationId::ALL.iter().map(|id| (*id, id.operation()));
            return route(self, request, path, operations, handler::handle);
        }
        match request.head.method == Method::POST {
            true => enrollment::handle(request),
            false => {
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
        service_user::create_tables(transaction, key)
    }

    fn examples_level(&self) -> u64 {
        examples::LEVEL
    }

    fn add_examples(&self, transaction: &WriteTransaction, now: Timestamp) -> Result<(), Error> {
        examples::add(transaction, now)
    }
}
