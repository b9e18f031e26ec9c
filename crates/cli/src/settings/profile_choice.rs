//! Which profiles a command with several of them runs with.

use std::sync::Arc;

use gatelet_models::contains_secret;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::glob::Glob;
use crate::settings::config_file::ConfigFile;
use crate::settings::key::Vendor;
use crate::settings::profile::Profile;

/// The profiles that a command with several of them runs with, in the order of the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ProfileChoice {
    pub(crate) names: Vec<Arc<str>>,
    /// Those that match and have no address nor credential of the vendors.
    pub(crate) skipped: Vec<String>,
}

impl ProfileChoice {
    /// Chooses the profiles that match one of the patterns, or all, and that have an address or a credential of one of the vendors. Where a
    /// pattern is the name of a profile, what that lacks is not passed over.
    ///
    /// # Errors
    /// A pattern matches no profile, or none has settings of the vendors.
    pub(crate) fn of(
        file: ConfigFile,
        patterns: Option<&[Glob]>,
        vendors: &[Vendor],
    ) -> Result<Self, CliError> {
        let file = Arc::new(file);
        for pattern in patterns.unwrap_or_default() {
            ensure_match(&file, pattern)?;
        }
        let (mut names, mut skipped) = (Vec::new(), Vec::new());
        for name in file.profile_names() {
            let Ok(profile) = Profile::find(Arc::clone(&file), name) else {
                continue;
            };
            let is_of_vendor = vendors.iter().any(|vendor| profile.has_any(*vendor));
            let is_named = |patterns: &[Glob]| patterns.iter().any(|it| it.as_str() == name);
            let matches = |patterns: &[Glob]| patterns.iter().any(|it| it.matches(name));
            match patterns {
                Some(patterns) if is_named(patterns) => names.push(name.into()),
                Some(patterns) if !matches(patterns) => {}
                _ if is_of_vendor => names.push(name.into()),
                _ => skipped.push(name.to_owned()),
            }
        }
        match names.is_empty() {
            false => Ok(Self { names, skipped }),
            true => Err(none_of(&file, vendors)),
        }
    }
}

fn ensure_match(file: &ConfigFile, pattern: &Glob) -> Result<(), CliError> {
    let text = pattern.as_str();
    if pattern.is_name() {
        return file.ensure_profile(text);
    }
    if file.profile_names().any(|name| pattern.matches(name)) {
        return Ok(());
    }
    let path = file.path().display();
    let named = match contains_secret(text) {
        true => "a pattern that looks like a secret",
        false => text,
    };
    let names: Vec<_> = file.profile_names().collect();
    Err(CliError::usage(format_args!(
        "no profile in {path} matches {named}; it has {}",
        names.join(", ")
    )))
}

fn none_of(file: &ConfigFile, vendors: &[Vendor]) -> CliError {
    let vendors: Vec<_> = vendors.iter().map(|vendor| vendor.table()).collect();
    let line = format!(
        "no profile of that choice in {} has an address or a credential of {}; `gatelet config set` sets them",
        file.path().display(),
        vendors.join(" or ")
    );
    CliError::new(Exit::NotConfigured, line)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const FILE: &str = "[profiles.b.dt]\nurl = \"https://b\"\n[profiles.a.asa]\nteam = \"a\"\n[profiles.prod-1.dt]\n\
        token_file = \"t\"\n[profiles.prod-2]\nreadonly = true\n";

    fn choice(patterns: Option<&[&str]>, vendors: &[Vendor]) -> Result<ProfileChoice, CliError> {
        let file = ConfigFile::parse(Path::new("c.toml"), FILE).unwrap();
        let parsed = |it: &[&str]| it.iter().map(|it| it.parse().unwrap()).collect();
        let patterns: Option<Vec<_>> = patterns.map(parsed);
        ProfileChoice::of(file, patterns.as_deref(), vendors)
    }

    fn names(patterns: Option<&[&str]>, vendors: &[Vendor]) -> (Vec<String>, Vec<String>) {
        let choice = choice(patterns, vendors).unwrap();
        let names = choice.names.iter().map(|it| it.to_string());
        (names.collect(), choice.skipped)
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn profiles_with_settings_of_the_vendor_are_chosen_in_the_order_of_the_file() {
        let dt = [Vendor::Dt];
        for (patterns, vendors, chosen, skipped) in [
            (None, &dt[..], &["b", "prod-1"][..], &["a", "prod-2"][..]),
            (
                None,
                &[Vendor::Asa, Vendor::Dt],
                &["b", "a", "prod-1"],
                &["prod-2"],
            ),
            (
                Some(&["prod-*", "b"][..]),
                &dt,
                &["b", "prod-1"],
                &["prod-2"],
            ),
            // One that is named is not passed over.
            (Some(&["a"]), &dt, &["a"], &[]),
            (Some(&["prod-2*", "?"]), &dt, &["b"], &["a", "prod-2"]),
        ] {
            let expected = (texts(chosen), texts(skipped));
            assert_eq!(names(patterns, vendors), expected, "{patterns:?}");
        }
    }

    #[test]
    fn a_choice_of_no_profile_is_refused() {
        for (patterns, expected) in [
            (
                &["test-*"][..],
                "no profile in c.toml matches test-*; it has b, a, prod-1, prod-2",
            ),
            (
                &["b", "prod_1"],
                "no profile prod_1 in c.toml; did you mean prod-1?",
            ),
            (&["prod-2*"], "has an address or a credential of dt"),
            (
                &["dt0c01.CANARY.CANARY*"],
                "matches a pattern that looks like a secret",
            ),
        ] {
            let error = choice(Some(patterns), &[Vendor::Dt]).unwrap_err();
            assert!(error.line().contains(expected), "{error:?}");
            assert!(!error.line().contains("CANARY"), "{error:?}");
        }
    }
}
