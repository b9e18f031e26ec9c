//! The address and the credential of a vendor, from one source.

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;

use gatelet_models::Secret;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::secret;
use crate::settings::environment::Environment;
use crate::settings::key::{self, Key, SecretKey};
use crate::settings::origin::{Origin, Setting};
use crate::settings::profile::Profile;
use crate::settings::secret_source::SecretSource;

/// The source of a vendor's address and credential.
#[derive(Clone, Copy, Debug)]
pub(crate) enum VendorSettings<'a> {
    Environment(&'a Environment),
    Profile(&'a Profile),
}

impl VendorSettings<'_> {
    /// Returns a text.
    ///
    /// # Errors
    /// It is not UTF-8, or has another form in the profile.
    pub(crate) fn text(self, key: &Key) -> Result<Option<Setting<String>>, CliError> {
        match self {
            Self::Profile(profile) => profile.text(key),
            Self::Environment(environment) => {
                let Some((name, value)) = environment.first(key)? else {
                    return Ok(None);
                };
                let value = value
                    .to_str()
                    .ok_or_else(|| CliError::usage(format_args!("{name} is not valid UTF-8")))?;
                Ok(Some(Setting {
                    value: value.to_owned(),
                    origin: Origin::Variable(name.to_owned()),
                }))
            }
        }
    }

    /// Returns where a text is, or where it would be if it was set.
    ///
    /// # Errors
    /// Those of [`text`](Self::text).
    pub(crate) fn origin(self, key: &Key) -> Result<Origin, CliError> {
        match (self.text(key)?, self) {
            (Some(setting), _) => Ok(setting.origin),
            (None, Self::Profile(profile)) => Ok(profile.origin(key)),
            (None, Self::Environment(_)) => Ok(Origin::Variable(first(key.variables).to_owned())),
        }
    }

    /// Returns a text that must be there.
    ///
    /// # Errors
    /// It is not, or those of [`text`](Self::text).
    pub(crate) fn required(self, key: &Key) -> Result<Setting<String>, CliError> {
        self.text(key)?.ok_or_else(|| {
            let remedy = self.remedy(key);
            CliError::new(Exit::NotConfigured, remedy)
        })
    }

    /// Returns where a secret is.
    ///
    /// # Errors
    /// More than one place is named, or one has another form.
    pub(crate) fn secret(self, key: &SecretKey) -> Result<Option<SecretSource>, CliError> {
        match self {
            Self::Profile(profile) => profile_secret(profile, key),
            Self::Environment(environment) => {
                let value = environment.first(&key.command)?;
                let file = environment.first(&key.file)?;
                environment_secret(value, file)
            }
        }
    }

    /// Checks that the source allows changes. `verb` says what would be changed.
    ///
    /// # Errors
    /// The profile is for reading only.
    pub(crate) fn ensure_writable(self, verb: &str) -> Result<(), CliError> {
        match self {
            Self::Profile(profile) if profile.is_true(&key::READONLY)? => {
                let name = profile.name();
                Err(CliError::usage(format_args!(
                    "{verb}: the profile {name} is readonly; nothing was sent"
                )))
            }
            Self::Profile(_) | Self::Environment(_) => Ok(()),
        }
    }

    /// Says how to set what is missing.
    pub(crate) fn remedy(self, key: &Key) -> String {
        match self {
            Self::Profile(profile) => {
                let (name, key) = (profile.name(), key.name);
                format!(
                    "the profile {name} has no {key}; `gatelet config set --profile {name} {key} …` sets it"
                )
            }
            Self::Environment(_) => {
                let variable = key.variables.first().copied().unwrap_or_default();
                format!("{variable} is not set; set it, or name a profile, or try --emulator")
            }
        }
    }

    /// Says how to set a secret that is missing.
    pub(crate) fn secret_remedy(self, key: &SecretKey) -> String {
        match self {
            Self::Profile(_) => format!("{} or {}", self.remedy(&key.file), key.command.name),
            Self::Environment(_) => {
                let (name, file) = (first(key.variables()), first(key.file_variables()));
                format!("no credential: set {name} or {file}, or name a profile, or try --emulator")
            }
        }
    }
}

fn first(names: &[&'static str]) -> &'static str {
    names.first().copied().unwrap_or_default()
}

fn profile_secret(profile: &Profile, key: &SecretKey) -> Result<Option<SecretSource>, CliError> {
    match (profile.path(&key.file)?, profile.command(&key.command)?) {
        (Some(file), Some(command)) => Err(not_both(&file.origin, &command.origin)),
        (Some(file), None) => Ok(Some(SecretSource::File(file))),
        (None, Some(command)) => Ok(Some(SecretSource::Command(command))),
        (None, None) => Ok(None),
    }
}

/// Returns where a secret is whose value or file the environment names.
///
/// # Errors
/// Both are set, or the value is not a valid secret.
pub(crate) fn environment_secret(
    value: Option<(&'static str, &OsStr)>,
    file: Option<(&'static str, &OsStr)>,
) -> Result<Option<SecretSource>, CliError> {
    let variable = |name: &str| Origin::Variable(name.to_owned());
    match (value, file) {
        (Some((name, _)), Some((file, _))) => Err(not_both(&name, &file)),
        (Some((name, value)), None) => {
            let value: Secret = secret::parse(value.as_encoded_bytes())
                .map_err(|problem| CliError::usage(format_args!("invalid {name}: {problem}")))?;
            Ok(Some(SecretSource::Value(Setting {
                value,
                origin: variable(name),
            })))
        }
        (None, Some((name, path))) => Ok(Some(SecretSource::File(Setting {
            value: PathBuf::from(path),
            origin: variable(name),
        }))),
        (None, None) => Ok(None),
    }
}

fn not_both(one: &impl fmt::Display, other: &impl fmt::Display) -> CliError {
    CliError::usage(format_args!("set {one} or {other}, not both"))
}
