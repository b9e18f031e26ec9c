//! Very many calls at once, and the memory of each.

use std::path::Path;

use bytes::Bytes;
use dt_client::models::ActiveGateTokenId;
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::ApiToken;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::task::JoinSet;

use crate::process::{Process, print_line, wait_for_line};

/// The HTTP stack that makes the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there are three")]
pub enum Stack {
    /// The Dynatrace client, with as many connections as calls.
    Client,
    /// The Dynatrace client with its default limit: calls beyond a hundred wait.
    DefaultClient,
    /// hyper-util's own client, with as many connections as calls.
    Bare,
}

impl Stack {
    /// All stacks.
    pub const ALL: [Self; 3] = [Self::Client, Self::DefaultClient, Self::Bare];

    fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::DefaultClient => "default-client",
            Self::Bare => "bare",
        }
    }

    /// Returns the stack with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stack| stack.name() == name)
    }
}

/// The results of very many calls at once.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Load {
    /// The number of calls that succeeded.
    pub succeeded: usize,
    /// The bytes of memory per call while all of them are in flight.
    pub memory_per_call: u64,
}

/// Makes the calls at once, with the client and the server in separate processes. Blocks.
#[must_use]
pub fn measure(program: &Path, stack: Stack, calls: usize) -> Load {
    let held = if stack == Stack::DefaultClient {
        calls.min(100)
    } else {
        calls
    };
    let mut server = Process::start(program, &["serve-together", &held.to_string()]);
    let origin = server.next_line();
    let arguments = ["load", stack.name(), &origin, &calls.to_string()];
    let mut client = Process::start(program, &arguments);
    assert_eq!(client.next_line(), "ready");
    let before = client.memory();
    client.send_line();
    assert_eq!(server.next_line(), "full");
    let during = client.memory();
    server.send_line();
    Load {
        succeeded: client.next_line().parse().unwrap(),
        memory_per_call: during.saturating_sub(before) / calls as u64,
    }
}

/// Waits for a line of input, makes the calls and prints how many succeeded; runs as a separate process.
pub async fn make_calls(stack: Stack, origin: &str, calls: usize) {
    match stack {
        Stack::Client | Stack::DefaultClient => {
            let permits = if stack == Stack::Client { calls } else { 100 };
            let transport = HyperTransport::builder().max_in_flight(permits).build();
            let client = dt_client::Client::builder(origin)
                .credentials(ApiToken::new("dt0c01.EXAMPLE.SECRET").unwrap())
                .build_with(transport, TokioClock::new())
                .unwrap();
            let id = ActiveGateTokenId::new("dt0g02.4KWZO5EF");
            run_at_once(calls, || {
                let (client, id) = (client.clone(), id.clone());
                async move { client.active_gate_tokens().get(&id).send().await.is_ok() }
            })
            .await;
        }
        Stack::Bare => {
            let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
            let uri = format!("{origin}/api/v2/activeGateTokens/dt0g02.4KWZO5EF");
            run_at_once(calls, || {
                let request = http::Request::get(&uri)
                    .header("accept", "application/json")
                    .header("authorization", "Api-Token dt0c01.EXAMPLE.SECRET")
                    .body(Empty::new())
                    .unwrap();
                let response = client.request(request);
                async move {
                    match response.await {
                        Ok(response) => response.into_body().collect().await.is_ok(),
                        Err(_) => false,
                    }
                }
            })
            .await;
        }
    }
}

async fn run_at_once<F: Future<Output = bool> + Send + 'static>(
    calls: usize,
    call: impl Fn() -> F,
) {
    print_line("ready");
    if !wait_for_line() {
        return;
    }
    let mut running = JoinSet::new();
    for _ in 0..calls {
        running.spawn(call());
    }
    let outcomes = running.join_all().await;
    print_line(
        &outcomes
            .into_iter()
            .filter(|is_ok| *is_ok)
            .count()
            .to_string(),
    );
}
