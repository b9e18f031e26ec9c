//! `gatelet doctor`: finds out why a command would fail.

pub(crate) mod asa;
mod certificate;
pub(crate) mod check;
pub(crate) mod command;
pub(crate) mod dt;
pub(crate) mod network;
mod reach;
mod server;
