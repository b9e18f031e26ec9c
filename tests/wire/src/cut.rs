//! Every operation, cut at every byte in every way.
//!
//! The canonical exchange of an operation is the one that client and emulator have over a socket when nobody disturbs
//! them. The server plays it again up to a byte of the request or of the answer, and then closes, resets or stalls the
//! connection. What the call returns is held against what the server did.
//!
//! The client writes a small request in one piece, so the server cannot make it stop in the middle: a request is cut by
//! reading no more of it. Whether all of it had been written is counted by the server where the ending allows it.

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
use http::{Method, Request, Response};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::{
    Account, Caller, Cut, Ending, Exchange, Framing, Operation, Point, Role, Server, Target, World,
};

/// One operation with a world of its own, and the lengths of its canonical exchanges.
#[derive(Clone, Debug)]
struct Scene {
    operation: Operation,
    world: Arc<World>,
    role: Role,
    request: usize,
    response: usize,
}

/// One call that is to be cut.
#[derive(Clone, Debug)]
pub struct Job {
    scene: Scene,
    cut: Cut,
}

/// How calls are made.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "it is a set of numbers")]
pub struct Settings {
    /// How long the client waits for a byte of the answer.
    pub patience: Duration,
    /// How many calls are cut at once.
    pub at_once: usize,
    /// How many calls are stalled at once.
    pub stalled_at_once: usize,
    /// How often a call is tried.
    pub retry: RetryPolicy,
}

/// What came of many calls.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// The calls that were made.
    pub calls: u64,
    /// The requests that they made.
    pub requests: u64,
    /// The bytes of canonical exchanges that were never read or never sent.
    pub bytes_cut: u64,
    /// The calls that were made once more, because the client had given up before the server came to the place of the cut.
    pub repeated: u64,
    /// Calls that gave a complete value.
    pub complete: u64,
    /// Errors of reads.
    pub reads: u64,
    /// Errors of writes that say: not applied, perhaps, applied.
    pub writes: [u64; 3],
    /// What was wrong, one line a call.
    pub faults: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [no, unknown, yes] = self.writes;
        write!(
            f,
            "{} calls ({} made again), {} requests, {} bytes cut; {} complete values, {} failed reads, failed writes: {no} not applied, \
             {unknown} unknown, {yes} applied; {} wrong",
            self.calls,
            self.repeated,
            self.requests,
            self.bytes_cut,
            self.complete,
            self.reads,
            self.faults.len()
        )
    }
}

/// Every cut of every operation: after each byte of the request, and of each answer that it may get.
pub async fn jobs() -> Vec<Job> {
    let mut jobs = Vec::new();
    for operation in Operation::all() {
        let world = Arc::new(World::new().await);
        for (role, framing) in [
            (Role::Writer, Framing::Length),
            (Role::Writer, Framing::Chunked),
            (Role::Refused, Framing::Length),
        ] {
            if role == Role::Refused && !operation.is_write() {
                continue;
            }
            let scene = Scene::new(operation, world.clone(), role, framing).await;
            let requests = match (role, framing) {
                (Role::Writer, Framing::Length) => 0..scene.request,
                _ => 0..0,
            };
            let points = requests.map(Point::Request);
            let points = points.chain((0..=scene.response).map(Point::Response));
            for point in points {
                for ending in Ending::ALL {
                    let scene = scene.clone();
                    let cut = Cut {
                        point,
                        ending,
                        framing,
                    };
                    jobs.push(Job { scene, cut });
                }
            }
        }
    }
    jobs
}

/// Makes all these calls, as many at once as the settings say.
pub async fn run(jobs: impl IntoIterator<Item = Job>, settings: &Settings) -> Report {
    let lanes = Arc::new(Semaphore::new(settings.at_once));
    let stalled = Arc::new(Semaphore::new(settings.stalled_at_once));
    let mut calls = JoinSet::new();
    for job in jobs {
        let lanes = if job.cut.ending == Ending::Stall {
            stalled.clone()
        } else {
            lanes.clone()
        };
        let settings = settings.clone();
        calls.spawn(async move {
            let _lane = lanes.acquire_owned().await.unwrap();
            job.run(&settings).await
        });
    }
    let (mut report, mut hasty) = (Report::default(), Vec::new());
    while let Some(outcome) = calls.join_next().await {
        let outcome = outcome.unwrap();
        if outcome.was_hasty() {
            hasty.push(outcome.job);
        } else {
            report.add(outcome);
        }
    }
    // On a busy machine the client may have given up before the server came to the place of the cut. Alone it does not.
    let patient = Settings {
        patience: settings.patience * 5,
        ..settings.clone()
    };
    report.repeated = hasty.len() as u64;
    for job in hasty {
        report.add(job.run(&patient).await);
    }
    report
}

