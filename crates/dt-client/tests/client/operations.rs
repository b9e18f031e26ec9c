//! Every operation against the emulator, which keeps state and the vendor's rules.

use bytes::Bytes;
use dt_client::models::{ActiveGateTokenCreate, ActiveGateType};
use dt_client::{ApiToken, Applied, Bearer, Client, CredentialFailure, ErrorKind};
use gatelet_emulator::{Emulator, well_known};
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::testing::ManualClock;
use gatelet_transport::{Clock as _, Transport as _, TransportError, TransportErrorKind, from_fn};
use http::{Method, Request};

/// Returns a client of an empty emulator, at an address and with a credential.
fn client(emulator: &Emulator, address: &str, token: &str) -> Client {
    let builder = Client::builder(address);
    let builder = match token {
        well_known::DT_PLATFORM_TOKEN => builder.credentials(Bearer::new(token).unwrap()),
        token => builder.credentials(ApiToken::new(token).unwrap()),
    };
    builder
        .build_with(emulator.clone(), ManualClock::auto())
        .unwrap()
}

fn edge(name: &str) -> ActiveGateTokenCreate {
    ActiveGateTokenCreate::new(name, ActiveGateType::Environment)
}

#[tokio::test]
async fn a_token_is_created_read_and_deleted_at_every_address() {
    for (address, token) in [
        ("https://abc.live.dynatrace.com", well_known::DT_TOKEN),
        ("https://m.example/e/abc", well_known::DT_TOKEN),
        ("https://gate.example:9999/e/abc", well_known::DT_TOKEN),
        (
            "https://abc.apps.dynatrace.com/platform/classic/environment-api/v2",
            well_known::DT_PLATFORM_TOKEN,
        ),
    ] {
        let emulator = Emulator::memory().unwrap();
        let client = client(&emulator, address, token);
        let tokens = client.active_gate_tokens();
        let create = edge("edge-7").with_expiration_date("now+60d");
        let created = tokens.create(create).send().await.unwrap();
        assert!(created.expiration_date.value().unwrap().is_some());
        let secret = created.token.expose();
        assert!(secret.starts_with(created.id.as_str()), "{address}");

        let read = tokens.get(&created.id).send().await.unwrap();
        assert_eq!(read.name.as_deref(), Some("edge-7"));
        assert_eq!(read.active_gate_type, Some(ActiveGateType::Environment));
        assert_eq!(read.seed_token, Some(false));
        assert_eq!(
            read.expiration_date.as_ref(),
            created.expiration_date.value().unwrap()
        );
        let listed = tokens.list().items().try_collect().await.unwrap();
        assert_eq!(listed, [read]);

        assert!(
            !tokens
                .delete(&created.id)
                .send()
                .await
                .unwrap()
                .was_already_gone
        );
        let error = tokens.get(&created.id).send().await.unwrap_err();
        assert!(error.is_not_found());
        let error = tokens.delete(&created.id).send().await.unwrap_err();
        assert!(error.is_not_found());
        assert_eq!(tokens.list().send().await.unwrap().total_count, Some(0));
    }
}

#[tokio::test]
async fn tokens_are_listed_page_by_page_each_once() {
    let emulator = Emulator::memory().unwrap();
    let client = client(&emulator, "https://h.example", well_known::DT_TOKEN);
    let tokens = client.active_gate_tokens();
    for number in 0..250 {
        tokens
            .create(edge(&format!("edge-{number}")))
            .send()
            .await
            .unwrap();
    }
    let pages = tokens
        .list()
        .page_size(100)
        .pages()
        .try_collect()
        .await
        .unwrap();
    let sizes: Vec<_> = pages.iter().map(|page| page.items.len()).collect();
    assert_eq!(sizes, [100, 100, 50]);
    assert!(pages.iter().all(|page| page.total_count == Some(250)));
    let mut names: Vec<_> = pages
        .into_iter()
        .flatten()
        .map(|token| token.name)
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 250);
    let whole = tokens.list().page_size(3000).send().await.unwrap();
    assert_eq!(whole.items.len(), 250);
    assert_eq!(whole.next_page_token, Ok(None));
}

