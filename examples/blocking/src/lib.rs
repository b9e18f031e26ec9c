//! Both clients in a program without an async runtime.
//!
//! The clients are `async` and need no runtime: [`block_on`] runs a call on the calling thread, [`BlockingClock`] sleeps on
//! it, and [`UreqTransport`] sends its requests. `docs/blocking.md` shows how.

mod block_on;
mod ureq_transport;

pub use block_on::{BlockingClock, block_on};
pub use ureq_transport::UreqTransport;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/blocking.md")]
mod page {}
