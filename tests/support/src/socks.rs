//! A SOCKS5 proxy (RFC 1928) that forwards every connection to one server.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A SOCKS5 proxy on loopback, in threads that end with the test's process.
#[derive(Debug)]
#[non_exhaustive]
pub struct SocksProxy {
    /// The address at which it listens.
    pub address: SocketAddr,
    targets: Arc<Mutex<Vec<String>>>,
}

/// What the proxy does.
#[derive(Clone, Debug)]
struct Behavior {
    server: SocketAddr,
    /// `user:password`, if it requires them.
    credentials: Option<String>,
    /// The status of its reply; 0 opens the tunnel.
    status: u8,
}

impl SocksProxy {
    /// Starts a proxy to this server, whatever host a client names, which requires `user:password` if they are set.
    #[must_use]
    pub fn to(server: SocketAddr, credentials: Option<&str>) -> Self {
        Self::start(Behavior {
            server,
            credentials: credentials.map(str::to_owned),
            status: 0,
        })
    }

    /// Starts a proxy that refuses every connection with this status of RFC 1928 section 6.
    #[must_use]
    pub fn refusing(status: u8) -> Self {
        Self::start(Behavior {
            server: ([127, 0, 0, 1], 0).into(),
            credentials: None,
            status,
        })
    }

    fn start(behavior: Behavior) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let targets = Arc::new(Mutex::new(Vec::new()));
        let log = targets.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, behavior, log) = (client.unwrap(), behavior.clone(), log.clone());
                // Either side may close the connection at any time.
                thread::spawn(move || drop(serve(client, &behavior, &log)));
            }
        });
        Self { address, targets }
    }

    /// Returns the hosts and ports that clients have asked for.
    #[must_use]
    pub fn targets(&self) -> Vec<String> {
        self.targets.lock().unwrap().clone()
    }
}

fn serve(
    mut client: TcpStream,
    behavior: &Behavior,
    targets: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let offered = read_counted(&mut client, 1)?;
    match &behavior.credentials {
        None => client.write_all(&[5, 0])?,
        Some(_) if !offered.contains(&2) => return client.write_all(&[5, 0xff]),
        Some(expected) => {
            client.write_all(&[5, 2])?;
            let user = read_counted(&mut client, 1)?;
            let password = read_counted(&mut client, 0)?;
            let given = [user, password].map(|it| String::from_utf8(it).unwrap());
            if given.join(":") != *expected {
                return client.write_all(&[1, 1]);
            }
            client.write_all(&[1, 0])?;
        }
    }
    targets.lock().unwrap().push(read_target(&mut client)?);
    client.write_all(&[5, behavior.status, 0, 1, 0, 0, 0, 0, 0, 0])?;
    if behavior.status != 0 {
        return Ok(());
    }
    let server = TcpStream::connect(behavior.server)?;
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || pipe(from_client, to_server));
    pipe(server, client);
    Ok(())
}

/// Skips bytes, and reads what one byte counts.
fn read_counted(client: &mut TcpStream, skipped: usize) -> io::Result<Vec<u8>> {
    let mut head = [0; 2];
    client.read_exact(&mut head[..=skipped])?;
    let mut rest = vec![0; usize::from(head[skipped])];
    client.read_exact(&mut rest)?;
    Ok(rest)
}

fn read_target(client: &mut TcpStream) -> io::Result<String> {
    let mut head = [0; 4];
    client.read_exact(&mut head)?;
    let host = match head[3] {
        3 => String::from_utf8(read_counted(client, 0)?).unwrap(),
        _ => {
            let mut address = [0; 4];
            client.read_exact(&mut address)?;
            std::net::Ipv4Addr::from(address).to_string()
        }
    };
    let mut port = [0; 2];
    client.read_exact(&mut port)?;
    Ok(format!("{host}:{}", u16::from_be_bytes(port)))
}

/// Copies until the source ends, and then closes the other side for writing.
fn pipe(mut from: TcpStream, mut to: TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
