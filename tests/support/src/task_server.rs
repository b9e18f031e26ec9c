//! A server that runs a test's code for each connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A server on loopback, in tasks that end when it is dropped.
#[derive(Debug)]
#[non_exhaustive]
pub struct TaskServer {
    /// The address at which it listens.
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    _acceptor: JoinSet<()>,
}

impl TaskServer {
    /// Starts a server that calls this function for each connection, with its number, counted from 0.
    pub async fn start<F>(serve: impl Fn(TcpStream, usize) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = connections.clone();
        let mut acceptor = JoinSet::new();
        acceptor.spawn(async move {
            let mut tasks = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tasks.spawn(serve(stream, counter.fetch_add(1, Ordering::SeqCst)));
            }
        });
        Self {
            address,
            connections,
            _acceptor: acceptor,
        }
    }

    /// Returns the number of connections so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}
