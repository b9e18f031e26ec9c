//! Tunnels through a proxy to a TLS server.

use std::io;
use std::time::Duration;

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use zeroize::Zeroizing;

use crate::connect::base_stream::BaseStream;
use crate::connect::proxy::address::Proxy;
use crate::error;
use crate::io::informational;
use crate::io::raw_head::{STATUS_LINE, parse_fields, parse_status};
use crate::origin::Origin;
use gatelet_transport::{BoxError, ConnectFailure, TransportError, TransportErrorKind};

/// The most bytes of a proxy's response that are read, informational responses included.
const MAX_HEAD: usize = 16 * 1024;

/// Asks the proxy for a tunnel to the server, and returns the stream when the tunnel is open.
pub(crate) async fn connect(
    mut stream: BaseStream,
    proxy: &Proxy,
    server: &Origin,
) -> Result<BaseStream, TransportError> {
    let request = request(proxy, server);
    stream.write_all(&request).await.map_err(refused)?;
    // TLS to the proxy may buffer.
    stream.flush().await.map_err(refused)?;
    let mut head = Vec::with_capacity(1024);
    loop {
        match response(&head).map_err(refused)? {
            Response::Incomplete if head.len() > MAX_HEAD => {
                return Err(refused("the head of its response to CONNECT is too long"));
            }
            Response::Incomplete => {}
            Response::Opened => return Ok(stream),
            Response::Refused(status, _) => {
                let fields = match status {
                    StatusCode::PROXY_AUTHENTICATION_REQUIRED => HeaderMap::new(),
                    _ => read_fields(&mut stream, &mut head).await,
                };
                return Err(refused_with(status, fields));
            }
        }
        if stream.read_buf(&mut head).await.map_err(refused)? == 0 {
            // The response may end right after its status.
            head.push(b'\n');
            return Err(match response(&head) {
                Ok(Response::Refused(status, _)) => refused_with(status, HeaderMap::new()),
                _ => refused(io::Error::from(io::ErrorKind::UnexpectedEof)),
            });
        }
    }
}

/// Reads the fields of a refusal that say when to retry. It does not wait long for them: the refusal is valid without.
async fn read_fields(stream: &mut BaseStream, head: &mut Vec<u8>) -> HeaderMap {
    const MAX_WAIT: Duration = Duration::from_millis(250);

    let rest = async {
        while head.len() <= MAX_HEAD && !is_complete_refusal(head) {
            if matches!(stream.read_buf(head).await, Ok(0) | Err(_)) {
                return;
            }
        }
    };
    #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
    let _ = tokio::time::timeout(MAX_WAIT, rest).await;
    match response(head) {
        Ok(Response::Refused(_, refusal)) => retry_fields(refusal),
        _ => HeaderMap::new(),
    }
}

fn is_complete_refusal(head: &[u8]) -> bool {
    matches!(response(head), Ok(Response::Refused(_, refusal)) if after_head(refusal).is_some())
}

/// Returns the complete fields of a refusal that say when to retry, and no others.
fn retry_fields(refusal: &[u8]) -> HeaderMap {
    let fields = parse_fields(refusal);
    let lines = |name: HeaderName| {
        let values = fields.get_all(&name).iter().cloned();
        values.map(move |value| (name.clone(), value))
    };
    lines(RETRY_AFTER).chain(lines(DATE)).collect()
}

fn request(proxy: &Proxy, server: &Origin) -> Zeroizing<Vec<u8>> {
    let address = server.address();
    let line = format!("CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n");
    let mut request = Zeroizing::new(Vec::with_capacity(1024));
    request.extend_from_slice(line.as_bytes());
    if let Some(authorization) = proxy.authorization() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(authorization.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request
}

/// The response of a proxy to `CONNECT`.
#[derive(Debug, PartialEq, Eq)]
enum Response<'a> {
    /// More bytes are needed.
    Incomplete,
    /// The tunnel is open.
    Opened,
    /// There is no tunnel. Contains the bytes of the refusal that have arrived.
    Refused(StatusCode, &'a [u8]),
}

/// Parses the final response from all bytes that have arrived. Nothing may follow the head of a 2xx, because in TLS the client
/// sends first. The fields of a 2xx to `CONNECT` are ignored (RFC 9110 section 9.3.6).
fn response(bytes: &[u8]) -> Result<Response<'_>, &'static str> {
    let mut rest = bytes;
    for _ in 0..=informational::LIMIT {
        while let [b'\r' | b'\n', others @ ..] = rest {
            rest = others;
        }
        let Some(line) = rest.get(..STATUS_LINE) else {
            return Ok(Response::Incomplete);
        };
        let status = parse_status(line).ok_or("its response to CONNECT is not HTTP/1")?;
        let is_informational =
            status.is_informational() && status != StatusCode::SWITCHING_PROTOCOLS;
        if !is_informational && !status.is_success() {
            return Ok(Response::Refused(status, rest));
        }
        match after_head(rest) {
            None => return Ok(Response::Incomplete),
            Some(after) if is_informational => rest = after,
            Some([]) => return Ok(Response::Opened),
            Some(_) => return Err("it sent data before the tunnel was used"),
        }
    }
    Err("it sent too many informational responses")
}

/// Returns the bytes after the empty line that ends a head, if it has arrived.
fn after_head(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    loop {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        rest = rest.get(end..)?;
        match rest {
            [_, b'\n', after @ ..] | [_, b'\r', b'\n', after @ ..] => return Some(after),
            [_, others @ ..] => rest = others,
            [] => return None,
        }
    }
}

/// Returns the error for a refusal with this status.
fn refused_with(status: StatusCode, fields: HeaderMap) -> TransportError {
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return error::proxy_wants_credentials();
    }
    let reason = format!("it refused CONNECT with status {}", status.as_u16());
    error::refused_by_proxy(ConnectFailure::Proxy, status, fields).with_source(reason)
}

