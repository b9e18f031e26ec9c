//! Long runs over the clients' listings, shared by the tests, which do a few, and `cargo xtask soak paging`, which does
//! millions.

mod consumer;
mod counts;
mod schedule;
mod server;

pub use counts::Counts;
pub use schedule::run;
