//! Every model of both vendors, read and written: the same tests over one table of all models.
#![expect(
    clippy::expect_used,
    reason = "a test says by its panic what went wrong"
)]

mod bytes;
mod corpus;
mod fields;
mod fixtures;
mod hostile;
mod operations;
mod round_trip;
mod schemas;
mod secrets;
mod selectors;
mod times;
mod updates;
