//! The part that typed clients share: their builder, calls of described operations, and list requests.
//!
//! A vendor's crate brings its [`Dialect`](gatelet_transport::Dialect), its models, and one type for each group of operations.
//! A method of such a type takes typed values and returns an [`OperationRequest`](gatelet_transport::OperationRequest), with
//! query parameters a [`QueryRequest`], with pages a [`ListRequest`]; the [`Operation`](gatelet_models::Operation) determines the HTTP request.
//!
//! ```
//! use gatelet_client::{ClientBuilder, ListRequest, OperationCall, PageBody};
//! use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenId, ActiveGateTokenList, OperationId};
//! use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
//! use gatelet_transport::{
//!     ApiError, ApiResponse, ApiToken, Channel, Deleted, Dialect, OperationRequest,
//! };
//!
//! /// Reads the vendor's errors.
//! struct Vendor;
//!
//! impl Dialect for Vendor {
//!     fn api_error(&self, _: http::StatusCode, body: &str) -> Option<ApiError> {
//!         Some(ApiError::default().with_message(body))
//!     }
//! }
//!
//! struct Tokens {
//!     channel: Channel,
//! }
//!
//! impl Tokens {
//!     fn builder(url: &str) -> ClientBuilder<Self> {
//!         ClientBuilder::new(url, Vendor, |url| Ok(url.clone()), |channel| Self { channel })
//!     }
//!
//!     fn list(&self) -> ListRequest<ActiveGateToken> {
//!         let operation = OperationId::ListTokens.operation();
//!         ListRequest::new(&self.channel, operation, &[], |page: ActiveGateTokenList| {
//!             PageBody::new("activeGateTokens", page.active_gate_tokens)
//!                 .with_cursor(page.next_page_key)
//!                 .with_total_count(page.total_count)
//!         })
//!     }
//!
//!     fn get(&self, id: &ActiveGateTokenId) -> OperationRequest<ActiveGateToken> {
//!         OperationCall::new(OperationId::GetToken.operation(), &[id.as_str()])
//!             .resource(id.as_str())
//!             .request(&self.channel, ApiResponse::json)
//!     }
//!
//!     fn delete(&self, id: &ActiveGateTokenId) -> OperationRequest<Deleted> {
//!         OperationCall::new(OperationId::RevokeToken.operation(), &[id.as_str()])
//!             .resource(id.as_str())
//!             .request(&self.channel, |response| Ok(response.into()))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), gatelet_transport::Error> {
//! let server = FakeTransport::script([FakeResponse::json(200, r#"{"totalCount": 0}"#)]);
//! let tokens = Tokens::builder("https://api.example.com")
//!     .credentials(ApiToken::new("secret")?)
//!     .build_with(server.clone(), ManualClock::auto())?;
//! let page = tokens.list().page_size(500).send().await?;
//! assert!(page.items.is_empty());
//! assert_eq!(server.into_requests()[0].uri().query(), Some("pageSize=500"));
//! # let _ = (Tokens::get, Tokens::delete);
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! No feature is on by default. `ring` and `aws-lc-rs` bring HTTP over TLS and [`ClientBuilder::build`](ClientBuilder); `hyper` brings
//! HTTP without TLS, for loopback; `stream` makes lists `futures_core::Stream`s; `tracing` brings spans of calls and attempts.

mod address;
mod builder;
mod change;
mod list_request;
mod operation_call;
mod page_body;
mod paging;
mod query;
mod query_request;

pub use address::without_list_path;
pub use builder::{ClientBuilder, Target};
pub use change::{Change, MemberChange, changes};
pub use list_request::ListRequest;
pub use operation_call::OperationCall;
pub use page_body::PageBody;
pub use query::{ListQuery, Query, QueryValue};
pub use query_request::QueryRequest;

#[cfg(feature = "hyper")]
pub use gatelet_hyper::{HyperTransport, HyperTransportBuilder, Proxies, TokioClock};
