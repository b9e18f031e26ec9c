//! Labels on the command line: `key=value`.

use crate::error::error::CliError;

/// One label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) key: String,
    pub(crate) value: String,
}

impl std::str::FromStr for Label {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok(Self {
                key: key.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err("must be KEY=VALUE"),
        }
    }
}

/// Refuses two values of one label.
///
/// # Errors
/// Names the label and both values.
pub(crate) fn ensure_one_value_each(labels: &[Label]) -> Result<(), CliError> {
    for (at, Label { key, value }) in labels.iter().enumerate() {
        let rest = labels.iter().skip(at + 1);
        if let Some(other) = rest
            .filter(|it| it.key == *key)
            .find(|it| it.value != *value)
        {
            return Err(CliError::usage(format_args!(
                "the label `{key}` has two values, `{value}` and `{}`: give --label {key}=… once",
                other.value
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_with_two_values_is_refused() {
        let labels = |words: &[&str]| -> Vec<Label> {
            words.iter().map(|word| word.parse().unwrap()).collect()
        };
        ensure_one_value_each(&labels(&["a=1", "b=1", "a=1"])).unwrap();
        let error = ensure_one_value_each(&labels(&["a=1", "b=1", "a=2"])).unwrap_err();
        let line = "the label `a` has two values, `1` and `2`: give --label a=… once";
        assert_eq!(error.line(), line);
    }

    #[test]
    fn a_label_is_split_at_its_first_equals_sign() {
        assert_eq!(
            "a=b=c".parse(),
            Ok(Label {
                key: "a".into(),
                value: "b=c".into()
            })
        );
        assert_eq!(
            "a=".parse(),
            Ok(Label {
                key: "a".into(),
                value: String::new()
            })
        );
    }

    #[test]
    fn a_label_without_a_key_or_an_equals_sign_is_refused() {
        assert!("=b".parse::<Label>().is_err());
        assert!("a".parse::<Label>().is_err());
    }
}
