//! What tests of clients and transports need: a scripted transport, a clock that is moved by hand, replies without a call, and
//! the contract that every transport keeps.

pub mod contract;
mod fake_transport;
mod manual_clock;
mod reply;

pub use fake_transport::{Answer, FakeTransport};
pub use manual_clock::ManualClock;
pub use reply::reply;
