//! Routes requests to operations by the vendors' operation tables.

use bytes::Bytes;
use gatelet_models::Operation;
use gatelet_models::asa::OperationId as AsaOperation;
use gatelet_models::dt::OperationId as DtOperation;
use http::header::{ALLOW, HeaderValue};
use http::{Method, Request, Response, StatusCode};

use crate::api::server_call::{BODY_LIMIT, ServerCall};
use crate::api::{asa, dt, gateway_enrollment};
use crate::state::State;

/// The result of matching a request to operations.
enum Match<Id> {
    Operation(Id, Vec<String>),
    /// The path exists with these methods.
    MethodNotAllowed(Vec<&'static str>),
    NotFound,
}

pub(crate) fn handle(state: &State, request: Request<Bytes>) -> Response<Bytes> {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    if body.len() > BODY_LIMIT {
        return error_response(path, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let call = |operation, values| ServerCall {
        state,
        operation,
        values,
        head: &head,
        body: &body,
    };
    if path == gateway_enrollment::PATH {
        return match head.method == Method::POST {
            true => gateway_enrollment::handle(state, &head, &body),
            false => method_not_allowed(path, &["POST"]),
        };
    }
    if let Some(below) = environment_path(path) {
        let all = DtOperation::ALL.iter().map(|id| (*id, id.operation()));
        return match find(all, &head.method, below) {
            Match::Operation(id, values) => dt::handler::handle(id, &call(id.operation(), values)),
            Match::MethodNotAllowed(allowed) => method_not_allowed(path, &allowed),
            Match::NotFound => error_response(path, StatusCode::NOT_FOUND),
        };
    }
    let all = AsaOperation::ALL.iter().map(|id| (*id, id.operation()));
    match find(all, &head.method, path) {
        Match::Operation(id, values) => asa::handler::handle(id, &call(id.operation(), values)),
        Match::MethodNotAllowed(allowed) => method_not_allowed(path, &allowed),
        Match::NotFound => error_response(path, StatusCode::NOT_FOUND),
    }
}

/// Returns an error response in the format of the vendor that the path belongs to; ASA's for an unknown path.
pub(crate) fn error_response(path: &str, status: StatusCode) -> Response<Bytes> {
    match environment_path(path) {
        Some(_) => dt::error_response::ErrorResponse::from_status(status).into_response(),
        None => asa::error_response::ErrorResponse::from_status(status).into_response(),
    }
}

pub(crate) fn method_not_allowed(path: &str, allowed: &[&str]) -> Response<Bytes> {
    let mut response = error_response(path, StatusCode::METHOD_NOT_ALLOWED);
    if let Ok(value) = HeaderValue::from_str(&allowed.join(", ")) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

fn find<Id>(
    operations: impl Iterator<Item = (Id, &'static Operation)>,
    method: &Method,
    path: &str,
) -> Match<Id> {
    let mut allowed = Vec::new();
    for (id, operation) in operations {
        if let Some(values) = operation.match_path(path) {
            if operation.method.as_str() == method.as_str() {
                return Match::Operation(id, values);
            }
            allowed.push(operation.method.as_str());
        }
    }
    if allowed.is_empty() {
        Match::NotFound
    } else {
        Match::MethodNotAllowed(allowed)
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
