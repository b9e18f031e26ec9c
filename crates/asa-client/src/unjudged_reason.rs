//! Why only the service can judge whether a project uses a gateway.

use std::error::Error;
use std::fmt;

use gatelet_models::asa::{ParseGatewaySelectorError, Project};
use gatelet_transport::SecretSet;

/// Why only the service can judge whether a project uses a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnjudgedReason {
    /// The project's selector has no known meaning.
    Selector {
        /// The selector, as the service sent it.
        selector: String,
        /// What is wrong with it.
        error: ParseGatewaySelectorError,
    },
    /// The response does not say the labels: they are absent or null. ASA's documented responses have null also where there may be labels.
    UnknownLabels,
    /// The project's `deleted_at` cannot be read, so it may be deleted.
    UnreadableDeletion,
}

impl UnjudgedReason {
    pub(crate) fn of_selector(project: &Project, error: ParseGatewaySelectorError) -> Self {
        let selector = project.gateway_selector.clone().unwrap_or_default();
        Self::Selector { selector, error }
    }
}

/// Writes at most 100 characters of a selector, escaped, and no secret part of a token in it.
impl fmt::Display for UnjudgedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 100;
        match self {
            Self::Selector { selector, error } => {
                // Before it is cut, because a part of a token may have no shape.
                let selector = SecretSet::new()
                    .finding_shapes()
                    .redact(selector)
                    .into_owned();
                let shown: String = selector.chars().take(LONGEST).collect();
                let rest = if shown.len() < selector.len() {
                    "…"
                } else {
                    ""
                };
                write!(f, "{error}: {shown:?}{rest}")
            }
            Self::UnknownLabels => f.write_str("the response does not say the labels"),
            Self::UnreadableDeletion => {
                f.write_str("whether the project is deleted cannot be read")
            }
        }
    }
}

impl Error for UnjudgedReason {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Selector { error, .. } => Some(error),
            Self::UnknownLabels | Self::UnreadableDeletion => None,
        }
    }
}
