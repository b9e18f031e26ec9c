//! Typed models of two vendors' gateway APIs, and their operations as plain data.
//!
//! The crate does no I/O and no HTTP: it needs `alloc`, not `std`, and has no proc-macros. Take it alone to read and write the
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
//! # What is lenient and what is strict
//!
//! Reading is lenient where servers differ:
//!
//! - An optional field is `None` when it is absent or `null`, and a `null` list is empty where the vendor sends `null` lists.
//! - The values of free-form members, which are documented as texts, may be of any kind: a [`JsonValue`].
//! - Unknown words of an enum are kept and written back unchanged.
//! - A negative count is `None`, because servers send -1 for an unknown count.
//! - Unknown fields are skipped. The models that are read, changed and put back keep them as [`UnknownMembers`], and remember which
//!   fields were `null`.
//! - A response with a secret that is shown only once keeps unreadable fields as [`Lenient`], so that the secret is not lost.
//! - A date may be written in other ways than RFC 3339 if its meaning is clear; see [`Timestamp::parse`].
//!
//! Reading is strict where leniency would invent data. These are errors: a known field or the key of a map that occurs twice, an array
//! in place of an object, `"false"` in place of `false`, an integer out of range or with a fraction, and a date that does not exist or
//! has no offset. An error names the kind of the value and never the value, so it is safe to log.
//!
//! Writing is strict: `None` is left out, a [`Patch`] distinguishes absent, `null` and a value, and a count out of range is an error.
//! Limits on the length or the pattern of a text are documented, and checked by the server alone.
//!
//! The models read any self-describing format; the vendors use JSON. The shapes that the vendors document and the models write are also
//! JSON Schemas: `asa::JSON_SCHEMA`, `dt::JSON_SCHEMA`, and the files in `schemas/`.
//!
//! # Features
//!
//! `asa` and `dt` are on by default. Turn the default off to take one vendor alone.
//!
//! | feature | adds |
//! | --- | --- |
//! | `asa` | the module `asa`: the types and operations of Okta ASA |
//! | `dt` | the module `dt`: the types and operations of the Dynatrace ActiveGate token API |
//! | `std` | [`Timestamp`] from and to `std::time::SystemTime`; the clients turn it on |
//! | `uuid` | ids from and to `uuid::Uuid` |
//!
//! # What you can rely on
//!
//! - **Versions** are semantic. The vendors' structs and enums are `#[non_exhaustive]`, so a new word, or a new field that may be left
//!   out, breaks no one; a new required field is one more argument of `new`, and a breaking change.
//!   `OperationId` is exhaustive, so that a server must decide about each operation, and so are [`Method`], [`QueryKind`] and
//!   [`Paging`], which a client must match exhaustively; a new variant of any of them is a breaking change. `serde_core` and
//!   `time` are part of the interface: a new major version of either is one of this crate.
//! - **Rust**: edition 2024, at least the version in `rust-version` (1.90), which rises only with a minor version.
//! - **Build**: no `std`, no `unsafe`, no build script, no proc-macro, at most nine crates in all without features. The example
//!   `no_std_page` reads a page in a crate without `std`.
//! - **Round trips**: what a model writes it reads back equal and writes the same again, byte for byte; fields are written in the order of
//!   the description.
//! - **Secrets** appear in no `Debug` form and no error, and their memory is overwritten when they are dropped.
//! - **Hostile input** is an error, never a panic. Unknown fields are skipped without recursion in this crate, at any depth that the format
//!   allows; a model that keeps them accepts up to 64 KiB, nested up to 64 deep.
//! - **Numbers** in unknown fields keep all of their digits, or the update that would send them back is refused. With its feature
//!   `raw_value`, which the clients enable, `serde_json` passes on all digits; without it, a number of more than 15 digits is inexact.
//!   One that no number type holds is sent back only after [`UnknownMembers::allow_raw_numbers`], which the clients call.
#![no_std]
#![cfg_attr(
    not(all(feature = "asa", feature = "dt")),
    allow(
        unused,
        reason = "one vendor's types need a part of the code below them; with both, nothing may be left over"
    )
)]

extern crate alloc;

#[cfg(feature = "asa")]
pub mod asa;
mod de;
#[cfg(feature = "dt")]
pub mod dt;
mod field;
#[rustfmt::skip]
#[allow(
    clippy::enum_variant_names,
    clippy::semicolon_if_nothing_returned,
    reason = "the descriptions give the names, and the formatter decides which arms become blocks"
)]
mod generated;
mod json;
mod operation;
#[cfg(feature = "samples")]
#[doc(hidden)]
pub mod samples;
mod secret;
mod ser;
mod text;
mod time;

pub use field::lenient::{Lenient, Unreadable};
pub use field::patch::Patch;
pub use field::unknown_members::UnknownMembers;
pub use json::json_value::JsonValue;
pub use operation::method::Method;
pub use operation::operation::Operation;
pub use operation::paging::Paging;
pub use operation::path_value::{PathError, PathErrorKind};
pub use operation::query_parameter::{OutOfRange, QueryKind, QueryParameter};
pub use secret::secret::Secret;
pub use secret::shape::contains_secret;
#[cfg(feature = "uuid")]
pub use text::id::NotUuid;
pub use time::milliseconds::Milliseconds;
pub use time::parse_error::ParseTimestampError;
pub use time::timestamp::Timestamp;
