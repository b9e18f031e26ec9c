//! Very many calls that are dropped at random points, and the resources that they leak.

use std::future::{Future, poll_fn};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use dt_client::Client;
use dt_client::models::ActiveGateTokenId;
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::ApiToken;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, block_in_place};

use crate::process::Process;

/// The number of calls that the transport allows at once.
const IN_FLIGHT: usize = 64;

/// The resources that canceled calls leaked.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Leftovers {
    /// The number of calls that were dropped before they ended; the others succeeded.
    pub dropped: usize,
    /// The number of open descriptors more than before.
    pub descriptors: i64,
    /// The number of tasks more than before.
    pub tasks: i64,
    /// The number of permits for calls that were not returned.
    pub permits: usize,
}

impl Leftovers {
    /// Returns whether nothing leaked.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        (self.descriptors, self.tasks, self.permits) == (0, 0, 0)
    }
}

/// Makes calls, more at once than the transport allows, drops them at random points, and counts what leaked. It needs a
/// multi-threaded runtime.
pub async fn count_leftovers(program: &Path, calls: usize, seed: u64) -> Leftovers {
    let mut server = Process::start(program, &["serve-unevenly"]);
    let mut gate = Process::start(program, &["serve-together", &IN_FLIGHT.to_string()]);
    let before = (descriptors(), tasks());
    let transport = HyperTransport::builder().max_in_flight(IN_FLIGHT).build();
    let client = client(&server.next_line(), &transport);

    let places = Arc::new(Semaphore::new(2 * IN_FLIGHT));
    let mut random = fastrand::Rng::with_seed(seed);
    let mut running = JoinSet::new();
    let mut dropped = 0;
    for _ in 0..calls {
        let place = places.clone().acquire_owned().await.unwrap();
        let (client, mut random) = (client.clone(), random.fork());
        running.spawn(async move {
            let _place = place;
            call_and_drop(&client, &mut random).await
        });
        while let Some(was_dropped) = running.try_join_next() {
            dropped += usize::from(was_dropped.unwrap());
        }
    }
    let rest = running.join_all().await;
    dropped += rest.into_iter().filter(|was_dropped| *was_dropped).count();
    let permits = IN_FLIGHT - count_permits(&mut gate, &transport).await;
    drop((client, transport));
    let (descriptors, tasks) = settle(before).await;
    Leftovers {
        dropped,
        descriptors,
        tasks,
        permits,
    }
}

fn client(origin: &str, transport: &HyperTransport) -> Client {
    Client::builder(origin)
        .credentials(ApiToken::new("dt0c01.EXAMPLE.SECRET").unwrap())
        .build_with(transport.clone(), TokioClock::new())
        .unwrap()
}

fn call(client: &Client) -> impl Future<Output = ()> + Send + use<> {
    let tokens = client.active_gate_tokens();
    async move {
        let id = ActiveGateTokenId::new("dt0g02.4KWZO5EF");
        tokens.get(&id).send().await.unwrap();
    }
}

/// Makes a call and drops it after some polls or some time; returns false if the call ended before that.
async fn call_and_drop(client: &Client, random: &mut fastrand::Rng) -> bool {
    let mut call = pin!(call(client));
    if random.bool() {
        let mut polls = random.u32(0..6);
        return poll_fn(|context| match call.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(false),
            Poll::Pending if polls == 0 => Poll::Ready(true),
            Poll::Pending => {
                polls -= 1;
                Poll::Pending
            }
        })
        .await;
    }
    let time = Duration::from_micros(random.u64(0..3000));
    tokio::time::timeout(time, call).await.is_err()
}

/// Counts the calls that the transport still allows at once.
async fn count_permits(gate: &mut Process, transport: &HyperTransport) -> usize {
    let client = client(&gate.next_line(), transport);
    let mut running = JoinSet::new();
    for _ in 0..IN_FLIGHT {
        running.spawn(call(&client));
    }
    // If a permit is missing, the server never receives all calls, and they time out.
    assert_eq!(block_in_place(|| gate.next_line()), "full");
    gate.send_line();
    running.join_all().await.len()
}

/// Waits until descriptors and tasks are back at their numbers, or five seconds; returns the differences.
async fn settle(before: (i64, i64)) -> (i64, i64) {
    let mut left = (0, 0);
    for _ in 0..500 {
        left = (descriptors() - before.0, tasks() - before.1);
        if left == (0, 0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    left
}

fn descriptors() -> i64 {
    let open = std::fs::read_dir("/proc/self/fd").unwrap();
    i64::try_from(open.count()).unwrap()
}

fn tasks() -> i64 {
    i64::try_from(Handle::current().metrics().num_alive_tasks()).unwrap()
}
