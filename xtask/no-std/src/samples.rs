//! Round trips of the descriptions' examples.

use alloc::string::String;
use core::fmt::Debug;

use gatelet_models::samples::{Sample, Visitor};
use gatelet_models::{asa, dt};
use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

use crate::page::never_used;

/// Decodes every sample and encodes it again; panics if one comes back different.
pub fn round_trips() {
    let mut round_trips = RoundTrips(0);
    asa::samples::visit(&mut round_trips);
    dt::samples::visit(&mut round_trips);
    assert!(round_trips.0 > 0, "there are no models");
    // No description has an unknown member.
    assert_round_trip::<asa::Gateway>(
        r#"{"id":"g-1","name":"eu-1","refuse_connections":false,"x-new":{"a":[1,-2,0.5,null,true,"t"]}}"#,
    );
    // No description has a value that cannot be parsed.
    assert_round_trip::<dt::ActiveGateTokenCreated>(
        r#"{"id":"dt0g02.4KWZO5EF","token":"opens nothing","expirationDate":"2027-11-21 20:48"}"#,
    );
}

/// The number of models so far.
struct RoundTrips(usize);

impl Visitor for RoundTrips {
    fn visit<T: Debug + DeserializeOwned + PartialEq + Serialize + 'static>(
        &mut self,
        sample: &'static Sample,
        _inexact: fn(&T) -> Option<&str>,
    ) {
        match sample.examples {
            [first, more @ ..] => {
                assert_round_trip::<T>(first);
                more.iter().for_each(|example| assert_stable::<T>(example));
            }
            [] => panic!("{} has no example", sample.name),
        }
        self.0 += 1;
    }
}

/// Runs the models' example; panics if it finds another token or cursor.
pub fn example() {
    let page = r#"{"totalCount":2,"nextPageKey":"AAAA","activeGateTokens":[{"id":"dt0g02.USED","name":"a","owner":"o","creationDate":"2026-11-21T20:48:09.000Z","lastUsedDate":"2026-11-21T21:00:00.000Z"},{"id":"dt0g02.NEW","name":"b","owner":"o","creationDate":"2026-11-21T20:48:09.000Z"}]}"#;
    match never_used(page) {
        Ok((unused, Some(next))) => {
            assert_eq!(unused, ["dt0g02.NEW"]);
            assert_eq!(next, "AAAA");
        }
        other => panic!("{other:?}"),
    }
}

/// Checks that a sample encodes to the same text.
fn assert_round_trip<T: DeserializeOwned + Serialize>(sample: &str) {
    let encoded = encode(&decode::<T>(sample));
    assert_eq!(encoded, sample, "{}", core::any::type_name::<T>());
}

/// Checks that an encoded value decodes to an equal one.
fn assert_stable<T: Debug + DeserializeOwned + PartialEq + Serialize>(example: &str) {
    let decoded: T = decode(example);
    assert_eq!(decode::<T>(&encode(&decoded)), decoded);
}

fn decode<T: DeserializeOwned>(text: &str) -> T {
    let name = core::any::type_name::<T>();
    match serde_json::from_str(text) {
        Ok(decoded) => decoded,
        Err(error) => panic!("{name}: cannot decode the sample: {error}"),
    }
}

fn encode<T: Serialize>(value: &T) -> String {
    let name = core::any::type_name::<T>();
    match serde_json::to_string(value) {
        Ok(encoded) => encoded,
        Err(error) => panic!("{name}: cannot encode the value: {error}"),
    }
}