impl Scene {
    /// Makes the call once without disturbing it, and measures it.
    async fn new(operation: Operation, world: Arc<World>, role: Role, framing: Framing) -> Self {
        let mut scene = Self {
            operation,
            world,
            role,
            request: 0,
            response: 0,
        };
        let undisturbed = Cut {
            point: Point::Response(usize::MAX),
            ending: Ending::Close,
            framing,
        };
        let transport = HyperTransport::builder().max_idle_connections(0).build();
        let (_, account) = scene
            .call(undisturbed, transport, RetryPolicy::never())
            .await;
        scene.request = account.exchanges[0].read;
        scene.response = account.exchanges[0].whole;
        scene
    }

    /// One call, and what the server knows of it.
    async fn call(
        &self,
        cut: Cut,
        transport: HyperTransport,
        retry: RetryPolicy,
    ) -> (Result<String, Error>, Account) {
        let target = self.world.target(self.operation).await;
        let world = self.world.clone();
        let server = Server::start(move |request| world.answer(request), Some(cut)).await;
        let caller = Caller::new(
            self.role,
            server.origin(),
            transport,
            TokioClock::new(),
            retry,
        );
        let result = caller.call(&self.world, self.operation, &target).await;
        drop(caller);
        (result, server.finish().await)
    }
}

/// A call that was made.
struct Outcome {
    job: Job,
    result: Result<String, Error>,
    account: Account,
    verdict: Result<(), String>,
}

impl Outcome {
    /// Whether what is wrong may be that the client ran out of patience too early.
    fn was_hasty(&self) -> bool {
        // An exchange that timed out is a credential that could not be had.
        let timed_out = |error: &Error| {
            let failed = ErrorKind::Credential(CredentialFailure::ExchangeFailed);
            matches!(error.kind(), ErrorKind::Timeout(_)) || *error.kind() == failed
        };
        self.verdict.is_err() && self.result.as_ref().is_err_and(timed_out)
    }
}

impl Job {
    async fn run(self, settings: &Settings) -> Outcome {
        let transport = HyperTransport::builder()
            .max_idle_connections(0)
            .first_byte_timeout(settings.patience)
            .stall_timeout(settings.patience)
            .build();
        let retry = settings.retry.clone();
        let (result, account) = self.scene.call(self.cut, transport, retry).await;
        let judge = Judge {
            job: &self,
            account: &account,
            may_repeat: settings.retry != RetryPolicy::never(),
        };
        let verdict = match &result {
            Ok(value) => judge.value(value).await,
            Err(error) => judge.error(error),
        };
        Outcome {
            job: self,
            result,
            account,
            verdict,
        }
    }
}

/// What the server did, as the measure of what the client says.
struct Judge<'a> {
    job: &'a Job,
    account: &'a Account,
    may_repeat: bool,
}

