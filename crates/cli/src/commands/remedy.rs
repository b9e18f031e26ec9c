//! What to do with a thing that a command has created and that is not wanted.

/// What to do with a thing that a command has created and that is not wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// This command deletes it.
    Delete(String),
    /// It is not deleted, for this reason.
    Keep(&'static str),
}

impl Remedy {
    /// Returns the advice about a thing, such as ``delete it with `…` ``.
    pub(crate) fn advice(&self, thing: &str) -> String {
        match self {
            Self::Delete(command) => format!("delete {thing} with `{command}`"),
            Self::Keep(reason) => format!("do not delete {thing} ({reason})"),
        }
    }

    /// Returns the advice as a second choice after another, such as ``, or delete it with `…` ``.
    pub(crate) fn or_advice(&self, thing: &str) -> String {
        let separator = match self {
            Self::Delete(_) => ", or ",
            Self::Keep(_) => "; ",
        };
        separator.to_owned() + &self.advice(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_that_is_kept_has_no_command_that_deletes_it() {
        let delete = Remedy::Delete("rm k".to_owned());
        assert_eq!(delete.advice("it"), "delete it with `rm k`");
        assert_eq!(
            delete.or_advice("the key"),
            ", or delete the key with `rm k`"
        );
        let keep = Remedy::Keep("it is old");
        assert_eq!(keep.or_advice("it"), "; do not delete it (it is old)");
    }
}
