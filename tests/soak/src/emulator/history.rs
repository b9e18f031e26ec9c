//! Many clients at once on the same objects, and whether what they saw has one order in which it happened.

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

/// From before a call to after its answer, on one clock of all clients that never shows the same twice.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: u64,
    to: u64,
}

/// What was seen of one object.
#[derive(Debug, Default)]
struct Object {
    created: Option<Span>,
    /// Deletions that succeeded: one at most.
    deleted: Vec<Span>,
    /// Calls that found it.
    present: Vec<Span>,
    /// Calls that did not.
    absent: Vec<Span>,
}

impl Object {
    /// Whether there are a moment of creation and a later one of deletion, each within its call, so that each call that
    /// found the object was at work between them at some time, and each that did not was so before or after.
    fn is_linearizable(&self) -> bool {
        let (Some(created), [] | [_]) = (self.created, &*self.deleted) else {
            return false;
        };
        let deleted = self.deleted.first();
        // The latest moment of creation and the earliest of deletion leave most room to those that did not find it.
        let ends = self.present.iter().map(|span| span.to);
        let creation = ends.fold(created.to, u64::min);
        let begins = self.present.iter().map(|span| span.from);
        let deletion = deleted.map(|span| begins.fold(span.from, u64::max));
        if creation < created.from || deleted.zip(deletion).is_some_and(|(it, at)| at > it.to) {
            return false;
        }
        let deletion = deletion.unwrap_or(u64::MAX);
        // When they can be one moment, every call is before or after it.
        let is_one = deletion <= creation;
        is_one || (self.absent.iter()).all(|span| span.from < creation || span.to > deletion)
    }
}

/// What was seen of all objects.
#[derive(Default)]
struct History {
    clock: AtomicU64,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    objects: BTreeMap<String, Object>,
    /// Ids that nobody has deleted yet, as far as known.
    alive: Vec<String>,
    /// Whole listings.
    lists: Vec<(Span, BTreeSet<String>)>,
}

impl History {
    fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What came of all operations.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The objects that were created.
    pub objects: usize,
    /// The calls that found an object, and those that did not.
    pub observations: (usize, usize),
    /// What has no order in which it can have happened, in words.
    pub faults: Vec<String>,
}

/// Lets so many clients make so many operations together, over sockets.
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
        running.spawn(work(client, history.clone(), share, random));
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
    judge(&mut history.seen(), &left)
}

async fn work(client: Client, history: Arc<History>, operations: usize, mut random: fastrand::Rng) {
    let tokens = client.active_gate_tokens();
    for n in 0..operations {
        let id = {
            let seen = history.seen();
            let at = random.usize(..seen.alive.len().max(1));
            seen.alive.get(at).cloned()
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
                // A page of more would say nothing of who is not on it.
                if page.next_page_token == Ok(None) {
                    history.seen().lists.push((span, ids));
                }
            }
            (2..40, Some(id)) => {
                let result = tokens.get(&id.as_str().into()).send().await;
                let span = span(&history);
                let mut seen = history.seen();
                let object = seen.objects.entry(id).or_default();
                match result {
                    Ok(_) => object.present.push(span),
                    Err(error) if error.is_not_found() => object.absent.push(span),
                    Err(error) => panic!("{error}"),
                }
            }
            (40..70, Some(id)) => {
                let result = tokens.delete(&id.as_str().into()).send().await;
                let span = span(&history);
                let mut seen = history.seen();
                seen.alive.retain(|alive| *alive != id);
                let object = seen.objects.entry(id).or_default();
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
                let mut seen = history.seen();
                let id = created.id.to_string();
                let before = seen
                    .objects
                    .entry(id.clone())
                    .or_default()
                    .created
                    .replace(span);
                assert!(before.is_none(), "{id} was given twice");
                seen.alive.push(id);
            }
        }
    }
}

/// Looks for what cannot have happened.
fn judge(seen: &mut Seen, left: &BTreeSet<String>) -> Outcome {
    let Seen { objects, lists, .. } = seen;
    let mut faults = Vec::new();
    for (span, ids) in &*lists {
        for id in ids {
            match objects.get_mut(id) {
                Some(object) => object.present.push(*span),
                None => faults.push(format!("{id} is in a list, and nobody made it")),
            }
        }
        // Lists before the creation or after the deletion say nothing that could be wrong.
        for (id, object) in objects.iter_mut().filter(|(id, _)| !ids.contains(*id)) {
            let was_there = object.created.is_some_and(|created| created.to < span.from);
            let is_gone = object.deleted.first().is_some_and(|it| it.from < span.to);
            if was_there && !is_gone {
                faults.push(format!("{id} is not in a list, and was there"));
            }
        }
    }
    for (id, object) in &*objects {
        if !object.is_linearizable() {
            faults.push(format!("{id}: {object:?}"));
        }
        if left.contains(id) != object.deleted.is_empty() {
            faults.push(format!(
                "{id}: {} deletions, and is there: {}",
                object.deleted.len(),
                left.contains(id)
            ));
        }
    }
    let count = |seen: fn(&Object) -> usize| objects.values().map(seen).sum();
    Outcome {
        objects: objects.len(),
        observations: (count(|it| it.present.len()), count(|it| it.absent.len())),
        faults,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(spans: &[(u64, u64)]) -> Vec<Span> {
        spans.iter().map(|&(from, to)| Span { from, to }).collect()
    }

    type Spans<'a> = &'a [(u64, u64)];

    /// Created between 10 and 20.
    fn object(deleted: Spans<'_>, present: Spans<'_>, absent: Spans<'_>) -> Object {
        Object {
            created: Some(Span { from: 10, to: 20 }),
            deleted: spans(deleted),
            present: spans(present),
            absent: spans(absent),
        }
    }

    #[test]
    fn what_can_have_happened_is_told_from_what_cannot() {
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
