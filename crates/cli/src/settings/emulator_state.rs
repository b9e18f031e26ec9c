//! Where the state of the embedded emulator is.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use crate::env;
use crate::settings::variable::EMULATOR_DATA;

/// Returns the path of the embedded emulator's state, a file that need not exist; `None` if the variable is not set and there is no home
/// folder.
pub(crate) fn emulator_state() -> Option<PathBuf> {
    if let Some(path) = env::non_empty(EMULATOR_DATA.name) {
        return Some(PathBuf::from(path));
    }
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.data_dir().join("gatelet").join("emulator.redb"))
}
