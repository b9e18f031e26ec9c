//! The steps that a server takes on a connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::frames;

/// One step of a server on a connection.
#[derive(Clone)]
pub(crate) enum ServerStep {
    /// Reads one whole request and keeps it; over HTTP/2, only its stream number.
    Read,
    /// Reads the beginning of a request and no more.
    ReadSome,
    /// Reads until the stream of the last request is reset; HTTP/2 only.
    #[cfg(feature = "_tls")]
    ReadReset,
    /// Sends status and fields of a response. `true` ends it.
    Head(u16, Vec<(&'static str, String)>, bool),
    /// Sends a part of the body. `true` ends it.
    Body(Vec<u8>, bool),
    /// Sends bytes as they are.
    Send(Vec<u8>),
    /// Sends a frame of this kind with these flags on the stream of the last request.
    Frame(u8, u8, Vec<u8>),
    /// Sends a step on another stream.
    OnStream(u32, Box<ServerStep>),
    /// Sends the rest of the body byte by byte, with a pause before each.
    Trickle(Vec<u8>, Duration),
    /// Sends all of these at once.
    All(Vec<ServerStep>),
    /// Sends only this many bytes of a step.
    Truncated(usize, Box<ServerStep>),
    /// Repeats a step until the client closes the connection.
    Flood(Box<ServerStep>),
    /// Waits until the test opens the gate.
    Wait(Gate),
    /// Opens the gate for the test.
    OpenGate(Gate),
    /// Waits until the client has closed the connection, which must make no further request.
    ClientCloses,
    /// Keeps the connection open until the test is over.
    KeepOpen,
    /// Closes the connection in order, as the end of a script does.
    Close,
    /// Closes the connection without the `close_notify` of TLS.
    CloseAbruptly,
    /// Resets the connection.
    Reset,
}

impl ServerStep {
    /// Returns whether the protocol supports it.
    pub(crate) fn fits(&self, is_http2: bool) -> bool {
        match self {
            Self::Send(_) => !is_http2,
            Self::Frame(..) | Self::OnStream(..) => is_http2,
            #[cfg(feature = "_tls")]
            Self::ReadReset => is_http2,
            Self::All(steps) => steps.iter().all(|step| step.fits(is_http2)),
            Self::Truncated(_, step) | Self::Flood(step) => step.fits(is_http2),
            _ => true,
        }
    }

    /// Returns the bytes that it sends, if any.
    pub(crate) fn bytes(&self, is_http2: bool, stream: u32) -> Option<Vec<u8>> {
        Some(match self {
            Self::Send(bytes) => bytes.clone(),
            Self::Head(status, fields, ends) if is_http2 => {
                frames::head(*status, fields, *ends, stream)
            }
            Self::Head(status, fields, _) => {
                let fields = fields
                    .iter()
                    .map(|(name, value)| format!("{name}: {value}\r\n"));
                let fields: String = fields.collect();
                format!("HTTP/1.1 {status} X\r\n{fields}\r\n").into_bytes()
            }
            Self::Body(bytes, ends) if is_http2 => {
                let flags = if *ends { frames::END_STREAM } else { 0 };
                frames::frame(frames::DATA, flags, stream, bytes)
            }
            Self::Body(bytes, _) => bytes.clone(),
            Self::Frame(kind, flags, payload) => frames::frame(*kind, *flags, stream, payload),
            Self::OnStream(stream, step) => step.bytes(is_http2, *stream)?,
            Self::All(steps) => {
                let each = steps.iter().map(|step| step.bytes(is_http2, stream));
                each.collect::<Option<Vec<_>>>()?.concat()
            }
            Self::Truncated(length, step) => {
                let mut bytes = step.bytes(is_http2, stream)?;
                bytes.truncate(*length);
                bytes
            }
            _ => return None,
        })
    }
}

/// Synchronizes a test and its server.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Semaphore>);

impl Gate {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    pub(crate) fn open(&self) {
        self.0.add_permits(1);
    }

    pub(crate) fn is_open(&self) -> bool {
        self.0.available_permits() > 0
    }

    pub(crate) async fn pass(&self) {
        self.0.acquire().await.unwrap().forget();
    }
}

pub(crate) fn send(text: &str) -> ServerStep {
    ServerStep::Send(text.as_bytes().to_vec())
}

/// Returns status and fields of a response whose body follows.
pub(crate) fn head(status: u16, fields: &[(&'static str, &str)]) -> ServerStep {
    let fields = fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    ServerStep::Head(status, fields.collect(), false)
}

/// Returns a complete response without a body.
pub(crate) fn empty(status: u16, fields: &[(&'static str, &str)]) -> ServerStep {
    match head(status, fields) {
        ServerStep::Head(status, fields, _) => ServerStep::Head(status, fields, true),
        other => other,
    }
}

/// Returns a part of a body, with more to come.
pub(crate) fn part(text: &str) -> ServerStep {
    ServerStep::Body(text.into(), false)
}

/// Returns the last part of a body.
pub(crate) fn rest(text: &str) -> ServerStep {
    ServerStep::Body(text.into(), true)
}

/// Returns an informational response.
pub(crate) fn informational(status: u16) -> ServerStep {
    head(status, &[])
}

/// Returns a complete 200 that keeps the connection open.
pub(crate) fn ok(body: &str) -> ServerStep {
    let length = body.len().to_string();
    ServerStep::All(vec![head(200, &[("content-length", &length)]), rest(body)])
}

/// Repeats a step.
pub(crate) fn flood(step: ServerStep) -> ServerStep {
    ServerStep::Flood(Box::new(step))
}

/// Returns the beginning of a response.
pub(crate) fn response_begun() -> Vec<ServerStep> {
    vec![head(200, &[("content-length", "9")]), part("123")]
}
