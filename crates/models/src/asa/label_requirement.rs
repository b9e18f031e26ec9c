//! One requirement of a selector.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What a [`GatewaySelector`](super::GatewaySelector) requires of the labels of a gateway.
///
/// `!=` and `notin` are also met by a gateway without the label, as in Kubernetes, whose form of selectors the vendor's examples
/// have; the vendor does not say so.
///
/// ```
/// use gatelet_models::asa::{GatewaySelector, LabelRequirement};
///
/// let selector: GatewaySelector = "env==dev".parse()?;
/// let [LabelRequirement::Equal { key, value }] = selector.requirements() else { panic!() };
/// assert_eq!((key.as_str(), value.as_str()), ("env", "dev"));
/// # Ok::<(), gatelet_models::asa::ParseGatewaySelectorError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelRequirement {
    /// `key=value` or `key==value`: the label has this value.
    Equal {
        /// The label's key.
        key: String,
        /// The value.
        value: String,
    },
    /// `key!=value`: the label is absent or has another value.
    NotEqual {
        /// The label's key.
        key: String,
        /// The value.
        value: String,
    },
    /// `key in (a,b)`: the label has one of these values.
    In {
        /// The label's key.
        key: String,
        /// The values, at least one.
        values: Vec<String>,
    },
    /// `key notin (a,b)`: the label is absent or has none of these values.
    NotIn {
        /// The label's key.
        key: String,
        /// The values, at least one.
        values: Vec<String>,
    },
    /// `key`: the label is present, whatever its value.
    Present {
        /// The label's key.
        key: String,
    },
    /// `!key`: the label is absent.
    Absent {
        /// The label's key.
        key: String,
    },
}

impl LabelRequirement {
    /// Returns the key of the label.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Equal { key, .. }
            | Self::NotEqual { key, .. }
            | Self::In { key, .. }
            | Self::NotIn { key, .. }
            | Self::Present { key }
            | Self::Absent { key } => key,
        }
    }

    /// Whether these labels meet the requirement; `None` is no labels.
    #[must_use]
    pub fn is_met_by(&self, labels: Option<&BTreeMap<String, String>>) -> bool {
        let actual = labels.and_then(|labels| labels.get(self.key()));
        match self {
            Self::Equal { value, .. } => actual == Some(value),
            Self::NotEqual { value, .. } => actual != Some(value),
            Self::In { values, .. } => actual.is_some_and(|actual| values.contains(actual)),
            Self::NotIn { values, .. } => !actual.is_some_and(|actual| values.contains(actual)),
            Self::Present { .. } => actual.is_some(),
            Self::Absent { .. } => actual.is_none(),
        }
    }
}

/// Writes the requirement as in a selector.
impl fmt::Display for LabelRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equal { key, value } => write!(f, "{key}={value}"),
            Self::NotEqual { key, value } => write!(f, "{key}!={value}"),
            Self::In { key, values } => write!(f, "{key} in ({})", values.join(",")),
            Self::NotIn { key, values } => write!(f, "{key} notin ({})", values.join(",")),
            Self::Present { key } => f.write_str(key),
            Self::Absent { key } => write!(f, "!{key}"),
        }
    }
}
