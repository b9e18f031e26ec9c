//! The source of credentials for a channel.

use std::future::Future;
use std::sync::Arc;

use crate::call::channel::Channel;
use crate::call::credential::Credential;
use crate::call::identity::Identity;
use crate::error::error::Error;
use crate::error::kind::{CredentialFailure, ErrorKind};
use crate::future::boxed::BoxFuture;
use crate::future::catch_unwind::catch_unwind_sync;

/// Provides the credential for each call.
///
/// A provider may make unauthenticated calls on the channel, to exchange a secret for a bearer token. Its channel is the one that
/// the client was built with, also for a call with [another path prefix](Channel::with_path).
///
/// A panic fails only the current call, with `Credential`; the next call tries again.
pub trait CredentialProvider: Send + Sync + 'static {
    /// Returns the current credential.
    ///
    /// # Errors
    ///
    /// `Credential` if none can be obtained.
    fn credential(
        &self,
        channel: &Channel,
    ) -> impl Future<Output = Result<Credential, Error>> + Send;

    /// Checks the settings when a client is built, so that a mistyped secret is found before the first call. The channel is that of
    /// the client, whose address a setting may depend on. The default accepts.
    ///
    /// # Errors
    ///
    /// `InvalidInput` that names the invalid setting and never contains its value.
    fn validate(&self, channel: &Channel) -> Result<(), Error> {
        let _ = channel;
        Ok(())
    }

    /// Returns whether [`credential`](Self::credential) would return at once, without a call or a wait; lists prefetch
    /// only then. The default is `false`.
    fn is_ready(&self, channel: &Channel) -> bool {
        let _ = channel;
        false
    }

    /// Returns whose credential it is, as far as known without a call. The default returns `None`.
    fn identity(&self) -> Option<Identity> {
        None
    }

    /// Returns the scheme of its credentials, such as `Bearer`, if it is known without a call; it never changes. A client of several APIs
    /// chooses one by it. The default returns `None`.
    fn scheme(&self) -> Option<&'static str> {
        None
    }

    /// Drops a cached credential, because its key is gone. The default does nothing.
    fn forget(&self) {}

    /// Reports that the server rejected a credential, and returns whether another one can be obtained. The default
    /// returns `false`.
    fn invalidate(&self, refused: &Credential) -> bool {
        let _ = refused;
        false
    }
}

/// The object-safe form of [`CredentialProvider`], which also catches panics.
pub(crate) trait DynCredentialProvider: Send + Sync {
    fn credential_boxed<'a>(
        &'a self,
        channel: &'a Channel,
    ) -> BoxFuture<'a, Result<Credential, Error>>;

    fn validate(&self, channel: &Channel) -> Result<(), Error>;

    fn is_ready(&self, channel: &Channel) -> bool;

    fn identity(&self) -> Option<Identity>;

    fn scheme(&self) -> Option<&'static str>;

    fn forget(&self);

    fn invalidate(&self, refused: &Credential) -> bool;
}

impl<T: CredentialProvider> DynCredentialProvider for T {
    fn credential_boxed<'a>(
        &'a self,
        channel: &'a Channel,
    ) -> BoxFuture<'a, Result<Credential, Error>> {
        Box::pin(self.credential(channel))
    }

    fn validate(&self, channel: &Channel) -> Result<(), Error> {
        catch_unwind_sync(|| CredentialProvider::validate(self, channel))
            .unwrap_or_else(|_| Err(panicked()))
    }

    fn is_ready(&self, channel: &Channel) -> bool {
        catch_unwind_sync(|| CredentialProvider::is_ready(self, channel)).unwrap_or(false)
    }

    fn identity(&self) -> Option<Identity> {
        catch_unwind_sync(|| CredentialProvider::identity(self)).unwrap_or(None)
    }

    fn scheme(&self) -> Option<&'static str> {
        catch_unwind_sync(|| CredentialProvider::scheme(self)).unwrap_or(None)
    }

    fn forget(&self) {
        let _ = catch_unwind_sync(|| CredentialProvider::forget(self));
    }

    fn invalidate(&self, refused: &Credential) -> bool {
        catch_unwind_sync(|| CredentialProvider::invalidate(self, refused)).unwrap_or(false)
    }
}

/// Returns the error of a provider or token exchange that panicked.
pub(crate) fn panicked() -> Error {
    Error::new(ErrorKind::Credential(CredentialFailure::Panicked))
}

impl<T: CredentialProvider> CredentialProvider for Arc<T> {
    fn credential(
        &self,
        channel: &Channel,
    ) -> impl Future<Output = Result<Credential, Error>> + Send {
        self.as_ref().credential(channel)
    }

    fn validate(&self, channel: &Channel) -> Result<(), Error> {
        CredentialProvider::validate(self.as_ref(), channel)
    }

    fn is_ready(&self, channel: &Channel) -> bool {
        CredentialProvider::is_ready(self.as_ref(), channel)
    }

    fn identity(&self) -> Option<Identity> {
        CredentialProvider::identity(self.as_ref())
    }

    fn scheme(&self) -> Option<&'static str> {
        CredentialProvider::scheme(self.as_ref())
    }

    fn forget(&self) {
        CredentialProvider::forget(self.as_ref());
    }

    fn invalidate(&self, refused: &Credential) -> bool {
        CredentialProvider::invalidate(self.as_ref(), refused)
    }
}
