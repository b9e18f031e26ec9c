//! The commands that show the configuration file.

use gatelet_models::contains_secret;
use serde::Serialize;

use crate::commands::config::current::{existing, profile_name};
use crate::commands::config::edit::parse_key;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::list::write_items;
use crate::output::output::Output;
use crate::output::record::{Column, Record};
use crate::output::stdout::Stdout;
use crate::settings::config_file::ConfigFile;
use crate::settings::form::Form;
use crate::settings::key::{self, Key};
use crate::settings::profile;

/// Prints values.
#[derive(Debug, clap::Args)]
pub(crate) struct Get {
    /// Name of the key, such as dt.url; all keys if it is omitted
    #[arg(value_name = "KEY", value_parser = parse_key)]
    name: Option<&'static Key>,
}

impl Get {
    /// Prints one value alone, or a row for each key that the profile has.
    pub(crate) fn run(
        self,
        profile: Option<&str>,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let file = existing()?;
        let profile = profile_name(profile, &file)?;
        file.ensure_profile(&profile)?;
        let item = |key: &Key| profile::get(file.profile(&profile)?, key.name);
        let Some(key) = self.name else {
            return write_items(rows(&file, &profile), output);
        };
        let item = item(key).ok_or_else(|| {
            CliError::new(
                Exit::NotConfigured,
                format_args!("the profile {profile} has no {}", key.name),
            )
        })?;
        let value = match item.as_str() {
            Some(text) => shown(key, text),
            None => shown(key, item.to_string().trim()),
        };
        let key = key.name;
        Ok(output.item(SingleRow(Row { key, value }))?)
    }
}

/// Returns a row for each key that a profile has.
pub(crate) fn rows(file: &ConfigFile, profile: &str) -> Vec<Row> {
    let rows = key::KEYS.iter().filter_map(|key| {
        let item = profile::get(file.profile(profile)?, key.name)?;
        Some(Row {
            key: key.name,
            value: shown(key, item.to_string().trim()),
        })
    });
    rows.collect()
}

/// Returns a value, unless it is a secret in the wrong place.
fn shown(key: &Key, value: &str) -> String {
    let has_password = key.form == Form::Proxy && value.contains('@');
    match has_password || contains_secret(value) {
        true => "[redacted]".to_owned(),
        false => value.to_owned(),
    }
}

/// A key whose value is printed alone.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct SingleRow(Row);

impl Record for SingleRow {
    const COLUMNS: &'static [Column<Self>] = &[Column::text("", |row| Some(row.0.value.clone()))];
}

/// A key with its value in TOML.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    key: &'static str,
    value: String,
}

impl Record for Row {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("KEY", |row| Some(row.key.to_owned())),
        Column::text("VALUE", |row| Some(row.value.clone())),
    ];
}

/// Lists the profiles.
///
/// # Errors
/// The write failed.
pub(crate) fn list(file: &ConfigFile, output: &mut Output<Stdout>) -> Result<(), CliError> {
    let rows = file.profile_names().map(|name| {
        let text = |key: &Key| {
            let item = profile::get(file.profile(name)?, key.name)?;
            item.as_str().map(|text| shown(key, text))
        };
        let readonly = file.profile(name).and_then(|it| it.get(key::READONLY.name));
        ProfileRow {
            name: name.to_owned(),
            is_default: file.default_profile() == Some(name),
            readonly: readonly.and_then(|it| it.as_bool()).unwrap_or(false),
            dt_url: text(&key::DT_URL),
            asa_team: text(&key::ASA_TEAM),
        }
    });
    write_items(rows.collect(), output)
}

/// A profile.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileRow {
    name: String,
    #[serde(rename = "default")]
    is_default: bool,
    readonly: bool,
    dt_url: Option<String>,
    asa_team: Option<String>,
}

impl Record for ProfileRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("NAME", |row| Some(row.name.clone())),
        Column::text("DEFAULT", |row| Some(row.is_default.to_string())),
        Column::text("READONLY", |row| Some(row.readonly.to_string())),
        Column::text("DYNATRACE URL", |row| row.dt_url.clone()),
        Column::text("ASA TEAM", |row| row.asa_team.clone()),
    ];
}
