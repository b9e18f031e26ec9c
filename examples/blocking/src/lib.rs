//! Both clients in a program without an async runtime.
//!
//! The clients are `async`, and need no runtime: [`block_on`] drives a call on the thread that makes it,
//! [`BlockingClock`] waits on that thread, and [`UreqTransport`] carries its requests. `docs/blocking.md` shows them at
//! work.

mod block_on;
mod ureq_transport;

pub use block_on::{BlockingClock, block_on};
pub use ureq_transport::UreqTransport;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/blocking.md")]
mod page {}