fn refused(reason: impl Into<BoxError>) -> TransportError {
    TransportError::new(TransportErrorKind::Connect(ConnectFailure::Proxy)).with_source(reason)
}

#[cfg(test)]
mod tests {
    use super::{Response, response, retry_fields};

    fn refused_status(bytes: &str) -> Option<u16> {
        match response(bytes.as_bytes()) {
            Ok(Response::Refused(status, _)) => Some(status.as_u16()),
            _ => None,
        }
    }

    #[test]
    fn a_tunnel_is_open_after_the_complete_head_of_a_2xx_only() {
        for head in [
            "HTTP/1.1 200 Connection established\r\n\r\n",
            "HTTP/1.0 200\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 299 \nvia: a\n\n",
            "\r\nHTTP/1.1 200 OK\r\nx: a\r\n \r\n b\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 \r\nlink: <a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        ] {
            assert_eq!(response(head.as_bytes()), Ok(Response::Opened), "{head}");
            for end in 0..head.len() {
                let part = &head.as_bytes()[..end];
                assert_eq!(response(part), Ok(Response::Incomplete), "{end} of {head}");
            }
            for byte in ["x", "\n", "HTTP/1.1 407 No\r\n\r\n"] {
                assert!(
                    response(format!("{head}{byte}").as_bytes()).is_err(),
                    "{head}"
                );
            }
        }
    }

    // U8
    #[test]
    fn a_refusal_is_recognized_by_its_status_whatever_follows() {
        for status in [101, 302, 400, 403, 404, 407, 429, 502, 503, 600] {
            for rest in [
                " ",
                "\r\n",
                " Some text\r\n\r\n",
                " X\r\ncontent-length: 5\r\n\r\nhello",
                " X\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                " X\r\nno colon",
            ] {
                let bytes = format!("HTTP/1.1 {status}{rest}");
                assert_eq!(refused_status(&bytes), Some(status), "{bytes}");
                let behind = format!("HTTP/1.1 103 X\r\nlink: <a>\r\n\r\n{bytes}");
                assert_eq!(refused_status(&behind), Some(status), "{behind}");
            }
        }
    }

    #[test]
    fn only_the_retry_fields_of_a_refusal_are_kept() {
        let status = "HTTP/1.1 503 Retry-After: 1\r\n";
        for (fields, expected) in [
            ("", &[][..]),
            ("Retry-After: 7\r\n\r\n", &["7"]),
            ("retry-after:7 \r\nRETRY-AFTER:\t9\r\n\r\n", &["7", "9"]),
            ("x: y\nretry-after: 7\n\nretry-after: 8\n", &["7"]),
            ("retry-after: 7", &[]),
            ("retry-after: 7\r\nretry-after: 12", &["7"]),
            ("set-cookie: a\r\nno colon\r\nretry-after: 7\r\n", &["7"]),
            (": 7\r\nretry-after : 7\r\nretry-after: \x01\r\n\r\n", &[]),
            ("\r\nretry-after: 7\r\n\r\n", &[]),
        ] {
            let kept = retry_fields(format!("{status}{fields}").as_bytes());
            let found: Vec<_> = kept.get_all("retry-after").iter().collect();
            assert_eq!(found, expected, "{fields}");
            assert_eq!(kept.len(), expected.len());
        }
        assert!(retry_fields(b"").is_empty() && retry_fields(b"HTTP/1.1 503").is_empty());
    }

    #[test]
    fn an_invalid_status_line_is_an_error() {
        for head in [
            "SSH-2.0-OpenSSH\r\n\r\n",
            "HTTP/2 200 OK\r\n\r\n",
            "HTTP/1.1 2000\r\n",
            "HTTP/1.1 +20 \r\n",
            "HTTP/1.1  200 OK\r\n",
            "<html><body></body></html>",
        ] {
            assert!(response(head.as_bytes()).is_err(), "{head}");
        }
        let endless = "HTTP/1.1 102 X\r\n\r\n".repeat(17);
        assert!(response(endless.as_bytes()).is_err());
    }
}
