//! The commands that change the configuration file.

use toml_edit::{Item, Table};

use crate::commands::config::current::{existing, profile_name};
use crate::error::error::CliError;
use crate::output::log_entry::print_line;
use crate::settings::config_file::ConfigFile;
use crate::settings::config_path::required_config_path;
use crate::settings::key::{self, Key};
use crate::settings::profile::exposure;

/// Sets a key.
#[derive(Debug, clap::Args)]
pub(crate) struct Set {
    /// Name of the key, such as dt.url
    #[arg(value_name = "KEY", value_parser = parse_key)]
    name: &'static Key,
    /// Value; several for a command with its arguments and for scopes, after `--` if one begins with `-`
    #[arg(value_name = "VALUE", required = true)]
    values: Vec<String>,
}

impl Set {
    /// Writes the file.
    pub(crate) fn run(self, profile: Option<&str>) -> Result<(), CliError> {
        let Self { name: key, values } = self;
        let path = required_config_path()?;
        let _lock = ConfigFile::lock(&path)?;
        let mut file = match ConfigFile::read(&path)? {
            Some(file) => file,
            None => ConfigFile::parse(&path, "")?,
        };
        let profile = profile_name(profile, &file)?;
        let invalid =
            |problem: String| CliError::usage(format_args!("invalid {}: {problem}", key.name));
        let value = key.form.parse(&values).map_err(invalid)?;
        let item = Item::Value(value.clone());
        key.check_strictly(&item).map_err(invalid)?;
        let empty = Table::new();
        let exposed = exposure(key, &item, file.profile(&profile).unwrap_or(&empty));
        if let Some(problem) = exposed {
            return Err(invalid(problem));
        }
        let is_first = file.profile_names().next().is_none();
        file.set(&profile, key, value)?;
        let is_default = is_first && file.default_profile().is_none();
        if is_default {
            file.set_default_profile(&profile);
        }
        file.save()?;
        if is_default {
            print_line(&format!(
                "{profile} is the profile to use where none is named"
            ));
        }
        Ok(())
    }
}

/// Removes a key.
#[derive(Debug, clap::Args)]
pub(crate) struct Unset {
    /// Name of the key, such as dt.url
    #[arg(value_name = "KEY", value_parser = parse_key)]
    name: &'static Key,
}

impl Unset {
    /// Writes the file.
    pub(crate) fn run(self, profile: Option<&str>) -> Result<(), CliError> {
        let _lock = ConfigFile::lock(&required_config_path()?)?;
        let mut file = existing()?;
        let profile = profile_name(profile, &file)?;
        match file.unset(&profile, self.name) {
            true => file.save(),
            false => Err(CliError::usage(format_args!(
                "the profile {profile} has no {}",
                self.name.name
            ))),
        }
    }
}

/// Chooses the profile to use where none is named.
#[derive(Debug, clap::Args)]
pub(crate) struct Use {
    /// Name of the profile
    #[arg(value_name = "PROFILE")]
    name: String,
}

impl Use {
    /// Writes the file.
    pub(crate) fn run(self) -> Result<(), CliError> {
        let _lock = ConfigFile::lock(&required_config_path()?)?;
        let mut file = existing()?;
        file.ensure_profile(&self.name)?;
        file.set_default_profile(&self.name);
        file.save()
    }
}

/// Finds a key, or names the nearest one.
pub(crate) fn parse_key(name: &str) -> Result<&'static Key, String> {
    key::find(name).ok_or_else(|| match key::nearest(name) {
        Some(near) => format!("no such key; did you mean {near}?"),
        None => "no such key; `gatelet config init` writes a file that describes each".to_owned(),
    })
}
