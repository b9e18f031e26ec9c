//! A proxy that wants a password and passes everything on to one server.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::pki::base64;
use crate::wire::Secret;

const USER: &str = "gate";
const PASSWORD: &str = "the-password-of-the-proxy";

pub(crate) struct Proxy {
    /// Its address, with user and password.
    pub(crate) url: String,
    heads: Arc<Mutex<Vec<String>>>,
    _task: JoinSet<()>,
}

impl Proxy {
    pub(crate) async fn to(port: u16) -> Self {
        Self::start(Some(port)).await
    }

    /// One to which no password is the right one.
    pub(crate) async fn that_refuses() -> Self {
        Self::start(None).await
    }

    async fn start(port: Option<u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let mut task = JoinSet::new();
        let log = heads.clone();
        task.spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                tokio::spawn(pass_on(client, port, log.clone()));
            }
        });
        Self {
            url: format!("http://{USER}:{PASSWORD}@{address}"),
            heads,
            _task: task,
        }
    }

    /// What it was told of its user, by requests of this method.
    pub(crate) fn secrets(&self, method: &str) -> [Secret; 2] {
        let authorization = base64(format!("{USER}:{PASSWORD}").as_bytes());
        let heads = self.heads.lock().unwrap();
        let is_told = |head: &&String| {
            head.starts_with(method) && head.contains(&format!("Basic {authorization}\r\n"))
        };
        assert!(heads.iter().any(|head| is_told(&head)), "{heads:?}");
        [
            Secret::new("the proxy's password", PASSWORD),
            Secret::new("the proxy's credential", authorization),
        ]
    }
}

/// One connection, of which only the first head is looked at.
async fn pass_on(mut client: TcpStream, port: Option<u16>, heads: Arc<Mutex<Vec<String>>>) {
    let mut read = Vec::new();
    let end = loop {
        if client.read_buf(&mut read).await.unwrap_or(0) == 0 {
            return;
        }
        if let Some(at) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let head = String::from_utf8(read[..end].to_vec()).unwrap();
    let digs = head.starts_with("CONNECT ");
    heads.lock().unwrap().push(head);
    let Some(port) = port else {
        let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
        return client.write_all(answer).await.unwrap();
    };
    let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    if digs {
        let answer = b"HTTP/1.1 200 OK\r\n\r\n";
        client.write_all(answer).await.unwrap();
    } else {
        server.write_all(&read).await.unwrap();
    }
    let _ = copy_bidirectional(&mut client, &mut server).await;
}
