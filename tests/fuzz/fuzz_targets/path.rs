//! Values of path parameters, and paths.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::path::check(data));
