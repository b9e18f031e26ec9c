//! One connection to a server emulator, kept alive, without a client of ours: what it is told is what was said.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use gatelet_emulator::well_known;
use serde_json::{Value, json};

pub(crate) const TOKENS: &str = "/api/v2/activeGateTokens";

/// A connection of the one who may do everything in Dynatrace.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) fn open(address: &str) -> io::Result<Self> {
        Ok(Self(BufReader::new(TcpStream::connect(address)?)))
    }

    /// Sends a request and reads its answer: the status, and the body's JSON or null.
    pub(crate) fn call(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> io::Result<(u16, Value)> {
        let request = request(method, path, body);
        self.send(request.as_bytes())?;
        self.answer()
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    pub(crate) fn answer(&mut self) -> io::Result<(u16, Value)> {
        let broken = |what: &str| io::Error::new(io::ErrorKind::UnexpectedEof, what.to_owned());
        let (mut status, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line)?;
            match line.trim_end().split_once(' ') {
                Some(("HTTP/1.1", rest)) => status = rest.get(..3).and_then(|it| it.parse().ok()),
                Some(("content-length:", size)) => length = size.parse().unwrap(),
                Some(_) => {}
                None if line == "\r\n" => break,
                None => return Err(broken("no answer")),
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        let status = status.ok_or_else(|| broken("no status"))?;
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }

    /// Creates a token: its id and its secret.
    pub(crate) fn create(&mut self, name: &str) -> io::Result<(String, String)> {
        let (status, json) = self.call("POST", TOKENS, &create_body(name))?;
        assert_eq!(status, 201, "{json}");
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        Ok((text("id"), text("token")))
    }

    /// All tokens, page by page.
    pub(crate) fn list(&mut self) -> Vec<Value> {
        let mut tokens = Vec::new();
        let mut query = "pageSize=100".to_owned();
        loop {
            let path = format!("{TOKENS}?{query}");
            let (status, mut page) = self.call("GET", &path, &Value::Null).unwrap();
            assert_eq!(status, 200, "{page}");
            let Value::Array(items) = page["activeGateTokens"].take() else {
                panic!("{page}")
            };
            tokens.extend(items);
            match page["nextPageKey"].as_str() {
                None => return tokens,
                Some(key) => query = format!("nextPageKey={}", key.replace('=', "%3D")),
            }
        }
    }
}

/// The body that creates a token.
pub(crate) fn create_body(name: &str) -> Value {
    json!({ "name": name, "activeGateType": "ENVIRONMENT" })
}

/// A request as it goes over the wire.
pub(crate) fn request(method: &str, path: &str, body: &Value) -> String {
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Api-Token {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        well_known::DT_TOKEN,
        body.len()
    )
}
