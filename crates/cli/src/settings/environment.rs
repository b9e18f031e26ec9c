//! The variables of the environment that are settings.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;

use crate::env;
use crate::error::error::CliError;
use crate::settings::key::{self, Key, Vendor};

/// The variables that are set; an empty one counts as not set.
#[derive(Clone, Default)]
pub(crate) struct Environment(BTreeMap<&'static str, OsString>);

impl Environment {
    /// Reads the variables of the process.
    pub(crate) fn of_process() -> Self {
        let names = key::KEYS.iter().flat_map(|key| key.variables).copied();
        Self(
            names
                .filter_map(|name| Some((name, env::non_empty(name)?)))
                .collect(),
        )
    }

    /// Returns the value of the first of a setting's variables that is set, with its name.
    ///
    /// # Errors
    /// Variables of other tools are set to different values, and none of ours is set.
    pub(crate) fn first(&self, key: &Key) -> Result<Option<(&'static str, &OsStr)>, CliError> {
        let mut set = self.set(key);
        let Some((name, value)) = set.next() else {
            return Ok(None);
        };
        if is_own(name) {
            return Ok(Some((name, value)));
        }
        match set.find(|(_, other)| *other != value) {
            Some((other, _)) => Err(CliError::usage(format_args!(
                "{name} and {other} have different values; unset one, or set {}",
                key.variables.first().copied().unwrap_or_default()
            ))),
            None => Ok(Some((name, value))),
        }
    }

    /// Leaves out each part of an address or a credential.
    pub(crate) fn without_sources(mut self) -> Self {
        let sources = key::KEYS.iter().filter(|key| key.is_source);
        for name in sources.flat_map(|key| key.variables) {
            self.0.remove(name);
        }
        self
    }

    /// Returns the name of a variable that is set and a part of a vendor's address or credential.
    pub(crate) fn any_source(&self, vendor: Vendor) -> Option<&'static str> {
        key::of_vendor(vendor)
            .filter(|key| key.is_source)
            .flat_map(|key| self.set(key))
            .map(|(name, _)| name)
            .next()
    }

    /// Checks that the settings of a vendor belong together: where one is in a variable of ours in place of another tool's, none is in a
    /// variable of that tool, which means another address or another credential.
    ///
    /// # Errors
    /// The settings are mixed; the error names two of the variables.
    pub(crate) fn ensure_unmixed(&self, vendor: Vendor) -> Result<(), CliError> {
        let firsts = || key::of_vendor(vendor).filter_map(|key| Some((key, self.set(key).next()?)));
        let foreign = firsts().find(|(_, (name, _))| !is_own(name));
        let overridden = firsts().find_map(|(key, (name, value))| {
            let other = self.set(key).find(|(_, other)| *other != value)?;
            is_own(name).then_some((name, other.0))
        });
        match (foreign, overridden) {
            (Some((_, (foreign, _))), Some((own, other))) => Err(CliError::usage(format_args!(
                "{own} and {other} have different values, so {foreign} may belong to the other; unset {other}, or set all in GATELET_ variables"
            ))),
            _ => Ok(()),
        }
    }

    /// Returns the variables of a setting that are set.
    fn set(&self, key: &Key) -> impl Iterator<Item = (&'static str, &OsStr)> {
        let names = key.variables.iter().copied();
        names.filter_map(|name| Some((name, self.0.get(name)?.as_os_str())))
    }
}

/// Shows names alone, since values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn is_own(name: &str) -> bool {
    name.starts_with("GATELET_")
}

#[cfg(test)]
impl<const N: usize> From<[(&'static str, &str); N]> for Environment {
    fn from(variables: [(&'static str, &str); N]) -> Self {
        Self(variables.map(|(name, value)| (name, value.into())).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::key::{DT_TOKEN, DT_URL};

    fn name(environment: &Environment, key: &Key) -> Option<&'static str> {
        environment.first(key).unwrap().map(|(name, _)| name)
    }

    #[test]
    fn our_own_variable_comes_before_that_of_another_tool() {
        let both = Environment::from([("DT_ENV_URL", "b"), ("GATELET_DT_URL", "a")]);
        assert_eq!(name(&both, &DT_URL), Some("GATELET_DT_URL"));
        let other = Environment::from([("DT_ENV_URL", "b")]);
        assert_eq!(name(&other, &DT_URL), Some("DT_ENV_URL"));
        assert_eq!(name(&other, &DT_TOKEN.command), None);
    }

    #[test]
    fn different_values_of_other_tools_are_refused_and_equal_ones_are_not() {
        let equal = Environment::from([("DT_ENV_URL", "b"), ("DYNATRACE_ENV_URL", "b")]);
        assert_eq!(name(&equal, &DT_URL), Some("DT_ENV_URL"));
        let different = Environment::from([
            ("DT_API_TOKEN", "CANARY1"),
            ("DYNATRACE_API_TOKEN", "CANARY2"),
        ]);
        let error = format!("{:?}", different.first(&DT_TOKEN.command).unwrap_err());
        assert!(
            error.contains("DT_API_TOKEN and DYNATRACE_API_TOKEN"),
            "{error}"
        );
        assert!(!error.contains("CANARY"), "{error}");
    }

    #[test]
    fn the_token_of_another_tool_is_not_used_with_another_address_than_that_tools() {
        let mixed = Environment::from([
            ("GATELET_DT_URL", "a"),
            ("DT_ENV_URL", "b"),
            ("DT_API_TOKEN", "CANARY"),
        ]);
        let error = format!("{:?}", mixed.ensure_unmixed(Vendor::Dt).unwrap_err());
        assert!(error.contains("GATELET_DT_URL and DT_ENV_URL"), "{error}");
        assert!(error.contains("so DT_API_TOKEN may"), "{error}");
        for unmixed in [
            Environment::from([("GATELET_DT_URL", "a"), ("DT_API_TOKEN", "t")]),
            Environment::from([
                ("GATELET_DT_URL", "a"),
                ("DT_ENV_URL", "a"),
                ("DT_API_TOKEN", "t"),
            ]),
            Environment::from([
                ("GATELET_DT_URL", "a"),
                ("DT_ENV_URL", "b"),
                ("GATELET_DT_TOKEN", "t"),
            ]),
            Environment::from([("DT_ENV_URL", "b"), ("GATELET_DT_TOKEN", "t")]),
        ] {
            unmixed.ensure_unmixed(Vendor::Dt).unwrap();
        }
    }
}
