//! Labels on the command line: `key=value`.

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

#[cfg(test)]
mod tests {
    use super::*;

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
