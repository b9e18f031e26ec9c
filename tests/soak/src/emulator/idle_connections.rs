//! Very many connections that send almost nothing, and one client that makes calls meanwhile.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use dt_client::Client;
use gatelet_emulator::well_known;
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::ApiToken;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::process::Process;

/// The measurements.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct IdleConnections {
    /// The number of connections that the server closed, and the longest time that one stayed open.
    pub closed: (usize, Duration),
    /// The number of the client's responses, and the 99th percentile of their times.
    pub responses: (usize, Duration),
}

impl fmt::Display for IdleConnections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} slow and idle connections closed, the last after {:.1} s; meanwhile {} responses to another client, p99 {:.1} ms",
            self.closed.0,
            self.closed.1.as_secs_f64(),
            self.responses.0,
            self.responses.1.as_secs_f64() * 1000.0
        )
    }
}

/// Opens this many connections to a server in a separate process, and makes calls until it has closed them all.
pub async fn measure(program: &Path, folder: &Path, connections: usize) -> IdleConnections {
    let path = folder.join("idle.redb");
    let mut server = Process::start(program, &["serve-emulator", path.to_str().unwrap()]);
    let origin = server.next_line();
    let address = origin.trim_start_matches("http://").to_owned();
    let mut idle = JoinSet::new();
    for n in 0..connections {
        let stream = TcpStream::connect(&address).await.unwrap();
        idle.spawn(hold_open(stream, n % 2 == 0));
    }
    let client = Client::builder(origin)
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(HyperTransport::new(), TokioClock::new())
        .unwrap();
    let (mut closed, mut longest, mut took) = (0, Duration::ZERO, Vec::new());
    while !idle.is_empty() {
        let begun = Instant::now();
        client.active_gate_tokens().list().send().await.unwrap();
        took.push(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
        while let Some(open) = idle.try_join_next() {
            closed += 1;
            longest = longest.max(open.unwrap());
        }
    }
    took.sort();
    IdleConnections {
        closed: (closed, longest),
        responses: (took.len(), took[(took.len() * 99).div_ceil(100) - 1]),
    }
}

/// Sends a request head slowly, byte by byte, or a whole head without its body; returns how long the connection stayed open.
async fn hold_open(mut stream: TcpStream, is_slow: bool) -> Duration {
    let opened = Instant::now();
    let head =
        b"POST /api/v2/activeGateTokens HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n";
    let first = if is_slow { &head[..1] } else { &head[..] };
    let _ = stream.write_all(first).await;
    let (mut reader, mut writer) = stream.split();
    let send = async {
        let mut rest = head[1..].chunks(1).filter(|_| is_slow);
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            match rest.next() {
                Some(byte) if writer.write_all(byte).await.is_ok() => {}
                _ => std::future::pending().await,
            }
        }
    };
    let mut response = Vec::new();
    tokio::select! {
        () = send => {}
        _ = reader.read_to_end(&mut response) => {}
    }
    opened.elapsed()
}
