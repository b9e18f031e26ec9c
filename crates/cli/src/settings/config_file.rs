//! The configuration file: a TOML file with profiles, which people edit, too.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use gatelet_models::contains_secret;
use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use crate::error::error::CliError;
use crate::nearest::nearest_of;
use crate::private_file;
use crate::settings::key::{Key, Vendor};

/// The key of the profile that is used if none is named.
pub(crate) const DEFAULT: &str = "default_profile";

/// The byte order mark, which some editors write.
const BOM: char = '\u{feff}';

/// The table of the profiles.
pub(crate) const PROFILES: &str = "profiles";

/// A configuration file. Comments, order and unknown keys survive a change.
#[derive(Clone, Debug)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    /// The text of a file that contains only comments, which stay above what is added.
    head: String,
    document: DocumentMut,
    has_bom: bool,
    has_crlf: bool,
}

/// The lock on a configuration file that is being changed.
#[derive(Debug)]
pub(crate) struct ConfigLock {
    _file: File,
}

impl ConfigFile {
    /// Waits until no other process changes the file.
    ///
    /// # Errors
    /// The file beside it, which is locked, cannot be created.
    pub(crate) fn lock(path: &Path) -> Result<ConfigLock, CliError> {
        let path = private_file::target(path)
            .map_err(|error| file_error(path, "could not write", &error))?;
        let mut beside = path.as_os_str().to_owned();
        beside.push(".lock");
        let beside = PathBuf::from(beside);
        let locked = || {
            if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
                private_file::create_folder(folder)?;
            }
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            let file = options.open(&beside)?;
            file.lock()?;
            Ok(ConfigLock { _file: file })
        };
        locked().map_err(|error| file_error(&beside, "could not lock", &error))
    }

    /// Reads a file; one that does not exist is `None`.
    ///
    /// # Errors
    /// The file cannot be read or is not TOML.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, CliError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(file_error(path, "could not read", &error)),
        };
        Self::parse(path, &text).map(Some)
    }

    /// Parses the text of a file.
    ///
    /// # Errors
    /// The text is not TOML; the error has the line and repeats nothing of it.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, CliError> {
        let plain = text.strip_prefix(BOM).unwrap_or(text);
        let mut document = plain.parse::<DocumentMut>().map_err(|error| {
            let line = error.span().map_or(1, |span| line_at(plain, span.start));
            let reason = error.message().lines().next().unwrap_or_default();
            CliError::usage(format_args!("{}:{line}: {reason}", path.display()))
        })?;
        let mut head = String::new();
        if document.is_empty() {
            head = plain.replace("\r\n", "\n");
            document = DocumentMut::new();
        }
        Ok(Self {
            path: path.to_owned(),
            head,
            document,
            has_bom: text.starts_with(BOM),
            has_crlf: text.contains("\r\n"),
        })
    }

    /// Returns the text of the file.
    fn text(&self) -> String {
        let Self { head, document, .. } = self;
        let gap = match head.is_empty() || head.ends_with("\n\n") {
            true => "",
            false => "\n",
        };
        let mut text = format!("{head}{gap}{document}");
        if self.has_crlf {
            text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        match self.has_bom {
            true => format!("{BOM}{text}"),
            false => text,
        }
    }

    /// Returns the path of the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the name of the profile that is used if none is named.
    pub(crate) fn default_profile(&self) -> Option<&str> {
        self.document.get(DEFAULT)?.as_str()
    }

    /// Returns the names of the profiles, in the order of the file.
    pub(crate) fn profile_names(&self) -> impl Iterator<Item = &str> {
        let profiles = self.document.get(PROFILES).and_then(Item::as_table_like);
        profiles
            .into_iter()
            .flat_map(TableLike::iter)
            .map(|(name, _)| name)
    }

    /// Returns the table of a profile.
    pub(crate) fn profile(&self, name: &str) -> Option<&dyn TableLike> {
        let profiles = self.document.get(PROFILES)?.as_table_like()?;
        profiles.get(name)?.as_table_like()
    }

    /// Returns whether a profile has a key of a vendor.
    pub(crate) fn has_any(&self, name: &str, vendor: Vendor) -> bool {
        let table = self.profile(name).and_then(|it| it.get(vendor.table()));
        table
            .and_then(Item::as_table_like)
            .is_some_and(|table| !table.is_empty())
    }

    /// Checks that a profile exists.
    ///
    /// # Errors
    /// It does not; the error lists those that do.
    pub(crate) fn ensure_profile(&self, name: &str) -> Result<(), CliError> {
        if self.profile(name).is_some() {
            return Ok(());
        }
        let path = self.path.display();
        if contains_secret(name) {
            return Err(CliError::usage(format_args!(
                "the name of the profile looks like a secret; {path} has no such profile"
            )));
        }
        let names: Vec<_> = self.profile_names().collect();
        let known = match (nearest_of(name, self.profile_names()), names.is_empty()) {
            (Some(nearest), _) => format!("did you mean {nearest}? It has {}", names.join(", ")),
            (None, true) => "it has none".to_owned(),
            (None, false) => format!("it has {}", names.join(", ")),
        };
        Err(CliError::usage(format_args!(
            "no profile {name} in {path}; {known}"
        )))
    }

    /// Makes a profile the one that is used if none is named.
    pub(crate) fn set_default_profile(&mut self, name: &str) {
        let value = Value::from(name);
        match self.document.get_mut(DEFAULT) {
            Some(Item::Value(old)) => replace_value(old, value),
            _ => self.document[DEFAULT] = Item::Value(value),
        }
    }

    /// Sets a key of a profile, which is created if it does not exist.
    ///
    /// # Errors
    /// A part of the path to the key is not a table.
    pub(crate) fn set(&mut self, profile: &str, key: &Key, value: Value) -> Result<(), CliError> {
        let root: &mut dyn TableLike = self.document.as_table_mut();
        let mut table = table_in(root, PROFILES, true).ok_or_else(|| not_a_table(PROFILES))?;
        table = table_in(table, profile, false).ok_or_else(|| not_a_table(profile))?;
        let last = match key.name.split_once('.') {
            Some((vendor, last)) => {
                table = table_in(table, vendor, false).ok_or_else(|| not_a_table(vendor))?;
                last
            }
            None => key.name,
        };
        match table.get_mut(last) {
            Some(Item::Value(old)) => replace_value(old, value),
            Some(Item::Table(_) | Item::ArrayOfTables(_)) => {
                return Err(CliError::usage(format_args!(
                    "{} in the configuration is a table",
                    key.name
                )));
            }
            Some(Item::None) | None => {
                table.insert(last, Item::Value(value));
            }
        }
        Ok(())
    }

    /// Removes a key of a profile, and returns whether it was there.
    pub(crate) fn unset(&mut self, profile: &str, key: &Key) -> bool {
        let Some(mut table) = self
            .document
            .get_mut(PROFILES)
            // Indexing an item would add what is not there.
            .and_then(Item::as_table_like_mut)
            .and_then(|profiles| profiles.get_mut(profile))
            .and_then(Item::as_table_like_mut)
        else {
            return false;
        };
        let mut last = key.name;
        if let Some((vendor, rest)) = key.name.split_once('.') {
            match table.get_mut(vendor).and_then(Item::as_table_like_mut) {
                Some(inner) => table = inner,
                None => return false,
            }
            last = rest;
        }
        table.remove(last).is_some()
    }

    /// Writes the file beside its place, for its owner only, and renames it.
    ///
    /// # Errors
    /// The folder or the file cannot be written.
    pub(crate) fn save(&self) -> Result<(), CliError> {
        private_file::replace(&self.path, self.text().as_bytes())
            .map_err(|error| file_error(&self.path, "could not write", &error))
    }
}

