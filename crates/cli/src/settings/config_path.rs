//! Where the configuration file is.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use crate::env;
use crate::error::error::CliError;

/// The variable that names the configuration file.
pub(crate) const VARIABLE: &str = "GATELET_CONFIG";

/// Returns the path of the configuration file, which need not exist.
///
/// # Errors
/// The variable is not set, and there is no home folder.
pub(crate) fn config_path() -> Result<PathBuf, CliError> {
    if let Some(path) = env::non_empty(VARIABLE) {
        return Ok(PathBuf::from(path));
    }
    match etcetera::choose_base_strategy() {
        Ok(folders) => Ok(folders.config_dir().join("gatelet").join("config.toml")),
        Err(_) => Err(CliError::usage(format_args!(
            "no home directory for the configuration; set {VARIABLE} to a file"
        ))),
    }
}
