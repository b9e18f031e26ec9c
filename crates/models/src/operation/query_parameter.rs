//! Query parameters of operations, and the limits of their values.

use core::fmt;

/// An optional query parameter of an [`Operation`](crate::Operation).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryParameter {
    /// The name in the query.
    pub name: &'static str,
    /// The type of its values.
    pub kind: QueryKind,
    /// Its meaning.
    pub description: &'static str,
}

/// The type of a query parameter's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryKind {
    /// An integer, within the limits that the vendor documents.
    Integer {
        /// The least value allowed.
        minimum: Option<i64>,
        /// The greatest value allowed.
        maximum: Option<i64>,
    },
    /// `true` or `false`.
    Boolean,
    /// Any text.
    Text,
}

impl QueryParameter {
    /// Checks an integer against the limits that the vendor documents.
    ///
    /// # Errors
    ///
    /// When the value is below the minimum or above the maximum.
    pub fn check(&self, value: i64) -> Result<(), OutOfRange> {
        let QueryKind::Integer { minimum, maximum } = self.kind else {
            return Ok(());
        };
        let is_within =
            minimum.is_none_or(|least| least <= value) && maximum.is_none_or(|most| value <= most);
        is_within
            .then_some(())
            .ok_or(OutOfRange { minimum, maximum })
    }
}

/// An integer is outside of the limits that the vendor documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutOfRange {
    /// The least value allowed.
    pub minimum: Option<i64>,
    /// The greatest value allowed.
    pub maximum: Option<i64>,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.minimum, self.maximum) {
            (Some(least), Some(most)) => write!(f, "must be from {least} to {most}"),
            (Some(least), None) => write!(f, "must be at least {least}"),
            (None, Some(most)) => write!(f, "must be at most {most}"),
            (None, None) => f.write_str("must be another integer"),
        }
    }
}

impl core::error::Error for OutOfRange {}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn an_integer_keeps_to_the_documented_limits() {
        let parameter = |minimum, maximum| QueryParameter {
            name: "pageSize",
            kind: QueryKind::Integer { minimum, maximum },
            description: "",
        };
        let both = parameter(Some(100), Some(3000));
        assert_eq!(both.check(100), Ok(()));
        assert_eq!(both.check(3000), Ok(()));
        for value in [99, 3001] {
            let error = both.check(value).expect_err("out of range");
            assert_eq!(error.to_string(), "must be from 100 to 3000");
        }
        assert!(parameter(Some(1), None).check(0).is_err());
        assert_eq!(parameter(None, None).check(i64::MIN), Ok(()));
    }
}
