//! A channel to a server that must not receive the client's credentials.

use std::fmt;
use std::sync::Arc;

use crate::call::api_response::ApiResponse;
use crate::call::call::Call;
use crate::call::channel::{Channel, Endpoint};
use crate::call::dialect::Dialect;
use crate::error::error::Error;
use crate::transport::clock::AnyClock;
use crate::url::base_url::BaseUrl;

/// A channel of a client to another server, for example a vendor's login host, that never sends the client's credentials.
///
/// It is a type of its own, so that it cannot be passed where calls are authorized: to a typed operation or a credential
/// provider. Clones share everything.
///
/// ```
/// use gatelet_transport::{BaseUrl, Call, Channel, Dialect, Error};
///
/// async fn log_in(channel: &Channel, dialect: impl Dialect) -> Result<String, Error> {
///     let login = channel.anonymous(BaseUrl::parse("https://login.example.com")?, dialect);
///     let call = Call::new("example LogIn", http::Method::POST, "/token").with_authenticated(false);
///     login.call(call).await?.json()
/// }
/// # fn check(channel: &Channel, dialect: impl Dialect) { drop(log_in(channel, dialect)); }
/// ```
///
/// So this does not compile:
///
/// ```compile_fail,E0308
/// use gatelet_transport::{AnonymousChannel, ApiResponse, Call, OperationRequest};
///
/// fn list(login: &AnonymousChannel) -> OperationRequest<String> {
///     let call = Call::new("example ListNames", http::Method::GET, "/v1/names");
///     OperationRequest::new(login, call, ApiResponse::json)
/// }
/// ```
#[derive(Clone)]
pub struct AnonymousChannel(Channel);

impl Channel {
    /// Returns a channel to another server that never sends this client's credentials. It shares transport, policies and
    /// retry budget with this one.
    #[must_use]
    pub fn anonymous(&self, base: BaseUrl, dialect: impl Dialect) -> AnonymousChannel {
        let endpoint = Endpoint::foreign(base, dialect);
        AnonymousChannel(self.with_endpoint(Arc::new(endpoint)))
    }
}

impl AnonymousChannel {
    /// Makes one call without credentials, like [`Channel::call`].
    ///
    /// # Errors
    ///
    /// As [`Channel::call`]; `InvalidInput` for `credentials` if the call is to be
    /// [authenticated](Call::authenticated), and then nothing is sent.
    pub async fn call(&self, call: Call) -> Result<ApiResponse, Error> {
        self.0.call(call).await
    }

    /// Returns the address that all paths are below.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        self.0.base_url()
    }

    /// Returns the clock that times all waits.
    #[must_use]
    pub fn clock(&self) -> &AnyClock {
        self.0.clock()
    }
}

impl fmt::Debug for AnonymousChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnonymousChannel")
            .field("base", self.base_url())
            .finish_non_exhaustive()
    }
}
