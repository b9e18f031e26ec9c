//! A typed client of Dynatrace ActiveGates and their tokens: the Environment API v2, and for the tokens also the Fleet Management API of
//! the platform, which [`TokenApi`] chooses and which is implemented as documented, not verified against the service.
//!
//! ```
//! use dt_client::models::{ActiveGateTokenCreate, ActiveGateType};
//! use dt_client::{ApiToken, Client};
//! # use gatelet_emulator::{Emulator, well_known};
//! # use gatelet_transport::testing::ManualClock;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = Emulator::memory()?;
//! # emulator.seed()?;
//! # let token = well_known::DT_TOKEN;
//!
//! let dt = Client::builder("https://abc.live.dynatrace.com")
//!     .credentials(ApiToken::new(token)?)
//!     .build_with(emulator, ManualClock::auto())?; // or `.build()?`, for the real service
//!
//! let edge = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment)
//!     .with_expiration_date("now+60d");
//! let created = dt.active_gate_tokens().create(edge).send().await?;
//! println!("{} expires {:?}", created.id, created.expiration_date.value());
//! // `created.token.expose()` is the secret: no other response ever contains it.
//!
//! let mut tokens = dt.active_gate_tokens().list().page_size(3000).items();
//! while let Some(token) = tokens.try_next().await? {
//!     println!("{} {:?}", token.id, token.name);
//! }
//!
//! dt.active_gate_tokens().delete(&created.id).send().await?;
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
//! spans of calls and attempts under OpenTelemetry's names.

mod active_gate_tokens;
mod active_gates;
mod api_root;
mod attention;
mod check;
mod client;
mod decode;
mod dialect;
#[rustfmt::skip]
mod generated;
mod oauth;
mod prune;
mod rotation;
mod token_api;
mod token_audit;
mod token_users;
mod update_jobs;

pub use attention::{AttentionReason, Finding};
pub use client::{Client, ClientBuilder};
pub use generated::*;
pub use oauth::oauth_client::OAuthClient;
pub use prune::{
    KeptToken, PruneCandidate, PruneKept, PruneOutcome, PrunePlan, PruneReason, PruneRules, Pruning,
};
pub use rotation::{
    CheckSuccessorError, CreateSuccessorError, DeleteOldError, KeptReason, NewToken,
    PlannedSuccessor, ReplacedToken, RotatedToken, RotationPlan, RotationSkip, SkippedToken,
    TokenRotation,
};
pub use token_api::TokenApi;
pub use token_audit::{AuditFinding, AuditedToken, TokenAudit};
pub use token_users::TokenUsers;

pub use gatelet_client::{Change, ListQuery, ListRequest, MemberChange, QueryRequest};
#[cfg(feature = "hyper")]
pub use gatelet_client::{HyperTransport, HyperTransportBuilder, Proxies, TokioClock};
pub use gatelet_transport::{
    ApiToken, Applied, BaseUrl, Bearer, CallTimeouts, Channel, Clock, ConnectFailure, Credential,
    CredentialFailure, CredentialProvider, Deleted, Error, ErrorKind, FileToken, Items,
    NextPageError, OperationRequest, Page, PageToken, Pages, PaginationFailure, Phase, RetryPolicy,
    SecretTextError, Sent, TooLarge, TraceContext, Transport, TransportError, TransportErrorKind,
    Violation, parse_secret_text,
};

/// The bodies of requests and responses, and the types of their members.
pub mod models {
    pub use gatelet_models::dt::*;
    pub use gatelet_models::{
        Lenient, Milliseconds, ParseTimestampError, Secret, Timestamp, Unreadable,
    };
}
