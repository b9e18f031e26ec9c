//! A key that was created and not yet tried.

use gatelet_models::asa::{ServiceTokenRequest, ServiceUserKeyWithSecret};
use gatelet_transport::{Deleted, Error};

use crate::rotation::key_owner::KeyOwner;

/// A key that was created and not yet tried. Store [`pair`](Self::pair) first: no response shows the secret again.
///
/// Where the pair is handed to another program, such as a vault, it counts as stored when that program says so. Only if it
/// certainly has nothing, as when the connection was refused, is the key deleted again:
///
/// ```
/// use std::io::{Error, ErrorKind};
///
/// use asa_client::models::ServiceTokenRequest;
/// use asa_client::{CheckedKey, NewKey};
///
/// async fn hand_over(
///     new: NewKey,
///     vault: impl AsyncFnOnce(ServiceTokenRequest) -> Result<(), Error>,
/// ) -> Result<CheckedKey, Box<dyn std::error::Error>> {
///     let pair = new.pair();
///     if let Err(error) = vault(pair.clone()).await {
///         if error.kind() != ErrorKind::ConnectionRefused {
///             let id = &new.key().id;
///             return Err(format!("{error}; the vault may have key {id}, which is kept").into());
///         }
///         return Err(match new.delete().await {
///             Ok(_) => error.into(),
///             Err(undo) => format!("{error}; the new key was not deleted again: {undo}").into(),
///         });
///     }
///     Ok(new.check(&pair).await?)
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "the secret is lost unless it is stored"]
pub struct NewKey {
    pub(crate) owner: KeyOwner,
    created: ServiceUserKeyWithSecret,
}

impl NewKey {
    pub(crate) fn new(owner: KeyOwner, created: ServiceUserKeyWithSecret) -> Self {
        Self { owner, created }
    }

    /// Returns the key with its secret, as the service sent it.
    pub fn key(&self) -> &ServiceUserKeyWithSecret {
        &self.created
    }

    /// Returns id and secret, as a login needs them.
    #[must_use]
    pub fn pair(&self) -> ServiceTokenRequest {
        ServiceTokenRequest::new(self.created.id.as_str(), self.created.secret.clone())
    }

    /// Returns whether the server gave the new key an id that existed before the rotation, so that it may be an old key and is not
    /// deleted.
    #[must_use]
    pub fn has_id_from_before(&self) -> bool {
        self.owner.has(&self.created.id)
    }

    /// Deletes the new key again, if its pair could not be stored. The old keys keep the end that the rotation gave them.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the server gave the new key an id that existed before the rotation, because that may be an old key;
    /// otherwise those of every call.
    pub async fn delete(&self) -> Result<Deleted, Error> {
        let id = &self.created.id;
        if self.has_id_from_before() {
            let problem = "existed before the rotation";
            return Err(Error::invalid_input("key_id", problem));
        }
        let Self { owner, created } = self;
        owner
            .delete_through(&owner.client, id, created.secret.expose())
            .await
    }
}
