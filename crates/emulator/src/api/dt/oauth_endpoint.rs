//! The token endpoint of the login host, which the emulator has beside the API.
//!
//! Which of OAuth's codes Dynatrace sends is not known for each case; all of them come with 400.

use bytes::Bytes;
use gatelet_models::dt::oauth::{
    CONTENT_TYPE as FORM, GRANT_TYPE, RESOURCE_PREFIX, error, parameter,
};
use http::Response;
use http::header::CONTENT_TYPE;
use serde_json::json;

use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::response::CONTENT_TYPE as JSON;
use crate::api::dt::{oauth_client, oauth_token};
use crate::api::response;
use crate::api::server_request::ServerRequest;
use crate::error::Error;

/// Why no token is issued.
enum Refusal {
    OAuth {
        code: &'static str,
        description: String,
    },
    Emulator(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Emulator(error)
    }
}

/// Handles a request for a token.
pub(crate) fn handle(request: &ServerRequest<'_>) -> Response<Bytes> {
    issue(request).unwrap_or_else(|refusal| match refusal {
        Refusal::OAuth { code, description } => {
            let body = json!({
                parameter::ERROR: code,
                parameter::ERROR_DESCRIPTION: description,
            });
            response::json(400, JSON, body.to_string().into())
        }
        Refusal::Emulator(error) => ErrorResponse::from(error).into_response(),
    })
}

fn issue(request: &ServerRequest<'_>) -> Result<Response<Bytes>, Refusal> {
    let form = Form::read(request)?;
    if form.required(parameter::GRANT_TYPE)? != GRANT_TYPE {
        let description = format!("The grant type must be {GRANT_TYPE}.");
        return refuse(error::UNSUPPORTED_GRANT_TYPE, description);
    }
    let client_id = form.required(parameter::CLIENT_ID)?;
    let secret = form.required(parameter::CLIENT_SECRET)?;
    let client = oauth_client::authenticate(request.state.store(), client_id, secret)?;
    let Some(client) = client else {
        return refuse(error::INVALID_CLIENT, "Client authentication failed.");
    };
    let scope = form.required(parameter::SCOPE)?;
    let requested = scope.split(' ').filter(|scope| !scope.is_empty());
    for scope in requested {
        if !client.has_any(&[scope]) {
            let description = format!("The client is not registered with the scope {scope}.");
            return refuse(error::INVALID_SCOPE, description);
        }
    }
    let resource = form.required(parameter::RESOURCE)?;
    let environment = resource.strip_prefix(RESOURCE_PREFIX);
    if environment.is_none_or(str::is_empty) {
        let description = format!("The resource must be {RESOURCE_PREFIX} and an id.");
        return refuse(error::INVALID_REQUEST, description);
    }
    let body = json!({
        parameter::ACCESS_TOKEN: oauth_token::issue(request.state, client_id, scope)?,
        parameter::TOKEN_TYPE: "Bearer",
        parameter::EXPIRES_IN: oauth_token::lifetime(request.state),
        parameter::SCOPE: scope,
        parameter::RESOURCE: resource,
    });
    Ok(response::json(200, JSON, body.to_string().into()))
}

fn refuse<T>(code: &'static str, description: impl Into<String>) -> Result<T, Refusal> {
    let description = description.into();
    Err(Refusal::OAuth { code, description })
}

/// The parameters of a request.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(request: &ServerRequest<'_>) -> Result<Self, Refusal> {
        let content_type = request.head.headers.get(CONTENT_TYPE);
        let content_type = content_type.and_then(|it| it.to_str().ok()).unwrap_or("");
        let essence = content_type.split(';').next().unwrap_or("").trim();
        if !essence.eq_ignore_ascii_case(FORM) {
            return refuse(error::INVALID_REQUEST, format!("The body must be {FORM}."));
        }
        let pairs = form_urlencoded::parse(request.body);
        Ok(Self(pairs.into_owned().collect()))
    }

    /// Returns a parameter that must occur once and not be empty.
    fn required(&self, name: &str) -> Result<&str, Refusal> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) if !value.is_empty() => Ok(value),
            _ => refuse(
                error::INVALID_REQUEST,
                format!("The parameter {name} must occur once and not be empty."),
            ),
        }
    }
}
