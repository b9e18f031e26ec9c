//! The option of lists that shows things by their names.

use std::borrow::Borrow;

use crate::glob::Glob;

/// The option of lists whose API does not filter by name.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct NameFilter {
    /// List only those with such a name: `*` is any text, `?` one character; compared here, after all are read
    #[arg(long = "name", value_name = "GLOB")]
    name_glob: Option<Glob>,
}

impl NameFilter {
    /// Returns whether every thing is shown.
    pub(crate) fn keeps_all(&self) -> bool {
        self.name_glob.is_none()
    }

    /// Returns whether a thing with this name is shown.
    pub(crate) fn keeps(&self, name: Option<impl Borrow<str>>) -> bool {
        match (&self.name_glob, name) {
            (None, _) => true,
            (Some(glob), Some(name)) => glob.matches(name.borrow()),
            (Some(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_without_a_name_has_none_that_matches() {
        let filter = NameFilter {
            name_glob: Some("*".parse().unwrap()),
        };
        assert!(filter.keeps(Some("")));
        assert!(!filter.keeps(None::<&str>));
        assert!(NameFilter::default().keeps(None::<&str>));
    }
}
