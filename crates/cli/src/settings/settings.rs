//! The settings of a command on one vendor: those of the environment, or of a profile.

use std::path::PathBuf;
use std::sync::Arc;

use gatelet_models::Secret;

use crate::env;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::settings::config_file::ConfigFile;
use crate::settings::config_path::config_path;
use crate::settings::environment::Environment;
use crate::settings::key::{Key, SecretKey, Vendor};
use crate::settings::origin::{Origin, Setting};
use crate::settings::profile::Profile;
use crate::settings::secret_source::{SecretSource, environment_secret};
use crate::settings::variable::PROFILE;
use crate::terminal::quote_for_shell;

/// The settings of a command on one vendor. Address and credential come from one source; of the rest, the environment comes first.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    environment: Environment,
    /// The source of address and credential; the environment if it is `None`.
    profile: Option<Profile>,
    /// A secret whose file is still to be written.
    secret: Option<(SecretKey, Secret)>,
}

/// Returns the profile that the variable names.
///
/// # Errors
/// The variable is not valid UTF-8.
pub(crate) fn profile_in_environment() -> Result<Option<String>, CliError> {
    let name = env::non_empty(PROFILE.name).map(|name| name.into_string());
    name.transpose()
        .map_err(|_| CliError::usage(format_args!("{} is not valid UTF-8", PROFILE.name)))
}

impl Settings {
    /// Reads the settings of a vendor: those of the profile that the command line names; or else of the environment, if it has a part of
    /// the vendor's address or credential; or else of the profile that the variable or the configuration file names.
    ///
    /// # Errors
    /// The command line names a profile, and the environment has an address or a credential; the environment mixes those of two tools; the
    /// file is invalid, or the profile does not exist.
    pub(crate) fn read(vendor: Vendor, named: Option<&str>) -> Result<Self, CliError> {
        let file = || match config_path() {
            Some(path) => ConfigFile::read(&path),
            None => Ok(None),
        };
        Self::choose(
            vendor,
            Environment::of_process(),
            named,
            profile_in_environment()?.as_deref(),
            file,
        )
    }

    /// Returns those of the environment alone.
    pub(crate) fn of_environment() -> Self {
        Self {
            environment: Environment::of_process(),
            profile: None,
            secret: None,
        }
    }

    /// Returns those of a profile that need not be written yet, whose address and credential come from it. `secret` is one whose file is
    /// still to be written.
    pub(crate) fn of_profile(profile: Profile, secret: Option<(SecretKey, Secret)>) -> Self {
        Self {
            environment: Environment::of_process().without_sources(),
            profile: Some(profile),
            secret,
        }
    }

