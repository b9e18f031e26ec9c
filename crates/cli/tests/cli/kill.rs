//! A server emulator that is killed in the middle of writes, again and again, on the same file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use gatelet_emulator::{Emulator, Error};
use serde_json::Value;

use crate::raw_http::{Connection, TOKENS};
use crate::run::{EmulatorServer, Fixture};

const ROUNDS: usize = 6;
const CALLERS: usize = 4;

/// What one caller was told until the server was killed.
#[derive(Default)]
struct Told {
    /// Name and secret of each token that was acknowledged, by its id.
    created: BTreeMap<String, (String, String)>,
    /// The ids whose deletion was acknowledged.
    deleted: BTreeSet<String>,
    /// The name of a token, or the id of a deletion, that was asked for last and never answered.
    unanswered: Option<Unanswered>,
}

enum Unanswered {
    Create(String),
    Delete(String),
}

/// Creates, and deletes every third of its own, until the connection breaks.
fn write(address: &str, caller: &str, acknowledged: &Sender<()>) -> Told {
    let mut told = Told::default();
    let Ok(mut line) = Connection::open(address) else {
        return told;
    };
    for n in 0.. {
        let name = format!("{caller}-{n}");
        let Ok((id, secret)) = line.create(&name) else {
            told.unanswered = Some(Unanswered::Create(name));
            break;
        };
        told.created.insert(id.clone(), (name, secret));
        let _ = acknowledged.send(());
        if n % 3 == 0 {
            match line.call("DELETE", &format!("{TOKENS}/{id}"), &Value::Null) {
                Ok(answer) => assert_eq!(answer.0, 204),
                Err(_) => {
                    told.unanswered = Some(Unanswered::Delete(id));
                    break;
                }
            }
            told.deleted.insert(id);
            let _ = acknowledged.send(());
        }
    }
    told
}

/// What must be there, over all rounds.
#[derive(Default)]
struct Ledger {
    /// The tokens that are there for sure: their name, and what a listing said of them first.
    there: BTreeMap<String, (String, Option<Value>)>,
    /// The ids that are deleted for sure.
    gone: BTreeSet<String>,
    /// The ids whose deletion was not answered.
    perhaps_gone: BTreeSet<String>,
    /// The names whose creation was not answered.
    perhaps_there: BTreeSet<String>,
    secrets: BTreeMap<String, String>,
}

impl Ledger {
    fn add(&mut self, told: Told) {
        for (id, (name, secret)) in told.created {
            let is_new = !self.gone.contains(&id) && !self.there.contains_key(&id);
            assert!(is_new, "{id} was given twice");
            self.secrets.insert(id.clone(), secret);
            self.there.insert(id, (name, None));
        }
        for id in told.deleted {
            self.there.remove(&id).unwrap();
            self.gone.insert(id);
        }
        match told.unanswered {
            Some(Unanswered::Create(name)) => self.perhaps_there.extend([name]),
            Some(Unanswered::Delete(id)) => self.perhaps_gone.extend([id]),
            None => {}
        }
    }

    /// Holds what is there against what must be, and settles what was open.
    fn check(&mut self, listed: Vec<Value>) {
        let mut absent: BTreeSet<String> = self.there.keys().cloned().collect();
        for token in listed {
            let text = |name: &str| token[name].as_str().unwrap().to_owned();
            let (id, name) = (text("id"), text("name"));
            assert!(!self.gone.contains(&id), "{id} is deleted, and there");
            let (expected, seen) = self.there.entry(id.clone()).or_insert_with(|| {
                assert!(self.perhaps_there.remove(&name), "nobody made {token}");
                (name.clone(), None)
            });
            assert_eq!(*expected, name);
            assert_eq!(*seen.get_or_insert_with(|| token.clone()), token);
            absent.remove(&id);
        }
        for id in absent {
            assert!(self.perhaps_gone.contains(&id), "{id} is lost");
            self.there.remove(&id);
            self.gone.insert(id);
        }
        self.perhaps_there.clear();
        self.perhaps_gone.clear();
    }
}

// E11
#[test]
fn what_was_acknowledged_outlives_a_kill_at_any_moment() {
    let fixture = Fixture::new();
    let data = fixture.path("killed.redb");
    let mut ledger = Ledger::default();
    for round in 0..=ROUNDS {
        // It starts by itself, whatever the kill has left.
        let server = EmulatorServer::start_with(&fixture, &["--data", &data]);
        let mut tokens = Connection::open(server.address()).unwrap().list();
        tokens.retain(|token| token["owner"] == gatelet_emulator::well_known::DT_OWNER);
        ledger.check(tokens);
        if round == ROUNDS {
            server.kill();
            break;
        }
        let address = server.address().to_owned();
        let (acknowledged, acknowledgements) = channel();
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (address, acknowledged) = (address.clone(), acknowledged.clone());
                let caller = format!("{round}-{caller}");
                thread::spawn(move || write(&address, &caller, &acknowledged))
            })
            .collect();
        for _ in 0..11 + 7 * round {
            acknowledgements.recv().unwrap();
        }
        server.kill();
        for caller in callers {
            ledger.add(caller.join().unwrap());
        }
    }
    assert!(ledger.there.len() > ROUNDS && ledger.gone.len() > ROUNDS);

    // A token and its secret came and went together.
    let emulator = Emulator::open(&data).unwrap();
    for (id, secret) in &ledger.secrets {
        let connected = emulator.connect_active_gate(&secret.as_str().into());
        match ledger.there.contains_key(id) {
            true => assert_eq!(connected.unwrap().as_str(), id),
            false => assert!(matches!(connected, Err(Error::TokenRejected)), "{id}"),
        }
    }
}
