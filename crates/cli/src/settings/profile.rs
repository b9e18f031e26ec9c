//! A profile of the configuration file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatelet_transport::BaseUrl;
use toml_edit::{Item, TableLike};

use crate::error::error::CliError;
use crate::error::parameter_names;
use crate::settings::config_file::ConfigFile;
use crate::settings::form::{Form, number, texts};
use crate::settings::key::{
    self, ASA_URL, DT_URL, HTTP_ALLOW_HTTP, Key, READONLY, SecretKey, Vendor,
};
use crate::settings::origin::{Origin, Setting};
use crate::settings::secret_source::{SecretSource, not_both};

/// A named set of settings.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    name: Arc<str>,
    file: Arc<ConfigFile>,
}

impl Profile {
    /// Returns the profile of this name.
    ///
    /// # Errors
    /// There is none; the error lists those that there are.
    pub(crate) fn find(file: Arc<ConfigFile>, name: &str) -> Result<Self, CliError> {
        file.ensure_profile(name)?;
        Ok(Self {
            name: name.into(),
            file,
        })
    }

    /// Returns its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the value of a key as one text; the texts of an array are separated by spaces.
    ///
    /// # Errors
    /// The value has another form.
    pub(crate) fn text(&self, key: &Key) -> Result<Option<Setting<String>>, CliError> {
        let text = |item: &Item| match key.form {
            Form::Texts | Form::Fingerprints => texts(item).map(|texts| texts.join(" ")),
            Form::Seconds | Form::Count => number(item),
            _ => item.as_str().map(str::to_owned),
        };
        self.value(key, text)
    }

    /// Returns whether the profile has a key.
    fn has(&self, key: &Key) -> bool {
        self.item(key).is_some()
    }

    /// Returns whether the profile has a part of a vendor's address or credential.
    pub(crate) fn has_any(&self, vendor: Vendor) -> bool {
        let mut keys = key::of_vendor(vendor).filter(|key| key.is_source);
        keys.any(|key| self.has(key))
    }

    /// Returns whether a key is true.
    ///
    /// # Errors
    /// The value has another form.
    pub(crate) fn flag(&self, key: &Key) -> Result<Option<Setting<bool>>, CliError> {
        self.value(key, Item::as_bool)
    }

    /// Returns whether the profile forbids changes.
    ///
    /// # Errors
    /// The value has another form, or a key that means the same is spelled otherwise.
    pub(crate) fn is_readonly(&self) -> Result<bool, CliError> {
        if let Some(name) = self.misspelled(&READONLY) {
            let (profile, known) = (&self.name, READONLY.name);
            return Err(CliError::usage(format_args!(
                "unknown key {name} of the profile {profile}; did you mean {known}?"
            )));
        }
        let value = self.value(&READONLY, Item::as_bool)?;
        Ok(value.is_some_and(|it| it.value))
    }

    /// Returns a key that is another one in another spelling, or in a table.
    fn misspelled(&self, key: &Key) -> Option<String> {
        let folded = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
        let profile = self.file.profile(&self.name)?;
        let own = profile.iter().map(|(name, _)| (name.to_owned(), name));
        let tables = profile
            .iter()
            .filter_map(|(table, item)| Some((table, item.as_table_like()?)));
        let inner = tables.flat_map(|(table, inner)| {
            inner
                .iter()
                .map(move |(name, _)| (format!("{table}.{name}"), name))
        });
        own.chain(inner)
            .find(|(path, last)| *path != key.name && folded(last) == folded(key.name))
            .map(|(path, _)| path)
    }

    /// Returns the program and the arguments of a command.
    ///
    /// # Errors
    /// The value has another form.
    pub(crate) fn command(&self, key: &Key) -> Result<Option<Setting<Vec<String>>>, CliError> {
        self.value(key, |item| {
            Some(texts(item)?.into_iter().map(str::to_owned).collect())
        })
    }

    /// Returns the path of a file: absolute, in the home folder after `~/`, or in the folder of the configuration file.
    ///
    /// # Errors
    /// The value has another form.
    pub(crate) fn path(&self, key: &Key) -> Result<Option<Setting<PathBuf>>, CliError> {
        let folder = self.file.path().parent().unwrap_or(Path::new(""));
        let value = self.value(key, |item| item.as_str().map(str::to_owned))?;
        Ok(value.map(|Setting { value, origin }| {
            let home = value.strip_prefix("~/").zip(etcetera::home_dir().ok());
            let value = match home {
                _ if value == "-" => PathBuf::from(value),
                Some((rest, home)) => home.join(rest),
                None => folder.join(value),
            };
            Setting { value, origin }
        }))
    }

    /// Returns where a secret is.
    ///
    /// # Errors
    /// More than one place is named, or one has another form.
    pub(crate) fn secret(&self, key: &SecretKey) -> Result<Option<SecretSource>, CliError> {
        let file = self.path(&key.file)?.map(SecretSource::File);
        let command = self.command(&key.command)?.map(SecretSource::Command);
        let variable = self.text(&key.variable)?.map(SecretSource::Variable);
        let mut named = [file, command, variable].into_iter().flatten();
        match (named.next(), named.next()) {
            (Some(one), Some(other)) => Err(not_both(one.origin(), other.origin())),
            (one, _) => Ok(one),
        }
    }