    /// Returns the name of a variable that is set and a part of a vendor's address or credential.
    pub(crate) fn source_variable(vendor: Vendor) -> Option<&'static str> {
        Environment::of_process().any_source(vendor)
    }

    /// Checks that the environment has no part of the address or the credential of a vendor. `option` chooses profiles that have them.
    ///
    /// # Errors
    /// It has; the error names the variable.
    pub(crate) fn ensure_no_source(vendor: Vendor, option: &str) -> Result<(), CliError> {
        match Self::source_variable(vendor) {
            Some(variable) => Err(CliError::usage(format_args!(
                "{variable} is set, and the profiles of {option} have addresses and credentials of their own; unset it, or leave out {option}"
            ))),
            None => Ok(()),
        }
    }

    /// Chooses the source. The file is read only if it may be that.
    fn choose(
        vendor: Vendor,
        environment: Environment,
        named: Option<&str>,
        variable: Option<&str>,
        file: impl FnOnce() -> Result<Option<ConfigFile>, CliError>,
    ) -> Result<Self, CliError> {
        match (named, environment.any_source(vendor)) {
            (Some(name), Some(variable)) => {
                let name = quote_for_shell(name);
                return Err(CliError::usage(format_args!(
                    "{variable} is set, and --profile {name} has address and credential of its own; unset it, or leave out --profile"
                )));
            }
            (None, Some(_)) => {
                environment.ensure_unmixed(vendor)?;
                return Ok(Self {
                    environment,
                    profile: None,
                    secret: None,
                });
            }
            (_, None) => {}
        }
        let named = named.or(variable);
        let file = file()?.map(Arc::new);
        let default = file.as_ref().and_then(|file| file.default_profile());
        let name = named.or(default).map(str::to_owned);
        let profile = match (name, file) {
            (Some(name), Some(file)) => Some(Profile::find(file, &name)?),
            (Some(_), None) => {
                return Err(CliError::no_profiles());
            }
            (None, _) => None,
        };
        Ok(Self {
            environment,
            profile,
            secret: None,
        })
    }

    /// Checks that the source allows changes. `verb` says what would be changed.
    ///
    /// # Errors
    /// The profile is for reading only.
    pub(crate) fn ensure_writable(&self, verb: &str) -> Result<(), CliError> {
        match &self.profile {
            Some(profile) if profile.is_readonly()? => {
                let name = profile.name();
                Err(CliError::usage(format_args!(
                    "{verb}: the profile {name} is readonly; nothing was sent"
                )))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Says where address and credential come from.
    pub(crate) fn source(&self) -> String {
        match &self.profile {
            Some(profile) => format!("the profile {}", profile.name()),
            None => "the variables of the environment".to_owned(),
        }
    }

    /// Returns whether there is an address or a credential of the vendor.
    pub(crate) fn has_any(&self, vendor: Vendor) -> bool {
        match &self.profile {
            Some(profile) => profile.has_any(vendor),
            None => self.environment.any_source(vendor).is_some(),
        }
    }

    /// Returns a text.
    ///
    /// # Errors
    /// It is not UTF-8, or has another form in the profile.
    pub(crate) fn text(&self, key: &Key) -> Result<Option<Setting<String>>, CliError> {
        match &self.profile {
            Some(profile) if key.is_source => profile.text(key),
            Some(profile) => match self.variable(key)? {
                Some(variable) => Ok(Some(variable)),
                None => profile.text(key),
            },
            None => self.variable(key),
        }
    }

    /// Returns whether a setting is on; a variable is unless it is a word for "no".
    ///
    /// # Errors
    /// Those of [`text`](Self::text).
    pub(crate) fn flag(&self, key: &Key) -> Result<Option<Setting<bool>>, CliError> {
        match (self.variable(key)?, &self.profile) {
            (Some(Setting { value, origin }), _) => Ok(Some(Setting {
                value: !env::is_no(&value),
                origin,
            })),
            (None, Some(profile)) => profile.flag(key),
            (None, None) => Ok(None),
        }
    }

    /// Returns the path of a file: of a profile relative to the folder of the configuration file.
    ///
    /// # Errors
    /// Those of [`text`](Self::text).
    pub(crate) fn path(&self, key: &Key) -> Result<Option<Setting<PathBuf>>, CliError> {
        match (self.environment.first(key)?, &self.profile) {
            (Some((name, value)), _) => Ok(Some(Setting {
                value: PathBuf::from(value),
                origin: Origin::Variable(name.to_owned()),
            })),
            (None, Some(profile)) => profile.path(key),
            (None, None) => Ok(None),
        }
    }

    fn variable(&self, key: &Key) -> Result<Option<Setting<String>>, CliError> {
        let Some((name, value)) = self.environment.first(key)? else {
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

    /// Returns where a text is, or where it would be if it was set.
    ///
    /// # Errors
    /// Those of [`text`](Self::text).
    pub(crate) fn origin(&self, key: &Key) -> Result<Origin, CliError> {
        Ok(match (self.text(key)?, &self.profile) {
            (Some(setting), _) => setting.origin,
            (None, Some(profile)) => profile.origin(key),
            (None, None) => Origin::Variable(first(key.variables).to_owned()),
        })
    }

    /// Returns a text that must be there.
    ///
    /// # Errors
    /// It is not, or those of [`text`](Self::text).
    pub(crate) fn required(&self, key: &Key) -> Result<Setting<String>, CliError> {
        self.text(key)?
            .ok_or_else(|| CliError::new(Exit::NotConfigured, self.remedy(key)))
    }

    /// Returns where a secret is.
    ///
    /// # Errors
    /// More than one place is named, or one has another form.
    pub(crate) fn secret(&self, key: &SecretKey) -> Result<Option<SecretSource>, CliError> {
        match &self.profile {
            Some(profile) => match &self.secret {
                Some((own, secret)) if own == key => Ok(Some(SecretSource::Value(Setting {
                    value: secret.clone(),
                    origin: profile.origin(&key.file),
                }))),
                _ => profile.secret(key),
            },
            None => {
                let value = self.environment.first(&key.command)?;
                let file = self.environment.first(&key.file)?;
                environment_secret(value, file)
            }
        }
    }

    /// Says how to set what is missing.
    pub(crate) fn remedy(&self, key: &Key) -> String {
        match &self.profile {
            Some(profile) => {
                let (name, quoted) = (profile.name(), quote_for_shell(profile.name()));
                let key = key.name;
                format!(
                    "the profile {name} has no {key}; `gatelet config set --profile {quoted} {key} …` sets it"
                )
            }
            None => {
                let variable = first(key.variables);
                format!("{variable} is not set; set it, or name a profile, or try --emulator")
            }
        }
    }

    /// Says how to set a secret that is missing.
    pub(crate) fn secret_remedy(&self, key: &SecretKey) -> String {
        match &self.profile {
            Some(_) => format!(
                "{} or {} or {}",
                self.remedy(&key.file),
                key.command.name,
                key.variable.name
            ),
            None => {
                let (name, file) = (first(key.variables()), first(key.file_variables()));
                format!("no credential: set {name} or {file}, or name a profile, or try --emulator")
            }
        }
    }
}

fn first(names: &[&'static str]) -> &'static str {
    names.first().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::settings::key::{DT_API, DT_URL};

    const FILE: &str = "default_profile = \"test\"\n[profiles.test.dt]\nurl = \"https://test\"\n[profiles.prod.dt]\nurl = \"https://prod\"\n";

    fn settings(
        environment: Environment,
        named: Option<&str>,
        variable: Option<&str>,
    ) -> Result<Settings, CliError> {
        let file = ConfigFile::parse(Path::new("c.toml"), FILE).unwrap();
        Settings::choose(Vendor::Dt, environment, named, variable, || Ok(Some(file)))
    }

    fn url(settings: Result<Settings, CliError>) -> Result<String, CliError> {
        Ok(settings?.text(&DT_URL)?.unwrap().value)
    }

    #[test]
    fn the_command_line_comes_before_the_environment_and_that_before_the_default_profile() {
        let none = Environment::default;
        let own = || Environment::from([("GATELET_DT_URL", "https://own")]);
        for (environment, named, variable, expected) in [
            (none(), None, None, "https://test"),
            (none(), None, Some("prod"), "https://prod"),
            (none(), Some("prod"), Some("test"), "https://prod"),
            (own(), None, None, "https://own"),
            (own(), None, Some("prod"), "https://own"),
        ] {
            assert_eq!(
                url(settings(environment, named, variable)).unwrap(),
                expected
            );
        }
    }

    #[test]
    fn a_credential_of_the_environment_beside_a_named_profile_is_refused() {
        let environment = Environment::from([("DT_API_TOKEN", "CANARY")]);
        let error = url(settings(environment, Some("prod"), None)).unwrap_err();
        let error = format!("{error:?}");
        assert!(
            error.contains("DT_API_TOKEN is set, and --profile prod"),
            "{error}"
        );
        assert!(!error.contains("CANARY"), "{error}");
        // The credential of the other vendor is no obstacle.
        let environment = Environment::from([("OKTAPAM_SECRET", "CANARY")]);
        url(settings(environment, Some("prod"), None)).unwrap();
    }

    #[test]
    fn a_credential_of_the_environment_is_not_sent_to_the_address_of_a_profile() {
        let environment = Environment::from([("DT_API_TOKEN", "t")]);
        let settings = settings(environment, None, None).unwrap();
        assert_eq!(settings.text(&DT_URL).unwrap(), None);
    }

    #[test]
    fn what_is_neither_address_nor_credential_comes_from_the_environment_first() {
        let environment = || Environment::from([("GATELET_DT_API", "platform")]);
        for named in [None, Some("prod")] {
            let settings = settings(environment(), named, None).unwrap();
            assert_eq!(settings.text(&DT_API).unwrap().unwrap().value, "platform");
            assert!(settings.text(&DT_URL).unwrap().is_some());
        }
        // The secret of an OAuth client is sent to this URL.
        let url = Environment::from([("GATELET_DT_OAUTH_TOKEN_URL", "https://a")]);
        settings(url, Some("prod"), None).unwrap_err();
    }

    #[test]
    fn a_complete_environment_needs_no_file() {
        let environment = Environment::from([("GATELET_DT_URL", "https://own")]);
        let file = || -> Result<Option<ConfigFile>, CliError> { panic!("the file is read") };
        let settings = Settings::choose(Vendor::Dt, environment, None, Some("prod"), file);
        assert_eq!(url(settings).unwrap(), "https://own");
    }

    #[test]
    fn a_profile_that_does_not_exist_is_refused() {
        settings(Environment::default(), Some("none"), None).unwrap_err();
        settings(Environment::default(), None, Some("none")).unwrap_err();
        let none = Environment::default();
        Settings::choose(Vendor::Dt, none, Some("prod"), None, || Ok(None)).unwrap_err();
    }
}