/// Replaces a value, but not what is around it, such as a comment behind it.
fn replace_value(old: &mut Value, new: Value) {
    let decor = old.decor().clone();
    *old = new;
    *old.decor_mut() = decor;
}

/// Returns a table in a table, which is created if it does not exist; `None` if something else is there.
fn table_in<'a>(
    table: &'a mut dyn TableLike,
    name: &str,
    is_implicit: bool,
) -> Option<&'a mut dyn TableLike> {
    table
        .entry(name)
        .or_insert_with(|| {
            let mut new = Table::new();
            new.set_implicit(is_implicit);
            Item::Table(new)
        })
        .as_table_like_mut()
}

fn not_a_table(name: &str) -> CliError {
    CliError::usage(format_args!("{name} in the configuration is not a table"))
}

fn file_error(path: &Path, action: &str, error: &io::Error) -> CliError {
    CliError::usage(format_args!("{action} {}: {error}", path.display()))
}

/// Returns the number of the line at a position.
pub(crate) fn line_at(text: &str, position: usize) -> usize {
    let before = text.as_bytes().iter().take(position);
    before.filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::key::{DT_TOKEN, DT_URL, READONLY};

    fn parse(text: &str) -> ConfigFile {
        ConfigFile::parse(Path::new("config.toml"), text).unwrap()
    }

    #[test]
    fn a_change_keeps_comments_order_and_unknown_keys() {
        let mut file = parse(
            "# ours\nfuture = 1\n\n[profiles.prod]\ncolor = \"red\" # mine\n\n[profiles.prod.dt]\nurl = \"https://a\" # first\n",
        );
        file.set("prod", &DT_URL, Value::from("https://b")).unwrap();
        file.set("prod", &READONLY, Value::from(true)).unwrap();
        assert_eq!(
            file.text(),
            "# ours\nfuture = 1\n\n[profiles.prod]\ncolor = \"red\" # mine\nreadonly = true\n\n[profiles.prod.dt]\nurl = \"https://b\" # first\n"
        );
    }

    #[test]
    fn a_change_keeps_a_head_of_comments_line_ends_and_the_comment_behind_a_value() {
        let mut file = parse("# only\n# comments\n");
        file.set("prod", &READONLY, Value::from(true)).unwrap();
        file.set_default_profile("prod");
        let text = "# only\n# comments\n\ndefault_profile = \"prod\"\n\n[profiles.prod]\nreadonly = true\n";
        assert_eq!(file.text(), text);
        let crlf = "\u{feff}default_profile = \"a\" # ours\r\n[profiles.a]\r\n[profiles.b]\r\n";
        let mut file = parse(crlf);
        file.set_default_profile("b");
        assert_eq!(file.text(), crlf.replace("\"a\"", "\"b\""));
    }

    #[test]
    fn a_first_key_creates_its_profile() {
        let mut file = parse("");
        file.set("prod", &DT_URL, Value::from("https://a")).unwrap();
        file.set_default_profile("prod");
        let text = file.text();
        let file = parse(&text);
        assert_eq!(file.default_profile(), Some("prod"), "{text}");
        assert_eq!(file.profile_names().collect::<Vec<_>>(), ["prod"]);
        assert!(file.profile("prod").is_some() && file.profile("test").is_none());
    }

    #[test]
    fn a_key_can_be_removed_once() {
        let mut file = parse("[profiles.prod]\nreadonly = true\ndt.url = \"https://a\"\n");
        assert!(file.unset("prod", &DT_URL) && !file.unset("prod", &DT_URL));
        assert!(file.unset("prod", &READONLY) && !file.unset("test", &READONLY));
        assert!(!file.unset("prod", &DT_TOKEN.file));
        // A profile that was not there is none that cannot be set now.
        file.set("test", &DT_URL, Value::from("https://b")).unwrap();
    }

    #[test]
    fn an_error_has_the_line_and_repeats_nothing() {
        let error = ConfigFile::parse(Path::new("c.toml"), "a = 1\nb = CANARY\n").unwrap_err();
        let error = format!("{error:?}");
        assert!(error.contains("c.toml:2: "), "{error}");
        assert!(!error.contains("CANARY"), "{error}");
    }

    #[test]
    fn a_part_that_is_no_table_is_refused() {
        let mut file = parse("profiles = 1\n");
        file.set("prod", &DT_URL, Value::from("https://a"))
            .unwrap_err();
        let mut file = parse("[profiles.prod.dt.url]\nkey = 1\n");
        file.set("prod", &DT_URL, Value::from("https://a"))
            .unwrap_err();
        let mut file = parse("[profiles]\nprod = 1\n");
        file.set("prod", &DT_URL, Value::from("https://a"))
            .unwrap_err();
        assert!(file.profile("prod").is_none());
    }
}
