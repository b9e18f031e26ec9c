//! The body of an answer, within its limit and its time.

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

/// A buffer that the server announced is not made larger than this before its bytes arrive.
const TRUSTED_ANNOUNCEMENT: u64 = 1024 * 1024;

/// A body on its way.
pub(crate) struct ArrivingBody<'a> {
    body: Incoming,
    version: Version,
    limit: u64,
    settings: &'a Settings,
}

impl<'a> ArrivingBody<'a> {
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

    /// Reads the whole body into one buffer. What the head says of a body counts only where there is one.
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
            ContentDecoding::Unsupported if announced > 0 => Err(refused_encoding()),
            ContentDecoding::Unsupported => self.nothing().await,
        }
    }

    async fn whole(mut self, announced: u64) -> Result<Bytes, TransportError> {
        let Some(first) = self.next_chunk().await? else {
            return Ok(Bytes::new());
        };
        let mut chunk = first;
        let mut whole: Option<BytesMut> = None;
        loop {
            let held = whole.as_ref().map_or(0, BytesMut::len);
            if (held + chunk.len()) as u64 > self.limit {
                return Err(self.too_large());
            }
            match &mut whole {
                Some(whole) => whole.extend_from_slice(&chunk),
                // A body that came in one piece is not copied.
                None if self.body.is_end_stream() => return Ok(chunk),
                None => {
                    let capacity = announced.min(TRUSTED_ANNOUNCEMENT) as usize;
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

    /// Both forms of the body have the same limit.
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
    async fn nothing(mut self) -> Result<Bytes, TransportError> {
        while let Some(chunk) = self.next_chunk().await? {
            if !chunk.is_empty() {
                return Err(refused_encoding());
            }
        }
        Ok(Bytes::new())
    }

    /// The next piece of data, waited for no longer than the stall timeout.
    async fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        loop {
            #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
            let frame = tokio::time::timeout(self.settings.timeouts.stall, self.body.frame())
                .await
                .map_err(|_| TransportError::new(TransportErrorKind::Timeout(Phase::Stall)))?;
            match frame {
                None if self.is_cut() => {
                    let cut = TransportError::new(TransportErrorKind::Interrupted);
                    return Err(cut.with_source("the stream was reset within the body"));
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

    /// Whether the body ended before its end. hyper takes a stream of HTTP/2 that was reset with `NO_ERROR` for a whole one.
    fn is_cut(&self) -> bool {
        self.version == Version::HTTP_2 && !self.body.is_end_stream()
    }

    fn too_large(&self) -> TransportError {
        TransportError::new(TransportErrorKind::TooLarge {
            what: TooLarge::Body,
            limit: self.limit,
        })
    }
}

fn refused_encoding() -> TransportError {
    error::protocol("the body has a content encoding that was not asked for")
}
