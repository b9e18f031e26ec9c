//! What is wrong with a configuration file.

use std::path::Path;

use gatelet_models::contains_secret;
use toml_edit::{Document, Item, TableLike};

use crate::error::error::CliError;
use crate::nearest::nearest_of;
use crate::settings::config_file::{ConfigFile, DEFAULT, PROFILES, line_at};
use crate::settings::key;
use crate::settings::profile::{exposure, get};

/// Returns the problems of a file, each with the number of its line.
///
/// # Errors
/// The text is not TOML.
pub(crate) fn problems(path: &Path, text: &str) -> Result<Vec<String>, CliError> {
    let document = match Document::parse(text) {
        Ok(document) => document,
        // The error is the one that other commands report.
        Err(_) => return ConfigFile::parse(path, text).map(|_| Vec::new()),
    };
    let root = document.as_table();
    let mut problems = Problems {
        text,
        lines: Vec::new(),
    };
    for (name, item) in root.iter() {
        match name {
            DEFAULT => problems.check_default(root, item),
            PROFILES => problems.check_profiles(item),
            _ => problems.add_unknown(item, name, [DEFAULT, PROFILES]),
        }
    }
    problems.lines.sort();
    Ok(problems
        .lines
        .into_iter()
        .map(|(line, problem)| format!("{line}: {problem}"))
        .collect())
}

/// The problems that were found.
struct Problems<'a> {
    text: &'a str,
    lines: Vec<(usize, String)>,
}

impl Problems<'_> {
    fn check_default(&mut self, root: &dyn TableLike, item: &Item) {
        let Some(name) = item.as_str() else {
            return self.add(item, format!("invalid {DEFAULT}: must be a string"));
        };
        if get(root, PROFILES)
            .and_then(Item::as_table_like)
            .is_none_or(|profiles| profiles.get(name).is_none())
        {
            let name = shown(name);
            self.add(item, format!("invalid {DEFAULT}: no profile {name}"));
        }
    }

    fn check_profiles(&mut self, item: &Item) {
        let Some(profiles) = item.as_table_like() else {
            return self.add(item, format!("invalid {PROFILES}: must be a table"));
        };
        for (name, item) in profiles.iter() {
            match item.as_table_like() {
                Some(profile) => self.check_profile(profile),
                None => {
                    let name = shown(name);
                    self.add(item, format!("invalid profile {name}: must be a table"));
                }
            }
        }
    }

    fn check_profile(&mut self, profile: &dyn TableLike) {
        for (name, item) in profile.iter() {
            match item.as_table_like() {
                Some(table) if is_table(name) => {
                    for (last, item) in table.iter() {
                        self.check_value(item, &format!("{name}.{last}"));
                    }
                }
                _ => self.check_value(item, name),
            }
        }
        for key in key::KEYS {
            let exposed =
                get(profile, key.name).and_then(|item| Some((item, exposure(key, item, profile)?)));
            if let Some((item, problem)) = exposed {
                self.add(item, format!("invalid {}: {problem}", key.name));
            }
        }
        for group in key::ALTERNATIVES {
            let mut set = group
                .iter()
                .filter_map(|key| Some((key.name, get(profile, key.name)?)));
            let first = set.next();
            for (other, item) in set {
                let one = first.map_or(other, |(one, _)| one);
                self.add(item, format!("set {one} or {other}, not both"));
            }
        }
    }

    fn check_value(&mut self, item: &Item, name: &str) {
        let Some(key) = key::find(name) else {
            return self.add_unknown(item, name, key::KEYS.iter().map(|key| key.name));
        };
        if let Err(problem) = key.check_strictly(item) {
            self.add(item, format!("invalid {name}: {problem}"));
        }
    }

    fn add_unknown<'a>(
        &mut self,
        item: &Item,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let hint = match nearest_of(name, known) {
            Some(near) => format!("; did you mean {near}?"),
            None => String::new(),
        };
        self.add(item, format!("unknown key {}{hint}", shown(name)));
    }

    fn add(&mut self, item: &Item, problem: String) {
        let line = item.span().map_or(1, |span| line_at(self.text, span.start));
        self.lines.push((line, problem));
    }
}

/// Returns a name, unless it is a secret in the wrong place.
fn shown(name: &str) -> &str {
    match contains_secret(name) {
        true => "[redacted]",
        false => name,
    }
}

/// Returns whether keys of this table exist.
fn is_table(name: &str) -> bool {
    let mut tables = key::KEYS.iter().filter_map(|key| key.name.split_once('.'));
    tables.any(|(table, _)| table == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        problems(Path::new("c"), text).unwrap()
    }

    #[test]
    fn each_problem_has_its_line() {
        let text = "default_profile = \"none\"\ncolour = 1\n[profiles.prod]\nreadonly = \"yes\"\n[profiles.prod.dt]\nulr = \"https://a\"\nurl = \"http://example.com\"\ntoken_file = \"t\"\ntoken_command = [\"p\"]\n";
        let found = found(text);
        let expected = [
            "1: invalid default_profile: no profile none",
            "2: unknown key colour",
            "4: invalid readonly: must be true or false",
            "6: unknown key dt.ulr; did you mean dt.url?",
            "7: invalid dt.url: ",
            "9: set dt.token_file or dt.token_command, not both",
        ];
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}");
        }
    }

    #[test]
    fn a_secret_in_the_file_is_found_and_not_repeated() {
        let token = "dt0c01.CANARY.CANARY";
        let found = found(&format!(
            "[profiles.a.dt]\ntoken = \"{token}\"\nurl = \"{token}\"\ntoken_command = [\"p\", \"{token}\"]\n\"{token}\" = 1\n"
        ));
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found.iter().all(|it| !it.contains("CANARY")), "{found:?}");
    }

    #[test]
    fn a_valid_file_has_no_problems() {
        assert_eq!(found(""), Vec::<String>::new());
        let valid = "default_profile = \"a\"\n[profiles.a]\nreadonly = true\ndt = { url = \"https://abc12345.live.dynatrace.com\", token_file = \"~/t\" }\nasa.team = \"t\"\n[profiles.b]\nhttp.allow_http = true\nhttp.timeout = 5\nhttp.retries = 0\nhttp.proxy = \"socks5h://p\"\ndt.url = \"http://emulator:8080\"\n";
        assert_eq!(found(valid), Vec::<String>::new());
    }
}
