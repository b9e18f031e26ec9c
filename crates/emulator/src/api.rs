//! The operations of both vendors and of the emulator itself: from a request to its response.

pub(crate) mod asa;
pub(crate) mod dt;
pub(crate) mod gateway_enrollment;
#[rustfmt::skip]
pub(crate) mod generated;
pub(crate) mod response;
pub(crate) mod router;
pub(crate) mod server_call;
