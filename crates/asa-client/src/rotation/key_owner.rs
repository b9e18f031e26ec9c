//! The service user of a rotation.

use gatelet_models::asa::{ServiceUserKey, ServiceUserKeyId};
use gatelet_transport::{Applied, Deleted, Error};

use crate::client::Client;

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

/// Returns whether two ids name one key.
pub(crate) fn is_same_key(one: &ServiceUserKeyId, other: &ServiceUserKeyId) -> bool {
    is_same_id(one.as_str(), other.as_str())
}

/// Returns whether two texts are one id: the same text, or the same UUID in any of the forms that a server may take, which are upper
/// case, without hyphens, in braces and with `urn:uuid:`.
pub(crate) fn is_same_id(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || uuid_digits(one).is_some_and(|one| uuid_digits(other) == Some(one))
}

/// Returns the 32 hexadecimal digits of a UUID in lower case; `None` if the text is not a UUID.
fn uuid_digits(id: &str) -> Option<String> {
    let id = id.trim().to_ascii_lowercase();
    let digits = id.strip_prefix("urn:uuid:").unwrap_or(&id);
    let digits = digits.replace(['-', '{', '}'], "");
    let is_uuid = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_uuid.then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::is_same_id;

    #[test]
    fn a_uuid_is_the_same_id_in_each_of_its_forms() {
        let id = "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0001";
        for same in [
            "5C1F3F0E-3A52-4A35-9A0C-2F6B6A0E0001",
            "5c1f3f0e3a524a359a0c2f6b6a0e0001",
            "{5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0001}",
            "urn:uuid:5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0001",
        ] {
            assert!(is_same_id(id, same), "{same}");
        }
        assert!(!is_same_id(id, "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0002"));
        assert!(is_same_id("Odd", "odd") && !is_same_id("odd", "even"));
    }
}
