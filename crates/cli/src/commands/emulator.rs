//! `gatelet emulator`.

pub(crate) mod command;
pub(crate) mod enroll;
pub(crate) mod serve;
