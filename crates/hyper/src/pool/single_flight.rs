//! Handshakes that many requests share.
//!
//! A connection of HTTP/2 serves many requests, but whether a server speaks it is known only after the handshake. So of the
//! requests that find no connection one opens it, and the others wait for its end: not of the handshake alone, but until the
//! server's first `SETTINGS` have said how many requests the connection takes. They do not wait where
//!
//! - the server is known to speak HTTP/1.1, or is spoken to in the clear;
//! - more wait already than the connections that are being opened will take;
//! - the handshake takes half of the connect timeout, which it may never survive: then the next one begins beside it;
//! - one has failed, or brought a connection whose first request failed: for each failure in a row twice as many are begun at
//!   once, so that neither a server that refuses everyone is asked by everyone in turn, nor one that dropped a single handshake
//!   by everyone at once.
//!
//! A [`Flight`] ends when it is dropped, so whoever opens a connection and goes away makes room for the next.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::origin::Origin;

/// The connections that are being opened, by origin.
#[derive(Debug)]
pub(crate) struct Flights {
    max_wait: Duration,
    origins: Mutex<Vec<OriginState>>,
}

/// What is known of the connections of one origin that one runtime drives.
#[derive(Debug)]
struct OriginState {
    origin: Origin,
    runtime: Id,
    protocol: Protocol,
    /// When each began.
    flights: Vec<(u64, Instant)>,
    next_flight: u64,
    waiting: usize,
    failures: u32,
    changes: watch::Sender<()>,
}

#[derive(Debug)]
enum Protocol {
    Unknown,
    Http1,
    /// And the most requests that the last connection took at once, if it has said so yet.
    Http2(Option<usize>),
}

/// What a request that found no connection does.
#[derive(Debug)]
pub(crate) enum Turn {
    /// It opens one.
    Open(Flight),
    /// It waits for a change, and no longer than until this.
    Wait(Waiter, Instant),
}

/// A connection that is being opened.
#[derive(Debug)]
pub(crate) struct Flight {
    flights: Arc<Flights>,
    origin: Origin,
    runtime: Id,
    number: u64,
}

/// A request that waits for others to open a connection.
#[derive(Debug)]
pub(crate) struct Waiter {
    flights: Arc<Flights>,
    origin: Origin,
    runtime: Id,
}

/// The end of a request on a connection.
#[derive(Debug)]
pub(crate) struct NotifyOnDrop<'a> {
    flights: &'a Flights,
    origin: &'a Origin,
    /// Whether the connection is of use to a request, if that is known.
    was_useful: Option<bool>,
}

impl NotifyOnDrop<'_> {
    /// Says that a request on the connection was answered, or that the first one was not.
    pub(crate) fn record(&mut self, was_useful: bool) {
        self.was_useful = Some(was_useful);
    }
}

impl Drop for NotifyOnDrop<'_> {
    fn drop(&mut self) {
        self.flights.notify(self.origin, self.was_useful);
    }
}

impl Flights {
    pub(crate) fn new(connect_timeout: Duration) -> Arc<Self> {
        /// Of a connect timeout that is as good as none.
        const LONGEST: Duration = Duration::from_secs(60);

        Arc::new(Self {
            max_wait: connect_timeout
                .checked_div(2)
                .unwrap_or_default()
                .min(LONGEST),
            origins: Mutex::default(),
        })
    }

    /// Tells of every change from now on; to be asked for before a look into the pool, so that none is missed.
    pub(crate) fn changes(&self, origin: &Origin) -> watch::Receiver<()> {
        self.with(origin, Handle::current().id(), |state| {
            state.changes.subscribe()
        })
    }

    pub(crate) fn turn(self: &Arc<Self>, origin: &Origin) -> Turn {
        let runtime = Handle::current().id();
        let (flights, origin) = (self.clone(), origin.clone());
        let turn = self.with(&origin, runtime, |state| state.turn(self.max_wait));
        match turn {
            Ok(number) => Turn::Open(Flight {
                flights,
                origin,
                runtime,
                number,
            }),
            Err(until) => {
                let waiting = Waiter {
                    flights,
                    origin,
                    runtime,
                };
                Turn::Wait(waiting, until)
            }
        }
    }

    /// Wakes those who wait when what is returned is dropped: there may be room on a connection again.
    pub(crate) fn notify_on_drop<'a>(&'a self, origin: &'a Origin) -> NotifyOnDrop<'a> {
        NotifyOnDrop {
            flights: self,
            origin,
            was_useful: None,
        }
    }

    fn notify(&self, origin: &Origin, was_useful: Option<bool>) {
        let mut origins = self.origins();
        for state in origins.iter_mut().filter(|state| state.origin == *origin) {
            state.failures = match was_useful {
                Some(true) => 0,
                Some(false) => state.failures.saturating_add(1),
                None => state.failures,
            };
            if state.changes.receiver_count() > 0 {
                state.changes.send_replace(());
            }
        }
    }

