//! Every operation, cut at every byte in every way.
//!
//! The canonical exchange of an operation is the complete one of client and emulator over a socket. The server repeats it up
//! to some byte of the request or of the response, and then closes, resets or stalls the connection. The result of the call must
//! agree with what the server did.
//!
//! The client writes a small request in one piece, so the server cannot make it stop in the middle. It cuts a request by not
//! reading the rest of it, and counts the bytes that the client wrote, except after a reset.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_models::asa::OperationId as Asa;
use gatelet_transport::testing::ManualClock;
use gatelet_transport::{
    Applied, CredentialFailure, Error, ErrorKind, Phase, RetryPolicy, TransportError, from_fn,
};
use http::{Request, Response};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::client::TestClient;
use crate::fixture::{Fixture, Role};
use crate::operation::Operation;
use crate::server::{Cut, CutKind, Framing, Point, Served, Server, ServerLog};
use crate::target::Target;

/// An operation, its fixture, and the lengths of its canonical exchange in bytes.
#[derive(Clone, Debug)]
struct Scenario {
    operation: Operation,
    fixture: Arc<Fixture>,
    /// Whether a second call is refused, since a name is taken by then, so that each call needs a fixture of its own.
    is_once: bool,
    role: Role,
    request: usize,
    response: usize,
}

/// A call and where to cut it.
#[derive(Clone, Debug)]
pub struct Job {
    scenario: Scenario,
    cut: Cut,
}

/// How calls are made.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "it is a set of numbers")]
pub struct Settings {
    /// How long the client waits for the next byte of the response.
    pub timeout: Duration,
    /// The number of calls at once that are closed or reset.
    pub at_once: usize,
    /// The number of calls at once that are stalled.
    pub stalled_at_once: usize,
    /// The retry policy of the client.
    pub retry: RetryPolicy,
}

/// The results of many calls.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// The number of calls.
    pub calls: u64,
    /// The number of their requests.
    pub requests: u64,
    /// The number of bytes of canonical exchanges that were not read or not sent.
    pub bytes_cut: u64,
    /// The number of calls that were repeated because the client timed out before the server reached the cut.
    pub repeated: u64,
    /// The number of calls that returned a complete value.
    pub complete: u64,
    /// The number of failed reads.
    pub reads: u64,
    /// The numbers of failed writes, by what the error says: not applied, unknown, applied.
    pub writes: [u64; 3],
    /// The wrong results, one line each.
    pub wrong: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [no, unknown, yes] = self.writes;
        write!(
            f,
            "{} calls ({} repeated), {} requests, {} bytes cut; {} complete values, {} failed reads, failed writes: {no} not applied, \
             {unknown} unknown, {yes} applied; {} wrong",
            self.calls,
            self.repeated,
            self.requests,
            self.bytes_cut,
            self.complete,
            self.reads,
            self.wrong.len()
        )
    }
}

/// Returns every cut of every operation.
pub async fn jobs() -> Vec<Job> {
    let mut jobs = Vec::new();
    for operation in Operation::all() {
        jobs.extend(jobs_of(operation).await);
    }
    jobs
}

/// Returns every cut of an operation: after each byte of the request, and of each possible response.
pub async fn jobs_of(operation: Operation) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (role, framing) in [
        (Role::Writer, Framing::Length),
        (Role::Writer, Framing::Chunked),
        (Role::Refused, Framing::Length),
    ] {
        if role == Role::Refused && !operation.is_write() {
            continue;
        }
        let scenario = Scenario::new(operation, role, framing).await;
        let requests = match (role, framing) {
            (Role::Writer, Framing::Length) => 0..scenario.request,
            _ => 0..0,
        };
        let points = requests.map(Point::Request);
        let points = points.chain((0..=scenario.response).map(Point::Response));
        for point in points {
            for kind in CutKind::ALL {
                let scenario = scenario.clone();
                let cut = Cut {
                    point,
                    kind,
                    framing,
                };
                jobs.push(Job { scenario, cut });
            }
        }
    }
    jobs
}

