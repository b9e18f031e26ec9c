//! Secrets in the memory of the process, as the operating system shows it.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use asa_client::models::Secret;
use asa_client::{Bearer, Client, ServiceUser};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{Transport as _, from_fn};
use zeroize::Zeroizing;

use crate::support::*;

const LENGTH: usize = 4096;

/// The length of the pieces in which a secret is searched for, because freed memory is soon overwritten in part.
const PIECE: usize = 48;
const DISTANCE: usize = 256;

const CHUNK: usize = 1 << 14;

/// Returns the secret of a test. It is computed while the test runs, so that no constant of the program contains it.
fn secret(seed: usize) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(LENGTH));
    text.extend((0..LENGTH).map(|at| char::from(character(seed, at))));
    text
}

fn character(seed: usize, at: usize) -> u8 {
    let mut mixed = (seed * LENGTH + at) as u64;
    for _ in 0..3 {
        mixed = (mixed ^ mixed >> 31).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    b'a' + ((mixed >> 40) % 26) as u8
}

/// A search that allocates its memory before it starts, because it might otherwise be given the memory to search.
struct Search {
    /// Inverted, so that the search does not find itself.
    pieces: Vec<Vec<u8>>,
    maps: String,
    chunk: Zeroizing<Vec<u8>>,
}

impl Search {
    fn new(seed: usize) -> Self {
        let piece = |start| {
            (start..start + PIECE)
                .map(|at| !character(seed, at))
                .collect()
        };
        Self {
            pieces: (0..LENGTH).step_by(DISTANCE).map(piece).collect(),
            maps: String::with_capacity(1 << 20),
            chunk: Zeroizing::new(vec![0; CHUNK]),
        }
    }

    /// Returns the number of pieces of the secret in the writable memory of this process.
    fn count(&mut self) -> usize {
        let mut maps = File::open("/proc/self/maps").unwrap();
        self.maps.clear();
        maps.read_to_string(&mut self.maps).unwrap();
        let mut memory = File::open("/proc/self/mem").unwrap();
        let writable = self.maps.lines().filter(|line| line.contains(" rw"));
        writable
            .filter_map(|line| line.split(' ').next()?.split_once('-'))
            .map(|(start, end)| {
                let [start, end] = [start, end].map(|hex| u64::from_str_radix(hex, 16).unwrap());
                count_between(&mut memory, start, end, &mut self.chunk, &self.pieces)
            })
            .sum()
    }
}

fn count_between(
    memory: &mut File,
    start: u64,
    end: u64,
    chunk: &mut [u8],
    inverted: &[Vec<u8>],
) -> usize {
    let mut found = 0;
    let mut at = start;
    while at < end && memory.seek(SeekFrom::Start(at)).is_ok() {
        let Ok(read @ PIECE..) = memory.read(chunk) else {
            break;
        };
        let bytes = &chunk[..read.min((end - at) as usize)];
        at += (read + 1 - PIECE) as u64; // What ends behind this chunk is found in the next.
        if *bytes == [0; CHUNK][..bytes.len()] {
            continue; // Most of it is, and this is fast.
        }
        let windows = bytes.windows(PIECE);
        found += windows
            .filter(|window| {
                window[0].is_ascii_lowercase() && window[PIECE - 1].is_ascii_lowercase()
            })
            .filter(|window| inverted.iter().any(|piece| is_inverse(piece, window)))
            .count();
        chunk.fill(0);
    }
    found
}

fn is_inverse(inverted: &[u8], bytes: &[u8]) -> bool {
    inverted.iter().zip(bytes).all(|(a, b)| *a == !b)
}

#[test]
fn the_search_finds_a_secret_left_behind() {
    let mut search = Search::new(7);
    assert_eq!(search.count(), 0);
    drop(secret(7).to_string()); // Without the wrapper that zeroes it.
    assert!(search.count() > 0);
}

// A35
#[tokio::test]
async fn no_secret_of_a_dropped_client_is_left_in_memory() {
    let responses = FakeTransport::respond(|request| {
        if is_exchange(request) {
            return bearer("2026-01-01T01:00:00Z", BEARER);
        }
        FakeResponse::json(200, GATEWAY)
    });
    // The script would keep the requests and the secrets in them.
    let keeps_nothing = from_fn(move |request: http::Request<bytes::Bytes>| {
        let responses = responses.clone();
        async move {
            let mut same = http::Request::new(bytes::Bytes::new());
            *same.uri_mut() = request.uri().clone();
            responses.send(same).await
        }
    });
    let service_user = ServiceUser::new(KEY_ID, Secret::from(secret(1).as_str()));
    let service_user = Client::builder("t").credentials(service_user);
    let elsewhere = Client::builder("t").credentials(Bearer::new(&*secret(2)).unwrap());
    let clients = [service_user, elsewhere].map(|builder| {
        let transport = keeps_nothing.clone();
        builder.build_with(transport, ManualClock::auto()).unwrap()
    });
    let mut searches = [1, 2].map(Search::new);
    for client in &clients {
        client.gateways().get(&"g".into()).send().await.unwrap();
    }
    // A client must know its secret.
    assert!(searches.iter_mut().all(|search| search.count() > 0));
    drop(clients);
    assert_eq!(searches.each_mut().map(Search::count), [0, 0]);
}
