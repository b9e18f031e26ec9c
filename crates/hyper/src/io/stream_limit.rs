//! The number of concurrent streams that an HTTP/2 server allows, read from its `SETTINGS`.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The number of streams that the server allows at once on one connection; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct StreamLimit(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// `None` until the server's first `SETTINGS` arrive.
    limit: Option<usize>,
    is_closed: bool,
    on_known: Option<OnKnown>,
}

type OnKnown = Box<dyn FnOnce(usize) + Send>;

impl StreamLimit {
    /// Returns the limit: 1 until the server has sent it, so that the request which opened the connection need not wait.
    pub(crate) fn get(&self) -> usize {
        self.with_state(|state| state.limit).unwrap_or(1)
    }

    /// Runs a function as soon as the limit is known, or drops it when the connection closes before that.
    pub(crate) fn on_known(&self, callback: impl FnOnce(usize) + Send + 'static) {
        let callback: OnKnown = Box::new(callback);
        let due = self.with_state(|state| match state.limit {
            None if !state.is_closed => {
                state.on_known = Some(callback);
                None
            }
            limit => Some((limit, callback)),
        });
        if let Some((Some(limit), callback)) = due {
            callback(limit);
        }
    }

    /// Records the limit of a `SETTINGS` frame, which may not contain one.
    fn set(&self, streams: Option<usize>) {
        /// No server should allow fewer (RFC 9113 section 6.5.2), and many servers that send no limit allow no more.
        const DEFAULT: usize = 100;

        let (limit, callback) = self.with_state(|state| {
            let limit = streams.or(state.limit).unwrap_or(DEFAULT);
            state.limit = Some(limit);
            (limit, state.on_known.take())
        });
        if let Some(callback) = callback {
            callback(limit);
        }
    }

    fn close(&self) {
        let callback = self.with_state(|state| {
            state.is_closed = true;
            state.on_known.take()
        });
        drop(callback);
    }

    /// Callbacks must neither run nor be dropped in here: they wake tasks that read this state.
    fn with_state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("limit", &self.limit)
            .field("is_closed", &self.is_closed)
            .finish_non_exhaustive()
    }
}

/// Reads the `SETTINGS` frames of one connection (RFC 9113 section 6.5).
#[derive(Debug)]
pub(crate) struct SettingsReader {
    limit: StreamLimit,
    is_settings: bool,
    setting: Vec<u8>,
    streams: Option<usize>,
}

impl SettingsReader {
    pub(crate) fn new(limit: StreamLimit) -> Self {
        Self {
            limit,
            is_settings: false,
            setting: Vec::new(),
            streams: None,
        }
    }

    /// Starts a frame with a payload of this many bytes.
    pub(crate) fn begin(&mut self, kind: u8, flags: u8, payload: usize) {
        const SETTINGS: u8 = 4;
        const ACK: u8 = 1;

        self.is_settings = kind == SETTINGS && flags & ACK == 0;
        self.setting.clear();
        self.streams = None;
        self.end(payload);
    }

    /// Reads a part of the payload; `left` bytes of it are still to come.
    pub(crate) fn read(&mut self, bytes: &[u8], left: usize) {
        const MAX_CONCURRENT_STREAMS: [u8; 2] = [0, 3];

        if !self.is_settings {
            return;
        }
        for &byte in bytes {
            self.setting.push(byte);
            if let Ok([high, low, value @ ..]) = <[u8; 6]>::try_from(&*self.setting) {
                self.setting.clear();
                if [high, low] == MAX_CONCURRENT_STREAMS {
                    let streams = usize::try_from(u32::from_be_bytes(value));
                    self.streams = Some(streams.unwrap_or(usize::MAX));
                }
            }
        }
        self.end(left);
    }

    fn end(&mut self, left: usize) {
        if self.is_settings && left == 0 {
            self.is_settings = false;
            self.limit.set(self.streams);
        }
    }
}

impl Drop for SettingsReader {
    fn drop(&mut self) {
        self.limit.close();
    }
}

#[cfg(test)]
mod tests {
    use super::{SettingsReader, StreamLimit};

    fn setting(number: u8, value: u32) -> Vec<u8> {
        [&[0, number], &value.to_be_bytes()[..]].concat()
    }

    /// Returns the limit after these frames (kind, flags, payload), read in pieces of `size` bytes.
    fn limit_after(frames: &[(u8, u8, Vec<u8>)], size: usize) -> usize {
        let limit = StreamLimit::default();
        let mut reader = SettingsReader::new(limit.clone());
        for (kind, flags, payload) in frames {
            let mut left = payload.len();
            reader.begin(*kind, *flags, left);
            for piece in payload.chunks(size) {
                left -= piece.len();
                reader.read(piece, left);
            }
        }
        limit.get()
    }

    #[test]
    fn settings_set_the_limit() {
        let (other, max_streams) = (setting(4, 70_000), |value| setting(3, value));
        for (frames, streams) in [
            (vec![], 1),
            (vec![(4, 0, vec![])], 100),
            (vec![(4, 0, other.clone())], 100),
            (vec![(4, 0, max_streams(7))], 7),
            (
                vec![(
                    4,
                    0,
                    [&max_streams(7)[..], &other, &max_streams(250)].concat(),
                )],
                250,
            ),
            (vec![(4, 0, [&other[..], &max_streams(0)].concat())], 0),
            (vec![(4, 0, max_streams(u32::MAX))], u32::MAX as usize),
            // An acknowledgment, a ping and data do not count.
            (vec![(4, 1, vec![])], 1),
            (vec![(6, 0, max_streams(9)), (0, 0, max_streams(9))], 1),
            // A later limit replaces the first, and other settings leave it alone.
            (
                vec![
                    (4, 0, max_streams(7)),
                    (4, 0, max_streams(8)),
                    (4, 0, other),
                ],
                8,
            ),
        ] {
            for size in [1, 5, 1_000] {
                assert_eq!(limit_after(&frames, size), streams, "{frames:?}");
            }
        }
    }
}
