//! Patterns of names on the command line: `edge-*`.

use std::convert::Infallible;
use std::str::FromStr;

/// A pattern of names: `*` stands for any text, `?` for one character, and every other character for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob(String);

impl FromStr for Glob {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl Glob {
    /// Returns the pattern as it was typed.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether it means one name only.
    pub(crate) fn is_name(&self) -> bool {
        !self.0.contains(['*', '?'])
    }

    /// Returns whether a name is one of those that the pattern means.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let (pattern, name): (Vec<_>, Vec<_>) = (self.0.chars().collect(), name.chars().collect());
        let (mut at, mut of) = (0, 0);
        // After the last `*`: where the pattern goes on, and how much of the name the star stands for.
        let mut star = None;
        while let Some(character) = name.get(of) {
            match (pattern.get(at), star) {
                (Some('*'), _) => {
                    star = Some((at + 1, of));
                    at += 1;
                }
                (Some(expected), _) if *expected == '?' || expected == character => {
                    at += 1;
                    of += 1;
                }
                (_, Some((after, taken))) => {
                    star = Some((after, taken + 1));
                    (at, of) = (after, taken + 1);
                }
                (_, None) => return false,
            }
        }
        pattern.iter().skip(at).all(|rest| *rest == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text_and_a_question_mark_one_character() {
        for (pattern, names) in [
            ("edge-*", &["edge-", "edge-7", "edge-7-b"][..]),
            ("*-eu-*", &["a-eu-b", "-eu-eu-"]),
            ("?dge", &["edge", "édge"]),
            ("*", &["", "a"]),
            ("a*b*c", &["abc", "abbcc", "axbxcxc"]),
            ("", &[""]),
            ("edge", &["edge"]),
        ] {
            let glob: Glob = pattern.parse().unwrap();
            for name in names {
                assert!(glob.matches(name), "{pattern} {name}");
            }
        }
        for (pattern, names) in [
            ("edge", &["edge-7", "Edge", ""][..]),
            ("edge-*", &["edge", "my-edge-7"]),
            ("?", &["", "ab"]),
            ("a*b*c", &["ac", "abcd", "acb"]),
            ("[ab]", &["a"]),
        ] {
            let glob: Glob = pattern.parse().unwrap();
            for name in names {
                assert!(!glob.matches(name), "{pattern} {name}");
            }
        }
    }
}
