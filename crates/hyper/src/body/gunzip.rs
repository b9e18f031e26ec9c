//! Decodes a gzip body as it arrives, up to a limit.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;

use crate::error;
use gatelet_transport::{TooLarge, TransportError, TransportErrorKind};

pub(crate) struct Gunzip {
    decoder: MultiGzDecoder<Capped>,
    is_empty: bool,
}

impl Gunzip {
    /// Returns a decoder with a limit for the decoded body, in bytes.
    pub(crate) fn new(limit: u64) -> Self {
        let capped = Capped {
            bytes: Vec::new(),
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            is_over: false,
        };
        Self {
            decoder: MultiGzDecoder::new(capped),
            is_empty: true,
        }
    }

    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<(), TransportError> {
        self.is_empty &= chunk.is_empty();
        let written = self.decoder.write_all(chunk);
        written.map_err(|_| self.failure())
    }

    /// Returns the whole body, if its end and checksum are valid.
    pub(crate) fn finish(mut self) -> Result<Bytes, TransportError> {
        if self.is_empty {
            return Ok(Bytes::new());
        }
        match self.decoder.try_finish() {
            Ok(()) => Ok(std::mem::take(&mut self.decoder.get_mut().bytes).into()),
            Err(_) => Err(self.failure()),
        }
    }

    fn failure(&self) -> TransportError {
        let capped = self.decoder.get_ref();
        if capped.is_over {
            return TransportError::new(TransportErrorKind::TooLarge {
                what: TooLarge::Decoded,
                limit: capped.limit as u64,
            });
        }
        error::protocol("invalid gzip data")
    }
}

/// A buffer with a size limit.
struct Capped {
    bytes: Vec<u8>,
    limit: usize,
    is_over: bool,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.bytes.len() + bytes.len();
        if length > self.limit {
            self.is_over = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if length > self.bytes.capacity() {
            // Grow like a vector, but not beyond the limit.
            let capacity = (2 * self.bytes.capacity()).clamp(length, self.limit);
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use bytes::Bytes;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::Gunzip;
    use gatelet_transport::{TooLarge, TransportError, TransportErrorKind};

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn decode(gzip: &[u8], limit: u64, step: usize) -> Result<Bytes, TransportError> {
        let mut gunzip = Gunzip::new(limit);
        for chunk in gzip.chunks(step) {
            gunzip.push(chunk)?;
        }
        gunzip.finish()
    }

    #[test]
    fn a_body_is_decoded_from_chunks_of_any_size() {
        let plain = b"a body that is not very long".repeat(100);
        let (one, two) = plain.split_at(1000);
        let members = [gzip(one), gzip(two)].concat();
        for step in [1, 7, 100_000] {
            assert_eq!(decode(&gzip(&plain), 10_000, step).unwrap(), plain);
            assert_eq!(decode(&members, 10_000, step).unwrap(), plain);
        }
        assert_eq!(decode(&[], 10, 1).unwrap(), "");
    }

    #[test]
    fn a_truncated_corrupt_or_extended_body_is_refused() {
        let whole = gzip(b"some text of some length");
        for end in 1..whole.len() {
            let error = decode(&whole[..end], 100, 9).unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Protocol, "{end}");
        }
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        let extended = [&whole[..], b"trailing garbage"].concat();
        for bad in [changed, extended, b"{\"no\": \"gzip\"}".to_vec()] {
            let error = decode(&bad, 100, 9).unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Protocol);
        }
    }

    // T22
    #[test]
    fn a_decoded_body_above_its_limit_is_refused() {
        let plain = [b'x'; 1000];
        assert_eq!(decode(&gzip(&plain), 1000, 9).unwrap().len(), 1000);
        let error = decode(&gzip(&plain), 999, 9).unwrap_err();
        let expected = TransportErrorKind::TooLarge {
            what: TooLarge::Decoded,
            limit: 999,
        };
        assert_eq!(error.kind(), expected);
    }
}
