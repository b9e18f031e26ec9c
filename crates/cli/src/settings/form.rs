//! The forms that the value of a key has in the configuration file.

use std::time::Duration;

use gatelet_hyper::{HyperTransport, Proxies};
use toml_edit::{Array, Item, Value};

/// The longest time that a setting may name: a day.
const MAX_TIME: Duration = Duration::from_secs(86_400);

/// The largest count that a setting may name.
const MAX_COUNT: u32 = 100;

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
    /// The name of a variable of the environment.
    Variable,
    /// A number of seconds, more than 0 and at most a day.
    Seconds,
    /// A whole number of at most 100.
    Count,
    /// The address of a proxy, without credentials.
    Proxy,
    /// SHA-256 fingerprints of certificates, as an array of strings.
    Fingerprints,
}

impl Form {
    /// Checks a value in the file.
    ///
    /// # Errors
    /// What it must be.
    pub(crate) fn check(self, item: &Item) -> Result<(), String> {
        let is_valid = match self {
            Self::Text | Self::Path => item.as_str().is_some_and(|text| !text.is_empty()),
            Self::Variable => item.as_str().is_some_and(is_variable),
            Self::Boolean => item.is_bool(),
            Self::Word(words) => item.as_str().is_some_and(|text| words.contains(&text)),
            Self::Texts | Self::Command => texts(item).is_some_and(|texts| !texts.is_empty()),
            Self::Seconds => number(item).is_some_and(|text| seconds(&text).is_ok()),
            Self::Count => number(item).is_some_and(|text| count(&text).is_ok()),
            Self::Proxy => return proxy(item.as_str().unwrap_or_default()).map(drop),
            Self::Fingerprints => {
                let texts = texts(item).unwrap_or_default();
                !texts.is_empty() && texts.iter().all(|text| fingerprint(text).is_ok())
            }
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
            (Self::Texts | Self::Command | Self::Fingerprints, words) => {
                Value::Array(Array::from_iter(words))
            }
            (Self::Boolean, [word]) => {
                Value::from(word.parse::<bool>().map_err(|_| self.expected())?)
            }
            (Self::Seconds | Self::Count, [word]) => {
                word.parse::<Value>().map_err(|_| self.expected())?
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
            Self::Variable => "must be the name of a variable, in letters, digits and _".to_owned(),
            Self::Seconds => SECONDS.to_owned(),
            Self::Count => COUNT.to_owned(),
            Self::Proxy => "must be the address of a proxy".to_owned(),
            Self::Fingerprints => format!("must be an array of strings; each {FINGERPRINT}"),
        }
    }
}

/// Returns whether a text is a name that a shell can give a variable.
fn is_variable(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !text.is_empty() && text.chars().all(is_part) && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// Returns the strings of an array; `None` if it is none or contains something else.
pub(crate) fn texts(item: &Item) -> Option<Vec<&str>> {
    item.as_array()?.iter().map(Value::as_str).collect()
}

/// Returns the text of a number.
pub(crate) fn number(item: &Item) -> Option<String> {
    let integer = item.as_integer().map(|number| number.to_string());
    integer.or_else(|| item.as_float().map(|number| number.to_string()))
}

const SECONDS: &str = "must be a number of seconds, more than 0 and at most 86400";
const COUNT: &str = "must be a whole number, at most 100";
const FINGERPRINT: &str = "must be a SHA-256: 64 hexadecimal digits, with or without colons";

/// Parses a number of seconds, with or without a fraction: more than 0, at most a day.
///
/// # Errors
/// What it must be.
pub(crate) fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number: f64 = text.parse().map_err(|_| SECONDS)?;
    match Duration::try_from_secs_f64(number) {
        Ok(duration) if !duration.is_zero() && duration <= MAX_TIME => Ok(duration),
        _ => Err(SECONDS),
    }
}

/// Parses a whole number of at most 100.
///
/// # Errors
/// What it must be.
pub(crate) fn count(text: &str) -> Result<u32, &'static str> {
    let number = text.parse().map_err(|_| COUNT)?;
    (number <= MAX_COUNT).then_some(number).ok_or(COUNT)
}

/// Checks the address of a proxy without credentials.
///
/// # Errors
/// What is wrong with it; it is not repeated.
pub(crate) fn proxy(text: &str) -> Result<String, String> {
    if text.contains('@') {
        let reason = "contains credentials, which others could read there; set GATELET_PROXY to it";
        return Err(reason.to_owned());
    }
    let checked = Proxies::default().https(text).map(drop);
    match checked.map_err(|error| crate::error::error::root_message(&error)) {
        Ok(()) => Ok(text.to_owned()),
        Err(message) => Err(message.replacen("the proxy for https ", "", 1)),
    }
}

/// Checks the fingerprint of a certificate.
///
/// # Errors
/// What it must be.
pub(crate) fn fingerprint(text: &str) -> Result<String, &'static str> {
    let pinned = HyperTransport::builder().pin_server_certificate(text);
    pinned.map(|_| text.to_owned()).map_err(|_| FINGERPRINT)
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
        assert_eq!(parsed(Form::Seconds, &["0.25"]).unwrap(), "0.25");
        assert_eq!(parsed(Form::Count, &["0"]).unwrap(), "0");
        assert_eq!(
            parsed(Form::Proxy, &["socks5h://p:1080"]).unwrap(),
            "\"socks5h://p:1080\""
        );
    }

    #[test]
    fn seconds_are_positive_and_at_most_a_day() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        assert_eq!(seconds("86400"), Ok(MAX_TIME));
        for wrong in ["0", "-1", "86401", "inf", "NaN", "1e400", "", "1s"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_proxy_with_a_password_is_refused_and_not_repeated() {
        for address in ["http://user:s3cret@p", "user:s3cret@p:1", "ftp://s3cret"] {
            let problem = parsed(Form::Proxy, &[address]).unwrap_err();
            assert!(!problem.contains("s3cret"), "{problem}");
        }
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
            (Form::Seconds, &["0"]),
            (Form::Seconds, &["\"1\""]),
            (Form::Count, &["-1"]),
            (Form::Count, &["101"]),
            (Form::Proxy, &["ftp://p"]),
            (Form::Fingerprints, &["ab"]),
            (Form::Fingerprints, &[]),
        ] {
            parsed(form, words).unwrap_err();
        }
        assert!(Form::Texts.check(&Item::Value(Value::from("a"))).is_err());
    }
}
