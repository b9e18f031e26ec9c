//! The configuration file and the profile that a command is about.

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::settings::config_file::ConfigFile;
use crate::settings::config_path::config_path;

/// Returns the configuration file.
///
/// # Errors
/// It does not exist or cannot be read.
pub(crate) fn existing() -> Result<ConfigFile, CliError> {
    let path = config_path()?;
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

/// Returns the profile to use: the one that the command line names, or the default one of the file.
///
/// # Errors
/// There is neither.
pub(crate) fn profile_name(named: Option<&str>, file: &ConfigFile) -> Result<String, CliError> {
    let name = named.or_else(|| file.default_profile());
    name.map(str::to_owned).ok_or_else(|| {
        CliError::usage(
            "name a profile with --profile; `gatelet config use` chooses the one to use without it",
        )
    })
}
