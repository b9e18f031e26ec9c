//! From a request to its operation, by the vendors' own tables.

use bytes::Bytes;
use gatelet_models::Operation;
use http::header::{ALLOW, HeaderValue};
use http::{Method, Request, Response, StatusCode};

use crate::call::{BODY_LIMIT, Call};
use crate::{Emulator, asa, dt, enrolment};

/// Where a path leads among some operations.
enum Found<Id> {
    Operation(Id, Vec<String>),
    /// The path is right; these are its methods.
    OtherMethod(Vec<&'static str>),
    Nothing,
}

pub(crate) fn answer(emulator: &Emulator, request: Request<Bytes>) -> Response<Bytes> {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    if body.len() > BODY_LIMIT {
        return refuse(path, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let call = |operation, values| Call {
        emulator,
        operation,
        values,
        head: &head,
        body: &body,
    };
    if path == enrolment::PATH {
        return match head.method == Method::POST {
            true => enrolment::answer(emulator, &head, &body),
            false => other_method(path, &["POST"]),
        };
    }
    if let Some(below) = environment_path(path) {
        let all = dt::OperationId::ALL.iter().map(|id| (*id, id.operation()));
        return match find(all, &head.method, below) {
            Found::Operation(id, values) => dt::answer(id, &call(id.operation(), values)),
            Found::OtherMethod(allowed) => other_method(path, &allowed),
            Found::Nothing => refuse(path, StatusCode::NOT_FOUND),
        };
    }
    let all = asa::OperationId::ALL.iter().map(|id| (*id, id.operation()));
    match find(all, &head.method, path) {
        Found::Operation(id, values) => asa::answer(id, &call(id.operation(), values)),
        Found::OtherMethod(allowed) => other_method(path, &allowed),
        Found::Nothing => refuse(path, StatusCode::NOT_FOUND),
    }
}

/// A refusal that no handler decides, in the envelope of the vendor whose path it is; ASA's for a path of nobody.
pub(crate) fn refuse(path: &str, status: StatusCode) -> Response<Bytes> {
    match environment_path(path) {
        Some(_) => dt::Refusal::of_status(status).into_response(),
        None => asa::Refusal::of_status(status).into_response(),
    }
}

pub(crate) fn other_method(path: &str, allowed: &[&str]) -> Response<Bytes> {
    let mut response = refuse(path, StatusCode::METHOD_NOT_ALLOWED);
    if let Ok(value) = HeaderValue::from_str(&allowed.join(", ")) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

fn find<Id>(
    operations: impl Iterator<Item = (Id, &'static Operation)>,
    method: &Method,
    path: &str,
) -> Found<Id> {
    let mut allowed = Vec::new();
    for (id, operation) in operations {
        if let Some(values) = operation.match_path(path) {
            if operation.method.as_str() == method.as_str() {
                return Found::Operation(id, values);
            }
            allowed.push(operation.method.as_str());
        }
    }
    if allowed.is_empty() {
        Found::Nothing
    } else {
        Found::OtherMethod(allowed)
    }
}

/// The path below the base of Dynatrace's environment API, in any of its forms; all of them are one environment.
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
    fn the_forms_of_the_base_are_one_environment() {
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