/// Makes these calls and checks their results.
pub async fn run(jobs: impl IntoIterator<Item = Job>, settings: &Settings) -> Report {
    let mut report = Report::default();
    let premature = run_once(jobs, settings, &mut report).await;
    // On a busy machine the client may time out before the server reaches the cut, so such a call is repeated among few others.
    let patient = Settings {
        timeout: settings.timeout * 5,
        at_once: 8,
        stalled_at_once: 8,
        ..settings.clone()
    };
    report.repeated = premature.len() as u64;
    let repeated = premature.into_iter().map(|it| it.job);
    for outcome in run_once(repeated, &patient, &mut report).await {
        report.add(outcome);
    }
    report
}

/// Makes these calls once, adds their results, and returns those that may be wrong because the client timed out before the cut.
async fn run_once(
    jobs: impl IntoIterator<Item = Job>,
    settings: &Settings,
    report: &mut Report,
) -> Vec<Outcome> {
    let permits = Arc::new(Semaphore::new(settings.at_once));
    let stalled = Arc::new(Semaphore::new(settings.stalled_at_once));
    let mut calls = JoinSet::new();
    for job in jobs {
        let permits = match job.cut.kind {
            CutKind::Stall => stalled.clone(),
            CutKind::Close | CutKind::Reset => permits.clone(),
        };
        let settings = settings.clone();
        calls.spawn(async move {
            let _permit = permits.acquire_owned().await.unwrap();
            job.run(&settings).await
        });
    }
    let mut premature = Vec::new();
    while let Some(outcome) = calls.join_next().await {
        let outcome = outcome.unwrap();
        match outcome.was_premature() {
            true => premature.push(outcome),
            false => report.add(outcome),
        }
    }
    premature
}

impl Scenario {
    /// Makes the call twice without a cut, and measures the exchange.
    async fn new(operation: Operation, role: Role, framing: Framing) -> Self {
        let mut scenario = Self {
            operation,
            fixture: Arc::new(Fixture::default()),
            is_once: false,
            role,
            request: 0,
            response: 0,
        };
        let uncut = Cut {
            point: Point::Response(usize::MAX),
            kind: CutKind::Close,
            framing,
        };
        let transport = HyperTransport::builder().max_idle_connections(0).build();
        let retry = RetryPolicy::never();
        let (first, log, _) = scenario.call(uncut, transport.clone(), retry.clone()).await;
        let (second, ..) = scenario.call(uncut, transport, retry).await;
        scenario.is_once = first.is_ok() && second.is_err();
        let called = log.exchanges[0].handled.as_ref();
        let is_called = called.is_some_and(|(request, _)| operation.values_in(request).is_some());
        assert!(is_called, "{operation:?}: {called:?}");
        assert_eq!(
            first.is_ok(),
            role == Role::Writer,
            "{operation:?}: {first:?}"
        );
        scenario.request = log.exchanges[0].read;
        scenario.response = log.exchanges[0].whole;
        scenario
    }

    /// Makes one call, and returns its result, the server's log, and the object of the call.
    async fn call(
        &self,
        cut: Cut,
        transport: HyperTransport,
        retry: RetryPolicy,
    ) -> (Result<String, Error>, ServerLog, Target) {
        let fixture = match self.is_once {
            true => Arc::new(Fixture::default()),
            false => self.fixture.clone(),
        };
        let target = fixture.target(self.operation).await;
        let served = fixture.clone();
        let server = Server::start(move |request| served.respond(request), Some(cut)).await;
        let client = TestClient::new(
            self.role,
            server.origin(),
            transport,
            TokioClock::new(),
            retry,
        );
        let result = client.call(&fixture, self.operation, &target).await;
        drop(client);
        (result, server.finish().await, target)
    }
}

/// A finished call.
struct Outcome {
    job: Job,
    result: Result<String, Error>,
    log: ServerLog,
    check: Result<(), String>,
}

impl Outcome {
    fn was_premature(&self) -> bool {
        // A token exchange that timed out is a credential error.
        let timed_out = |error: &Error| {
            let failed = ErrorKind::Credential(CredentialFailure::ExchangeFailed);
            matches!(error.kind(), ErrorKind::Timeout(_)) || *error.kind() == failed
        };
        self.check.is_err() && self.result.as_ref().is_err_and(timed_out)
    }
}

