//! A stateful emulator of two vendors' gateway APIs: Okta Advanced Server Access (ASA) and Dynatrace ActiveGates and their tokens.
//!
//! [`Emulator`] keeps the state, in memory or on disk, and implements every operation of their APIs with the vendors'
//! rules for credentials, paging, validation and error bodies. It is a [`gatelet_transport::Transport`], so either client
//! can use it without a socket. With the feature `serve`, `serve` offers it on loopback HTTP to other languages.
//!
//! - ASA: `/v1/teams/{team}/…`, with a bearer from the service-token exchange. `POST /emulator/v1/gateways`, which ASA does
//!   not have, enrolls a gateway, see `Emulator::enroll_gateway`.
//! - Dynatrace: `/api/v2/…`, also below `/e/{environment}` and as `/platform/classic/environment-api/v2/…`; all forms are
//!   the same environment. Classic tokens are accepted as `Api-Token` on the first two.
//! - The Dynatrace platform: the ActiveGate tokens of that environment as `/platform/fleet-management/v1/…`, and
//!   `POST /sso/oauth2/token`, which gives OAuth clients their tokens. These, and platform tokens, are accepted as `Bearer` on all paths of
//!   Dynatrace.
//! - Its own: `PUT /emulator/v1/faults`, if `Serve::faults` enables it, scripts faults for the next requests.
//! - Any other path, and those of a vendor whose feature is off: 404 with a line of text.
//!
//! A new emulator has the credentials of [`well_known`], which are public: do not let other machines reach it.
//!
//! # Features
//!
//! `asa` and `dt` are on by default. Turn the default off to take one vendor alone; without either, every path is unknown.
//!
//! | feature | adds |
//! | --- | --- |
//! | `asa` | Okta ASA: `Role`, the constants `well_known::ASA_…`, and of [`Emulator`] `add_service_user`, `restore_well_known_keys`, `add_resource_group`, `add_project`, `enroll_gateway` and `with_enrollment_token_objects` |
//! | `dt` | Dynatrace: the constants `well_known::DT_…`, and of [`Emulator`] `add_access_token`, `add_oauth_client`, `add_active_gate_tokens`, `add_active_gates`, `connect_active_gate`, `enroll_active_gate`, `disconnect_active_gate`, `with_token_enforcement`, `with_platform_tokens_as_api_tokens` and `with_platform_violations` |
//! | `serve` | loopback HTTP: `serve`, `Serve` and `Server` |
//!
//! The file of an emulator does not depend on the features that wrote it, see [`Emulator::open`].
#![cfg_attr(
    not(all(feature = "asa", feature = "dt")),
    allow(
        dead_code,
        reason = "one vendor needs a part of the code below it; with both, nothing may be left over"
    )
)]

mod api;
mod emulator;
mod error;
mod json;
mod random;
#[cfg(feature = "serve")]
mod server;
mod state;
mod store;
pub mod well_known;

#[cfg(feature = "asa")]
pub use api::asa::role::Role;
pub use emulator::emulator::Emulator;
pub use error::Error;
#[cfg(feature = "serve")]
pub use server::serve::{Serve, Server, serve};