#[tokio::test]
async fn a_foreign_cursor_is_an_api_error_with_the_page_token() {
    let emulator = Emulator::memory().unwrap();
    let client = client(&emulator, "https://h.example", well_known::DT_TOKEN);
    let list = client.active_gate_tokens().list();
    let mut pages = list.page_token("Zm9yZWlnbg==".parse().unwrap()).pages();
    let error = pages.try_next().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Api);
    assert_eq!(error.status().unwrap(), 400);
    assert_eq!(error.resume_token().unwrap().as_str(), "Zm9yZWlnbg==");
}

#[tokio::test]
async fn a_token_whose_create_lost_its_response_is_found_and_deleted() {
    let emulator = Emulator::memory().unwrap();
    let server = emulator.clone();
    let loses_responses = from_fn(move |request: Request<Bytes>| {
        let server = server.clone();
        async move {
            let is_create = request.method() == Method::POST;
            let response = server.send(request).await?;
            if is_create {
                return Err(TransportError::new(TransportErrorKind::Interrupted));
            }
            Ok(response)
        }
    });
    let client = Client::builder("https://h.example")
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(loses_responses, ManualClock::auto())
        .unwrap();
    let tokens = client.active_gate_tokens();
    let create = edge("edge-7").with_expiration_date("now+60d");
    let error = tokens.create(create.clone()).send().await.unwrap_err();
    assert_eq!(error.applied(), Applied::Unknown);

    // The emulator uses the machine's clock, which is ahead of manual ones.
    let before = ManualClock::new().now();
    let lost = tokens.find_lost(&create, before).await.unwrap();
    assert_eq!(lost.len(), 1);
    assert_eq!(lost[0].name.as_deref(), Some("edge-7"));
    tokens.delete(&lost[0].id).send().await.unwrap();
    assert!(tokens.find_lost(&create, before).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_refusal_of_the_server_is_reported_in_its_words() {
    let emulator = Emulator::memory().unwrap();
    let address = "https://h.example";
    let wrong = client(&emulator, address, "dt0c01.WRONG.TOKEN");
    let error = wrong.active_gate_tokens().list().send().await.unwrap_err();
    let rejected = ErrorKind::Credential(CredentialFailure::Rejected);
    assert_eq!(error.kind(), &rejected);

    let reader = client(&emulator, address, well_known::DT_READ_ONLY_TOKEN);
    reader.active_gate_tokens().list().send().await.unwrap();
    let create = reader.active_gate_tokens().create(edge("edge-7"));
    let error = create.send().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Api);
    assert_eq!(error.status().unwrap(), 403);
    assert_eq!(error.applied(), Applied::No);
    assert!(
        error
            .message()
            .unwrap()
            .contains("activeGateTokenManagement")
    );

    let writer = client(&emulator, address, well_known::DT_TOKEN);
    let nameless = writer.active_gate_tokens().create(edge(" "));
    let error = nameless.send().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 400);
    assert_eq!(error.applied(), Applied::No);
    assert!(!error.violations().is_empty());
}

#[tokio::test]
async fn a_socket_makes_no_difference_to_a_call() {
    let emulator = Emulator::memory().unwrap();
    let address = "127.0.0.1:0".parse().unwrap();
    let server = gatelet_emulator::serve(emulator, address).await.unwrap();
    let client = Client::builder(format!("http://{}/e/abc/", server.address()))
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(HyperTransport::new(), TokioClock::new())
        .unwrap();
    let tokens = client.active_gate_tokens();
    let created = tokens.create(edge("edge-7")).send().await.unwrap();
    assert_eq!(
        tokens
            .get(&created.id)
            .send()
            .await
            .unwrap()
            .name
            .as_deref(),
        Some("edge-7")
    );
    tokens.delete(&created.id).send().await.unwrap();
    server.shutdown().await;

    let error = tokens.create(edge("edge-8")).send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect(_)), "{error}");
    assert_eq!((error.attempts(), error.applied()), (3, Applied::No));
}
