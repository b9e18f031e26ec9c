//! The emulator on loopback HTTP.

pub(crate) mod access_log;
pub(crate) mod connection;
pub(crate) mod faults;
pub(crate) mod serve;
pub(crate) mod write_timeout;
