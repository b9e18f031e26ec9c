//! The core of a JSON API client: a pluggable HTTP transport, retries, credentials and paging.

mod clock;
mod transport;
mod transport_error;

pub use clock::{AnyClock, Clock};
pub use transport::{AnyTransport, FromFn, Transport, from_fn};
pub use transport_error::{
    BoxError, ConnectFailure, Phase, TooLarge, TransportError, TransportErrorKind,
};
