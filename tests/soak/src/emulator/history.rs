//! Many concurrent clients of the same objects, and a check that their observations are linearizable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dt_client::Client;
use dt_client::models::{ActiveGateTokenCreate, ActiveGateType};
use gatelet_emulator::{Emulator, serve, well_known};
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::{ApiToken, RetryPolicy};
use tokio::task::JoinSet;

/// The time from before a call to after its response, on a counter that all clients share.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: u64,
    to: u64,
}

/// The observations of one object.
#[derive(Debug, Default)]
struct Object {
    created: Option<Span>,
    /// Deletions that succeeded: at most one.
    deleted: Vec<Span>,
    /// Calls that found it.
    present: Vec<Span>,
    /// Calls that did not find it.
    absent: Vec<Span>,
}

impl Object {
    /// Returns whether there are a moment of creation and a later moment of deletion, each within its call, such that every
    /// call that found the object overlaps the time between them, and every other call the time before or after.
    fn is_linearizable(&self) -> bool {
        let (Some(created), [] | [_]) = (self.created, &*self.deleted) else {
            return false;
        };
        let deleted = self.deleted.first();
        // The latest creation and the earliest deletion are the least restrictive for calls that did not find it.
        let ends = self.present.iter().map(|span| span.to);
        let creation = ends.fold(created.to, u64::min);
        let begins = self.present.iter().map(|span| span.from);
        let deletion = deleted.map(|span| begins.fold(span.from, u64::max));
        if creation < created.from || deleted.zip(deletion).is_some_and(|(it, at)| at > it.to) {
            return false;
        }
        let deletion = deletion.unwrap_or(u64::MAX);
        // If both may be the same moment, every call overlaps the time before or after it.
        let may_coincide = deletion <= creation;
        may_coincide || (self.absent.iter()).all(|span| span.from < creation || span.to > deletion)
    }
}

/// The shared clock and the observations of all clients.
#[derive(Default)]
struct History {
    clock: AtomicU64,
    observations: Mutex<Observations>,
}

#[derive(Default)]
struct Observations {
    objects: BTreeMap<String, Object>,
    /// Ids of objects that are not known to be deleted.
    alive: Vec<String>,
    /// Complete lists, each with its span.
    lists: Vec<(Span, BTreeSet<String>)>,
}

impl History {
    fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    fn observations(&self) -> MutexGuard<'_, Observations> {
        self.observations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The result of a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The number of created objects.
    pub objects: usize,
    /// The numbers of calls that found an object, and of those that did not.
    pub observations: (usize, usize),
    /// The observations that are not linearizable.
    pub violations: Vec<String>,
}

/// Runs this many operations, divided among this many concurrent clients, over sockets.
pub async fn run(clients: usize, operations: usize, seed: u64) -> Outcome {
    let emulator = Emulator::memory().unwrap();
    let address = "127.0.0.1:0".parse().unwrap();
    let server = serve(emulator, address).await.unwrap();
    let origin = format!("http://{}", server.address());
    let history = Arc::new(History::default());
    let mut running = JoinSet::new();
    for n in 0..clients {
        let client = Client::builder(origin.as_str())
            .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
            .retry(RetryPolicy::never())
            .build_with(HyperTransport::new(), TokioClock::new())
            .unwrap();
        let random = fastrand::Rng::with_seed(seed.wrapping_add(n as u64));
        let share = operations / clients;
        running.spawn(make_calls(client, history.clone(), share, random));
    }
    running.join_all().await;
    let client = Client::builder(origin.as_str())
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(HyperTransport::new(), TokioClock::new())
        .unwrap();
    let left = client.active_gate_tokens().list().page_size(3000).items();
    let left = left.try_collect().await.unwrap();
    let left: BTreeSet<String> = left.into_iter().map(|token| token.id.to_string()).collect();
    server.shutdown().await;
    find_violations(&mut history.observations(), &left)
}

