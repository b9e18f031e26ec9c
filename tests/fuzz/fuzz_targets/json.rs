//! JSON of any shape.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::json::check(body));
