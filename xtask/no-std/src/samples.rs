//! One text of each model, in the vendor's form.

use alloc::string::String;
use core::fmt::Debug;

use models::Timestamp;
use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

/// Decodes every sample and encodes it again; panics at the first that does not come back as it was.
pub fn round_trips() {
    round_trip::<Timestamp>(r#""2026-11-21T20:48:09.5Z""#);
}

fn round_trip<T: DeserializeOwned + Serialize + Debug>(sample: &str) {
    let name = core::any::type_name::<T>();
    let decoded: T = match serde_json::from_str(sample) {
        Ok(decoded) => decoded,
        Err(error) => panic!("{name}: the sample is not decoded: {error}"),
    };
    let encoded: String = match serde_json::to_string(&decoded) {
        Ok(encoded) => encoded,
        Err(error) => panic!("{name}: the sample is not encoded: {error}"),
    };
    assert_eq!(encoded, sample, "{name}");
}
