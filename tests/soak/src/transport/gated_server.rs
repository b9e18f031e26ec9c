//! A server in a separate process that holds its responses until it is told to send them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;

use crate::process::{print_line, wait_for_line};

/// When the server responds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there are two")]
pub enum Pacing {
    /// After a line of input, for which the server asks with `full` once this many requests wait.
    Together(usize),
    /// At random at once, a little later, or in two parts.
    Random,
}

/// Serves until standard input ends, as a separate process.
///
/// Prints its address, and `full` once enough requests wait.
pub async fn serve(pacing: Pacing) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(u16::MAX.into()).unwrap();
    print_line(&format!("http://{}", listener.local_addr().unwrap()));
    let (open, is_open) = watch::channel(pacing == Pacing::Random);
    std::thread::spawn(move || {
        while wait_for_line() {
            open.send_replace(true);
        }
    });
    let waiting = Arc::new(AtomicUsize::new(0));
    let mut input = is_open.clone();
    loop {
        tokio::select! {
            // The sender is dropped at the end of standard input.
            () = async { while input.changed().await.is_ok() {} } => return,
            accepted = listener.accept() => {
                let (stream, _) = accepted.unwrap();
                tokio::spawn(connection(stream, pacing, waiting.clone(), is_open.clone()));
            }
        }
    }
}

async fn connection(
    mut stream: TcpStream,
    pacing: Pacing,
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
        let (pause, part) = match pacing {
            Pacing::Together(many) => {
                if waiting.fetch_add(1, Ordering::Relaxed) + 1 == many {
                    print_line("full");
                }
                let _ = is_open.wait_for(|open| *open).await;
                (0, 0)
            }
            Pacing::Random => (
                fastrand::u64(0..2000),
                fastrand::usize(0..2) * RESPONSE.len() / 2,
            ),
        };
        // The client may hang up at any moment.
        if stream
            .write_all(&RESPONSE.as_bytes()[..part])
            .await
            .is_err()
        {
            return;
        }
        if pause > 1000 {
            tokio::time::sleep(Duration::from_micros(pause - 1000)).await;
        }
        if stream
            .write_all(&RESPONSE.as_bytes()[part..])
            .await
            .is_err()
        {
            return;
        }
    }
}

/// The response to every request: one ActiveGate token.
const RESPONSE: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 134\r\n\r\n\
    {\"id\":\"dt0g02.4KWZO5EF\",\"name\":\"edge-7\",\"owner\":\"john.smith\",\
    \"creationDate\":\"2020-11-05T08:15:30.144Z\",\"activeGateType\":\"ENVIRONMENT\"}";
