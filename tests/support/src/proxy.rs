//! A proxy that forwards every request to one server.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A proxy on loopback, in threads that end with the test's process.
#[derive(Debug)]
#[non_exhaustive]
pub struct Proxy {
    /// The address at which it listens.
    pub address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts a proxy to this server, whatever host a request names.
    #[must_use]
    pub fn to(server: SocketAddr) -> Self {
        Self::start(Some(server))
    }

    /// Starts a proxy that refuses every request with 407.
    #[must_use]
    pub fn refusing() -> Self {
        Self::start(None)
    }

    fn start(server: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let log = heads.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, log) = (client.unwrap(), log.clone());
                // Either side may close the connection at any time.
                thread::spawn(move || drop(forward(client, server, &log)));
            }
        });
        Self { address, heads }
    }

    /// Returns its URL with these credentials: `http://user:password@127.0.0.1:1234`.
    #[must_use]
    pub fn url(&self, credentials: &str) -> String {
        format!("http://{credentials}@{}", self.address)
    }

    /// Returns the first request head of each connection so far.
    #[must_use]
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn forward(
    mut client: TcpStream,
    server: Option<SocketAddr>,
    heads: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(at) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break at + 4;
        }
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            count => read.extend_from_slice(&buffer[..count]),
        }
    };
    let head = String::from_utf8(read[..end].to_vec()).unwrap();
    let is_connect = head.starts_with("CONNECT ");
    heads.lock().unwrap().push(head);
    let Some(server) = server else {
        return client
            .write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    };
    let mut server = TcpStream::connect(server)?;
    if is_connect {
        // A client must ignore the length: the tunnel begins after this head.
        client.write_all(b"HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n")?;
    } else {
        server.write_all(&read)?;
    }
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || pipe(from_client, to_server));
    pipe(server, client);
    Ok(())
}

/// Copies until the source ends, and then closes the other side for writing.
fn pipe(mut from: TcpStream, mut to: TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
