//! A keep-alive connection to a served emulator, without our clients.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use gatelet_emulator::well_known;
use serde_json::{Value, json};

pub(crate) const TOKENS: &str = "/api/v2/activeGateTokens";

/// A connection with the Dynatrace token that has all scopes.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) fn open(address: &str) -> io::Result<Self> {
        Ok(Self(BufReader::new(TcpStream::connect(address)?)))
    }

    /// Sends a request and reads its response: the status and the JSON body, or null.
    pub(crate) fn call(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> io::Result<(u16, Value)> {
        let request = request(method, path, body);
        self.send(request.as_bytes())?;
        self.read_response()
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    pub(crate) fn read_response(&mut self) -> io::Result<(u16, Value)> {
        let closed = |what: &str| io::Error::new(io::ErrorKind::UnexpectedEof, what.to_owned());
        let (mut status, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line)?;
            match line.trim_end().split_once(' ') {
                Some(("HTTP/1.1", rest)) => status = rest.get(..3).and_then(|it| it.parse().ok()),
                Some(("content-length:", size)) => length = size.parse().unwrap(),
                Some(_) => {}
                None if line == "\r\n" => break,
                None => return Err(closed("no response")),
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        let status = status.ok_or_else(|| closed("no status"))?;
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }

    /// Creates a token; returns its id and secret.
    pub(crate) fn create(&mut self, name: &str) -> io::Result<(String, String)> {
        let (status, json) = self.call("POST", TOKENS, &create_body(name))?;
        assert_eq!(status, 201, "{json}");
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        Ok((text("id"), text("token")))
    }

    /// Lists all tokens, page by page.
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

/// Returns the body that creates a token.
pub(crate) fn create_body(name: &str) -> Value {
    json!({ "name": name, "activeGateType": "ENVIRONMENT" })
}

/// Returns a request as bytes on the wire.
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
