//! The frames that a server sends over HTTP/2, as far as what they tell is lost on the way up.
//!
//! h2 reads any number of interim answers and says nothing of them, and it tells a head that is too large for it from a
//! malformed one to nobody. So the heads of the frames are read along here.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::body::informational;
use crate::pool::liveness::Liveness;
use crate::pool::stream_limit::{SettingsReader, StreamLimit};

/// Whether a connection brought a head above its limit; a clone is of the same connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct LargeHead(Arc<AtomicBool>);

impl LargeHead {
    pub(crate) fn was_seen(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Follows the frames on one connection.
struct FrameParser {
    /// The beginning of a frame's head.
    head: Vec<u8>,
    /// What is still to come of a frame behind its head.
    payload: usize,
    /// The bytes of the block of fields that is arriving.
    block: usize,
    /// How many heads came on a stream that is still to bring its answer.
    heads: HashMap<u32, u32>,
    head_limit: usize,
    large_head: LargeHead,
    settings: SettingsReader,
    /// Whether the frame that is arriving belongs to a response.
    is_of_response: bool,
    liveness: Liveness,
}

impl FrameParser {
    /// Hears of more bytes; an error when a server sends interim answers without end.
    fn observe(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        /// The bit before the number of a stream is reserved and says nothing.
        const STREAM: u32 = 0x7fff_ffff;

        while let Some((first, others)) = bytes.split_first() {
            if self.payload > 0 {
                let (passed, rest) = bytes.split_at(self.payload.min(bytes.len()));
                self.payload -= passed.len();
                self.settings.read(passed, self.payload);
                if self.is_of_response {
                    self.liveness.data_received();
                }
                bytes = rest;
                continue;
            }
            self.head.push(*first);
            bytes = others;
            if let [high, middle, low, kind, flags, stream @ ..] = &*self.head
                && let Ok(stream) = <[u8; 4]>::try_from(stream)
            {
                let length = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
                let (kind, flags) = (*kind, *flags);
                let stream = u32::from_be_bytes(stream) & STREAM;
                self.head.clear();
                self.payload = length;
                self.settings.begin(kind, flags, length);
                self.begin(kind, flags, stream)?;
            }
        }
        Ok(())
    }

    /// A frame begins (RFC 9113 section 6).
    fn begin(&mut self, kind: u8, flags: u8, stream: u32) -> io::Result<()> {
        const DATA: u8 = 0;
        const HEADERS: u8 = 1;
        const RST_STREAM: u8 = 3;
        const CONTINUATION: u8 = 9;
        const END_STREAM: u8 = 1;

        self.is_of_response = matches!(kind, DATA | HEADERS | RST_STREAM | CONTINUATION);
        if self.is_of_response {
            self.liveness.data_received();
        }
        match kind {
            HEADERS => self.block = self.payload,
            CONTINUATION => self.block = self.block.saturating_add(self.payload),
            _ => {}
        }
        if self.block > self.head_limit {
            self.large_head.0.store(true, Ordering::Release);
        }
        match kind {
            // An interim answer never ends its stream. One that does not may also be the answer itself.
            HEADERS if flags & END_STREAM == 0 => {
                let heads = self.heads.entry(stream).or_default();
                *heads += 1;
                if *heads > informational::LIMIT + 1 {
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        informational::TooManyInformational,
                    ));
                }
            }
            DATA | HEADERS | RST_STREAM => drop(self.heads.remove(&stream)),
            _ => {}
        }
        Ok(())
    }
}

/// A stream whose frames are tapped.
pub(crate) struct FrameTapped<T> {
    stream: T,
    parser: FrameParser,
}

impl<T> FrameTapped<T> {
    pub(crate) fn new(
        stream: T,
        head_limit: usize,
        large_head: LargeHead,
        liveness: Liveness,
        stream_limit: StreamLimit,
    ) -> Self {
        let parser = FrameParser {
            head: Vec::new(),
            payload: 0,
            block: 0,
            heads: HashMap::new(),
            head_limit,
            large_head,
            settings: SettingsReader::new(stream_limit),
            is_of_response: false,
            liveness,
        };
        Self { stream, parser }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for FrameTapped<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let read = buf.filled().get(before..).unwrap_or_default();
        Poll::Ready(self.parser.observe(read))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for FrameTapped<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::{FrameTapped, LargeHead, Liveness, StreamLimit};

    fn tapped(large_head: LargeHead) -> FrameTapped<()> {
        FrameTapped::new(
            (),
            100,
            large_head,
            Liveness::default(),
            StreamLimit::default(),
        )
    }

    const PLAIN: u8 = 0;
    const END_STREAM: u8 = 1;

    fn frame(kind: u8, flags: u8, stream: u8, length: u8) -> Vec<u8> {
        let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, stream];
        frame.resize(frame.len() + usize::from(length), 0xff);
        frame
    }

    /// Whether these frames are accepted without an error, all at once and byte by byte.
    fn are_accepted(frames: &[Vec<u8>]) -> bool {
        let bytes = frames.concat();
        let accepted = |size: usize| {
            let mut tapped = tapped(LargeHead::default());
            let mut pieces = bytes.chunks(size);
            pieces.all(|piece| tapped.parser.observe(piece).is_ok())
        };
        assert_eq!(accepted(bytes.len()), accepted(1));
        accepted(bytes.len())
    }

    // T27
    #[test]
    fn heads_without_end_are_an_error_and_heads_of_many_answers_are_not() {
        let interim = |stream| frame(1, PLAIN, stream, 5);
        assert!(are_accepted(&vec![interim(1); 17]));
        assert!(!are_accepted(&vec![interim(1); 18]));
        let two_streams = [interim(1), interim(3), frame(9, 4, 3, 7)];
        assert!(!are_accepted(&vec![two_streams.concat(); 18]));
        let mut reserved = interim(1);
        reserved[5] = 0x80;
        let one_stream = [interim(1), reserved];
        assert!(!are_accepted(&vec![one_stream.concat(); 9]));
        for end in [
            frame(0, PLAIN, 1, 9),
            frame(0, END_STREAM, 1, 0),
            frame(1, END_STREAM, 1, 5),
            frame(3, PLAIN, 1, 4),
        ] {
            assert!(are_accepted(&vec![[interim(1), end].concat(); 100]));
        }
    }

    // T19
    #[test]
    fn a_head_is_as_large_as_all_its_frames() {
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
            let seen = LargeHead::default();
            let mut tapped = tapped(seen.clone());
            tapped.parser.observe(&frames.concat()).unwrap();
            assert_eq!(seen.was_seen(), is_large, "{frames:?}");
        }
    }
}
