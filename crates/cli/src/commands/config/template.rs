//! The text of a new configuration file.

use crate::settings::form::Form;
use crate::settings::key::{KEYS, Key};

const HEAD: &str = "\
# Profiles of gatelet. `gatelet config set --profile NAME KEY VALUE` changes this file and keeps what else is in it.
# It contains no secrets: a profile names the file or the variable that contains one, or the command that prints it.

# The profile to use if neither --profile nor GATELET_PROFILE names one:
# default_profile = \"example\"
";

/// Returns the text: an example of a profile with all keys, in comments.
pub(crate) fn text() -> String {
    let mut text = HEAD.to_owned();
    let mut table = None;
    for key in KEYS {
        let (vendor, last) = match key.name.split_once('.') {
            Some((vendor, last)) => (Some(vendor), last),
            None => (None, key.name),
        };
        if table != Some(vendor) {
            table = Some(vendor);
            let path = vendor.map_or_else(|| "example".to_owned(), |it| format!("example.{it}"));
            text.push_str(&format!("\n# [profiles.{path}]\n"));
        }
        text.push_str(&format!("# {last} = {} # {}\n", example(key), key.about));
    }
    text
}

/// Returns an example of a value.
fn example(key: &Key) -> &'static str {
    match key.form {
        Form::Boolean => "true",
        Form::Text => "\"…\"",
        Form::Word(_) => "\"…\"",
        Form::Texts | Form::Fingerprints => "[\"…\"]",
        Form::Command => "[\"program\", \"argument\"]",
        Form::Path => "\"~/…\"",
        Form::Variable => "\"MY_TOKEN\"",
        Form::Seconds => "90",
        Form::Count => "2",
        Form::Proxy => "\"http://…\"",
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::commands::config::validation;

    #[test]
    fn the_template_is_valid_with_and_without_its_comments() {
        let path = Path::new("config.toml");
        assert_eq!(
            validation::problems(path, &text()).unwrap(),
            Vec::<String>::new()
        );
        let lines = text()
            .lines()
            .filter_map(|line| line.strip_prefix("# ").or(Some(line)))
            .filter(|line| line.starts_with('[') || line.contains(" = "))
            .collect::<Vec<_>>()
            .join("\n");
        // Only the values that no text can show are invalid.
        for problem in validation::problems(path, &lines).unwrap() {
            assert!(!problem.contains("unknown key"), "{problem}");
        }
        for key in KEYS {
            assert!(text().contains(key.about), "{key:?}");
        }
    }
}