impl Judge<'_> {
    fn operation(&self) -> Operation {
        self.job.scene.operation
    }

    /// The exchanges of the call itself, without those for its credential.
    fn own(&self) -> impl Iterator<Item = &Exchange> {
        let of_credential = |exchange: &Exchange| match &exchange.handled {
            Some((request, _)) => is_exchange(request),
            None => self.operation().is_exchange(),
        };
        let exchanges = self.account.exchanges.iter();
        exchanges.filter(move |exchange| !of_credential(exchange))
    }

    /// Whether the server made the change that the call asks for.
    fn was_applied(&self) -> bool {
        let succeeded = |exchange: &Exchange| {
            let handled = exchange.handled.as_ref();
            handled.is_some_and(|(_, response)| response.status().is_success())
        };
        self.operation().is_write() && self.own().any(succeeded)
    }

    /// Whether nobody on the client's side can know: all of the request was written, and no status came back.
    fn is_in_doubt(&self) -> bool {
        let in_doubt = |exchange: &Exchange| {
            let whole = exchange
                .handled
                .as_ref()
                .map_or(self.job.scene.request, |_| exchange.read);
            let was_written = exchange.written.is_none_or(|written| written == whole);
            let was_told = exchange.handled.is_some() && exchange.sent >= exchange.status_line;
            was_written && !was_told
        };
        self.operation().is_write() && self.own().any(in_doubt)
    }

    fn is_whole(&self) -> bool {
        let is_whole =
            |exchange: &Exchange| exchange.handled.is_some() && exchange.sent == exchange.whole;
        self.account.exchanges.iter().all(is_whole)
    }

    async fn value(&self, value: &str) -> Result<(), String> {
        if self.job.scene.role == Role::Refused {
            return Err("a refusal became a value".into());
        }
        if !self.may_repeat && !self.is_whole() {
            return Err("an answer that was not whole became a value".into());
        }
        if self.may_repeat && self.operation().operation().method == gatelet_models::Method::Delete
        {
            return Ok(()); // That nothing is left may be what the repetition found.
        }
        let same = self.once_more().await.map_err(|error| error.to_string())?;
        if same != value {
            return Err("the value is another one than without a socket".into());
        }
        self.count()
    }

    /// The same call, handed the same answers without a socket.
    async fn once_more(&self) -> Result<String, Error> {
        let handled = |own: bool| {
            let exchanges = self.account.exchanges.iter().rev();
            let mut handled = exchanges.filter_map(|exchange| exchange.handled.as_ref());
            let found = handled.find(|(request, _)| is_exchange(request) != own);
            found.map(|(_, response)| response.clone())
        };
        let (own, credential) = (handled(true), handled(false));
        let answers = move |request: Request<Bytes>| {
            let answer = if is_exchange(&request) {
                credential.clone()
            } else {
                own.clone()
            };
            async move { Ok::<Response<Bytes>, TransportError>(answer.unwrap_or_default()) }
        };
        let scene = &self.job.scene;
        // Links to the next page begin with it.
        let origin = self.account.origin.clone();
        Caller::new(
            scene.role,
            origin,
            from_fn(answers),
            ManualClock::auto(),
            RetryPolicy::never(),
        )
        .call(&scene.world, scene.operation, &Target(String::from("id")))
        .await
    }

    fn error(&self, error: &Error) -> Result<(), String> {
        let (applied, was_applied) = (error.applied(), self.was_applied());
        let agrees = match applied {
            Applied::No => !was_applied,
            Applied::Yes => was_applied,
            Applied::Unknown => self.is_in_doubt(),
        };
        if !agrees {
            return Err(format!(
                "it says {applied:?}, and the server has {was_applied}"
            ));
        }
        if self.job.scene.role == Role::Writer {
            if self.is_whole() {
                return Err("a whole answer became an error".into());
            }
            if self.may_repeat && self.operation().operation().idempotent {
                return Err("it could have been repeated, and was not".into());
            }
        }
        self.kind(error)?;
        self.count()
    }

    /// Whether the error names what happened to the connection, or the refusal that came through.
    fn kind(&self, error: &Error) -> Result<(), String> {
        use ErrorKind::{Api, Connect, Credential, Interrupted, Timeout};
        let fits = match (self.job.cut.ending, error.kind()) {
            (_, Api) => error
                .status()
                .is_some_and(|status| status.is_client_error()),
            (_, Credential(CredentialFailure::Rejected)) => true,
            (_, Credential(CredentialFailure::ExchangeFailed)) => self.operation().is_exchange(),
            (Ending::Close | Ending::Reset, Interrupted | Connect(_)) => true,
            (Ending::Stall, Timeout(Phase::FirstByte | Phase::Stall)) => true,
            _ => false,
        };
        if fits {
            Ok(())
        } else {
            Err(format!("{:?} is not what happened", error.kind()))
        }
    }

    /// Whether the server saw as few requests as it may.
    fn count(&self) -> Result<(), String> {
        let own = self.own().count();
        let operation = self.operation();
        let repeats =
            self.may_repeat && operation.operation().idempotent && !operation.is_exchange();
        let most = if repeats { 3 } else { 1 };
        if own <= most {
            Ok(())
        } else {
            Err(format!("{own} requests, at most {most}"))
        }
    }
}

/// Whether this is the exchange of a key for a bearer.
fn is_exchange(request: &Request<Bytes>) -> bool {
    let exchange = Asa::IssueServiceToken.operation();
    request.method() == Method::POST && exchange.match_path(request.uri().path()).is_some()
}

impl Report {
    fn add(&mut self, outcome: Outcome) {
        let Outcome {
            job,
            result,
            account,
            verdict,
        } = outcome;
        self.calls += 1;
        self.requests += account.exchanges.len() as u64;
        self.bytes_cut += match job.cut.point {
            Point::Request(bytes) => job.scene.request + job.scene.response - bytes,
            Point::Response(bytes) => job.scene.response - bytes,
        } as u64;
        match &result {
            Ok(_) => self.complete += 1,
            Err(_) if !job.scene.operation.is_write() => self.reads += 1,
            Err(error) => match error.applied() {
                Applied::No => self.writes[0] += 1,
                Applied::Unknown => self.writes[1] += 1,
                Applied::Yes => self.writes[2] += 1,
            },
        }
        if let Err(wrong) = verdict {
            let (scene, cut) = (&job.scene, job.cut);
            let result = result.map_or_else(|error| error.to_string(), |_| "a value".into());
            self.faults.push(format!(
                "{:?} as {:?}, {:?}: {wrong}; it gave: {result}",
                scene.operation, scene.role, cut
            ));
        }
    }
}
