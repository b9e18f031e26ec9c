//! Counts HTTP/2 informational responses and header sizes, which h2 does not report.
//!
//! h2 reads any number of informational responses, and does not distinguish a head that is too large from a malformed one. So the
//! frames that a server sends are read along here.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::io::informational::{LIMIT, too_many};
use crate::io::liveness::Liveness;
use crate::io::stream_limit::{SettingsReader, StreamLimit};
use crate::io::tapped::Tap;

/// What was learned from the frames of one HTTP/2 connection; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct FrameTap {
    pub(crate) liveness: Liveness,
    pub(crate) stream_limit: StreamLimit,
    has_large_head: Arc<AtomicBool>,
}

impl FrameTap {
    /// Returns whether a head above the limit was received.
    pub(crate) fn has_large_head(&self) -> bool {
        self.has_large_head.load(Ordering::Acquire)
    }
}

/// Parses the frames that arrive on one connection.
pub(crate) struct FrameParser {
    tap: FrameTap,
    head_limit: usize,
    settings: SettingsReader,
    /// The bytes of a frame header that have arrived.
    frame_header: Vec<u8>,
    /// How much of the frame's payload is still to come.
    payload: usize,
    /// The size of the current header block, all its frames included.
    block: usize,
    /// The number of heads on each stream whose response has not ended.
    heads: HashMap<u32, u32>,
    /// Whether the current frame belongs to a response.
    is_response: bool,
}

impl FrameParser {
    pub(crate) fn new(tap: FrameTap, head_limit: usize) -> Self {
        Self {
            settings: SettingsReader::new(tap.stream_limit.clone()),
            tap,
            head_limit,
            frame_header: Vec::new(),
            payload: 0,
            block: 0,
            heads: HashMap::new(),
            is_response: false,
        }
    }

    /// Parses more bytes. Fails when the server sends too many informational responses.
    fn parse(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        /// The bit before a stream number is reserved.
        const STREAM: u32 = 0x7fff_ffff;

        while let Some((first, others)) = bytes.split_first() {
            if self.payload > 0 {
                let (payload, rest) = bytes.split_at(self.payload.min(bytes.len()));
                self.payload -= payload.len();
                self.settings.read(payload, self.payload);
                if self.is_response {
                    self.tap.liveness.data_received();
                }
                bytes = rest;
                continue;
            }
            self.frame_header.push(*first);
            bytes = others;
            if let [high, middle, low, kind, flags, stream @ ..] = &*self.frame_header
                && let Ok(stream) = <[u8; 4]>::try_from(stream)
            {
                let length = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
                let (kind, flags) = (*kind, *flags);
                let stream = u32::from_be_bytes(stream) & STREAM;
                self.frame_header.clear();
                self.payload = length;
                self.settings.begin(kind, flags, length);
                self.begin(kind, flags, stream)?;
            }
        }
        Ok(())
    }

    /// Starts a frame (RFC 9113 section 6).
    fn begin(&mut self, kind: u8, flags: u8, stream: u32) -> io::Result<()> {
        const DATA: u8 = 0;
        const HEADERS: u8 = 1;
        const RST_STREAM: u8 = 3;
        const CONTINUATION: u8 = 9;
        const END_STREAM: u8 = 1;

        self.is_response = matches!(kind, DATA | HEADERS | RST_STREAM | CONTINUATION);
        if self.is_response {
            self.tap.liveness.data_received();
        }
        match kind {
            HEADERS => self.block = self.payload,
            CONTINUATION => self.block = self.block.saturating_add(self.payload),
            _ => {}
        }
        if self.block > self.head_limit {
            self.tap.has_large_head.store(true, Ordering::Release);
        }
        match kind {
            // An informational response never ends its stream. A head that does not end it may also be the final one.
            HEADERS if flags & END_STREAM == 0 => {
                let heads = self.heads.entry(stream).or_default();
                *heads += 1;
                if *heads > LIMIT + 1 {
                    return Err(too_many());
                }
            }
            DATA | HEADERS | RST_STREAM => drop(self.heads.remove(&stream)),
            _ => {}
        }
        Ok(())
    }
}

impl Tap for FrameParser {
    fn on_read(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.parse(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::{FrameParser, FrameTap};

    const HEAD_LIMIT: usize = 100;

    const PLAIN: u8 = 0;
    const END_STREAM: u8 = 1;

    fn frame(kind: u8, flags: u8, stream: u8, length: u8) -> Vec<u8> {
        let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, stream];
        frame.resize(frame.len() + usize::from(length), 0xff);
        frame
    }

    /// Returns whether these frames parse without an error, all at once and byte by byte.
    fn are_accepted(frames: &[Vec<u8>]) -> bool {
        let bytes = frames.concat();
        let accepted = |size: usize| {
            let mut parser = FrameParser::new(FrameTap::default(), HEAD_LIMIT);
            let mut pieces = bytes.chunks(size);
            pieces.all(|piece| parser.parse(piece).is_ok())
        };
        assert_eq!(accepted(bytes.len()), accepted(1));
        accepted(bytes.len())
    }

    // T27
    #[test]
    fn endless_informational_heads_are_an_error_and_heads_of_many_responses_are_not() {
        let informational = |stream| frame(1, PLAIN, stream, 5);
        assert!(are_accepted(&vec![informational(1); 17]));
        assert!(!are_accepted(&vec![informational(1); 18]));
        let two_streams = [informational(1), informational(3), frame(9, 4, 3, 7)];
        assert!(!are_accepted(&vec![two_streams.concat(); 18]));
        let mut reserved = informational(1);
        reserved[5] = 0x80;
        let one_stream = [informational(1), reserved];
        assert!(!are_accepted(&vec![one_stream.concat(); 9]));
        for end in [
            frame(0, PLAIN, 1, 9),
            frame(0, END_STREAM, 1, 0),
            frame(1, END_STREAM, 1, 5),
            frame(3, PLAIN, 1, 4),
        ] {
            assert!(are_accepted(&vec![[informational(1), end].concat(); 100]));
        }
    }

    // T19
    #[test]
    fn all_frames_of_a_head_count_toward_its_limit() {
        for (frames, is_large) in [
            (
                vec![frame(1, PLAIN, 1, 100), frame(1, PLAIN, 3, 100)],
                false,
            ),
            (vec![frame(1, PLAIN, 1, 101)], true),
            (vec![frame(1, PLAIN, 1, 60), frame(9, PLAIN, 1, 40)], false),
            (vec![frame(1, PLAIN, 1, 60), frame(9, PLAIN, 1, 41)], true),
            (
                vec![frame(0, PLAIN, 1, 255), frame(0, PLAIN, 1, 255)],
                false,
            ),
        ] {
            let tap = FrameTap::default();
            let mut parser = FrameParser::new(tap.clone(), HEAD_LIMIT);
            parser.parse(&frames.concat()).unwrap();
            assert_eq!(tap.has_large_head(), is_large, "{frames:?}");
        }
    }
}
