//! A profile that is about to be written.

use std::io;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatelet_models::Secret;
use toml_edit::{Item, Table, Value};

use crate::commands::login::answers::Answers;
use crate::commands::login::secret_place::SecretPlace;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::progress::Progress;
use crate::private_file;
use crate::settings::config_file::ConfigFile;
use crate::settings::key::{self, Key, READONLY, SecretKey, Vendor};
use crate::settings::profile::{Profile, exposure};
use crate::settings::settings::Settings;

/// A profile that is about to be written.
#[derive(Debug)]
pub(crate) struct NewProfile {
    name: String,
    vendor: Vendor,
    values: Vec<(Key, Value)>,
    /// The secret that its file is to contain, and that file.
    secret: Option<(SecretKey, Secret, PathBuf)>,
}

impl NewProfile {
    /// Checks the answers.
    ///
    /// # Errors
    /// A value is invalid; nothing was written.
    pub(crate) fn new(
        file: &ConfigFile,
        name: String,
        vendor: Vendor,
        readonly: bool,
        answers: Answers,
    ) -> Result<Self, CliError> {
        let Answers {
            mut values,
            secret_key,
            secret,
        } = answers;
        if readonly {
            values.push((READONLY, true.into()));
        }
        let secret = match secret {
            SecretPlace::Named(named) => {
                values.push(*named);
                None
            }
            SecretPlace::New(secret) => {
                let path = free_path(file.path(), &name, &secret_key);
                values.push((secret_key.file, file_name(&path).into()));
                Some((secret_key, secret, path))
            }
        };
        let empty = Table::new();
        let profile = file.profile(&name).unwrap_or(&empty);
        for (key, value) in &values {
            let item = Item::Value(value.clone());
            let checked = key.check_strictly(&item);
            let exposed = exposure(key, &item, profile);
            if let Some(problem) = checked.err().or(exposed) {
                let key = key.name;
                return Err(CliError::usage(format_args!(
                    "invalid {key}: {problem}; nothing was written"
                )));
            }
        }
        Ok(Self {
            name,
            vendor,
            values,
            secret,
        })
    }

    /// Returns its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the settings that it will have.
    ///
    /// # Errors
    /// A part of the file is not a table.
    pub(crate) fn settings(&self, mut file: ConfigFile) -> Result<Settings, CliError> {
        self.put_into(&mut file)?;
        let profile = Profile::find(Arc::new(file), &self.name)?;
        let secret = self.secret.as_ref();
        Ok(Settings::of_profile(
            profile,
            secret.map(|(key, secret, _)| (*key, secret.clone())),
        ))
    }

    /// Writes the file of the secret, if there is one, and then the profile, and returns what to say of it.
    ///
    /// # Errors
    /// A file cannot be written, or another process has written such a profile meanwhile.
    pub(crate) fn write(
        &self,
        path: &Path,
        replaces: bool,
        progress: &Progress,
    ) -> Result<Vec<String>, CliError> {
        let _lock = ConfigFile::lock(path)?;
        let mut file = match ConfigFile::read(path)? {
            Some(file) => file,
            None => ConfigFile::parse(path, "")?,
        };
        let name = &self.name;
        if !replaces && file.has_any(name, self.vendor) {
            return Err(CliError::usage(format_args!(
                "another process has written the profile {name} meanwhile; nothing was written"
            )));
        }
        let former = former_file(&file, name, &self.secret_file_key());
        let is_first = file.profile_names().next().is_none();
        self.put_into(&mut file)?;
        let mut lines = Vec::new();
        if is_first && file.default_profile().is_none() {
            file.set_default_profile(name);
            lines.push(format!("{name} is the profile to use where none is named"));
        }
        if let Some((_, secret, path)) = &self.secret {
            store(path, secret)?;
            progress.set(format!("the secret is in {}", path.display()));
        }
        file.save().map_err(|error| match &self.secret {
            Some((_, _, path)) => {
                error.with_advice(format_args!("the secret is in {}", path.display()))
            }
            None => error,
        })?;
        progress.set(format!("the profile {name} was written"));
        lines.insert(0, format!("wrote the profile {name} to {}", path.display()));
        if let Some((_, _, path)) = &self.secret {
            lines.push(format!("stored the secret in {}", path.display()));
        }
        if let (Some(former), Some(_)) = (former.filter(|it| it.is_file()), &self.secret) {
            let path = former.display();
            lines.push(format!("{path} still contains the former secret"));
        }
        Ok(lines)
    }

    fn secret_file_key(&self) -> Key {
        let is_oauth = self
            .values
            .iter()
            .any(|(key, _)| *key == key::DT_OAUTH_CLIENT_ID);
        match (self.vendor, is_oauth) {
            (Vendor::Asa, _) => key::ASA_KEY_SECRET.file,
            (Vendor::Dt, true) => key::DT_OAUTH_CLIENT_SECRET.file,
            (Vendor::Dt, false) => key::DT_TOKEN.file,
        }
    }

    /// Replaces what the profile has of the vendor; what else it has stays.
    fn put_into(&self, file: &mut ConfigFile) -> Result<(), CliError> {
        for key in key::of_vendor(self.vendor) {
            let is_new = self.values.iter().any(|(new, _)| new == key);
            // A value that is replaced keeps its comment.
            if !is_new {
                file.unset(&self.name, key);
            }
        }
        for (key, value) in &self.values {
            file.set(&self.name, key, value.clone())?;
        }
        Ok(())
    }
}

