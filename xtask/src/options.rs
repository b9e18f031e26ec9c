//! Options of a verb: `--name value`, each at most once.

use crate::error::Error;

/// The options that a verb was given.
#[derive(Debug)]
pub(crate) struct Options<'a> {
    verb: &'a str,
    given: Vec<(&'a str, &'a str)>,
}

impl<'a> Options<'a> {
    /// Reads the arguments of a verb that takes these options and nothing else.
    pub(crate) fn parse(
        verb: &'a str,
        arguments: &'a [String],
        names: &[&str],
    ) -> Result<Self, Error> {
        let mut given: Vec<(&str, &str)> = Vec::new();
        let mut arguments = arguments.iter().map(String::as_str);
        while let Some(name) = arguments.next() {
            let usage = |what| Error::Usage(format!("`{verb}`: {name} {what}"));
            if !names.contains(&name) {
                let all = names.join(", ");
                return Err(usage(format!("is none of its options: {all}")));
            }
            if given.iter().any(|(other, _)| *other == name) {
                return Err(usage("is given twice".into()));
            }
            let value = arguments
                .next()
                .ok_or_else(|| usage("needs a value".into()))?;
            given.push((name, value));
        }
        Ok(Self { verb, given })
    }

    /// The value of an option as a number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Error> {
        let not_a_number =
            |_| Error::Usage(format!("`{}`: {name} must be a whole number", self.verb));
        let value = self.text(name).map(str::parse);
        value.transpose().map_err(not_a_number)
    }

    /// The value of an option.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        let found = self.given.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(arguments: &[&str]) -> Result<Option<u64>, Error> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        Options::parse("fuzz", &arguments, &["--seconds", "--target"])?.number("--seconds")
    }

    #[test]
    fn an_option_has_a_value_or_is_absent() {
        assert_eq!(
            seconds(&["--target", "a", "--seconds", "7"]).unwrap(),
            Some(7)
        );
        assert_eq!(seconds(&[]).unwrap(), None);
    }

    #[test]
    fn what_is_no_option_of_the_verb_is_a_mistake_of_the_caller() {
        for wrong in [
            &["--nonsense"][..],
            &["7"],
            &["--seconds"],
            &["--seconds", "soon"],
            &["--seconds", "-1"],
            &["--seconds", "7", "--seconds", "8"],
        ] {
            assert_eq!(seconds(wrong).unwrap_err().exit_code(), 2, "{wrong:?}");
        }
    }
}