    fn with<T>(&self, origin: &Origin, runtime: Id, work: impl FnOnce(&mut OriginState) -> T) -> T {
        /// A client speaks to few servers. Of one that speaks to many, the first that nobody waits for is forgotten.
        const MOST: usize = 64;

        let mut origins = self.origins();
        let found = origins
            .iter_mut()
            .find(|state| state.runtime == runtime && state.origin == *origin);
        if let Some(state) = found {
            return work(state);
        }
        if origins.len() >= MOST
            && let Some(unused) = origins.iter().position(OriginState::is_unused)
        {
            origins.remove(unused);
        }
        let mut state = OriginState::new(origin.clone(), runtime);
        let result = work(&mut state);
        origins.push(state);
        result
    }

    fn origins(&self) -> MutexGuard<'_, Vec<OriginState>> {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OriginState {
    fn new(origin: Origin, runtime: Id) -> Self {
        Self {
            origin,
            runtime,
            protocol: Protocol::Unknown,
            flights: Vec::new(),
            next_flight: 0,
            waiting: 0,
            failures: 0,
            changes: watch::Sender::new(()),
        }
    }

    fn is_unused(&self) -> bool {
        self.flights.is_empty() && self.waiting == 0 && self.changes.receiver_count() == 0
    }

    /// The number of another flight, or until when another request waits.
    fn turn(&mut self, max_wait: Duration) -> Result<u64, Instant> {
        let now = Instant::now();
        if let Some(until) = self.wait_until(now, max_wait) {
            self.waiting = self.waiting.saturating_add(1);
            return Err(until);
        }
        let number = self.next_flight;
        self.next_flight = number.wrapping_add(1);
        self.flights.push((number, now));
        Ok(number)
    }

    /// Until when another request has to wait; none if it is its turn to open a connection.
    fn wait_until(&mut self, now: Instant, max_wait: Duration) -> Option<Instant> {
        let most = match self.protocol {
            Protocol::Http1 => return None,
            Protocol::Unknown | Protocol::Http2(None) => usize::MAX,
            Protocol::Http2(Some(most)) => most.max(1),
        };
        if self.flights.is_empty() && self.waiting == 0 {
            self.failures = 0;
        }
        // Those that take long are not counted on any more.
        let ends = self.flights.iter();
        let ends = ends.filter_map(|(_, began)| began.checked_add(max_wait));
        let ends: Vec<_> = ends.filter(|end| *end > now).collect();
        let at_once = 1_usize.checked_shl(self.failures).unwrap_or(usize::MAX);
        let will_be_used = ends.len().saturating_add(self.waiting);
        let is_enough = ends.len() >= at_once && will_be_used < ends.len().saturating_mul(most);
        ends.into_iter().min().filter(|_| is_enough)
    }
}

impl Flight {
    /// Says that the server chose HTTP/1.1, so that each request needs a connection of its own.
    pub(crate) fn negotiated_http1(self) {
        self.with(|state| {
            state.protocol = Protocol::Http1;
            state.failures = 0;
        });
    }

    /// Says that the server chose HTTP/2; how many requests the connection takes is still to come.
    pub(crate) fn negotiated_http2(&self) {
        self.with(|state| {
            if !matches!(state.protocol, Protocol::Http2(_)) {
                state.protocol = Protocol::Http2(None);
            }
        });
    }

    /// Says how many requests the connection takes at once.
    pub(crate) fn capacity_known(self, requests: usize) {
        self.with(|state| state.protocol = Protocol::Http2(Some(requests)));
    }

    /// Says that no connection came about.
    pub(crate) fn failed(self) {
        self.with(|state| state.failures = state.failures.saturating_add(1));
    }

