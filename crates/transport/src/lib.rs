//! The core of a JSON API client: a pluggable HTTP transport, retries, credentials and paging.
//!
//! A [`Channel`] is one endpoint with its credentials, policy and clock. It makes a [`Call`] from end to end: authorise,
//! attempt, decide, wait, check. How bytes reach a server is the business of a [`Transport`], a trait of one method; what
//! time is, that of a [`Clock`]. So a client works over any HTTP stack, and its tests need neither network nor time.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```text")]
//! use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
//! use gatelet_transport::{ApiError, BaseUrl, Bearer, Call, Channel, Dialect};
//!
//! /// How the vendor says its errors.
//! struct Plain;
//!
//! impl Dialect for Plain {
//!     fn api_error(&self, _: http::StatusCode, body: &str) -> Option<ApiError> {
//!         Some(ApiError::default().with_message(body))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), gatelet_transport::Error> {
//! let server = FakeTransport::script([FakeResponse::status(503), FakeResponse::json(200, r#"["eu-1"]"#)]);
//! let channel = Channel::builder(BaseUrl::parse("https://api.example.com")?, Plain)
//!     .credentials(Bearer::new("secret")?)
//!     .build_with(server.clone(), ManualClock::auto())?;
//! let reply = channel
//!     .call(Call::new("example ListNames", http::Method::GET, "/v1/names"))
//!     .await?;
//! let names: Vec<String> = reply.json()?;
//! assert_eq!(names, ["eu-1"]);
//! assert_eq!(server.into_requests().len(), 2); // the 503 was answered with another attempt
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! None is on by default, and each only adds:
//!
//! | feature | adds |
//! | --- | --- |
//! | `hyper` | a transport over hyper and tokio, without TLS |
//! | `ring` | TLS for it: rustls, with the cryptography of ring |
//! | `aws-lc-rs` | the same with that of AWS-LC, which is taken where both are on |
//! | `webpki-roots` | Mozilla's trust roots, for those who choose them over the platform's; `ring` or `aws-lc-rs` must be on too |
//! | `gzip` | compressed answers, for those who ask for them |
//! | `stream` | [`Pages`] and [`Items`] as `futures_core::Stream`s |
//! | `tower` | adapters to and from tower's services |
//! | `tracing` | spans under OpenTelemetry's names, and warnings |
//! | `testing` | what the example above is tested with, recorded traffic, faults, and the contract of a transport |

mod call;
mod credential;
mod error;
mod future;
mod paging;
mod redaction;
mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod transport;
mod url;
mod wire;

pub use call::api_response::ApiResponse;
pub use call::call::Call;
pub use call::call_secrets::AddedSecret;
pub use call::call_timeouts::CallTimeouts;
pub use call::channel::{Channel, ChannelBuilder};
pub use call::credential::Credential;
pub use call::credential_provider::CredentialProvider;
pub use call::deleted::Deleted;
pub use call::dialect::Dialect;
pub use call::operation_request::OperationRequest;
pub use call::retry::RetryPolicy;
pub use credential::api_token::ApiToken;
pub use credential::bearer::Bearer;
pub use credential::cache::{CachedCredential, IssuedCredential, TokenExchange};
pub use credential::file_token::{FileToken, read_secret_file};
pub use error::api::{ApiError, Violation};
pub use error::error::Error;
pub use error::kind::{Applied, CredentialFailure, ErrorKind, PaginationFailure};
pub use error::next_page::NextPageError;
pub use error::page_token::PageToken;
pub use error::sent::Sent;
pub use error::transport::{
    BoxError, ConnectFailure, Phase, TooLarge, TransportError, TransportErrorKind,
};
pub use paging::link;
pub use paging::page::Page;
pub use paging::pages::{Items, Pages};
pub use redaction::secret_set::SecretSet;
pub use telemetry::trace_context::TraceContext;
pub use transport::clock::{AnyClock, Clock};
pub use transport::send_tracker::SendTracker;
#[cfg(feature = "tower")]
pub use transport::tower::{FromService, FullBody, IntoService};
pub use transport::transport::{AnyTransport, FromFn, Transport, from_fn};
pub use url::base_url::BaseUrl;
pub use wire::body_limit::BodyLimit;
pub use wire::json::members::{has_member, has_string_member};
pub use wire::rate_limit;
pub use wire::secret_text::{SecretTextError, parse_secret_text};
