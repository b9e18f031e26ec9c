//! Handshakes that several requests share.
//!
//! An HTTP/2 connection serves many requests, but whether the server chooses HTTP/2 is known only after the handshake. So one of
//! the requests that find no connection opens one, and the others wait until the server's first `SETTINGS` announce how many
//! requests it takes. A request does not wait if
//!
//! - the server is known to choose HTTP/1.1, or the connection is in the clear;
//! - more requests are waiting than the connections that are being opened will take;
//! - the handshake has taken half of the connect timeout: then another one begins beside it;
//! - a handshake failed, or the first request on its connection did. Each failure in a row doubles the number of concurrent
//!   handshakes. So the requests do not try a server that refuses all of them one after the other, and one dropped handshake does
//!   not make all of them open a connection at once.
//!
//! A [`Flight`] ends when it is dropped, so a dropped call lets the next request open a connection.

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

/// The state for one origin and one runtime.
#[derive(Debug)]
struct OriginState {
    origin: Origin,
    runtime: Id,
    protocol: Protocol,
    /// The number of each, and when it began.
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
    /// With the number of concurrent requests that the last connection took, once it is known.
    Http2(Option<usize>),
}

/// What a request without a connection does next.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Open a connection.
    Open(Flight),
    /// Wait for a change, at most until this instant.
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

/// Counts a request as waiting for a connection until dropped.
#[derive(Debug)]
pub(crate) struct Waiter {
    flights: Arc<Flights>,
    origin: Origin,
    runtime: Id,
}

/// Wakes waiting requests when a request on a connection ends.
#[derive(Debug)]
pub(crate) struct NotifyOnDrop<'a> {
    flights: &'a Flights,
    origin: &'a Origin,
    /// Whether the connection served a request, if that is known.
    was_useful: Option<bool>,
}

impl NotifyOnDrop<'_> {
    /// Records whether a request on the connection got a response. A failure counts only for the first request.
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
        /// For a connect timeout that is practically unlimited.
        const LONGEST: Duration = Duration::from_secs(60);

        Arc::new(Self {
            max_wait: connect_timeout
                .checked_div(2)
                .unwrap_or_default()
                .min(LONGEST),
            origins: Mutex::default(),
        })
    }

    /// Subscribes to changes. Must be called before looking into the pool, so that none is missed.
    pub(crate) fn changes(&self, origin: &Origin) -> watch::Receiver<()> {
        self.with(origin, Handle::current().id(), |state| {
            state.changes.subscribe()
        })
    }

    /// Returns whether a request opens a connection or waits.
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

    /// Wakes waiting requests when the guard is dropped, because a connection may have capacity again.
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
        /// A client has few servers. Beyond this number, the first unused state is dropped.
        const MAX_ORIGINS: usize = 64;

        let mut origins = self.origins();
        let found = origins
            .iter_mut()
            .find(|state| state.runtime == runtime && state.origin == *origin);
        if let Some(state) = found {
            return work(state);
        }
        if origins.len() >= MAX_ORIGINS
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

    /// Starts another flight and returns its number, or returns until when the request waits.
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

    /// Returns until when another request waits, or `None` if it opens a connection.
    fn wait_until(&mut self, now: Instant, max_wait: Duration) -> Option<Instant> {
        let capacity = match self.protocol {
            Protocol::Http1 => return None,
            Protocol::Unknown | Protocol::Http2(None) => usize::MAX,
            Protocol::Http2(Some(capacity)) => capacity.max(1),
        };
        if self.flights.is_empty() && self.waiting == 0 {
            self.failures = 0;
        }
        // Handshakes that take too long are not relied on.
        let ends = self.flights.iter();
        let ends = ends.filter_map(|(_, began)| began.checked_add(max_wait));
        let ends: Vec<_> = ends.filter(|end| *end > now).collect();
        let at_once = 1_usize.checked_shl(self.failures).unwrap_or(usize::MAX);
        let will_be_used = ends.len().saturating_add(self.waiting);
        let is_enough = ends.len() >= at_once && will_be_used < ends.len().saturating_mul(capacity);
        ends.into_iter().min().filter(|_| is_enough)
    }
}

