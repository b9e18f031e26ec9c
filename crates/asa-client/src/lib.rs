//! A typed client of Okta Advanced Server Access (ASA) gateways, gateway setup tokens, projects and their enrollment tokens.
//!
//! Okta Privileged Access serves the same paths on another host: set its address with [`ClientBuilder::endpoint`]. They differ in
//! projects, and how each responds to a question about those of the other is documented nowhere: a team of ASA has
//! [`Projects`] and their [`EnrollmentTokens`]; one of Okta Privileged Access has [`ResourceGroups`], with [`ResourceGroupProjects`] and
//! their [`ResourceGroupEnrollmentTokens`].
//!
//! ```
//! use asa_client::models::GatewayUpdate;
//! use asa_client::{Client, ServiceUser};
//! # use gatelet_emulator::{Emulator, well_known};
//! # use gatelet_transport::testing::ManualClock;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = Emulator::memory()?;
//! # emulator.seed()?;
//! # let (team, key_id, key_secret) =
//! #     (well_known::ASA_TEAM, well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET);
//!
//! let asa = Client::builder(team)
//!     .credentials(ServiceUser::new(key_id, key_secret))
//!     .build_with(emulator, ManualClock::auto())?; // or `.build()?`, for the real service
//!
//! let mut gateways = asa.gateways().list().query(|query| query.contains("gateway")).items();
//! while let Some(gateway) = gateways.try_next().await? {
//!     // An update replaces the whole gateway, so it starts from a fresh read.
//!     let current = asa.gateways().get(&gateway.id).send().await?;
//!     let update = GatewayUpdate::from(&current).with_description("seen");
//!     asa.gateways().update(&gateway.id, update).send().await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What happens to a call
//!
//! A call is authorized, attempted up to three times if the operation allows it, and its response decoded. Which operations may
//! be repeated comes from the vendor's description; a create is repeated only if it did not reach the server. Every failure is one
//! [`Error`]: [`kind`](Error::kind) says what happened, [`applied`](Error::applied) whether a write may have been applied, and
//! [`retry_after`](Error::retry_after) when to try again.
//!
//! # Features
//!
//! `ring` (default) adds HTTP over TLS and `ClientBuilder::build`, using rustls with the cryptography of ring; `aws-lc-rs` adds
//! the same with that of AWS-LC, which is used if both are on. `hyper` adds HTTP without TLS, for loopback. Without any of them,
//! [`ClientBuilder::build_with`] takes any [`Transport`] and [`Clock`]. `stream` makes lists `futures_core::Stream`s. `tracing` adds
//! spans of calls and attempts under OpenTelemetry's names. `uuid` converts ids from and to `uuid::Uuid`.

mod at_once;
mod check;
mod client;
mod current_user;
mod decode;
mod dialect;
mod enrollment_tokens;
mod gateway_selection;
mod gateway_setup_tokens;
mod gateways;
#[rustfmt::skip]
mod generated;
mod key_id;
mod listed_projects;
mod migration;
mod projects;
mod resource_group_enrollment_tokens;
mod resource_group_projects;
mod rotation;
mod service_key;
mod service_user;
mod service_user_keys;
mod stop;
mod team_labels;
mod unjudged_reason;
mod user_name;
mod watched_gateway;

pub use client::{Client, ClientBuilder};
pub use gateway_selection::{GatewaySelection, SelectedGateways, ServedProjects};
pub use generated::*;
pub use migration::{
    MigratedSetupToken, MigrationOutcome, PlannedAction, PlannedSetupToken, PreparedMigration,
    SkipReason, plan_migration,
};
pub use rotation::{
    CheckKeyError, CheckedKey, KeyEnd, KeyRotation, NewKey, PreparedRotation, RotateKeyError,
};
pub use service_user::ServiceUser;
pub use team_labels::{LabelUse, TeamLabels};
pub use unjudged_reason::UnjudgedReason;
pub use watched_gateway::WatchedGateway;

pub use gatelet_client::{Change, ListQuery, ListRequest, MemberChange};
#[cfg(feature = "hyper")]
pub use gatelet_client::{HyperTransport, HyperTransportBuilder, Proxies, TokioClock};
pub use gatelet_transport::{
    Applied, BaseUrl, Bearer, CallTimeouts, Channel, Clock, ConnectFailure, Credential,
    CredentialFailure, CredentialProvider, Deleted, Error, ErrorKind, FileToken, Identity, Items,
    NextPageError, OperationRequest, Page, PageToken, Pages, PaginationFailure, Phase, RetryPolicy,
    SecretTextError, Sent, TooLarge, TraceContext, Transport, TransportError, TransportErrorKind,
    Violation, parse_secret_text,
};

/// The bodies of requests and responses, and the types of their members.
pub mod models {
    #[cfg(feature = "uuid")]
    pub use gatelet_models::NotUuid;
    pub use gatelet_models::asa::*;
    pub use gatelet_models::{
        Lenient, Milliseconds, ParseTimestampError, Patch, Secret, Timestamp, UnknownMembers,
        Unreadable,
    };
}
