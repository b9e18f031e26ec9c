//! A typed client of Dynatrace ActiveGate tokens (Environment API v2).
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
//! println!("{} ends {:?}", created.id, created.expiration_date.value());
//! // `created.token.expose()` is the secret: this answer is the only one that ever holds it.
//!
//! let mut tokens = dt.active_gate_tokens().list().page_size(3000).items();
//! while let Some(token) = tokens.try_next().await? {
//!     println!("{} {}", token.id, token.name);
//! }
//!
//! dt.active_gate_tokens().delete(&created.id).send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What happens to a call
//!
//! A call is authorised, tried up to three times where the operation allows it, and decoded. Which operations may be
//! repeated is known from the vendor's description: a create is repeated only if it surely did not reach the server.
//! Every failure is one [`Error`]: its [`kind`](Error::kind) says what happened, [`applied`](Error::applied) whether a
//! write may have been done, [`retry_after`](Error::retry_after) when to try again.
//!
//! # Features
//!
//! `ring` (default) brings HTTP over TLS and [`ClientBuilder::build`], by rustls with the cryptography of ring; `aws-lc-rs`
//! the same with that of AWS-LC, which is taken where both are on. `hyper` is HTTP without TLS, for loopback. Without any
//! of them, [`ClientBuilder::build_with`] takes any [`Transport`] and [`Clock`]. `stream` makes listings
//! `futures_core::Stream`s. `tracing` brings spans of calls and attempts under OpenTelemetry's names.

mod active_gate_tokens;
mod api_root;
mod client;
mod dialect;
mod operations;

pub use active_gate_tokens::ActiveGateTokens;
pub use client::{Client, ClientBuilder};

pub use gatelet_client::ListRequest;
#[cfg(feature = "hyper")]
pub use gatelet_client::{HyperTransport, HyperTransportBuilder, Proxies, TokioClock};
pub use gatelet_transport::{
    ApiToken, Applied, BaseUrl, Bearer, CallTimeouts, Channel, Clock, ConnectFailure, Credential,
    CredentialFailure, CredentialProvider, Deleted, Error, ErrorKind, FileToken, Items,
    NextPageError, OperationRequest, Page, PageToken, Pages, PaginationFailure, Phase, RetryPolicy,
    SecretTextError, Sent, TooLarge, TraceContext, Transport, TransportError, TransportErrorKind,
    Violation, parse_secret_text,
};

/// The bodies of requests and answers, and the pieces that they are made of.
pub mod models {
    pub use gatelet_models::dt::*;
    pub use gatelet_models::{
        Lenient, Milliseconds, ParseTimestampError, Secret, Timestamp, Unreadable,
    };
}
