//! The credentials of the ASA client.

use std::time::Duration;

use asa_client::ServiceUser;
use gatelet_models::asa::ServiceTokenRequest;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::error::setting_names::SettingNames;
use crate::redaction::KnownSecrets;
use crate::settings::key::{ASA_KEY_FILE, ASA_KEY_ID, ASA_KEY_SECRET};
use crate::settings::origin::Setting;
use crate::settings::secret_source::{SecretSource, not_both};
use crate::settings::settings::Settings;

/// Where the key of a service user is.
#[derive(Debug)]
pub(crate) enum KeySource {
    /// A file with ID and secret.
    File(SecretSource),
    /// The ID, and where the secret is.
    Parts(Setting<String>, SecretSource),
}

impl KeySource {
    /// Finds the key in the settings.
    ///
    /// # Errors
    /// A part of it is missing, or it is in more than one place.
    pub(crate) fn of(settings: &Settings) -> Result<Self, CliError> {
        let file = settings.path(&ASA_KEY_FILE)?;
        let (id, secret) = (
            settings.text(&ASA_KEY_ID)?,
            settings.secret(&ASA_KEY_SECRET)?,
        );
        match (file, id, secret) {
            (Some(file), Some(id), _) => Err(not_both(&file.origin, &id.origin)),
            (Some(file), _, Some(secret)) => Err(not_both(&file.origin, secret.origin())),
            (Some(file), None, None) => Ok(Self::File(SecretSource::File(file))),
            (None, _, secret) => {
                let id = settings.required(&ASA_KEY_ID)?;
                let missing =
                    || CliError::new(Exit::NotConfigured, settings.secret_remedy(&ASA_KEY_SECRET));
                Ok(Self::Parts(id, secret.ok_or_else(missing)?))
            }
        }
    }

    /// Adds the names of the settings.
    pub(crate) fn named(&self, names: SettingNames) -> SettingNames {
        match self {
            Self::File(file) => {
                let names = names.with("key_id", file.origin());
                names.with("key_secret", file.origin())
            }
            Self::Parts(id, secret) => {
                let names = names.with("key_id", &id.origin);
                names.with("key_secret", secret.origin())
            }
        }
    }

    /// Reads the key, for at most this time, and adds its secret to those that are known.
    ///
    /// # Errors
    /// The file or the secret cannot be read, or the file has another form; nothing of it is repeated.
    pub(crate) async fn read(
        self,
        limit: Duration,
        known: &KnownSecrets,
    ) -> Result<ServiceUser, CliError> {
        match self {
            Self::Parts(id, secret) => {
                Ok(ServiceUser::new(id.value, secret.read(limit, known).await?))
            }
            Self::File(file) => {
                let text = file.read_text(limit).await?;
                let pair: ServiceTokenRequest =
                    serde_json::from_str(text.expose()).map_err(|_| invalid(&file))?;
                known.add(&pair.key_secret);
                Ok(ServiceUser::new(pair.key_id, pair.key_secret))
            }
        }
    }
}

fn invalid(file: &SecretSource) -> CliError {
    let origin = file.origin();
    CliError::usage(format_args!(
        "the file that {origin} names is no JSON object with key_id and key_secret, as `gatelet asa service-user key rotate --out` writes it"
    ))
}
