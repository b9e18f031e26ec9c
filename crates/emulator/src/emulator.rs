//! The emulator as a value and as a transport, with the methods of each vendor.

#[cfg(feature = "asa")]
mod asa;
#[cfg(feature = "dt")]
mod dt;
pub(crate) mod emulator;