/// Returns the file of the secret that a profile names.
fn former_file(file: &ConfigFile, name: &str, key: &Key) -> Option<PathBuf> {
    let profile = Profile::find(Arc::new(file.clone()), name).ok()?;
    Some(profile.path(key).ok()??.value)
}

/// Returns the path of a new file beside the configuration file, whose name shows the profile and the secret.
fn free_path(config: &Path, profile: &str, key: &SecretKey) -> PathBuf {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let plain = |c: char| if is_plain(c) { c } else { '_' };
    let profile: String = profile.chars().map(plain).collect();
    let secret = key.file.name.trim_end_matches("_file").replace('.', "-");
    let folder = config.parent().unwrap_or(Path::new(""));
    let stem = format!("{profile}.{secret}");
    let names = std::iter::once(stem.clone()).chain((2_u32..).map(|n| format!("{stem}-{n}")));
    let mut paths = names.map(|name| folder.join(name));
    let free = paths.find(|path| path.symlink_metadata().is_err());
    free.unwrap_or_else(|| folder.join(stem))
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Stores a secret in a new file.
fn store(path: &Path, secret: &Secret) -> Result<(), CliError> {
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
            private_file::create_folder(folder)?;
        }
        let mut file = private_file::create(path)?;
        let written = file
            .write_all(secret.expose().as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .and_then(|()| private_file::sync_folder(path));
        written.inspect_err(|_| {
            let _ = std::fs::remove_file(path);
        })
    };
    write().map_err(|error| {
        let path = path.display();
        CliError::new(
            Exit::Other,
            format_args!("could not write {path}: {error}; nothing was written"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "# ours\n[profiles.prod]\ncolor = 1\n[profiles.prod.dt]\nurl = \"https://old\" # mine\ntoken_command = [\"pass\"]\nfuture = 2\n[profiles.prod.asa]\nteam = \"a\"\n";

    fn answers(secret: SecretPlace) -> Answers {
        Answers {
            values: vec![(key::DT_URL, "https://new".into())],
            secret_key: key::DT_TOKEN,
            secret,
        }
    }

    fn secret() -> SecretPlace {
        SecretPlace::New(Secret::new("CANARY".to_owned()))
    }

    #[test]
    fn what_a_profile_has_of_the_vendor_is_replaced_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, OLD).unwrap();
        std::fs::write(folder.path().join("prod.dt-token"), "taken").unwrap();
        let file = ConfigFile::read(&path).unwrap().unwrap();
        let name = "prod".to_owned();
        let profile = NewProfile::new(&file, name, Vendor::Dt, true, answers(secret())).unwrap();
        let settings = profile.settings(file).unwrap();
        assert!(settings.secret(&key::DT_TOKEN).unwrap().is_some());
        assert!(!folder.path().join("prod.dt-token-2").exists());
        assert!(!format!("{profile:?}{settings:?}").contains("CANARY"));

        let lines = profile.write(&path, true, &Progress::default()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "# ours\n[profiles.prod]\ncolor = 1\nreadonly = true\n[profiles.prod.dt]\nurl = \"https://new\" # mine\nfuture = 2\ntoken_file = \"prod.dt-token-2\"\n[profiles.prod.asa]\nteam = \"a\"\n"
        );
        let stored = std::fs::read_to_string(folder.path().join("prod.dt-token-2")).unwrap();
        assert_eq!(stored, "CANARY\n");
        assert!(
            lines[0].starts_with("wrote the profile prod to "),
            "{lines:?}"
        );
        assert!(!lines.join(" ").contains("CANARY"));
    }

    #[test]
    fn a_profile_that_another_process_has_written_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let file = ConfigFile::parse(&path, "").unwrap();
        let name = "prod".to_owned();
        let profile = NewProfile::new(&file, name, Vendor::Dt, false, answers(secret())).unwrap();
        std::fs::write(&path, OLD).unwrap();
        profile
            .write(&path, false, &Progress::default())
            .unwrap_err();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), OLD);
        let entries = std::fs::read_dir(folder.path()).unwrap();
        assert_eq!(entries.count(), 2, "the file and its lock");
    }

    #[test]
    fn an_invalid_answer_is_named_and_nothing_is_written() {
        let file = ConfigFile::parse(Path::new("/nowhere/config.toml"), "").unwrap();
        for (key, value) in [
            (key::DT_URL, "not a url"),
            (key::DT_URL, "http://example.com"),
            (key::DT_TOKEN.variable, "A B"),
        ] {
            let answers = Answers {
                values: vec![(key, value.into())],
                ..answers(secret())
            };
            let profile = NewProfile::new(&file, "a/b".to_owned(), Vendor::Dt, false, answers);
            let error = profile.unwrap_err();
            assert!(
                error.line().starts_with(&format!("invalid {}: ", key.name)),
                "{error:?}"
            );
        }
        let path = free_path(Path::new("/nowhere/config.toml"), "a/b c", &key::DT_TOKEN);
        assert_eq!(path, Path::new("/nowhere/a_b_c.dt-token"));
    }
}
