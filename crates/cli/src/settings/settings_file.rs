//! The files that settings are in, or name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::env;
use crate::settings::config_file::ConfigFile;
use crate::settings::config_path::config_path;
use crate::settings::emulator_state::emulator_state;
use crate::settings::form::Form;
use crate::settings::key::{ASA_KEY_FILE, KEYS, Key};
use crate::settings::profile::Profile;
use crate::settings::variable;

/// Returns what a file is for, if it is the configuration file or the state of the emulator, or if a variable or a profile names it. It
/// need not exist.
pub(crate) fn use_of(path: &Path) -> Option<String> {
    let path = absolute(path).ok()?;
    let is_it = |file: &Path| absolute(file).is_ok_and(|file| file == path);
    let config = config_path();
    if config.as_deref().is_some_and(is_it) {
        return Some("the configuration file".to_owned());
    }
    let named = of_variables().chain(config.iter().flat_map(|config| of_profiles(config)));
    if let Some((name, _)) = named.into_iter().find(|(_, file)| is_it(file)) {
        return Some(format!("the file that {name} names for something else"));
    }
    let is_state = emulator_state().as_deref().is_some_and(is_it);
    is_state.then(|| "the state of the emulator".to_owned())
}

/// Returns the absolute path of a file without links. A file that does not exist is one of its folder.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    match (fs::canonicalize(path), path.parent(), path.file_name()) {
        (Err(error), Some(folder), Some(name)) if error.kind() == io::ErrorKind::NotFound => {
            let is_named = !folder.as_os_str().is_empty();
            let folder = if is_named { folder } else { Path::new(".") };
            Ok(fs::canonicalize(folder)?.join(name))
        }
        (found, _, _) => found,
    }
}

/// Returns the keys whose values are paths of files that contain no key with its ID.
fn path_keys() -> impl Iterator<Item = &'static Key> {
    let keys = KEYS.iter().filter(|key| key.form == Form::Path);
    keys.filter(|key| **key != ASA_KEY_FILE)
}

fn of_variables() -> impl Iterator<Item = (String, PathBuf)> {
    let names = variable::paths().filter(|name| !ASA_KEY_FILE.variables.contains(name));
    names.filter_map(|name| Some((name.to_owned(), env::non_empty(name)?.into())))
}

/// Returns the files that any profile names. A file or a value that is invalid names none.
fn of_profiles(config: &Path) -> Vec<(String, PathBuf)> {
    let Ok(Some(file)) = ConfigFile::read(config) else {
        return Vec::new();
    };
    let file = Arc::new(file);
    let profiles = file
        .profile_names()
        .filter_map(|name| Profile::find(Arc::clone(&file), name).ok());
    let files = profiles.flat_map(|profile| {
        path_keys().filter_map(move |key| {
            let file = profile.path(key).ok()??;
            Some((file.origin.to_string(), file.value))
        })
    });
    files.collect()
}