impl Flight {
    /// Records that the server chose HTTP/1.1, so each request needs a connection of its own.
    pub(crate) fn negotiated_http1(self) {
        self.with(|state| {
            state.protocol = Protocol::Http1;
            state.failures = 0;
        });
    }

    /// Records that the server chose HTTP/2. The number of requests that it takes is not known yet.
    pub(crate) fn negotiated_http2(&self) {
        self.with(|state| {
            if !matches!(state.protocol, Protocol::Http2(_)) {
                state.protocol = Protocol::Http2(None);
            }
        });
    }

    /// Records how many concurrent requests the connection takes.
    pub(crate) fn capacity_known(self, requests: usize) {
        self.with(|state| state.protocol = Protocol::Http2(Some(requests)));
    }

    /// Records that the connection could not be opened.
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

    /// Returns what this many requests do: those that open a connection, and those that wait.
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
    async fn one_of_many_first_requests_opens_a_connection_and_the_next_replaces_it() {
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
    async fn requests_to_an_http1_server_do_not_wait() {
        let flights = Flights::new(CONNECT);
        one(&flights).negotiated_http1();
        assert_eq!(requests(&flights, 50).0.len(), 50);
        // The server is upgraded to HTTP/2.
        one(&flights).negotiated_http2();
        assert_eq!(requests(&flights, 50).0.len(), 1);
    }

    // U21
    #[tokio::test(start_paused = true)]
    async fn as_many_connections_are_opened_as_the_waiting_requests_need() {
        for (takes, needed) in [(0, 50), (1, 50), (10, 5), (49, 2), (50, 1), (1_000, 1)] {
            let flights = Flights::new(CONNECT);
            let first = one(&flights);
            first.negotiated_http2();
            first.capacity_known(takes);
            assert_eq!(requests(&flights, 50).0.len(), needed, "{takes}");
        }
    }

    /// Returns how many handshakes run at a time in a burst of 50 requests, if all end like this.
    fn rounds(flights: &Arc<Flights>, end: impl Fn(Flight)) -> Vec<usize> {
        let (mut open, mut waits) = requests(flights, 50);
        let mut rounds = Vec::new();
        while !open.is_empty() {
            rounds.push(open.len());
            open.into_iter().for_each(&end);
            let left = waits.len();
            // Keeps the burst alive until the others have asked again.
            let last = waits.pop();
            drop(waits);
            (open, waits) = requests(flights, left);
            drop(last);
        }
        rounds
    }

    // U21
    #[tokio::test(start_paused = true)]
    async fn handshakes_double_after_each_failure() {
        let flights = Flights::new(CONNECT);
        assert_eq!(rounds(&flights, Flight::failed), [1, 2, 8, 39]);
        assert_eq!(
            requests(&flights, 50).0.len(),
            1,
            "the next burst starts with one"
        );
    }

    // U21
    #[tokio::test(start_paused = true)]
    async fn a_failed_first_request_counts_as_a_failed_handshake() {
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
    async fn a_slow_handshake_does_not_block_others() {
        let flights = Flights::new(CONNECT);
        let _first = one(&flights);
        let until = match flights.turn(&server()) {
            Turn::Wait(_, until) => until,
            Turn::Open(_) => panic!("a connection is being opened"),
        };
        tokio::time::advance(Duration::from_millis(1_999)).await;
        assert_eq!(requests(&flights, 1).0.len(), 0);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(until, tokio::time::Instant::now());
        assert_eq!(requests(&flights, 50).0.len(), 1);
    }

    // U21
    #[tokio::test(start_paused = true)]
    async fn each_server_and_runtime_waits_for_its_own_connections() {
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
        // The number of remembered servers is bounded.
        for number in 0..1_000 {
            let uri = format!("https://{number}.example").parse().unwrap();
            drop(flights.turn(&Origin::of(&uri).unwrap()));
        }
        assert!(flights.origins().len() <= 64);
        assert_eq!(requests(&flights, 1).0.len(), 0);
    }
}
