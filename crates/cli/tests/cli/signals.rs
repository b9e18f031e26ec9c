//! A served emulator that is asked to stop while it works.

use std::collections::BTreeSet;
use std::net::TcpStream;
use std::sync::mpsc::channel;
use std::thread;

use gatelet_emulator::{Emulator, well_known};
use gatelet_models::dt::ActiveGateTokenList;

use crate::raw_http::{Connection, TOKENS, create_body, request};
use crate::run::{EmulatorServer, Fixture};

/// Returns the names of the tokens in a state file that calls have created.
fn names(data: &str) -> BTreeSet<String> {
    let emulator = Emulator::open(data).unwrap();
    let request = http::Request::get(format!("{TOKENS}?pageSize=3000"))
        .header(
            "authorization",
            format!("Api-Token {}", well_known::DT_TOKEN),
        )
        .body(bytes::Bytes::new())
        .unwrap();
    let list: ActiveGateTokenList =
        serde_json::from_slice(emulator.handle(request).body()).unwrap();
    let tokens = list.active_gate_tokens.into_iter().flatten();
    let made = tokens.filter(|token| token.owner.as_deref() == Some(well_known::DT_OWNER));
    made.filter_map(|token| token.name).collect()
}

// E32
#[test]
fn a_graceful_stop_finishes_requests_in_flight_and_accepts_no_more() {
    let fixture = Fixture::new();
    let data = fixture.path("stopped.redb");
    let server = EmulatorServer::start_with(&fixture, &["--data", &data]);
    let address = server.address().to_owned();
    let (acknowledged, acknowledgements) = channel();
    let callers: Vec<_> = (0..8)
        .map(|caller| {
            let (address, acknowledged) = (address.clone(), acknowledged.clone());
            thread::spawn(move || {
                let mut line = Connection::open(&address).unwrap();
                let mut names = Vec::new();
                loop {
                    let name = format!("{caller}-{}", names.len());
                    match line.create(&name) {
                        Ok(_) => names.push(name),
                        Err(_) => break names,
                    }
                    let _ = acknowledged.send(());
                }
            })
        })
        .collect();
    // A request that the server is reading when it is asked to stop: responses to later requests prove that it has its head.
    let mut unfinished = Connection::open(&address).unwrap();
    let whole = request("POST", TOKENS, &create_body("unfinished"));
    let (begun, rest) = whole.as_bytes().split_at(whole.len() - 3);
    unfinished.send(begun).unwrap();
    for _ in 0..60 {
        acknowledgements.recv().unwrap();
    }

    server.signal("-TERM");
    while TcpStream::connect(&address).is_ok() {
        thread::yield_now();
    }
    unfinished.send(rest).unwrap();
    assert_eq!(unfinished.read_response().unwrap().0, 201);
    let mut acknowledged_names: BTreeSet<String> = callers
        .into_iter()
        .flat_map(|caller| caller.join().unwrap())
        .collect();
    acknowledged_names.insert("unfinished".to_owned());
    assert_eq!(server.wait().0, Some(0));
    assert_eq!(names(&data), acknowledged_names);
}
