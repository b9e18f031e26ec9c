//! What tests of clients need: a scripted transport and a clock that is moved by hand.

mod fake_transport;
mod manual_clock;

pub use fake_transport::{Answer, FakeTransport};
pub use manual_clock::ManualClock;
