//! Error bodies of both vendors.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::body::check(
    &["asa::Error", "dt::ErrorEnvelope"],
    body
));
