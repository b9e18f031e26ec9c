//! Typed models of two vendors' gateway APIs, and their operations as plain data.
//!
//! The crate does no IO and knows no HTTP: it needs `alloc`, no `std`, and brings no proc-macro. Take it alone to read and write the
//! bodies of Okta Advanced Server Access (ASA; Okta Privileged Access speaks the same) and of the Dynatrace ActiveGate token API.
//!
//! ```
//! use gatelet_models::Timestamp;
//!
//! let created: Timestamp = "2026-11-21T20:48:09.5+01:00".parse()?;
//! assert_eq!(created.to_string(), "2026-11-21T19:48:09.5Z");
//! # Ok::<(), gatelet_models::ParseTimestampError>(())
//! ```
//!
//! # What is lenient, what is strict
//!
//! Reading is lenient where servers differ: absent and `null` are both `None` for an optional field, a `null` list is empty where the
//! vendor sends it so, unknown fields are skipped and unknown words of an enum are kept and written back unchanged.
//!
//! Reading is strict where leniency would invent data: a key given twice, an array in place of an object, `"false"` in place of
//! `false`, an integer out of range or written with a fraction are errors. An error names the kind of what was found and never its
//! value, so it is safe to log.
//!
//! Writing is strict: `None` is left out, and a [`Patch`] keeps absent, `null` and a value apart.
//!
//! The models read any self-describing format; JSON is what the vendors speak.
#![no_std]

extern crate alloc;

pub mod asa;
mod de;
pub mod dt;
#[rustfmt::skip]
#[allow(
    clippy::enum_variant_names,
    clippy::semicolon_if_nothing_returned,
    reason = "the descriptions give the names, and the formatter decides which arms become blocks"
)]
mod generated;
mod id;
mod open_enum;
mod operation;
mod patch;
mod secret;
mod ser;
mod timestamp;

pub use operation::{
    Method, Operation, OutOfRange, Paging, PathError, PathErrorKind, QueryKind, QueryParameter,
};
pub use patch::Patch;
pub use secret::Secret;
pub use timestamp::{Milliseconds, ParseTimestampError, Timestamp};
