//! The settings of a command: those of the environment, or of a profile.

use std::sync::Arc;

use crate::env;
use crate::error::error::CliError;
use crate::settings::config_file::ConfigFile;
use crate::settings::config_path::config_path;
use crate::settings::environment::Environment;
use crate::settings::key::Vendor;
use crate::settings::profile::Profile;
use crate::settings::vendor_settings::VendorSettings;

/// The variable that names a profile.
pub(crate) const PROFILE: &str = "GATELET_PROFILE";

/// The settings of a command.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    environment: Environment,
    profile: Option<Profile>,
    /// Whether the command line names the profile.
    is_explicit: bool,
}

impl Settings {
    /// Reads the environment, and the profile that the command line, the variable or the configuration file names.
    ///
    /// # Errors
    /// The file is invalid, or a named profile does not exist.
    pub(crate) fn read(named: Option<&str>) -> Result<Self, CliError> {
        let variable = env::non_empty(PROFILE);
        let variable = variable
            .map(|name| name.into_string())
            .transpose()
            .map_err(|_| CliError::usage(format_args!("{PROFILE} is not valid UTF-8")))?;
        Self::new(
            Environment::of_process(),
            ConfigFile::read(&config_path()?)?,
            named,
            variable.as_deref(),
        )
    }

    fn new(
        environment: Environment,
        file: Option<ConfigFile>,
        named: Option<&str>,
        variable: Option<&str>,
    ) -> Result<Self, CliError> {
        let file = file.map(Arc::new);
        let default = file.as_ref().and_then(|file| file.default_profile());
        let name = named.or(variable).or(default).map(str::to_owned);
        let profile = match (name, file) {
            (Some(name), Some(file)) => Some(Profile::find(file, &name)?),
            (Some(name), None) => {
                return Err(CliError::usage(format_args!(
                    "no profile {name}, because there is no configuration; `gatelet config init` creates it"
                )));
            }
            (None, _) => None,
        };
        Ok(Self {
            environment,
            profile,
            is_explicit: named.is_some(),
        })
    }

    /// Returns the address and the credential of a vendor, which come from one source: the profile that the command line names; or else
    /// the environment, if it has any of them; or else another profile.
    ///
    /// # Errors
    /// The command line names a profile, and the environment has an address or a credential; or the environment mixes those of two tools.
    pub(crate) fn vendor(&self, vendor: Vendor) -> Result<VendorSettings<'_>, CliError> {
        let variable = self.environment.any(vendor);
        match (&self.profile, variable) {
            (Some(profile), Some(variable)) if self.is_explicit => {
                let name = profile.name();
                Err(CliError::usage(format_args!(
                    "{variable} is set, and --profile {name} has address and credential of its own; unset it, or leave out --profile"
                )))
            }
            (Some(profile), None) => Ok(VendorSettings::Profile(profile)),
            (_, Some(_)) => {
                self.environment.ensure_unmixed(vendor)?;
                Ok(VendorSettings::Environment(&self.environment))
            }
            (None, None) => Ok(VendorSettings::Environment(&self.environment)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::settings::key::DT_URL;

    const FILE: &str = "default_profile = \"test\"\n[profiles.test.dt]\nurl = \"https://test\"\n[profiles.prod.dt]\nurl = \"https://prod\"\n";

    fn settings(
        environment: Environment,
        named: Option<&str>,
        variable: Option<&str>,
    ) -> Result<Settings, CliError> {
        let file = ConfigFile::parse(Path::new("c.toml"), FILE).unwrap();
        Settings::new(environment, Some(file), named, variable)
    }

    fn url(settings: Result<Settings, CliError>) -> Result<String, CliError> {
        let settings = settings?;
        let vendor = settings.vendor(Vendor::Dt)?;
        Ok(vendor.text(&DT_URL)?.unwrap().value)
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
        let vendor = settings.vendor(Vendor::Dt).unwrap();
        assert_eq!(vendor.text(&DT_URL).unwrap(), None);
    }

    #[test]
    fn a_profile_that_does_not_exist_is_refused() {
        settings(Environment::default(), Some("none"), None).unwrap_err();
        settings(Environment::default(), None, Some("none")).unwrap_err();
        Settings::new(Environment::default(), None, Some("prod"), None).unwrap_err();
    }
}
