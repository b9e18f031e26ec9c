//! A key that was created and not yet tried.

use gatelet_models::asa::{ServiceTokenRequest, ServiceUserKeyWithSecret};

use crate::rotation::key_owner::KeyOwner;

/// A key that was created and not yet tried. Store [`pair`](Self::pair) first: no response shows the secret again.
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
}
