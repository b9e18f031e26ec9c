//! What the variables of the environment contain.

use crate::env;
use crate::settings::form::Form;
use crate::settings::key::KEYS;

/// A variable that is no setting of a profile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    content: Content,
}

/// What a variable contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Path,
    Secret,
    Other,
}

impl Variable {
    const fn new(name: &'static str, content: Content) -> Self {
        Self { name, content }
    }
}

/// The configuration file.
pub(crate) const CONFIG: Variable = Variable::new("GATELET_CONFIG", Content::Path);

/// The name of a profile.
pub(crate) const PROFILE: Variable = Variable::new("GATELET_PROFILE", Content::Other);

/// The state of the embedded emulator.
pub(crate) const EMULATOR_DATA: Variable = Variable::new("GATELET_EMULATOR_DATA", Content::Path);

/// The token that allows faults.
pub(crate) const EMULATOR_FAULTS: Variable =
    Variable::new("GATELET_EMULATOR_FAULTS", Content::Secret);

/// A file with the token that allows faults.
pub(crate) const EMULATOR_FAULTS_FILE: Variable =
    Variable::new("GATELET_EMULATOR_FAULTS_FILE", Content::Path);

/// Whether others may read the files of secrets.
pub(crate) const ALLOW_READABLE_SECRETS: Variable =
    Variable::new("GATELET_ALLOW_READABLE_SECRETS", Content::Other);

/// The variables that are no settings of a profile.
const OTHERS: &[Variable] = &[
    CONFIG,
    PROFILE,
    EMULATOR_DATA,
    EMULATOR_FAULTS,
    EMULATOR_FAULTS_FILE,
    ALLOW_READABLE_SECRETS,
    // The shell that asks for completions.
    Variable::new("GATELET_COMPLETE", Content::Other),
    // Certificates that TLS trusts.
    Variable::new("SSL_CERT_FILE", Content::Path),
];

/// Returns the names of the variables that contain a secret.
pub(crate) fn secrets() -> impl Iterator<Item = &'static str> {
    let proxies = KEYS.iter().filter(|key| key.form == Form::Proxy);
    let proxies = proxies.flat_map(|key| key.variables).copied();
    // The variables of a command contain what the command would print.
    of(Form::Command, Content::Secret).chain(proxies.filter(|name| has_credentials(name)))
}

/// Returns whether the address in a variable has credentials.
fn has_credentials(name: &str) -> bool {
    env::non_empty(name).is_some_and(|address| address.as_encoded_bytes().contains(&b'@'))
}

/// Returns the names of the variables that contain the path of a file.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    of(Form::Path, Content::Path)
}

fn of(form: Form, content: Content) -> impl Iterator<Item = &'static str> {
    let keys = KEYS.iter().filter(move |key| key.form == form);
    let others = OTHERS.iter().filter(move |it| it.content == content);
    keys.flat_map(|key| key.variables)
        .copied()
        .chain(others.map(|it| it.name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Adds each name of a variable of ours in the source files of a folder.
    fn names_in(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                names_in(&path, names);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for (start, _) in text.match_indices("GATELET_") {
                let is_part =
                    |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_';
                let name = text[start..].split(|character| !is_part(character)).next();
                names.extend(name.filter(|name| *name != "GATELET_").map(str::to_owned));
            }
        }
    }

    #[test]
    fn what_each_variable_contains_is_known() {
        let mut names = BTreeSet::new();
        names_in(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut names,
        );
        let keys = KEYS.iter().flat_map(|key| key.variables).copied();
        let known: BTreeSet<_> = keys.chain(OTHERS.iter().map(|it| it.name)).collect();
        // Those of a build are not read when the program runs.
        names.retain(|name| !known.contains(name.as_str()) && !name.starts_with("GATELET_BUILD_"));
        assert_eq!(names, BTreeSet::new());
    }
}
