//! The start of a rotation.

use gatelet_transport::Error;

use crate::client::Client;
use crate::rotation::key_end::KeyEnd;
use crate::rotation::key_owner::{KeyOwner, list_keys};
use crate::rotation::prepared_rotation::PreparedRotation;

/// A rotation that has not begun. Nothing changes before [`PreparedRotation::rotate`].
#[derive(Clone, Debug)]
#[must_use = "nothing happens until it is prepared"]
pub struct KeyRotation {
    client: Client,
    user_name: Option<String>,
}

impl KeyRotation {
    /// Rotates the key of this service user, which need not be the one that the client logs in as.
    pub fn of_user(mut self, name: impl Into<String>) -> Self {
        self.user_name = Some(name.into());
        self
    }

    /// Finds out whose key is rotated, and lists the keys that exist.
    ///
    /// # Errors
    ///
    /// Those of [`Client::user_name`] and of the list.
    pub async fn prepare(self) -> Result<PreparedRotation, Error> {
        let Self { client, user_name } = self;
        let (user_name, is_own) = match user_name {
            Some(name) => (name, false),
            None => (client.user_name().await?, true),
        };
        let keys = list_keys(&client, &user_name).await?;
        let mut owner = KeyOwner {
            keys,
            client,
            user_name,
            is_own,
        };
        owner.is_own |= owner.own_key().is_some();
        Ok(PreparedRotation::new(owner))
    }
}

/// The client's own key.
impl Client {
    /// Starts a rotation of the key that the client logs in with.
    ///
    /// The vendor has one operation that creates a key and gives the other keys of the service user an end: in two days, by the
    /// pages of ScaleFT, as ASA was called; today's references do not say it. Its
    /// response is the only one that shows the new secret. So the secret is stored first, then the stored one is tried, and the old
    /// key is deleted last; each step can fail without locking the program out.
    ///
    /// ```
    /// use asa_client::models::ServiceTokenRequest;
    /// # use asa_client::{Client, ServiceUser};
    /// # use gatelet_emulator::{Emulator, well_known};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::memory()?;
    /// # let asa = Client::builder(well_known::ASA_TEAM)
    /// #     .credentials(ServiceUser::new(well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET))
    /// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("key.json");
    /// # let beside = folder.path().join("key.json.new");
    /// let prepared = asa.rotate_key().prepare().await?;
    /// let old = prepared.own_key().map(|key| key.id.clone());
    /// let new = prepared.rotate().await?;
    /// // A real program makes this file private and syncs it.
    /// std::fs::write(&beside, serde_json::to_vec(&new.pair())?)?;
    /// let stored: ServiceTokenRequest = serde_json::from_slice(&std::fs::read(&beside)?)?;
    /// let checked = new.check(&stored).await?;
    /// // The old pair is replaced only by one that has logged in.
    /// std::fs::rename(&beside, &path)?;
    /// if let Some(old) = old {
    ///     checked.delete_old(&old).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn rotate_key(&self) -> KeyRotation {
        KeyRotation {
            client: self.clone(),
            user_name: None,
        }
    }

    /// Returns when the key ends that the client logs in with next: the one in the files of
    /// [`ServiceUser::from_files`](crate::ServiceUser::from_files), which may have been rotated.
    ///
    /// # Errors
    ///
    /// Those of [`user_name`](Self::user_name) and of the list of keys; none if the client does not know its key, because then nothing
    /// is sent.
    pub async fn key_end(&self) -> Result<KeyEnd, Error> {
        if self.channel().identity().is_none() {
            return Ok(KeyEnd::UnknownKey);
        }
        let user_name = self.user_name().await?;
        self.key_end_of(user_name).await
    }

    /// Returns the same as [`key_end`](Self::key_end), if the name of the service user is known: the service is not asked for it.
    ///
    /// # Errors
    ///
    /// Those of the list of keys; none if the client does not know its key, because then nothing is sent.
    pub async fn key_end_of(&self, user_name: impl Into<String>) -> Result<KeyEnd, Error> {
        if self.channel().identity().is_none() {
            return Ok(KeyEnd::UnknownKey);
        }
        let rotation = self.rotate_key().of_user(user_name);
        Ok(rotation.prepare().await?.key_end())
    }
}
