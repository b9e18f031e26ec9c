//! The configuration file and the profile that a command is about.

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::settings::config_file::ConfigFile;
use crate::settings::config_path::required_config_path;
use crate::settings::settings::profile_in_environment;

/// Returns the configuration file.
///
/// # Errors
/// It does not exist or cannot be read.
pub(crate) fn existing() -> Result<ConfigFile, CliError> {
    let path = required_config_path()?;
    ConfigFile::read(&path)?.ok_or_else(|| {
        CliError::new(
            Exit::NotConfigured,
            format_args!(
                "{} does not exist; `gatelet config init` creates it",
                path.display()
            ),
        )
    })
}

/// Returns the profile that a command is about: the one that the command line names, or the variable, or the file as its default.
///
/// # Errors
/// There is none.
pub(crate) fn profile_name(named: Option<&str>, file: &ConfigFile) -> Result<String, CliError> {
    if let Some(name) = named {
        return Ok(name.to_owned());
    }
    let name = profile_in_environment()?.or_else(|| file.default_profile().map(str::to_owned));
    name.ok_or_else(|| {
        CliError::usage(
            "name a profile with --profile; `gatelet config use` chooses the one to use without it",
        )
    })
}
