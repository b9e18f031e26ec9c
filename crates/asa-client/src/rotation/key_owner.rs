//! The service user of a rotation.

use gatelet_models::asa::ServiceUserKey;
use gatelet_transport::Error;

use crate::client::Client;

/// The service user of a rotation, and its keys before it.
#[derive(Clone, Debug)]
pub(crate) struct KeyOwner {
    pub(crate) client: Client,
    pub(crate) user_name: String,
    pub(crate) keys: Vec<ServiceUserKey>,
}

impl KeyOwner {
    /// Returns the keys that exist now and did not exist before.
    pub(crate) async fn unknown_keys(&self) -> Result<Vec<ServiceUserKey>, Error> {
        let keys = self.client.service_user_keys();
        let mut found = keys.list(&self.user_name).send().await?.list;
        found.retain(|key| !self.keys.iter().any(|known| known.id == key.id));
        Ok(found)
    }
}