impl Job {
    /// Returns the operation that is called.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.scenario.operation
    }

    async fn run(self, settings: &Settings) -> Outcome {
        let transport = HyperTransport::builder()
            .max_idle_connections(0)
            .first_byte_timeout(settings.timeout)
            .stall_timeout(settings.timeout)
            .build();
        let retry = settings.retry.clone();
        let (result, log, target) = self.scenario.call(self.cut, transport, retry).await;
        let oracle = Oracle {
            job: &self,
            log: &log,
            target: &target,
            may_repeat: settings.retry != RetryPolicy::never(),
        };
        let check = match &result {
            Ok(value) => oracle.check_value(value).await,
            Err(error) => oracle.check_error(error),
        };
        Outcome {
            job: self,
            result,
            log,
            check,
        }
    }
}

/// Decides from the log of the server whether the result of the client is right.
struct Oracle<'a> {
    job: &'a Job,
    log: &'a ServerLog,
    /// The object of the call, whose id is in the response.
    target: &'a Target,
    may_repeat: bool,
}

impl Oracle<'_> {
    fn operation(&self) -> Operation {
        self.job.scenario.operation
    }

    /// Returns the exchanges of the call itself, without token exchanges.
    fn own_exchanges(&self) -> impl Iterator<Item = &Served> {
        let is_of_credential = |served: &Served| match &served.handled {
            Some((request, _)) => is_token_exchange(request),
            None => self.operation().is_token_exchange(),
        };
        let exchanges = self.log.exchanges.iter();
        exchanges.filter(move |served| !is_of_credential(served))
    }

    /// Returns whether the server made the requested change.
    fn was_applied(&self) -> bool {
        let succeeded = |served: &Served| {
            let handled = served.handled.as_ref();
            handled.is_some_and(|(_, response)| response.status().is_success())
        };
        self.operation().is_write() && self.own_exchanges().any(succeeded)
    }

    /// Returns whether the client cannot know the outcome: it wrote the whole request, and received no status.
    fn is_in_doubt(&self) -> bool {
        let in_doubt = |served: &Served| {
            let whole = served
                .handled
                .as_ref()
                .map_or(self.job.scenario.request, |_| served.read);
            let was_written = served.written.is_none_or(|written| written == whole);
            let has_status = served.handled.is_some() && served.sent >= served.status_line;
            was_written && !has_status
        };
        self.operation().is_write() && self.own_exchanges().any(in_doubt)
    }

    /// Returns whether all responses were sent completely.
    fn is_whole(&self) -> bool {
        let is_whole = |served: &Served| served.handled.is_some() && served.sent == served.whole;
        self.log.exchanges.iter().all(is_whole)
    }

    /// Checks that a value is complete and equal to that of the same call without a socket.
    async fn check_value(&self, value: &str) -> Result<(), String> {
        if self.job.scenario.role == Role::Refused {
            return Err("a refusal became a value".into());
        }
        if !self.may_repeat && !self.is_whole() {
            return Err("an incomplete response became a value".into());
        }
        if self.may_repeat && self.operation().operation().method == gatelet_models::Method::Delete
        {
            return Ok(()); // A retry may have found the object already deleted.
        }
        let same = self.replay().await.map_err(|error| error.to_string())?;
        if same != value {
            return Err("the value differs from the one without a socket".into());
        }
        self.check_count()
    }

    /// Makes the same call with the same responses without a socket.
    async fn replay(&self) -> Result<String, Error> {
        let handled = |own: bool| {
            let exchanges = self.log.exchanges.iter().rev();
            let mut handled = exchanges.filter_map(|served| served.handled.as_ref());
            let found = handled.find(|(request, _)| is_token_exchange(request) != own);
            found.map(|(_, response)| response.clone())
        };
        let (own, credential) = (handled(true), handled(false));
        let respond = move |request: Request<Bytes>| {
            let response = if is_token_exchange(&request) {
                credential.clone()
            } else {
                own.clone()
            };
            async move { Ok::<Response<Bytes>, TransportError>(response.unwrap_or_default()) }
        };
        let scenario = &self.job.scenario;
        // Links to the next page begin with the origin.
        let origin = self.log.origin.clone();
        TestClient::new(
            scenario.role,
            origin,
            from_fn(respond),
            ManualClock::auto(),
            RetryPolicy::never(),
        )
        .call(&scenario.fixture, scenario.operation, self.target)
        .await
    }

    /// Checks that an error agrees with the log.
    fn check_error(&self, error: &Error) -> Result<(), String> {
        let (applied, was_applied) = (error.applied(), self.was_applied());
        let agrees = match applied {
            Applied::No => !was_applied,
            Applied::Yes => was_applied,
            Applied::Unknown => self.is_in_doubt(),
        };
        if !agrees {
            return Err(format!(
                "the error says {applied:?}, but applied on the server: {was_applied}"
            ));
        }
        if self.job.scenario.role == Role::Writer {
            if self.is_whole() {
                return Err("a whole response became an error".into());
            }
            if self.may_repeat && self.operation().operation().idempotent {
                return Err("it was not retried".into());
            }
        }
        self.check_kind(error)?;
        self.check_count()
    }

    /// Checks that the kind of the error matches the cut or the refusal in the response.
    fn check_kind(&self, error: &Error) -> Result<(), String> {
        use ErrorKind::{Api, Connect, Credential, Interrupted, Timeout};
        let fits = match (self.job.cut.kind, error.kind()) {
            (_, Api) => error
                .status()
                .is_some_and(|status| status.is_client_error()),
            (_, Credential(CredentialFailure::Rejected)) => true,
            (_, Credential(CredentialFailure::ExchangeFailed)) => {
                self.operation().is_token_exchange()
            }
            (CutKind::Close | CutKind::Reset, Interrupted | Connect(_)) => true,
            (CutKind::Stall, Timeout(Phase::FirstByte | Phase::Stall)) => true,
            _ => false,
        };
        if fits {
            Ok(())
        } else {
            Err(format!("{:?} is not the right kind", error.kind()))
        }
    }

    /// Checks that the server did not receive more requests than allowed.
    fn check_count(&self) -> Result<(), String> {
        // Any request of which nothing was written may be sent again.
        let was_sent = |served: &&Served| {
            served.handled.is_some() || served.read > 0 || served.written > Some(0)
        };
        let own = self.own_exchanges().filter(was_sent).count();
        let operation = self.operation();
        let repeats =
            self.may_repeat && operation.operation().idempotent && !operation.is_token_exchange();
        let most = if repeats { 3 } else { 1 };
        if own <= most {
            Ok(())
        } else {
            Err(format!("{own} requests, at most {most}"))
        }
    }
}

