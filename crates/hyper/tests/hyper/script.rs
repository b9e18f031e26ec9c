//! What a server does on a connection, step by step.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::frames;

/// One thing the server does on a connection.
#[derive(Clone)]
pub(crate) enum ServerStep {
    /// Reads one whole request and keeps it; over HTTP/2 only the number of its stream.
    Read,
    /// Reads the beginning of a request and no more.
    ReadSome,
    /// Reads until the stream of the last request is reset; HTTP/2 only.
    #[cfg(feature = "_tls")]
    ReadReset,
    /// Sends status and fields of an answer, and whether that is all of it.
    Head(u16, Vec<(&'static str, String)>, bool),
    /// Sends a part of the body, and whether it is the last.
    Body(Vec<u8>, bool),
    /// Sends bytes as they are.
    Send(Vec<u8>),
    /// Sends a frame of this kind with these flags on the stream of the last request.
    Frame(u8, u8, Vec<u8>),
    /// Sends this on another stream.
    OnStream(u32, Box<ServerStep>),
    /// Sends the rest of the body byte by byte, with a pause before each.
    Trickle(Vec<u8>, Duration),
    /// Sends all of these at once.
    All(Vec<ServerStep>),
    /// Sends only so many bytes of this.
    Truncated(usize, Box<ServerStep>),
    /// Sends the same over and over until the client hangs up.
    Flood(Box<ServerStep>),
    /// Waits until the test opens the gate.
    Wait(Gate),
    /// Opens the gate for the test.
    OpenGate(Gate),
    /// Waits until the client has closed the connection, which must make no further request.
    ClientCloses,
    /// Keeps the connection open until the test is over.
    KeepOpen,
    /// Closes the connection in peace, as the end of a script does.
    Close,
    /// Closes the connection without the farewell that TLS has.
    CloseAbruptly,
    /// Cuts the connection with a reset.
    Reset,
}

impl ServerStep {
    /// Whether it can be done over this protocol.
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

    /// The bytes that it sends, if it sends any.
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

/// A point that the test and the server reach together.
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

/// Status and fields of an answer whose body follows.
pub(crate) fn head(status: u16, fields: &[(&'static str, &str)]) -> ServerStep {
    let fields = fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    ServerStep::Head(status, fields.collect(), false)
}

/// A complete answer without a body.
pub(crate) fn empty(status: u16, fields: &[(&'static str, &str)]) -> ServerStep {
    match head(status, fields) {
        ServerStep::Head(status, fields, _) => ServerStep::Head(status, fields, true),
        other => other,
    }
}

/// A part of a body, with more to come.
pub(crate) fn part(text: &str) -> ServerStep {
    ServerStep::Body(text.into(), false)
}

/// The last part of a body.
pub(crate) fn rest(text: &str) -> ServerStep {
    ServerStep::Body(text.into(), true)
}

/// An interim answer.
pub(crate) fn interim(status: u16) -> ServerStep {
    head(status, &[])
}

/// A complete answer of 200 that keeps the connection open.
pub(crate) fn ok(body: &str) -> ServerStep {
    let length = body.len().to_string();
    ServerStep::All(vec![head(200, &[("content-length", &length)]), rest(body)])
}

/// The same over and over.
pub(crate) fn flood(step: ServerStep) -> ServerStep {
    ServerStep::Flood(Box::new(step))
}

/// The beginning of an answer.
pub(crate) fn response_begun() -> Vec<ServerStep> {
    vec![head(200, &[("content-length", "9")]), part("123")]
}
