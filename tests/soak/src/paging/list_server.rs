//! A server of a long list of tokens, in a separate process, whose memory is not that of the client under test.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use dt_client::{ApiToken, Client};
use gatelet_hyper::{HyperTransport, TokioClock};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::outcome::Outcome;

/// The size of a list and the delay of its pages.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs)]
pub struct List {
    /// The number of pages.
    pub pages: u32,
    /// The number of tokens on a page.
    pub size: u32,
    /// The milliseconds after which the server sends a page.
    pub millis: u64,
}

/// The server's process, killed when this is dropped.
pub(crate) struct Server {
    process: Child,
    address: String,
}

impl Server {
    pub(crate) fn start(list: List) -> Result<Self, Box<dyn std::error::Error>> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("serve-list")
            .args([list.pages, list.size].map(|number| number.to_string()))
            .arg(list.millis.to_string())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut address)?;
        }
        let address = address.trim().to_owned();
        Ok(Self { process, address })
    }

    pub(crate) fn client(&self) -> Result<Client, dt_client::Error> {
        Client::builder(format!("http://{}", self.address))
            .credentials(ApiToken::new("dt0c01.EXAMPLE.SECRET")?)
            .build_with(HyperTransport::new(), TokioClock::new())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Prints the address and serves the list until the process is killed.
///
/// # Errors
///
/// If the address cannot be bound.
pub async fn serve(list: List) -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            // The client may hang up.
            let _ = respond(stream, list).await;
        });
    }
}

async fn respond(mut stream: TcpStream, list: List) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::new();
    while stream.read_buf(&mut head).await? > 0 {
        let Some(text) = str::from_utf8(&head)
            .ok()
            .filter(|text| text.ends_with("\r\n\r\n"))
        else {
            continue;
        };
        let number = text
            .split_whitespace()
            .nth(1)
            .and_then(|target| target.split("nextPageKey=k").nth(1));
        let page = number.and_then(|number| number.parse().ok()).unwrap_or(0);
        let respond_at = tokio::time::Instant::now() + Duration::from_millis(list.millis);
        let body = body(page, list);
        let response_head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        tokio::time::sleep_until(respond_at).await;
        stream.write_all(response_head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        head.clear();
    }
    Ok(())
}

fn body(page: u32, list: List) -> String {
    let List { pages, size, .. } = list;
    let first = page * size;
    let tokens: Vec<String> = (first..first + size)
        .map(|number| {
            format!(
                r#"{{"id":"dt0g02.{number:08}","name":"edge-{number}","owner":"owner@example.com","activeGateType":"ENVIRONMENT","seedToken":false,"creationDate":"2026-01-01T00:00:00.000Z","expirationDate":"2027-01-01T00:00:00.000Z"}}"#
            )
        })
        .collect();
    let next = match page + 1 {
        next if next < pages => format!(r#""nextPageKey":"k{next}","#),
        _ => String::new(),
    };
    let total = u64::from(pages) * u64::from(size);
    let tokens = tokens.join(",");
    format!(r#"{{"totalCount":{total},"pageSize":{size},{next}"activeGateTokens":[{tokens}]}}"#)
}
