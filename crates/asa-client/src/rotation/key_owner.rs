//! The service user of a rotation.

use gatelet_models::asa::{ServiceUserKey, ServiceUserKeyId};
use gatelet_transport::{Applied, Deleted, Error};

use crate::client::Client;
use crate::key_id::is_same_id;

/// The service user of a rotation, and its keys before it.
#[derive(Clone, Debug)]
pub(crate) struct KeyOwner {
    pub(crate) client: Client,
    pub(crate) user_name: String,
    pub(crate) keys: Vec<ServiceUserKey>,
    /// Whether the client logs in as this service user, so that a new key may do what the client may.
    pub(crate) is_own: bool,
}

impl KeyOwner {
    /// Returns the keys that exist now and did not exist before.
    pub(crate) async fn unknown_keys(&self) -> Result<Vec<ServiceUserKey>, Error> {
        let mut found = list_keys(&self.client, &self.user_name).await?;
        found.retain(|key| !self.has(&key.id));
        Ok(found)
    }

    /// Returns whether a key existed before.
    pub(crate) fn has(&self, id: &ServiceUserKeyId) -> bool {
        self.key(id.as_str()).is_some()
    }

    /// Returns the key that the client logs in with, if it is one of these.
    pub(crate) fn own_key(&self) -> Option<&ServiceUserKey> {
        self.key(&self.client.channel().identity()?.key_id)
    }

    /// Returns the key with an id.
    pub(crate) fn key(&self, id: &str) -> Option<&ServiceUserKey> {
        let mut keys = self.keys.iter();
        keys.find(|key| is_same_id(key.id.as_str(), id))
    }

    /// Returns what to do after a rotation without a result, whose outcome may be known.
    pub(crate) fn advice(&self, applied: Applied) -> String {
        let Self {
            user_name, keys, ..
        } = self;
        let ending = match self.own_key() {
            Some(_) => "the present key will end".to_owned(),
            None => format!("the keys of service user {user_name} will end"),
        };
        let ids: Vec<_> = keys.iter().map(|key| key.id.as_str()).collect();
        let unknown = match ids.len() {
            0 => "the one that is there".to_owned(),
            1..=MAX_IDS => format!("the one that is not {}", ids.join(" or ")),
            _ => "the one that was created last".to_owned(),
        };
        // A server may still be at work on a request whose response did not arrive.
        let (exists, later) = match applied {
            Applied::Yes => ("exists", ""),
            _ => ("may exist", ", also a minute later"),
        };
        format!(
            "a new key {exists} whose secret nobody knows, and {ending}: list the keys of service user {user_name}{later}, delete {unknown} if it was issued just now and never used, and rotate again"
        )
    }

    /// Deletes a key through a client, even the key of that client. No error shows the secret of the new key.
    pub(crate) async fn delete_through(
        &self,
        client: &Client,
        id: &ServiceUserKeyId,
        new_secret: &str,
    ) -> Result<Deleted, Error> {
        let keys = client.service_user_keys();
        keys.delete_with(&self.user_name, id, Some(new_secret))
            .await
    }
}

/// Lists the keys of a service user on all pages.
pub(crate) async fn list_keys(
    client: &Client,
    user_name: &str,
) -> Result<Vec<ServiceUserKey>, Error> {
    let keys = client.service_user_keys().list(user_name);
    keys.items().try_collect().await
}

/// The maximum number of ids in an advice.
const MAX_IDS: usize = 8;
