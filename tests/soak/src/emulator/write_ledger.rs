//! Very many operations through faults, and a ledger of their results that must explain the objects on the server.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use asa_client::models::GatewaySetupTokenCreate;
use dt_client::models::{ActiveGateTokenCreate, ActiveGateType};
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::{Fault, FaultInjector, ManualClock};
use gatelet_transport::{ApiToken, Applied, Deleted, Error, Transport};

/// The share of requests with a fault.
const FAULT_SHARE: f64 = 0.3;

/// The totals of a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Totals {
    /// The number of operations, reads included.
    pub operations: usize,
    /// The numbers of their requests, and of those with a fault.
    pub requests: (usize, usize),
    /// Creates that succeeded.
    pub created: usize,
    /// Creates that failed, by what the error says: not applied, unknown, applied.
    pub failed: [usize; 3],
    /// Creates of unknown outcome that were applied.
    pub found: usize,
    /// Objects that the server created.
    pub on_server: usize,
    /// Contradictions between the ledger and the server, one line each.
    pub unexplained: Vec<String>,
}

impl Totals {
    /// Returns whether the results explain every object that the server created.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        let [_, _, applied] = self.failed;
        self.unexplained.is_empty() && self.on_server == self.created + applied + self.found
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [not, perhaps, applied] = self.failed;
        write!(
            f,
            "{} operations, {} requests, {} of them with a fault; creates: {} succeeded; of the failed ones {not} were not applied, \
             {perhaps} of unknown outcome ({} applied), {applied} applied; {} created on the server, {} unexplained",
            self.operations,
            self.requests.0,
            self.requests.1,
            self.created,
            self.found,
            self.on_server,
            self.unexplained.len()
        )
    }
}

/// What the client knows about the create of an object with a unique name.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Knowledge {
    Created,
    Failed(Applied),
}

/// What the clients know about all objects of one kind.
#[derive(Default)]
struct Ledger {
    creates: BTreeMap<String, Knowledge>,
    /// The names of objects with a known id that were not deleted, by id.
    alive: BTreeMap<String, String>,
    /// Deleted objects by name: `true` if the deletion is certain.
    deleted: BTreeMap<String, bool>,
}

impl Ledger {
    fn record_create(&mut self, name: String, result: Result<String, Error>) {
        let known = match result {
            Ok(id) => {
                self.alive.insert(id, name.clone());
                Knowledge::Created
            }
            Err(error) => Knowledge::Failed(error.applied()),
        };
        self.creates.insert(name, known);
    }

    /// Returns the id of a random object.
    fn random_object(&self, random: &mut fastrand::Rng) -> Option<String> {
        let at = random.usize(..self.alive.len().max(1));
        self.alive.keys().nth(at.min(50)).cloned()
    }

    fn record_delete(&mut self, id: &str, result: Result<Deleted, Error>) {
        let is_sure = match result.map_err(|error| error.applied()) {
            Ok(_) | Err(Applied::Yes) => true,
            Err(Applied::No) => return,
            Err(_) => false,
        };
        if let Some(name) = self.alive.remove(id) {
            self.deleted.insert(name, is_sure);
        }
    }

    /// Compares the ledger with the names on the server.
    fn compare(&self, names: Vec<String>, totals: &mut Totals) {
        let mut there = BTreeSet::new();
        for name in names {
            if !there.insert(name.clone()) {
                totals.unexplained.push(format!("{name} is there twice"));
            }
            if !self.creates.contains_key(&name) {
                totals.unexplained.push(format!("{name} was never created"));
            }
        }
        for (name, known) in &self.creates {
            let is_there = there.contains(name);
            let deleted = self.deleted.get(name);
            totals.on_server += usize::from(is_there || deleted.is_some());
            let is_right = match (known, deleted) {
                (Knowledge::Created, None) => is_there,
                (Knowledge::Created, Some(is_sure)) => !(is_there && *is_sure),
                (Knowledge::Failed(Applied::No), _) => !is_there,
                (Knowledge::Failed(Applied::Yes), _) => is_there,
                (Knowledge::Failed(_), _) => true,
            };
            if !is_right {
                let state = if is_there { "there" } else { "not there" };
                let line = format!("{name}: {known:?}, deleted: {deleted:?}, and is {state}");
                totals.unexplained.push(line);
            }
            match known {
                Knowledge::Created => totals.created += 1,
                Knowledge::Failed(Applied::No) => totals.failed[0] += 1,
                Knowledge::Failed(Applied::Yes) => totals.failed[2] += 1,
                Knowledge::Failed(_) => {
                    totals.failed[1] += 1;
                    totals.found += usize::from(is_there);
                }
            }
        }
    }
}

