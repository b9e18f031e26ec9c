//! Where the configuration file is.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use crate::env;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::settings::variable::CONFIG;

/// Returns the path of the configuration file, which need not exist; `None` if the variable is not set and there is no home folder.
pub(crate) fn config_path() -> Option<PathBuf> {
    if let Some(path) = env::non_empty(CONFIG.name) {
        return Some(PathBuf::from(path));
    }
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.config_dir().join("gatelet").join("config.toml"))
}

/// Returns the path of the configuration file, which need not exist.
///
/// # Errors
/// The variable is not set, and there is no home folder.
pub(crate) fn required_config_path() -> Result<PathBuf, CliError> {
    config_path().ok_or_else(|| {
        CliError::new(
            Exit::NotConfigured,
            format_args!(
                "no home directory for the configuration; set {} to a file",
                CONFIG.name
            ),
        )
    })
}
