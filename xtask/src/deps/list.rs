//! The list of all dependencies of a package, and its text form in `xtask/deps/`.
//!
//! There is one line for each crate, sorted by name. It begins with the builds that contain the crate: `n` without features,
//! `d` by default, `a` with all features, `-` in place of the others.

use std::collections::BTreeMap;

use super::tree::{Build, Tree};

const MARKS: [(char, &str); 3] = [
    ('n', "without features"),
    ('d', "by default"),
    ('a', "with all features"),
];

/// The crates, each with whether it is in the three builds of [`MARKS`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct List {
    crates: BTreeMap<String, [bool; 3]>,
}

impl List {
    pub(crate) fn from_trees(trees: &[Tree]) -> Self {
        let mut list = Self::default();
        for tree in trees {
            let column = match tree.build {
                Build::Bare => 0,
                Build::Default => 1,
                Build::All => 2,
                Build::Feature { .. } => continue,
            };
            for dependency in &tree.crates {
                let name = if dependency.proc_macro {
                    format!("{} (proc-macro)", dependency.name)
                } else {
                    dependency.name.clone()
                };
                list.crates.entry(name).or_default()[column] = true;
            }
        }
        list
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut crates = BTreeMap::new();
        for (number, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.starts_with('#'))
        {
            let invalid_line = || {
                format!(
                    "line {}: expected marks and a name, like `n-a bytes`, got `{line}`",
                    number + 1
                )
            };
            let (marks, name) = line.split_once(' ').ok_or_else(invalid_line)?;
            let mut builds = [false; 3];
            let marks: [char; 3] = marks
                .chars()
                .collect::<Vec<_>>()
                .try_into()
                .map_err(|_| invalid_line())?;
            for ((build, mark), (expected, _)) in builds.iter_mut().zip(marks).zip(MARKS) {
                *build = mark == expected;
                if !*build && mark != '-' {
                    return Err(invalid_line());
                }
            }
            crates.insert(name.to_owned(), builds);
        }
        Ok(Self { crates })
    }

    pub(crate) fn to_text(&self, package: &str) -> String {
        let mut text = format!(
            "# Every crate below {package}: n without features, d by default, a with all features.\n"
        );
        text.push_str("# Checked by `cargo xtask deps`, written by `cargo xtask deps --update`.\n");
        for (name, builds) in &self.crates {
            text.extend(
                builds
                    .iter()
                    .zip(MARKS)
                    .map(|(present, (mark, _))| if *present { mark } else { '-' }),
            );
            text.push_str(&format!(" {name}\n"));
        }
        text
    }

    /// Returns the crates that entered and left since `allowed` was written.
    pub(crate) fn differences(&self, allowed: &Self, package: &str) -> Vec<String> {
        let mut findings = Vec::new();
        let names: std::collections::BTreeSet<_> =
            self.crates.keys().chain(allowed.crates.keys()).collect();
        for name in names {
            let now = self.crates.get(name).copied().unwrap_or_default();
            let before = allowed.crates.get(name).copied().unwrap_or_default();
            let builds = |entered: bool| -> Vec<&str> {
                let changed = now
                    .iter()
                    .zip(before)
                    .zip(MARKS)
                    .filter(|((now, before), _)| **now != *before && **now == entered);
                changed.map(|(_, (_, build))| build).collect()
            };
            for (entered, verb) in [(true, "entered"), (false, "left")] {
                let builds = builds(entered);
                if !builds.is_empty() {
                    findings.push(format!("{package}: {name} {verb} ({})", builds.join(", ")));
                }
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deps::tree::Dependency;

    fn list(text: &str) -> List {
        List::parse(text).unwrap()
    }

    #[test]
    fn a_crate_that_enters_and_one_that_leaves_are_named() {
        let found = list("nda bytes\n--a hyper\n").differences(&list("nda bytes\n-d- log\n"), "me");
        assert_eq!(
            found,
            [
                "me: hyper entered (with all features)",
                "me: log left (by default)",
            ]
        );
    }

    #[test]
    fn a_crate_that_enters_another_build_is_named() {
        let found = list("nda tokio\n").differences(&list("--a tokio\n"), "me");
        assert_eq!(found, ["me: tokio entered (without features, by default)"]);
    }

    #[test]
    fn a_written_list_is_read_back() {
        let dependency = |name: &str, proc_macro| Dependency {
            name: name.into(),
            proc_macro,
        };
        let list = List::from_trees(&[
            Tree {
                build: Build::Bare,
                crates: [dependency("bytes", false)].into(),
            },
            Tree {
                build: Build::All,
                crates: [dependency("bytes", false), dependency("derive", true)].into(),
            },
        ]);
        let text = list.to_text("me");
        assert!(
            text.ends_with("n-a bytes\n--a derive (proc-macro)\n"),
            "{text}"
        );
        assert_eq!(List::parse(&text), Ok(list));
    }

    #[test]
    fn an_invalid_line_is_an_error() {
        for line in ["bytes", "nd bytes", "ndx bytes"] {
            assert!(List::parse(line).unwrap_err().contains("line 1"), "{line}");
        }
    }
}
