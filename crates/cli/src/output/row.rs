//! A record as it is printed.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::output::record::Cell;

/// A record as it is printed: with the profile that it was read with, where a command reads with several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row<T> {
    pub(crate) profile: Option<Arc<str>>,
    pub(crate) record: T,
}

impl<T> Row<T> {
    /// Returns the cell of the profile.
    pub(crate) fn profile_cell(&self) -> Option<Cell> {
        let name = self.profile.as_deref();
        name.map(|name| Cell::Text(name.to_owned()))
    }
}

/// A record of the only environment.
impl<T> From<T> for Row<T> {
    fn from(record: T) -> Self {
        Self {
            profile: None,
            record,
        }
    }
}

/// The record with a first member `profile`, if it has one.
impl<T: Serialize> Serialize for Row<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { profile, record } = self;
        match profile {
            Some(profile) => WithProfile { profile, record }.serialize(serializer),
            None => record.serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct WithProfile<'a, T> {
    profile: &'a str,
    #[serde(flatten)]
    record: &'a T,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_profile_is_the_first_member_of_a_record_that_has_one() {
        let row = |profile: Option<&str>| Row {
            profile: profile.map(Arc::from),
            record: json!({"id": "a", "of": [1, {}]}),
        };
        let text = |row| serde_json::to_string(&row).unwrap();
        assert_eq!(text(row(None)), r#"{"id":"a","of":[1,{}]}"#);
        let with_profile = r#"{"profile":"prod","id":"a","of":[1,{}]}"#;
        assert_eq!(text(row(Some("prod"))), with_profile);
    }
}
