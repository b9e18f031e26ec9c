//! A stateful emulator of two vendors' gateway APIs: Okta Advanced Server Access (ASA) and Dynatrace ActiveGate tokens.
//!
//! [`Emulator`] keeps the state, in memory or in one file, and implements every operation of both APIs with the vendors'
//! rules for credentials, paging, validation and error bodies. It is a [`gatelet_transport::Transport`], so either client
//! can use it without a socket. With the feature `serve`, `serve` offers it on loopback HTTP to other languages.
//!
//! - ASA: `/v1/teams/{team}/…`, with a bearer from the service-token exchange.
//! - Dynatrace: `/api/v2/…`, also below `/e/{environment}` and as `/platform/classic/environment-api/v2/…`; all forms are
//!   the same environment. Only `Authorization: Api-Token …` is accepted.
//! - Its own: `POST /emulator/v1/gateways` enrolls a gateway, see [`Emulator::enroll_gateway`]; `PUT /emulator/v1/faults`,
//!   if `Serve::faults` enables it, scripts faults for the next requests.
//!
//! A new emulator has the credentials of [`well_known`], which are public: do not let other machines reach it.

mod api;
mod emulator;
mod error;
mod json;
mod random;
mod seed;
#[cfg(feature = "serve")]
mod server;
mod state;
mod store;
pub mod well_known;

pub use emulator::Emulator;
pub use error::Error;
#[cfg(feature = "serve")]
pub use server::serve::{Serve, Server, serve};
pub use store::credential::Role;
