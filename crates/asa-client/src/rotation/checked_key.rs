//! A new key that works.

use gatelet_models::Secret;
use gatelet_models::asa::{ServiceTokenRequest, ServiceUserKeyId};
use gatelet_transport::{Deleted, Error};

use crate::client::Client;
use crate::key_id::is_same_key;
use crate::rotation::check_key_error::{CheckFailure, CheckKeyError};
use crate::rotation::key_owner::KeyOwner;
use crate::rotation::new_key::NewKey;
use crate::service_key::{check_key, issue};
use crate::service_user::ServiceUser;
use crate::service_user_keys::forgetting;

/// A new key that is stored and works. The old keys work until they end or are deleted.
#[derive(Clone, Debug)]
pub struct CheckedKey {
    owner: KeyOwner,
    id: ServiceUserKeyId,
    secret: Secret,
    /// Logs in with the new key.
    new_client: Client,
}

/// The check.
impl NewKey {
    /// Logs in with the pair that was read back from where it was stored, and compares the team. The client itself keeps its
    /// present key.
    ///
    /// # Errors
    ///
    /// [`CheckKeyError`], which carries the key: store it again, or check it again. The old keys work until they end.
    pub async fn check(self, read_back: &ServiceTokenRequest) -> Result<CheckedKey, CheckKeyError> {
        if *read_back != self.pair() {
            return Err(CheckKeyError::new(CheckFailure::ReadBack, self));
        }
        match log_in(read_back, &self.owner.client).await {
            Ok(new_client) => Ok(CheckedKey {
                id: self.key().id.clone(),
                secret: self.key().secret.clone(),
                new_client,
                owner: self.owner,
            }),
            Err(error) => Err(CheckKeyError::new(CheckFailure::Login(error), self)),
        }
    }
}

/// Returns a client that has logged in with a pair.
async fn log_in(pair: &ServiceTokenRequest, client: &Client) -> Result<Client, Error> {
    // The service may create a secret that no header field and no file can contain.
    check_key(pair)?;
    let channel = client.channel();
    let issued = issue(pair, channel).await?;
    client.with_service_user(ServiceUser::logged_in(pair.clone(), issued, channel))
}

impl CheckedKey {
    /// Returns the id of the new key.
    #[must_use]
    pub fn id(&self) -> &ServiceUserKeyId {
        &self.id
    }

    /// Deletes a key that existed before the rotation, also the one that the client logs in with: then a client with the new key
    /// takes over. Every process that still uses the old key or a bearer of it is locked out at once.
    ///
    /// The deletion is authorized by the new key, because the service may have ended the old one. After a rotation
    /// [of another service user](crate::KeyRotation::of_user), which may lack the permission, the client itself deletes the key.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a key that did not exist before the rotation, and for the new key, which a server could give an id from
    /// before; otherwise those of [`delete_in_use`](crate::ServiceUserKeys::delete_in_use).
    pub async fn delete_old(&self, id: &ServiceUserKeyId) -> Result<Deleted, Error> {
        if !self.owner.has(id) {
            let problem = "is not one of the keys before the rotation";
            return Err(Error::invalid_input("key_id", problem));
        }
        if is_same_key(id, &self.id) {
            let problem =
                "is the new key, to which the server gave an id that existed before the rotation";
            return Err(Error::invalid_input("key_id", problem));
        }
        let owner = &self.owner;
        let through = if owner.is_own {
            &self.new_client
        } else {
            &owner.client
        };
        let deletion = owner.delete_through(through, id, self.secret.expose());
        forgetting(owner.client.channel(), id, deletion).await
    }

    /// Returns whether the server gave the new key an id that existed before the rotation.
    #[must_use]
    pub fn has_id_from_before(&self) -> bool {
        self.owner.has(&self.id)
    }
}
