//! The core of a JSON API client: a pluggable HTTP transport, retries, credentials and paging.
//!
//! A [`Channel`] is one endpoint with its credentials, policy and clock. It runs a [`Call`] from end to end: it
//! obtains a credential, sends attempts, waits between them and checks the response. A [`Transport`], a trait of one
//! method, carries the bytes, and a [`Clock`] provides the time. So a client works over any HTTP stack, and its tests need
//! neither network nor real time.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```text")]
//! use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
//! use gatelet_transport::{ApiError, BaseUrl, Bearer, Call, Channel, Dialect};
//!
//! /// The vendor's error format.
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
//! let response = channel
//!     .call(Call::new("example ListNames", http::Method::GET, "/v1/names"))
//!     .await?;
//! let names: Vec<String> = response.json()?;
//! assert_eq!(names, ["eu-1"]);
//! assert_eq!(server.into_requests().len(), 2); // the 503 was retried
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! None is on by default:
//!
//! | feature | adds |
//! | --- | --- |
//! | `stream` | `futures_core::Stream` for [`Pages`] and [`Items`] |
//! | `tower` | adapters to and from tower services |
//! | `tracing` | spans with OpenTelemetry names, and warnings |
//! | `testing` | fakes as in the example, recorded traffic, faults, and the contract of a transport |

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

pub use call::anonymous_channel::AnonymousChannel;
pub use call::api_response::ApiResponse;
pub use call::call::Call;
pub use call::call_secrets::AddedSecret;
pub use call::call_timeouts::CallTimeouts;
pub use call::channel::{Channel, ChannelBuilder};
pub use call::credential::Credential;
pub use call::credential_provider::CredentialProvider;
pub use call::deleted::Deleted;
pub use call::dialect::Dialect;
pub use call::identity::Identity;
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
pub use wire::attempt::Attempt;
pub use wire::body_limit::BodyLimit;
pub use wire::call_info::CallInfo;
pub use wire::escape::is_displayable;
pub use wire::json::members::{has_member, has_string_member};
pub use wire::json::scalar::scalar_text;
pub use wire::rate_limit;
pub use wire::secret_text::{SecretTextError, parse_secret_text};
