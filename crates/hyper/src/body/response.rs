//! Reads the body of a response, within its limits of size and time.

use bytes::{Bytes, BytesMut};
use http::Version;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use crate::body::encoding::ContentDecoding;
use crate::body::framing::check_trailers;
#[cfg(feature = "gzip")]
use crate::body::gunzip::Gunzip;
use crate::error;
use crate::settings::Settings;
use gatelet_transport::{BodyLimit, Phase, TooLarge, TransportError, TransportErrorKind};

/// The most bytes that are reserved for an announced length before the body arrives.
const MAX_RESERVED: u64 = 1024 * 1024;

/// A body that is being received.
pub(crate) struct BodyReader<'a> {
    body: Incoming,
    version: Version,
    limit: u64,
    settings: &'a Settings,
}

impl<'a> BodyReader<'a> {
    pub(crate) fn new(
        body: Incoming,
        version: Version,
        limit: BodyLimit,
        settings: &'a Settings,
    ) -> Self {
        Self {
            body,
            version,
            limit: limit.bytes(),
            settings,
        }
    }

    /// Reads the whole body into one buffer. The announced length of a bodiless response is ignored.
    pub(crate) async fn collect(
        self,
        decoding: ContentDecoding,
        is_bodiless: bool,
    ) -> Result<Bytes, TransportError> {
        let announced = if is_bodiless {
            0
        } else {
            self.body.size_hint().lower()
        };
        if announced > self.limit {
            return Err(self.too_large());
        }
        match decoding {
            ContentDecoding::Identity => self.whole(announced).await,
            #[cfg(feature = "gzip")]
            ContentDecoding::Gzip => self.gunzipped().await,
            ContentDecoding::Unsupported if announced > 0 => Err(unsupported_encoding()),
            ContentDecoding::Unsupported => self.empty().await,
        }
    }

    async fn whole(mut self, announced: u64) -> Result<Bytes, TransportError> {
        let Some(first) = self.next_chunk().await? else {
            return Ok(Bytes::new());
        };
        let mut chunk = first;
        let mut whole: Option<BytesMut> = None;
        loop {
            let length = whole.as_ref().map_or(0, BytesMut::len);
            if (length + chunk.len()) as u64 > self.limit {
                return Err(self.too_large());
            }
            match &mut whole {
                Some(whole) => whole.extend_from_slice(&chunk),
                // A body in one piece is not copied.
                None if self.body.is_end_stream() => return Ok(chunk),
                None => {
                    let capacity = announced.min(MAX_RESERVED) as usize;
                    let buffer = whole.insert(BytesMut::with_capacity(capacity.max(chunk.len())));
                    buffer.extend_from_slice(&chunk);
                }
            }
            chunk = match self.next_chunk().await? {
                Some(next) => next,
                None => return Ok(whole.map(BytesMut::freeze).unwrap_or_default()),
            };
        }
    }

    /// Decodes gzip. The limit applies before and after decoding.
    #[cfg(feature = "gzip")]
    async fn gunzipped(mut self) -> Result<Bytes, TransportError> {
        let mut gunzip = Gunzip::new(self.limit);
        let mut received = 0;
        while let Some(chunk) = self.next_chunk().await? {
            received += chunk.len() as u64;
            if received > self.limit {
                return Err(self.too_large());
            }
            gunzip.push(&chunk)?;
        }
        gunzip.finish()
    }

    /// Waits for the end of a body that must be empty.
    async fn empty(mut self) -> Result<Bytes, TransportError> {
        while let Some(chunk) = self.next_chunk().await? {
            if !chunk.is_empty() {
                return Err(unsupported_encoding());
            }
        }
        Ok(Bytes::new())
    }

    /// Returns the next piece of data, within the stall timeout.
    async fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        loop {
            #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
            let frame = tokio::time::timeout(self.settings.timeouts.stall, self.body.frame())
                .await
                .map_err(|_| TransportError::new(TransportErrorKind::Timeout(Phase::Stall)))?;
            match frame {
                None if self.is_truncated() => {
                    let error = TransportError::new(TransportErrorKind::Interrupted);
                    return Err(error.with_source("the stream was reset within the body"));
                }
                None => return Ok(None),
                Some(Err(error)) => return Err(error::from_hyper(error, &self.settings.limits)),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => return Ok(Some(data)),
                    Err(frame) => check_trailers(frame.trailers_ref())?,
                },
            }
        }
    }

    /// Returns whether the body is incomplete. hyper takes an HTTP/2 stream that was reset with `NO_ERROR` for a complete one.
    fn is_truncated(&self) -> bool {
        self.version == Version::HTTP_2 && !self.body.is_end_stream()
    }

    fn too_large(&self) -> TransportError {
        TransportError::new(TransportErrorKind::TooLarge {
            what: TooLarge::Body,
            limit: self.limit,
        })
    }
}

fn unsupported_encoding() -> TransportError {
    error::protocol("the body has a content encoding that was not requested")
}
