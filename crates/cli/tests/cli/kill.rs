//! A served emulator that is killed during writes, repeatedly, on the same file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use gatelet_emulator::{Emulator, Error};
use serde_json::Value;

use crate::raw_http::{Connection, TOKENS};
use crate::run::{EmulatorServer, Fixture};

const ROUNDS: usize = 6;
const CALLERS: usize = 4;

/// The responses that one caller got until the server was killed.
#[derive(Default)]
struct CallerLog {
    /// Name and secret of each acknowledged token, by its id.
    created: BTreeMap<String, (String, String)>,
    /// The ids of acknowledged deletions.
    deleted: BTreeSet<String>,
    /// The last request, if it got no response: the name of a token or the id of a deletion.
    unanswered: Option<Unanswered>,
}

enum Unanswered {
    Create(String),
    Delete(String),
}

/// Creates tokens and deletes every third of them until the connection breaks.
fn write(address: &str, caller: &str, acknowledged: &Sender<()>) -> CallerLog {
    let mut log = CallerLog::default();
    let Ok(mut line) = Connection::open(address) else {
        return log;
    };
    for n in 0.. {
        let name = format!("{caller}-{n}");
        let Ok((id, secret)) = line.create(&name) else {
            log.unanswered = Some(Unanswered::Create(name));
            break;
        };
        log.created.insert(id.clone(), (name, secret));
        let _ = acknowledged.send(());
        if n % 3 == 0 {
            match line.call("DELETE", &format!("{TOKENS}/{id}"), &Value::Null) {
                Ok(response) => assert_eq!(response.0, 204),
                Err(_) => {
                    log.unanswered = Some(Unanswered::Delete(id));
                    break;
                }
            }
            log.deleted.insert(id);
            let _ = acknowledged.send(());
        }
    }
    log
}

/// The expected state over all rounds.
#[derive(Default)]
struct Ledger {
    /// The tokens that must exist: their name, and how a list first returned them.
    existing: BTreeMap<String, (String, Option<Value>)>,
    /// The ids that must be deleted.
    deleted: BTreeSet<String>,
    /// The ids of unanswered deletions.
    maybe_deleted: BTreeSet<String>,
    /// The names of unanswered creations.
    maybe_created: BTreeSet<String>,
    secrets: BTreeMap<String, String>,
}

impl Ledger {
    fn add(&mut self, log: CallerLog) {
        for (id, (name, secret)) in log.created {
            let is_new = !self.deleted.contains(&id) && !self.existing.contains_key(&id);
            assert!(is_new, "{id} was given twice");
            self.secrets.insert(id.clone(), secret);
            self.existing.insert(id, (name, None));
        }
        for id in log.deleted {
            self.existing.remove(&id).unwrap();
            self.deleted.insert(id);
        }
        match log.unanswered {
            Some(Unanswered::Create(name)) => self.maybe_created.extend([name]),
            Some(Unanswered::Delete(id)) => self.maybe_deleted.extend([id]),
            None => {}
        }
    }

    /// Compares the list with the expected state and resolves unanswered requests.
    fn check(&mut self, listed: Vec<Value>) {
        let mut absent: BTreeSet<String> = self.existing.keys().cloned().collect();
        for token in listed {
            let text = |name: &str| token[name].as_str().unwrap().to_owned();
            let (id, name) = (text("id"), text("name"));
            assert!(!self.deleted.contains(&id), "{id} is deleted, and there");
            let (expected, seen) = self.existing.entry(id.clone()).or_insert_with(|| {
                assert!(self.maybe_created.remove(&name), "nobody made {token}");
                (name.clone(), None)
            });
            assert_eq!(*expected, name);
            assert_eq!(*seen.get_or_insert_with(|| token.clone()), token);
            absent.remove(&id);
        }
        for id in absent {
            assert!(self.maybe_deleted.contains(&id), "{id} is lost");
            self.existing.remove(&id);
            self.deleted.insert(id);
        }
        self.maybe_created.clear();
        self.maybe_deleted.clear();
    }
}

// E11
#[test]
fn acknowledged_writes_survive_a_kill_at_any_moment() {
    let fixture = Fixture::new();
    let data = fixture.path("killed.redb");
    let mut ledger = Ledger::default();
    for round in 0..=ROUNDS {
        // It starts without help, whatever state the kill has left.
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
    assert!(ledger.existing.len() > ROUNDS && ledger.deleted.len() > ROUNDS);

    // A token and its secret were created and deleted together.
    let emulator = Emulator::open(&data).unwrap();
    for (id, secret) in &ledger.secrets {
        let connected = emulator.connect_active_gate(&secret.as_str().into());
        match ledger.existing.contains_key(id) {
            true => assert_eq!(connected.unwrap().as_str(), id),
            false => assert!(matches!(connected, Err(Error::TokenRejected)), "{id}"),
        }
    }
}
