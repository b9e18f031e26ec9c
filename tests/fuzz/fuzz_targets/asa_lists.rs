//! Lists of gateways and of gateway setup tokens.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::body::check(
    &["asa::GatewayList", "asa::GatewaySetupTokenList"],
    body
));
