//! A rotation that knows the service user and its keys.

use gatelet_models::asa::ServiceUserKey;
use gatelet_transport::Applied;

use crate::rotation::key_end::KeyEnd;
use crate::rotation::key_owner::KeyOwner;
use crate::rotation::new_key::NewKey;
use crate::rotation::rotate_key_error::RotateKeyError;

/// A rotation that knows the service user and its keys. Nothing has changed so far.
#[derive(Clone, Debug)]
#[must_use = "nothing happens until the key is rotated"]
pub struct PreparedRotation {
    owner: KeyOwner,
}

impl PreparedRotation {
    pub(crate) fn new(owner: KeyOwner) -> Self {
        Self { owner }
    }

    /// Returns the name of the service user.
    #[must_use]
    pub fn user_name(&self) -> &str {
        &self.owner.user_name
    }

    /// Returns the keys that existed before the rotation.
    #[must_use]
    pub fn keys(&self) -> &[ServiceUserKey] {
        &self.owner.keys
    }

    /// Returns the key with this ID; `None` if it did not exist before the rotation. A UUID is the same ID in any of its forms.
    #[must_use]
    pub fn key(&self, id: &str) -> Option<&ServiceUserKey> {
        self.owner.key(id)
    }

    /// Returns the key that the client has logged in with; `None` if it is another service user's, or unknown, as with a
    /// [`Bearer`](crate::Bearer) that was obtained elsewhere.
    #[must_use]
    pub fn own_key(&self) -> Option<&ServiceUserKey> {
        self.owner.own_key()
    }

    /// Returns when the key ends that the client logs in with next.
    pub(crate) fn key_end(&self) -> KeyEnd {
        let Some(identity) = self.owner.client.channel().identity() else {
            return KeyEnd::UnknownKey;
        };
        let id = identity.next_key_id.unwrap_or(identity.key_id);
        match self.owner.key(&id) {
            None => KeyEnd::NotListed,
            Some(key) => match key.end() {
                Ok(Some(end)) => KeyEnd::At(end),
                Ok(None) => KeyEnd::Never,
                Err(_) => KeyEnd::Unreadable,
            },
        }
    }

    /// Returns what to do if the rotation ends without a result, as when its future is dropped: the same as in the text of
    /// [`RotateKeyError`].
    #[must_use]
    pub fn advice(&self) -> String {
        self.owner.advice(Applied::Unknown)
    }

    /// Creates the new key; every other key without an end gets one. The request is not repeated after an unclear outcome.
    ///
    /// # Errors
    ///
    /// [`RotateKeyError`], which says whether a new key may exist.
    pub async fn rotate(self) -> Result<NewKey, RotateKeyError> {
        let owner = self.owner;
        let keys = owner.client.service_user_keys();
        match keys.rotate(&owner.user_name).send().await {
            Ok(created) => Ok(NewKey::new(owner, created)),
            Err(error) => Err(RotateKeyError::new(error, owner)),
        }
    }
}
