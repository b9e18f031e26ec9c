//! How many requests a connection of HTTP/2 takes at once.

use std::sync::{Arc, Mutex, PoisonError};

use crate::pool::single_flight::Flight;

/// The most streams that a server takes at once on one connection; a clone is of the same connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct StreamLimit(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// None until the server's first `SETTINGS` came.
    limit: Option<usize>,
    is_closed: bool,
    /// Waits for that.
    flight: Option<Flight>,
}

impl StreamLimit {
    /// A single one until the server has said how many: whoever opened the connection need not wait for that.
    pub(crate) fn streams(&self) -> usize {
        self.state(|state| state.limit).unwrap_or(1)
    }

    /// Ends a flight as soon as the limit is known.
    pub(crate) fn complete_when_known(&self, flight: Flight) {
        let ended = self.state(|state| match state.limit {
            None if !state.is_closed => {
                state.flight = Some(flight);
                None
            }
            most => Some((most, flight)),
        });
        if let Some((Some(most), flight)) = ended {
            flight.capacity_known(most);
        }
    }

    /// Takes what a frame of `SETTINGS` says.
    fn set(&self, streams: Option<usize>) {
        /// No server should allow fewer (RFC 9113 section 6.5.2), and many of those that say nothing allow no more.
        const UNSAID: usize = 100;

        let known = self.state(|state| {
            let most = streams.or(state.limit).unwrap_or(UNSAID);
            state.limit = Some(most);
            state.flight.take().map(|flight| (flight, most))
        });
        if let Some((flight, most)) = known {
            flight.capacity_known(most);
        }
    }

    /// Ends the flight: whether the connection was of use is for its first request to say.
    fn close(&self) {
        let flight = self.state(|state| {
            state.is_closed = true;
            state.flight.take()
        });
        drop(flight);
    }

    /// A flight must not end in here: those who wait look at this again.
    fn state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads the frames of `SETTINGS` on one connection (RFC 9113 section 6.5).
#[derive(Debug)]
pub(crate) struct SettingsReader {
    limit: StreamLimit,
    is_within: bool,
    setting: Vec<u8>,
    streams: Option<usize>,
}

impl SettingsReader {
    pub(crate) fn new(limit: StreamLimit) -> Self {
        Self {
            limit,
            is_within: false,
            setting: Vec::new(),
            streams: None,
        }
    }

    /// A frame begins, with a payload of so many bytes.
    pub(crate) fn begin(&mut self, kind: u8, flags: u8, payload: usize) {
        const SETTINGS: u8 = 4;
        const ACK: u8 = 1;

        self.is_within = kind == SETTINGS && flags & ACK == 0;
        self.setting.clear();
        self.streams = None;
        self.end(payload);
    }

    /// A part of its payload, behind which so many bytes are still to come.
    pub(crate) fn read(&mut self, bytes: &[u8], left: usize) {
        const MAX_CONCURRENT_STREAMS: [u8; 2] = [0, 3];

        if !self.is_within {
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
        if self.is_within && left == 0 {
            self.is_within = false;
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

    /// What is known after these frames, each with its kind, its flags and its payload; read in pieces of so many bytes.
    fn after(frames: &[(u8, u8, Vec<u8>)], size: usize) -> usize {
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
        limit.streams()
    }

    #[test]
    fn the_limit_is_what_the_settings_say() {
        let (other, most) = (setting(4, 70_000), |value| setting(3, value));
        for (frames, streams) in [
            (vec![], 1),
            (vec![(4, 0, vec![])], 100),
            (vec![(4, 0, other.clone())], 100),
            (vec![(4, 0, most(7))], 7),
            (
                vec![(4, 0, [&most(7)[..], &other, &most(250)].concat())],
                250,
            ),
            (vec![(4, 0, [&other[..], &most(0)].concat())], 0),
            (vec![(4, 0, most(u32::MAX))], u32::MAX as usize),
            // An acknowledgement, a ping and data say nothing.
            (vec![(4, 1, vec![])], 1),
            (vec![(6, 0, most(9)), (0, 0, most(9))], 1),
            // A change counts, and a frame of other settings changes nothing.
            (vec![(4, 0, most(7)), (4, 0, most(8)), (4, 0, other)], 8),
        ] {
            for size in [1, 5, 1_000] {
                assert_eq!(after(&frames, size), streams, "{frames:?}");
            }
        }
    }
}