async fn make_calls(
    client: Client,
    history: Arc<History>,
    operations: usize,
    mut random: fastrand::Rng,
) {
    let tokens = client.active_gate_tokens();
    for n in 0..operations {
        let id = {
            let observations = history.observations();
            let at = random.usize(..observations.alive.len().max(1));
            observations.alive.get(at).cloned()
        };
        let what = random.u8(..100);
        let from = history.now();
        let span = |history: &History| Span {
            from,
            to: history.now(),
        };
        match (what, id) {
            (0..2, _) => {
                let page = tokens.list().page_size(3000).send().await.unwrap();
                let span = span(&history);
                let ids = page.items.iter().map(|token| token.id.to_string());
                let ids: BTreeSet<String> = ids.collect();
                // If there are more pages, a missing id proves nothing.
                if page.next_page_token == Ok(None) {
                    history.observations().lists.push((span, ids));
                }
            }
            (2..40, Some(id)) => {
                let result = tokens.get(&id.as_str().into()).send().await;
                let span = span(&history);
                let mut observations = history.observations();
                let object = observations.objects.entry(id).or_default();
                match result {
                    Ok(_) => object.present.push(span),
                    Err(error) if error.is_not_found() => object.absent.push(span),
                    Err(error) => panic!("{error}"),
                }
            }
            (40..70, Some(id)) => {
                let result = tokens.delete(&id.as_str().into()).send().await;
                let span = span(&history);
                let mut observations = history.observations();
                observations.alive.retain(|alive| *alive != id);
                let object = observations.objects.entry(id).or_default();
                match result {
                    Ok(_) => object.deleted.push(span),
                    Err(error) if error.is_not_found() => object.absent.push(span),
                    Err(error) => panic!("{error}"),
                }
            }
            _ => {
                let wanted =
                    ActiveGateTokenCreate::new(format!("{n}"), ActiveGateType::Environment);
                let created = tokens.create(wanted).send().await.unwrap();
                let span = span(&history);
                let mut observations = history.observations();
                let id = created.id.to_string();
                let before = observations
                    .objects
                    .entry(id.clone())
                    .or_default()
                    .created
                    .replace(span);
                assert!(before.is_none(), "{id} was assigned twice");
                observations.alive.push(id);
            }
        }
    }
}

/// Finds observations that are inconsistent.
fn find_violations(observations: &mut Observations, left: &BTreeSet<String>) -> Outcome {
    let Observations { objects, lists, .. } = observations;
    let mut violations = Vec::new();
    for (span, ids) in &*lists {
        for id in ids {
            match objects.get_mut(id) {
                Some(object) => object.present.push(*span),
                None => violations.push(format!("{id} is in a list but was never created")),
            }
        }
        // An id may be missing from lists before its creation or after its deletion.
        for (id, object) in objects.iter_mut().filter(|(id, _)| !ids.contains(*id)) {
            let was_there = object.created.is_some_and(|created| created.to < span.from);
            let is_gone = object.deleted.first().is_some_and(|it| it.from < span.to);
            if was_there && !is_gone {
                violations.push(format!("{id} is missing from a list"));
            }
        }
    }
    for (id, object) in &*objects {
        if !object.is_linearizable() {
            violations.push(format!("{id}: {object:?}"));
        }
        if left.contains(id) != object.deleted.is_empty() {
            violations.push(format!(
                "{id}: {} deletions, in the final list: {}",
                object.deleted.len(),
                left.contains(id)
            ));
        }
    }
    let count = |number: fn(&Object) -> usize| objects.values().map(number).sum();
    Outcome {
        objects: objects.len(),
        observations: (count(|it| it.present.len()), count(|it| it.absent.len())),
        violations,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(spans: &[(u64, u64)]) -> Vec<Span> {
        spans.iter().map(|&(from, to)| Span { from, to }).collect()
    }

    type Spans<'a> = &'a [(u64, u64)];

    /// Returns an object that was created between 10 and 20.
    fn object(deleted: Spans<'_>, present: Spans<'_>, absent: Spans<'_>) -> Object {
        Object {
            created: Some(Span { from: 10, to: 20 }),
            deleted: spans(deleted),
            present: spans(present),
            absent: spans(absent),
        }
    }

    #[test]
    fn observations_are_linearizable_only_if_one_order_explains_them() {
        let deletion = &[(30, 40)];
        let cases: [(Spans<'_>, Spans<'_>, Spans<'_>, bool); 10] = [
            (&[], &[(21, 22)], &[], true),
            (&[], &[], &[(21, 22)], false),
            (&[], &[(11, 12)], &[(1, 5), (13, 14)], false),
            (&[], &[(5, 9)], &[], false),
            (
                deletion,
                &[(21, 22), (34, 39)],
                &[(32, 33), (41, 42)],
                false,
            ),
            (deletion, &[(21, 22), (31, 35)], &[(32, 33), (41, 42)], true),
            (deletion, &[(41, 42)], &[], false),
            (deletion, &[], &[(22, 29)], false),
            (deletion, &[], &[(22, 31)], true),
            (&[(30, 40), (50, 60)], &[], &[], false),
        ];
        for (deleted, present, absent, expected) in cases {
            let object = object(deleted, present, absent);
            assert_eq!(object.is_linearizable(), expected, "{object:?}");
        }
    }
}
