//! A server for a process of its own, which holds requests back until it is told to answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;

use crate::process::{read_line, say};

/// How the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there are two")]
pub enum Manner {
    /// Once so many requests wait at the same time, it says so and then waits for the word to answer them.
    Together(usize),
    /// At once, a little later, or in two parts, as chance has it.
    Unevenly,
}

/// Serves until standard input ends: the process's own part.
///
/// It prints its address, and `full` once enough requests wait.
pub async fn serve(manner: Manner) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(u16::MAX.into()).unwrap();
    say(&format!("http://{}", listener.local_addr().unwrap()));
    let (open, is_open) = watch::channel(manner == Manner::Unevenly);
    std::thread::spawn(move || {
        while read_line() {
            open.send_replace(true);
        }
    });
    let waiting = Arc::new(AtomicUsize::new(0));
    let mut word = is_open.clone();
    loop {
        tokio::select! {
            // The sender goes with standard input.
            () = async { while word.changed().await.is_ok() {} } => return,
            accepted = listener.accept() => {
                let (stream, _) = accepted.unwrap();
                tokio::spawn(connection(stream, manner, waiting.clone(), is_open.clone()));
            }
        }
    }
}

async fn connection(
    mut stream: TcpStream,
    manner: Manner,
    waiting: Arc<AtomicUsize>,
    mut is_open: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let mut request = Vec::new();
    loop {
        request.clear();
        while !request.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let (pause, part) = match manner {
            Manner::Together(many) => {
                if waiting.fetch_add(1, Ordering::Relaxed) + 1 == many {
                    say("full");
                }
                let _ = is_open.wait_for(|open| *open).await;
                (0, 0)
            }
            Manner::Unevenly => (
                fastrand::u64(0..2000),
                fastrand::usize(0..2) * ANSWER.len() / 2,
            ),
        };
        // The client may go at any moment.
        if stream.write_all(&ANSWER.as_bytes()[..part]).await.is_err() {
            return;
        }
        if pause > 1000 {
            tokio::time::sleep(Duration::from_micros(pause - 1000)).await;
        }
        if stream.write_all(&ANSWER.as_bytes()[part..]).await.is_err() {
            return;
        }
    }
}

/// The answer to every request: one ActiveGate token.
const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 134\r\n\r\n\
    {\"id\":\"dt0g02.4KWZO5EF\",\"name\":\"edge-7\",\"owner\":\"john.smith\",\
    \"creationDate\":\"2020-11-05T08:15:30.144Z\",\"activeGateType\":\"ENVIRONMENT\"}";
