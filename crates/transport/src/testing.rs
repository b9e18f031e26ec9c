//! Tools for tests of clients and transports: a scripted transport, a manual clock, recorded traffic, faults, responses
//! without a call, and the contract of every transport.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what panics here is a test"
)]

mod api_response;
mod cassette;
pub mod contract;
mod fake_transport;
mod fault_injector;
mod manual_clock;
mod recording;
mod replay;

pub use api_response::api_response;
pub use cassette::{Cassette, ParseCassetteError};
pub use fake_transport::{FakeResponse, FakeTransport};
pub use fault_injector::{Fault, FaultInjector};
pub use manual_clock::ManualClock;
pub use recording::Recording;
pub use replay::Replay;
