//! Lists of ActiveGate tokens.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::body::check(&["dt::ActiveGateTokenList"], body));
