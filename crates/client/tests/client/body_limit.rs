//! The body limit of a client and its transport.

use gatelet_client::{ClientBuilder, HyperTransport, TokioClock};
use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use gatelet_transport::{Channel, Error, ErrorKind, TooLarge};

use crate::support::{self, TOKEN, authorized};

const MIB: u64 = 1024 * 1024;

/// Starts a server on loopback whose JSON is followed by this many bytes of white space.
fn serve(padding: u64) -> String {
    let body = TOKEN.to_owned() + &" ".repeat(padding as usize);
    let response = response("200 OK", "application/json", &body);
    RawServer::new(move |_| RawResponse::Bytes(response.clone())).url
}

fn builder(server: &str, limit: u64) -> ClientBuilder<Channel> {
    authorized(server).body_limit(limit)
}

async fn get(client: Channel) -> Result<(), Error> {
    let token = support::get(&client).send().await?;
    assert_eq!(token.name.as_deref(), Some("a"));
    Ok(())
}

#[tokio::test]
async fn the_body_limit_of_a_client_applies_to_its_transport_too() {
    let server = serve(11 * MIB);
    get(builder(&server, 12 * MIB).build().unwrap())
        .await
        .unwrap();
    let server = serve(2 * MIB);
    let error = get(builder(&server, MIB).build().unwrap())
        .await
        .unwrap_err();
    let (what, limit) = (TooLarge::Body, MIB);
    assert_eq!(error.kind(), &ErrorKind::TooLarge { what, limit });
}

#[tokio::test]
async fn a_body_limit_above_the_default_reaches_a_transport_of_the_caller() {
    let server = serve(11 * MIB);
    let builder = builder(&server, 12 * MIB);
    let client = builder.build_with(HyperTransport::new(), TokioClock::new());
    get(client.unwrap()).await.unwrap();
}

#[tokio::test]
async fn the_smaller_of_a_callers_and_a_transports_body_limit_counts() {
    let transport = || HyperTransport::builder().body_limit(MIB).build();
    let server = serve(2 * MIB);
    let builder = builder(&server, 12 * MIB);
    let client = builder.build_with(transport(), TokioClock::new());
    let error = get(client.unwrap()).await.unwrap_err();
    let (what, limit) = (TooLarge::Body, MIB);
    assert_eq!(error.kind(), &ErrorKind::TooLarge { what, limit });
}
