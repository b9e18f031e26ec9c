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
//! assert_eq!(server.finish().len(), 2); // the 503 was answered with another attempt
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

mod api_error;
mod api_response;
mod attempts;
mod base_url;
mod call;
mod call_timeouts;
mod catch;
mod channel;
mod clock;
mod content_type;
mod credential;
mod credential_cache;
mod deleted;
mod dialect;
mod error;
mod error_kind;
mod escape;
mod field;
mod file_token;
mod host;
#[cfg(feature = "hyper")]
mod hyper;
mod json;
mod limit;
pub mod link;
mod next_page_error;
mod operation_request;
mod page;
mod pages;
mod quota;
pub mod rate_limit;
mod redact;
mod retry;
mod secret_text;
mod send_tracker;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(feature = "tower")]
mod tower;
mod trace;
mod trace_context;
mod transport;
mod transport_error;
mod verdict;

#[cfg(feature = "hyper")]
pub use self::hyper::{HyperTransport, HyperTransportBuilder, Proxies, TokioClock};
pub use api_error::{ApiError, Violation};
pub use api_response::ApiResponse;
pub use base_url::BaseUrl;
pub use call::Call;
pub use call_timeouts::CallTimeouts;
pub use channel::{Channel, ChannelBuilder};
pub use clock::{AnyClock, Clock};
pub use credential::{ApiToken, Bearer, Credential, CredentialProvider};
pub use credential_cache::{CachedCredential, IssuedCredential, TokenExchange};
pub use deleted::Deleted;
pub use dialect::Dialect;
pub use error::Error;
pub use error_kind::{Applied, CredentialFailure, ErrorKind, PaginationFailure};
pub use file_token::{FileToken, read_secret_file};
pub use json::{has_member, has_text_member};
pub use next_page_error::NextPageError;
pub use operation_request::OperationRequest;
pub use page::{Page, PageToken};
pub use pages::{Items, Pages};
pub use redact::{AddedSecret, SecretSet};
pub use retry::RetryPolicy;
pub use secret_text::{SecretTextError, secret_text};
pub use send_tracker::{SendTracker, Sent};
#[cfg(feature = "tower")]
pub use tower::{FromService, IntoService, WholeBody};
pub use trace_context::TraceContext;
pub use transport::{AnyTransport, FromFn, Transport, from_fn};
pub use transport_error::{
    BoxError, ConnectFailure, Phase, TooLarge, TransportError, TransportErrorKind,
};
