//! `Link` header fields.
#![no_main]

libfuzzer_sys::fuzz_target!(|lines: &[u8]| fuzz::link::check(lines));
