//! The development credentials of every new emulator.
//!
//! They are public on purpose, like those of other emulators, and are valid for emulators only. The store contains only
//! their keyed hashes.
//!
//! Those that begin with `ASA` need the feature `asa`, the others `dt`.

#[cfg(feature = "asa")]
pub(crate) mod asa;
#[cfg(feature = "dt")]
pub(crate) mod dt;

#[cfg(feature = "asa")]
pub use asa::{
    ASA_KEY_ID, ASA_KEY_SECRET, ASA_REPORTING_KEY_ID, ASA_REPORTING_KEY_SECRET, ASA_REPORTING_USER,
    ASA_TEAM, ASA_USER,
};
#[cfg(feature = "dt")]
pub use dt::{
    DT_OAUTH_CLIENT_ID, DT_OAUTH_CLIENT_SECRET, DT_OAUTH_SCOPES, DT_OWNER, DT_PLATFORM_TOKEN,
    DT_READ_ONLY_TOKEN, DT_TOKEN,
};
