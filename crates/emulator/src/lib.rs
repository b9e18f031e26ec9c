//! A stateful emulator of two vendors' gateway APIs: Okta Advanced Server Access (ASA) and Dynatrace ActiveGate tokens.
//!
//! [`Emulator`] keeps the state (in memory or in one file) and answers every operation of both with the vendors' rules:
//! credentials, paging, validation, error bodies. It is a [`gatelet_transport::Transport`], so it plugs into either client
//! without a socket; with the feature `serve`, `serve` puts the same on loopback HTTP for other languages.
//!
//! - ASA: `/v1/teams/{team}/…`, for a bearer that the service-token exchange gives for one of the keys.
//! - Dynatrace: `/api/v2/…`, also below `/e/{environment}` and as `/platform/classic/environment-api/v2/…`; all forms
//!   are one environment. Only `Authorization: Api-Token …` is taken.
//! - The emulator's own: `POST /emulator/v1/gateways` enrols a gateway, see [`Emulator::enroll_gateway`], and
//!   `PUT /emulator/v1/faults`, off unless `Serve::faults` turns it on, breaks the requests that come next.
//!
//! A new emulator knows the credentials of [`well_known`], which are public: never let other machines reach it.

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
