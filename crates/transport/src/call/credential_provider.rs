//! Where the credentials of a channel come from.

use std::future::Future;
use std::sync::Arc;

use crate::call::channel::Channel;
use crate::call::credential::Credential;
use crate::error::error::Error;
use crate::error::kind::{CredentialFailure, ErrorKind};
use crate::future::boxed::BoxFuture;
use crate::future::catch_unwind::catch_unwind_sync;

/// Gives the credential for a call.
///
/// It may use the channel for an unauthenticated call of its own, to exchange a secret for a bearer.
///
/// One that panics fails its call with `Credential`, and no other; it is asked again by the next one.
pub trait CredentialProvider: Send + Sync + 'static {
    /// The credential to use now.
    ///
    /// # Errors
    ///
    /// `Credential` when none can be obtained.
    fn credential(
        &self,
        channel: &Channel,
    ) -> impl Future<Output = Result<Credential, Error>> + Send;

    /// Checks whether it can ever give a credential. A client that is built asks, so that a mistyped secret is found before the
    /// first call. By default it can.
    ///
    /// # Errors
    ///
    /// `InvalidInput` that names the part which cannot be right, and never holds it.
    fn validate(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Whether [`credential`](Self::credential) would end at once, without a call or a wait. Listings look ahead only
    /// then. By default it would not.
    fn is_ready(&self, channel: &Channel) -> bool {
        let _ = channel;
        false
    }

    /// Is told that the server refused this credential, and returns whether another one can be obtained. By default it returns
    /// `false`.
    fn invalidate(&self, refused: &Credential) -> bool {
        let _ = refused;
        false
    }
}

/// The twin of [`CredentialProvider`] that can be a trait object, and does not panic where it returns no future.
pub(crate) trait DynCredentialProvider: Send + Sync {
    fn credential_boxed<'a>(
        &'a self,
        channel: &'a Channel,
    ) -> BoxFuture<'a, Result<Credential, Error>>;

    fn validate(&self) -> Result<(), Error>;

    fn is_ready(&self, channel: &Channel) -> bool;

    fn invalidate(&self, refused: &Credential) -> bool;
}

impl<T: CredentialProvider> DynCredentialProvider for T {
    fn credential_boxed<'a>(
        &'a self,
        channel: &'a Channel,
    ) -> BoxFuture<'a, Result<Credential, Error>> {
        Box::pin(self.credential(channel))
    }

    fn validate(&self) -> Result<(), Error> {
        catch_unwind_sync(|| CredentialProvider::validate(self)).unwrap_or_else(|_| Err(panicked()))
    }

    fn is_ready(&self, channel: &Channel) -> bool {
        catch_unwind_sync(|| CredentialProvider::is_ready(self, channel)).unwrap_or(false)
    }

    fn invalidate(&self, refused: &Credential) -> bool {
        catch_unwind_sync(|| CredentialProvider::invalidate(self, refused)).unwrap_or(false)
    }
}

/// The error for a provider, or an exchange, that panicked.
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

    fn validate(&self) -> Result<(), Error> {
        CredentialProvider::validate(self.as_ref())
    }

    fn is_ready(&self, channel: &Channel) -> bool {
        CredentialProvider::is_ready(self.as_ref(), channel)
    }

    fn invalidate(&self, refused: &Credential) -> bool {
        CredentialProvider::invalidate(self.as_ref(), refused)
    }
}
