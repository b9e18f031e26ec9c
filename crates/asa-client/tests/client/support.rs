//! Clients over scripted transports, and the responses of a well-behaved server.

use asa_client::models::GatewaySetupTokenCreate;
use asa_client::{Client, Error, ServiceUser, Transport};
use bytes::Bytes;
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use http::Request;
use http::header::AUTHORIZATION;

pub(crate) const KEY_ID: &str = "5c1f3f0e-0000-4a35-9a0c-c4a2a27e0001";
pub(crate) const KEY_SECRET: &str = "canary-key-secret";
pub(crate) const BEARER: &str = "canary-bearer-1";

pub(crate) const GATEWAY: &str = r#"{"id": "g", "name": "eu-1", "refuse_connections": false}"#;
pub(crate) const SETUP_TOKEN: &str = r#"{"id": "s", "registration_type": "gateway-agent"}"#;

/// Returns a client of team `t` with a service user.
pub(crate) fn client(transport: impl Transport, clock: &ManualClock) -> Client {
    Client::builder("t")
        .credentials(ServiceUser::new(KEY_ID, KEY_SECRET))
        .build_with(transport, clock.clone())
        .unwrap()
}

/// Returns a client of team `t` over a script that starts after a successful token exchange.
pub(crate) fn authorized(
    responses: impl IntoIterator<Item = FakeResponse>,
) -> (Client, FakeTransport) {
    let script = [bearer("2026-01-01T01:00:00Z", BEARER)];
    let fake = FakeTransport::script(script.into_iter().chain(responses));
    (client(fake.clone(), &ManualClock::auto()), fake)
}

/// Returns the response to a token exchange. Manual clocks start at 2026-01-01T00:00:00Z.
pub(crate) fn bearer(expires_at: &str, token: &str) -> FakeResponse {
    let body =
        format!(r#"{{"bearer_token": "{token}", "expires_at": "{expires_at}", "team_name": "T"}}"#);
    FakeResponse::json(200, body)
}

/// Returns a page of gateways with these names, and the link to the next.
pub(crate) fn page(names: &[&str], next: Option<&str>) -> FakeResponse {
    let gateways: Vec<String> = names
        .iter()
        .map(|name| format!(r#"{{"id": "{name}", "name": "{name}", "refuse_connections": false}}"#))
        .collect();
    let page = FakeResponse::json(200, format!(r#"{{"list": [{}]}}"#, gateways.join(",")));
    match next {
        Some(next) => page.with_header("link", format!(r#"<{next}>; rel="next""#)),
        None => page,
    }
}

/// Returns an error response in the vendor's form.
pub(crate) fn refusal(status: u16, word: &str, message: &str) -> FakeResponse {
    let body = format!(r#"{{"code": {status}, "type": "{word}", "message": "{message}"}}"#);
    FakeResponse::json(status, body)
}

pub(crate) fn is_exchange(request: &Request<Bytes>) -> bool {
    request.uri().path().ends_with("/service_token")
}

pub(crate) fn authorization(request: &Request<Bytes>) -> &str {
    let value = request.headers().get(AUTHORIZATION);
    value.map_or("", |value| value.to_str().unwrap())
}

/// Returns everything that an error and its sources show.
pub(crate) fn everything(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text += &format!("\n{error}\n{error:?}");
        source = error.source();
    }
    text
}

/// Creates a setup token; the response must be [`SETUP_TOKEN`].
pub(crate) async fn create(client: &Client) -> Result<(), Error> {
    let token = GatewaySetupTokenCreate::new().with_labels([("env", "dev")]);
    let created = client.gateway_setup_tokens().create(token).send().await?;
    assert_eq!(created.id.as_str(), "s");
    Ok(())
}
