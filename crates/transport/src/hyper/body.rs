//! The body of an answer, within its limit and its time.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use super::encoding::Reading;
#[cfg(feature = "gzip")]
use super::gunzip::Gunzip;
use super::{Shared, fault};
use crate::{Phase, TooLarge, TransportError, TransportErrorKind};

/// A buffer that the server announced is not made larger than this before its bytes arrive.
const TRUSTED_ANNOUNCEMENT: u64 = 1024 * 1024;

/// Reads a whole body into one buffer.
pub(super) async fn collect(
    body: Incoming,
    reading: Reading,
    shared: &Shared,
) -> Result<Bytes, TransportError> {
    let limit = shared.limits.body;
    let announced = body.size_hint().lower();
    if announced > limit {
        return Err(body_too_large(limit));
    }
    match reading {
        Reading::AsItComes => collect_as_it_comes(body, announced, shared).await,
        #[cfg(feature = "gzip")]
        Reading::Gunzipped => collect_gunzipped(body, shared).await,
    }
}

async fn collect_as_it_comes(
    mut body: Incoming,
    announced: u64,
    shared: &Shared,
) -> Result<Bytes, TransportError> {
    let limit = shared.limits.body;
    let Some(first) = next_chunk(&mut body, shared).await? else {
        return Ok(Bytes::new());
    };
    let mut chunk = first;
    let mut whole: Option<BytesMut> = None;
    loop {
        let held = whole.as_ref().map_or(0, BytesMut::len);
        if (held + chunk.len()) as u64 > limit {
            return Err(body_too_large(limit));
        }
        match &mut whole {
            Some(whole) => whole.extend_from_slice(&chunk),
            // A body that came in one piece is not copied.
            None if body.is_end_stream() => return Ok(chunk),
            None => {
                let capacity = announced.min(TRUSTED_ANNOUNCEMENT) as usize;
                let buffer = whole.insert(BytesMut::with_capacity(capacity.max(chunk.len())));
                buffer.extend_from_slice(&chunk);
            }
        }
        chunk = match next_chunk(&mut body, shared).await? {
            Some(next) => next,
            None => return Ok(whole.map(BytesMut::freeze).unwrap_or_default()),
        };
    }
}

/// Both forms of the body have the same limit.
#[cfg(feature = "gzip")]
async fn collect_gunzipped(mut body: Incoming, shared: &Shared) -> Result<Bytes, TransportError> {
    let limit = shared.limits.body;
    let mut gunzip = Gunzip::new(limit);
    let mut received = 0;
    while let Some(chunk) = next_chunk(&mut body, shared).await? {
        received += chunk.len() as u64;
        if received > limit {
            return Err(body_too_large(limit));
        }
        gunzip.push(&chunk)?;
    }
    gunzip.finish()
}

/// The next piece of data, waited for no longer than the stall timeout.
async fn next_chunk(body: &mut Incoming, shared: &Shared) -> Result<Option<Bytes>, TransportError> {
    loop {
        #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
        let frame = tokio::time::timeout(shared.timeouts.stall, body.frame())
            .await
            .map_err(|_| TransportError::new(TransportErrorKind::Timeout(Phase::Stall)))?;
        match frame {
            None => return Ok(None),
            Some(Err(error)) => return Err(fault::broken(error, &shared.limits)),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

fn body_too_large(limit: u64) -> TransportError {
    TransportError::new(TransportErrorKind::TooLarge {
        what: TooLarge::Body,
        limit,
    })
}