/// Runs this many operations with both clients, and compares their results with the objects on the server.
pub async fn run(operations: usize, seed: u64) -> Totals {
    let clock = ManualClock::auto();
    let emulator = Emulator::memory().unwrap().with_clock(clock.clone());
    let faulty = FaultInjector::seeded(emulator.clone(), clock.clone(), seed, FAULT_SHARE);
    let clients = Clients::new(faulty.clone(), clock.clone());
    let (mut asa, mut dt) = (Ledger::default(), Ledger::default());
    let mut random = fastrand::Rng::with_seed(seed);
    for n in 0..operations {
        let is_dt = random.bool();
        let ledger = if is_dt { &mut dt } else { &mut asa };
        let object = ledger.random_object(&mut random);
        match (random.u8(..10), object) {
            (0..2, _) => clients.list(is_dt).await,
            (2..4, Some(id)) => clients.get(is_dt, &id).await,
            (4..6, Some(id)) => {
                let result = clients.delete(is_dt, &id).await;
                ledger.record_delete(&id, result);
            }
            _ => {
                let name = format!("n{n}");
                let result = clients.create(is_dt, &name).await;
                ledger.record_create(name, result);
            }
        }
    }

    let injected = faulty.injected();
    let hit = injected.iter().filter(|fault| **fault != Fault::Pass);
    let mut totals = Totals {
        operations,
        requests: (injected.len(), hit.count()),
        ..Totals::default()
    };
    let undisturbed = Clients::new(emulator, clock);
    asa.compare(undisturbed.names(false).await, &mut totals);
    dt.compare(undisturbed.names(true).await, &mut totals);
    totals
}

/// Both clients over one transport, with their default policies.
struct Clients {
    asa: asa_client::Client,
    dt: dt_client::Client,
}

impl Clients {
    fn new(transport: impl Transport + Clone, clock: ManualClock) -> Self {
        let user = asa_client::ServiceUser::new(well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET);
        let asa = asa_client::Client::builder(well_known::ASA_TEAM)
            .credentials(user)
            .build_with(transport.clone(), clock.clone());
        let dt = dt_client::Client::builder("https://abc12345.live.dynatrace.com")
            .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
            .build_with(transport, clock);
        Self {
            asa: asa.unwrap(),
            dt: dt.unwrap(),
        }
    }

    async fn create(&self, is_dt: bool, name: &str) -> Result<String, Error> {
        if is_dt {
            let wanted = ActiveGateTokenCreate::new(name, ActiveGateType::Environment);
            let created = self.dt.active_gate_tokens().create(wanted).send().await?;
            return Ok(created.id.to_string());
        }
        let wanted = GatewaySetupTokenCreate::new().with_description(name);
        let created = self
            .asa
            .gateway_setup_tokens()
            .create(wanted)
            .send()
            .await?;
        Ok(created.id.to_string())
    }

    async fn delete(&self, is_dt: bool, id: &str) -> Result<Deleted, Error> {
        match is_dt {
            true => self.dt.active_gate_tokens().delete(&id.into()).send().await,
            false => {
                self.asa
                    .gateway_setup_tokens()
                    .delete(&id.into())
                    .send()
                    .await
            }
        }
    }

    async fn get(&self, is_dt: bool, id: &str) {
        // The results of reads are tested elsewhere.
        match is_dt {
            true => drop(self.dt.active_gate_tokens().get(&id.into()).send().await),
            false => drop(self.asa.gateway_setup_tokens().get(&id.into()).send().await),
        }
    }

    async fn list(&self, is_dt: bool) {
        match is_dt {
            true => drop(
                self.dt
                    .active_gate_tokens()
                    .list()
                    .page_size(100)
                    .send()
                    .await,
            ),
            false => drop(
                self.asa
                    .gateway_setup_tokens()
                    .list()
                    .page_size(100)
                    .send()
                    .await,
            ),
        }
    }

    /// Lists the names of all objects on the server.
    async fn names(&self, is_dt: bool) -> Vec<String> {
        if is_dt {
            let list = self.dt.active_gate_tokens().list().page_size(3000);
            let tokens = list.items().try_collect().await.unwrap();
            return tokens.into_iter().filter_map(|token| token.name).collect();
        }
        let list = self.asa.gateway_setup_tokens().list().page_size(1000);
        let tokens = list.items().try_collect().await.unwrap();
        tokens
            .into_iter()
            .filter_map(|token| token.description)
            .collect()
    }
}
