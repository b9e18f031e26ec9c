//! Clients over scripted transports, and the responses of a well-behaved server.

use dt_client::models::{ActiveGateTokenCreate, ActiveGateTokenCreated, ActiveGateType};
use dt_client::{ApiToken, Client, Error, Transport};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};

pub(crate) const URL: &str = "https://abc.live.dynatrace.com";
pub(crate) const TOKEN: &str = "dt0c01.CANARYPUBLIC.CANARYSECRET";
pub(crate) const SECRET: &str = "dt0g02.4KWZO5EF.CANARYSECRETOFTHENEWTOKEN";
pub(crate) const PATH: &str = "/api/v2/activeGateTokens";

/// Returns a client with an access token.
pub(crate) fn client(transport: impl Transport, clock: &ManualClock) -> Client {
    Client::builder(URL)
        .credentials(ApiToken::new(TOKEN).unwrap())
        .build_with(transport, clock.clone())
        .unwrap()
}

/// Returns a client over a script.
pub(crate) fn scripted(
    responses: impl IntoIterator<Item = FakeResponse>,
) -> (Client, FakeTransport) {
    let fake = FakeTransport::script(responses);
    (client(fake.clone(), &ManualClock::auto()), fake)
}

/// Returns a token's metadata.
pub(crate) fn token(name: &str) -> String {
    format!(
        r#"{{"id": "dt0g02.{name}", "name": "{name}", "owner": "o", "creationDate": "2026-01-01T00:00:00Z"}}"#
    )
}

/// Returns a page of tokens with these names; `next` is the JSON of `nextPageKey`, if there is one.
pub(crate) fn page(names: &[&str], next: Option<&str>) -> FakeResponse {
    page_of(9, names, next)
}

/// Returns the same page with another total.
pub(crate) fn page_of(total: u64, names: &[&str], next: Option<&str>) -> FakeResponse {
    let tokens: Vec<String> = names.iter().map(|name| token(name)).collect();
    let next = next.map_or_else(String::new, |next| format!(r#""nextPageKey": {next}, "#));
    let tokens = tokens.join(",");
    let body = format!(
        r#"{{"totalCount": {total}, "pageSize": 100, {next}"activeGateTokens": [{tokens}]}}"#
    );
    FakeResponse::json(200, body)
}

/// Returns an error response in the vendor's envelope.
pub(crate) fn refusal(status: u16, message: &str) -> FakeResponse {
    let body = format!(
        r#"{{"error": {{"code": {status}, "message": "{message}", "constraintViolations": null}}}}"#
    );
    FakeResponse::json(status, body)
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

pub(crate) async fn create(client: &Client) -> Result<ActiveGateTokenCreated, Error> {
    let token = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment)
        .with_expiration_date("now+60d");
    client.active_gate_tokens().create(token).send().await
}

pub(crate) async fn get(client: &Client) -> Result<(), Error> {
    let token = client.active_gate_tokens().get(&"dt0g02.a".into());
    token.send().await.map(drop)
}

pub(crate) async fn delete(client: &Client) -> Result<bool, Error> {
    let deleted = client.active_gate_tokens().delete(&"dt0g02.a".into());
    Ok(deleted.send().await?.was_already_gone)
}

/// Returns the response to a create.
pub(crate) fn created() -> FakeResponse {
    let body = format!(
        r#"{{"id": "dt0g02.4KWZO5EF", "token": "{SECRET}", "expirationDate": "2026-03-02T00:00:00.000Z"}}"#
    );
    FakeResponse::json(201, body)
}