/// Returns whether a request is a token exchange.
fn is_token_exchange(request: &Request<Bytes>) -> bool {
    Operation::Asa(Asa::IssueServiceToken)
        .values_in(request)
        .is_some()
}

impl Report {
    fn add(&mut self, outcome: Outcome) {
        let Outcome {
            job,
            result,
            log,
            check,
        } = outcome;
        self.calls += 1;
        self.requests += log.exchanges.len() as u64;
        self.bytes_cut += match job.cut.point {
            Point::Request(bytes) => job.scenario.request + job.scenario.response - bytes,
            Point::Response(bytes) => job.scenario.response - bytes,
        } as u64;
        match &result {
            Ok(_) => self.complete += 1,
            Err(_) if !job.scenario.operation.is_write() => self.reads += 1,
            Err(error) => match error.applied() {
                Applied::No => self.writes[0] += 1,
                Applied::Unknown => self.writes[1] += 1,
                Applied::Yes => self.writes[2] += 1,
            },
        }
        if let Err(wrong) = check {
            let (scenario, cut) = (&job.scenario, job.cut);
            let result = result.map_or_else(|error| error.to_string(), |_| "a value".into());
            self.wrong.push(format!(
                "{:?} as {:?}, {:?}: {wrong}; the result: {result}",
                scenario.operation, scenario.role, cut
            ));
        }
    }
}