    /// Returns where a key of this profile comes from.
    pub(crate) fn origin(&self, key: &Key) -> Origin {
        Origin::Profile {
            profile: Arc::clone(&self.name),
            key: key.name,
        }
    }

    fn value<T>(
        &self,
        key: &Key,
        read: impl FnOnce(&Item) -> Option<T>,
    ) -> Result<Option<Setting<T>>, CliError> {
        let Some(item) = self.item(key) else {
            return Ok(None);
        };
        let origin = self.origin(key);
        key.check(item)
            .map_err(|problem| CliError::usage(format_args!("invalid {origin}: {problem}")))?;
        Ok(read(item).map(|value| Setting { value, origin }))
    }

    fn item(&self, key: &Key) -> Option<&Item> {
        get(self.file.profile(&self.name)?, key.name)
    }
}

/// Returns the item at a dotted path.
pub(crate) fn get<'a>(table: &'a dyn TableLike, name: &str) -> Option<&'a Item> {
    match name.split_once('.') {
        Some((vendor, last)) => table.get(vendor)?.as_table_like()?.get(last),
        None => table.get(name),
    }
}

/// Returns why the address of a profile exposes the credential to the network, unless the profile allows it.
pub(crate) fn exposure(key: &Key, item: &Item, profile: &dyn TableLike) -> Option<String> {
    let allows = get(profile, HTTP_ALLOW_HTTP.name).and_then(Item::as_bool);
    let is_address = [DT_URL, ASA_URL].contains(key);
    let url = item
        .as_str()
        .filter(|_| is_address && allows != Some(true))?;
    BaseUrl::parse_allowing_http(url).ok()?;
    let reason = parameter_names::reason(&BaseUrl::parse(url).err()?);
    Some(format!("{reason}, or set {} first", HTTP_ALLOW_HTTP.name))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::settings::key::{DT_OAUTH_SCOPES, DT_TOKEN, DT_URL};

    /// Returns the profile `prod` of a file.
    pub(crate) fn prod(text: &str) -> Profile {
        let file = ConfigFile::parse(Path::new("/etc/gatelet/config.toml"), text).unwrap();
        Profile::find(Arc::new(file), "prod").unwrap()
    }

    #[test]
    fn values_have_the_form_of_their_key() {
        let prod = prod(
            "[profiles.prod]\nreadonly = true\n[profiles.prod.dt]\nurl = \"https://a\"\ntoken_file = \"t\"\noauth_scopes = [\"a\", \"b\"]\ntoken_command = [\"pass\", \"dt\"]\n",
        );
        assert!(prod.is_readonly().unwrap());
        assert_eq!(prod.text(&DT_URL).unwrap().unwrap().value, "https://a");
        assert_eq!(prod.text(&DT_OAUTH_SCOPES).unwrap().unwrap().value, "a b");
        let file = prod.path(&DT_TOKEN.file).unwrap().unwrap();
        assert_eq!(file.value, Path::new("/etc/gatelet/t"));
        assert_eq!(file.origin.to_string(), "dt.token_file of the profile prod");
        let command = prod.command(&DT_TOKEN.command).unwrap().unwrap();
        assert_eq!(command.value, ["pass", "dt"]);
    }

    #[test]
    fn a_value_of_another_form_is_named_and_not_repeated() {
        let prod = prod("[profiles.prod.dt]\nurl = 1234\ntoken_file = [\"CANARY\"]\n");
        let error = format!("{:?}", prod.text(&DT_URL).unwrap_err());
        assert!(
            error.contains("invalid dt.url of the profile prod: must be a string"),
            "{error}"
        );
        let error = format!("{:?}", prod.path(&DT_TOKEN.file).unwrap_err());
        assert!(!error.contains("CANARY"), "{error}");
    }

    #[test]
    fn readonly_in_another_spelling_is_refused_and_not_ignored() {
        for line in [
            "ReadOnly = true",
            "read_only = true",
            "dt.readonly = true",
            "readonly = \"true\"",
        ] {
            let profile = prod(&format!("[profiles.prod]\n{line}\n"));
            let error = format!("{:?}", profile.is_readonly().unwrap_err());
            assert!(error.contains("readonly"), "{error}");
        }
        assert!(!prod("[profiles.prod]\nred = 1\n").is_readonly().unwrap());
    }

    #[test]
    fn a_secret_in_place_of_where_it_is_is_refused_and_not_repeated() {
        let token = "dt0c01.CANARY.CANARY";
        let prod = prod(&format!(
            "[profiles.prod.dt]\ntoken_command = [\"{token}\"]\ntoken_file = \"{token}\"\n"
        ));
        for error in [
            prod.command(&DT_TOKEN.command).unwrap_err(),
            prod.path(&DT_TOKEN.file).unwrap_err(),
        ] {
            let error = format!("{error:?}");
            assert!(error.contains("looks like a secret"), "{error}");
            assert!(!error.contains("CANARY"), "{error}");
        }
    }

    #[test]
    fn an_unknown_profile_lists_the_known_ones() {
        let file = ConfigFile::parse(Path::new("c"), "[profiles.a]\n[profiles.b]\n").unwrap();
        let error = Profile::find(Arc::new(file), "c").unwrap_err();
        assert!(format!("{error:?}").contains("it has a, b"), "{error:?}");
    }
}
