//! The files that settings are in, or name.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::env;
use crate::settings::config_file::ConfigFile;
use crate::settings::config_path::config_path;
use crate::settings::form::Form;
use crate::settings::key::{KEYS, Key};
use crate::settings::profile::Profile;

/// Returns what a file is for, if it is the configuration file, or if a variable or a profile names it.
pub(crate) fn use_of(path: &Path) -> Option<String> {
    let path = fs::canonicalize(path).ok()?;
    let is_it = |file: &Path| fs::canonicalize(file).is_ok_and(|file| file == path);
    let config = config_path();
    if config.as_deref().is_some_and(is_it) {
        return Some("the configuration file".to_owned());
    }
    let named = of_variables().chain(config.iter().flat_map(|config| of_profiles(config)));
    let (name, _) = named.into_iter().find(|(_, file)| is_it(file))?;
    Some(format!(
        "the file that {name} names, which contains a secret alone"
    ))
}

/// Returns the keys whose values are paths of files.
fn path_keys() -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(|key| key.form == Form::Path)
}

fn of_variables() -> impl Iterator<Item = (String, PathBuf)> {
    let names = path_keys().flat_map(|key| key.variables);
    names.filter_map(|name| Some(((*name).to_owned(), env::non_empty(name)?.into())))
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