    fn with(&self, work: impl FnOnce(&mut OriginState)) {
        self.flights.with(&self.origin, self.runtime, work);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.with(|state| {
            state.flights.retain(|(number, _)| *number != self.number);
            state.changes.send_replace(());
        });
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.flights.with(&self.origin, self.runtime, |state| {
            state.waiting = state.waiting.saturating_sub(1);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Flight, Flights, Turn, Waiter};
    use crate::origin::Origin;

    const CONNECT: Duration = Duration::from_secs(4);

    fn server() -> Origin {
        Origin::of(&"https://server.example".parse().unwrap()).unwrap()
    }

    /// How so many requests go on: those that open a connection, and those that wait.
    fn requests(flights: &Arc<Flights>, number: usize) -> (Vec<Flight>, Vec<Waiter>) {
        let (mut open, mut wait) = (Vec::new(), Vec::new());
        for _ in 0..number {
            match flights.turn(&server()) {
                Turn::Open(flight) => open.push(flight),
                Turn::Wait(waiting, _) => wait.push(waiting),
            }
        }
        (open, wait)
    }

    fn one(flights: &Arc<Flights>) -> Flight {
        let (mut open, _) = requests(flights, 1);
        open.pop().unwrap()
    }

    // U21
    #[tokio::test(start_paused = true)]
    async fn of_many_first_requests_one_opens_and_the_next_takes_its_place() {
        let flights = Flights::new(CONNECT);
        let (mut open, wait) = requests(&flights, 50);
        assert_eq!((open.len(), wait.len()), (1, 49));
        let mut changes = flights.changes(&server());
        assert!(!changes.has_changed().unwrap());
        drop(open.pop());
        changes.changed().await.unwrap();
        drop(wait);
        assert_eq!(requests(&flights, 49).0.len(), 1);
    }

    // U21
    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_a_server_of_http1() {
        let flights = Flights::new(CONNECT);
        one(&flights).negotiated_http1();
        assert_eq!(requests(&flights, 50).0.len(), 50);
        // The server learns HTTP/2 one day.
        one(&flights).negotiated_http2();
        assert_eq!(requests(&flights, 50).0.len(), 1);
    }

    // U21
    #[tokio::test(start_paused = true)]
    async fn as_many_connections_are_opened_as_the_waiting_need() {
        for (takes, needed) in [(0, 50), (1, 50), (10, 5), (49, 2), (50, 1), (1_000, 1)] {
            let flights = Flights::new(CONNECT);
            let first = one(&flights);
            first.negotiated_http2();
            first.capacity_known(takes);
            assert_eq!(requests(&flights, 50).0.len(), needed, "{takes}");
        }
    }

    /// How many handshakes are begun at a time, of a burst of 50 that all end like this.
    fn rounds(flights: &Arc<Flights>, end: impl Fn(Flight)) -> Vec<usize> {
        let (mut open, mut waits) = requests(flights, 50);
        let mut rounds = Vec::new();
        while !open.is_empty() {
            rounds.push(open.len());
            open.into_iter().for_each(&end);
            let left = waits.len();
            // The last of them waits until the others have looked again.
            let last = waits.pop();
            drop(waits);
            (open, waits) = requests(flights, left);
            drop(last);
        }
        rounds
    }

    // U21
    #[tokio::test(start_paused = true)]
    async fn failures_do_not_come_one_after_the_other() {
        let flights = Flights::new(CONNECT);
        assert_eq!(rounds(&flights, Flight::failed), [1, 2, 8, 39]);
        assert_eq!(
            requests(&flights, 50).0.len(),
            1,
            "the next burst begins anew"
        );
    }

    // U21
    #[tokio::test(start_paused = true)]
    async fn a_connection_whose_first_request_fails_is_a_failure() {
        let (flights, origin) = (Flights::new(CONNECT), server());
        let fails_first_request = |flight: Flight| {
            flight.negotiated_http2();
            flight.capacity_known(100);
            flights.notify_on_drop(&origin).record(false);
        };
        assert_eq!(rounds(&flights, fails_first_request), [1, 2, 8, 39]);
        let (_open, _wait) = requests(&flights, 2);
        flights.notify_on_drop(&origin).record(false);
        flights.notify_on_drop(&origin).record(true);
        assert_eq!(requests(&flights, 1).0.len(), 0);
    }

    // U21
    #[tokio::test(start_paused = true)]
    async fn a_handshake_that_takes_long_does_not_hold_others_up() {
        let flights = Flights::new(CONNECT);
        let _first = one(&flights);
        let until = match flights.turn(&server()) {
            Turn::Wait(_, until) => until,
            Turn::Open(_) => panic!("one is being opened"),
        };
        tokio::time::advance(Duration::from_millis(1_999)).await;
        assert_eq!(requests(&flights, 1).0.len(), 0);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(until, tokio::time::Instant::now());
        assert_eq!(requests(&flights, 50).0.len(), 1);
    }

    // U21
    #[tokio::test(start_paused = true)]
    async fn servers_and_runtimes_wait_for_their_own_connections_alone() {
        let flights = Flights::new(CONNECT);
        let _first = one(&flights);
        let other = Origin::of(&"https://other.example".parse().unwrap()).unwrap();
        assert!(matches!(flights.turn(&other), Turn::Open(_)));
        let elsewhere = flights.clone();
        let opens = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            let _entered = runtime.enter();
            matches!(elsewhere.turn(&server()), Turn::Open(_))
        });
        assert!(opens.join().unwrap());
        // Whoever speaks to very many servers does not remember all.
        for number in 0..1_000 {
            let uri = format!("https://{number}.example").parse().unwrap();
            drop(flights.turn(&Origin::of(&uri).unwrap()));
        }
        assert!(flights.origins().len() <= 64);
        assert_eq!(requests(&flights, 1).0.len(), 0);
    }
}
