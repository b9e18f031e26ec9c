//! The core of a JSON API client: a pluggable HTTP transport, retries, credentials and paging.

mod api_error;
mod attempts;
mod base_url;
mod cached;
mod call;
mod catch;
mod channel;
mod clock;
mod content_type;
mod credential;
mod deleted;
mod dialect;
mod error;
mod error_kind;
mod host;
#[cfg(feature = "hyper")]
mod hyper;
mod json;
mod limit;
pub mod link;
mod page;
mod pages;
mod quota;
pub mod rate_limit;
mod reply;
mod request;
mod retry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod timeouts;
mod trace;
mod transport;
mod transport_error;
mod verdict;

#[cfg(feature = "hyper")]
pub use self::hyper::{HyperTransport, HyperTransportBuilder, TokioClock};
pub use api_error::{ApiError, Violation};
pub use base_url::BaseUrl;
pub use cached::{Cached, Exchange, Issued};
pub use call::Call;
pub use channel::{Channel, ChannelBuilder};
pub use clock::{AnyClock, Clock};
pub use credential::{ApiToken, Bearer, Credential, CredentialProvider};
pub use deleted::Deleted;
pub use dialect::Dialect;
pub use error::Error;
pub use error_kind::{Applied, CredentialFailure, ErrorKind, PaginationFailure};
pub use page::{EmptyPageToken, Page, PageToken};
pub use pages::{Items, Pages};
pub use reply::Reply;
pub use request::Request;
pub use retry::RetryPolicy;
pub use timeouts::Timeouts;
pub use transport::{AnyTransport, FromFn, Transport, from_fn};
pub use transport_error::{
    BoxError, ConnectFailure, Phase, TooLarge, TransportError, TransportErrorKind,
};
