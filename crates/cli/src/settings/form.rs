//! The forms that the value of a key has in the configuration file.

use toml_edit::{Array, Item, Value};

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A string.
    Text,
    /// `true` or `false`.
    Boolean,
    /// One of these strings.
    Word(&'static [&'static str]),
    /// An array of strings.
    Texts,
    /// A program and its arguments, as an array of strings.
    Command,
    /// The path of a file: absolute, from `~/`, or from the folder of the configuration file; `-` is stdin.
    Path,
}

impl Form {
    /// Checks a value in the file.
    ///
    /// # Errors
    /// What it must be.
    pub(crate) fn check(self, item: &Item) -> Result<(), String> {
        let is_valid = match self {
            Self::Text | Self::Path => item.as_str().is_some_and(|text| !text.is_empty()),
            Self::Boolean => item.is_bool(),
            Self::Word(words) => item.as_str().is_some_and(|text| words.contains(&text)),
            Self::Texts | Self::Command => texts(item).is_some_and(|texts| !texts.is_empty()),
        };
        match is_valid {
            true => Ok(()),
            false => Err(self.expected()),
        }
    }

    /// Creates the value of the file from the words of a command line.
    ///
    /// # Errors
    /// What it must be.
    pub(crate) fn parse(self, words: &[String]) -> Result<Value, String> {
        let value = match (self, words) {
            (Self::Texts | Self::Command, words) => Value::Array(Array::from_iter(words)),
            (Self::Boolean, [word]) => {
                Value::from(word.parse::<bool>().map_err(|_| self.expected())?)
            }
            (_, [word]) => Value::from(word.as_str()),
            (_, _) => return Err("takes one value".to_owned()),
        };
        let item = Item::Value(value.clone());
        self.check(&item).map(|()| value)
    }

    /// Says what a value must be.
    fn expected(self) -> String {
        match self {
            Self::Text => "must be a string, not empty".to_owned(),
            Self::Boolean => "must be true or false".to_owned(),
            Self::Word(words) => format!("must be one of {}", words.join(", ")),
            Self::Texts => "must be an array of strings".to_owned(),
            Self::Command => "must be an array of strings: a program and its arguments".to_owned(),
            Self::Path => "must be the path of a file, or - for stdin".to_owned(),
        }
    }
}

/// Returns the strings of an array; `None` if it is none or contains something else.
pub(crate) fn texts(item: &Item) -> Option<Vec<&str>> {
    item.as_array()?.iter().map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(form: Form, words: &[&str]) -> Result<String, String> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        form.parse(&words).map(|value| value.to_string())
    }

    #[test]
    fn words_become_values_of_their_form() {
        assert_eq!(parsed(Form::Text, &["a"]).unwrap(), "\"a\"");
        assert_eq!(parsed(Form::Boolean, &["true"]).unwrap(), "true");
        assert_eq!(
            parsed(Form::Command, &["pass", "show", "dt"]).unwrap(),
            r#"["pass", "show", "dt"]"#
        );
        assert_eq!(parsed(Form::Word(&["a", "b"]), &["b"]).unwrap(), "\"b\"");
    }

    #[test]
    fn a_value_of_another_form_is_refused() {
        for (form, words) in [
            (Form::Text, &[""][..]),
            (Form::Text, &["a", "b"]),
            (Form::Text, &[]),
            (Form::Boolean, &["yes"]),
            (Form::Word(&["a", "b"]), &["c"]),
            (Form::Texts, &[]),
            (Form::Path, &[""]),
        ] {
            parsed(form, words).unwrap_err();
        }
        assert!(Form::Texts.check(&Item::Value(Value::from("a"))).is_err());
    }
}
