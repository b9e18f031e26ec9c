//! Round trips of the descriptions' examples.

use alloc::string::String;
use core::fmt::Debug;

use gatelet_models::samples::{Sample, Visitor};
use gatelet_models::{asa, dt};
use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

use crate::page::never_used;

/// Decodes every sample and encodes it again; panics at the first that does not come back as it was.
pub fn round_trips() {
    let mut round_trips = RoundTrips(0);
    asa::samples::visit(&mut round_trips);
    dt::samples::visit(&mut round_trips);
    assert!(round_trips.0 > 0, "there are no models");
    // Unknown members are in no description.
    round_trip::<asa::Gateway>(
        r#"{"id":"g-1","name":"eu-1","refuse_connections":false,"x-new":{"a":[1,-2,0.5,null,true,"t"]}}"#,
    );
    // So are values that cannot be read.
    round_trip::<dt::ActiveGateTokenCreated>(
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
                round_trip::<T>(first);
                more.iter().for_each(|example| stable::<T>(example));
            }
            [] => panic!("{} has no example", sample.name),
        }
        self.0 += 1;
    }
}

/// Runs the example of the models; panics when it finds another token or cursor.
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

/// Checks that a text is what the model writes.
fn round_trip<T: DeserializeOwned + Serialize>(sample: &str) {
    let encoded = encode(&decode::<T>(sample));
    assert_eq!(encoded, sample, "{}", core::any::type_name::<T>());
}

/// Checks that what the model writes is read back as the same value.
fn stable<T: Debug + DeserializeOwned + PartialEq + Serialize>(example: &str) {
    let decoded: T = decode(example);
    assert_eq!(decode::<T>(&encode(&decoded)), decoded);
}

fn decode<T: DeserializeOwned>(text: &str) -> T {
    let name = core::any::type_name::<T>();
    match serde_json::from_str(text) {
        Ok(decoded) => decoded,
        Err(error) => panic!("{name}: the sample is not decoded: {error}"),
    }
}

fn encode<T: Serialize>(value: &T) -> String {
    let name = core::any::type_name::<T>();
    match serde_json::to_string(value) {
        Ok(encoded) => encoded,
        Err(error) => panic!("{name}: the sample is not encoded: {error}"),
    }
}
