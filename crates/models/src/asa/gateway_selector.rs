//! Selectors of gateways by their labels.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use super::label_requirement::LabelRequirement;
use super::parse_gateway_selector_error::ParseGatewaySelectorError;

mod parser;

/// The gateways that a project uses: those whose labels meet every requirement.
///
/// Requirements are separated by commas, each in one of the forms of [`LabelRequirement`], and spaces between words have no meaning.
/// Keys and values are those of labels in Kubernetes: at most 63 ASCII letters, digits and `-_.`, with a letter or a digit at either
/// end; before a key there may be a DNS subdomain of at most 253 characters and a `/`. The vendor documents the form by examples only;
/// any other text, such as `cores>4` or `env:dev`, is an error rather than a guess, because nobody but the service can judge it. A value
/// is never empty here.
///
/// An empty selector selects no gateway. That is inferred from Okta's own client, whose documentation says that traffic needs at
/// least one requirement; so is that keys and values are compared exactly.
///
/// Source: <https://github.com/okta/terraform-provider-oktapam>, docs/resources/project.md.
///
/// ```
/// use gatelet_models::asa::{Gateway, GatewaySelector};
///
/// let selector: GatewaySelector = "env in (dev,prod), region=us-west-2, !retired".parse()?;
/// let gateway = Gateway::new("a2dfd474", "eu-1", false).with_labels([("env", "dev"), ("region", "us-west-2")]);
/// assert!(selector.matches(gateway.labels.as_ref()));
/// assert!(!selector.matches(None));
///
/// let error = "cores>4".parse::<GatewaySelector>().unwrap_err();
/// assert_eq!(error.to_string(), "the selector contains a character that has no known meaning at byte 5");
/// # Ok::<(), gatelet_models::asa::ParseGatewaySelectorError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GatewaySelector {
    requirements: Vec<LabelRequirement>,
}

impl GatewaySelector {
    /// Returns the requirements, in the order of the text.
    #[must_use]
    pub fn requirements(&self) -> &[LabelRequirement] {
        &self.requirements
    }

    /// Whether the selector has no requirement, and so selects no gateway.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether a gateway with these labels is selected; `None` is a gateway without labels.
    #[must_use]
    pub fn matches(&self, labels: Option<&BTreeMap<String, String>>) -> bool {
        let mut requirements = self.requirements.iter();
        !self.is_empty() && requirements.all(|requirement| requirement.is_met_by(labels))
    }
}

/// Parses a selector as the service sends it; canonical text is not required.
impl FromStr for GatewaySelector {
    type Err = ParseGatewaySelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let requirements = parser::parse(text)?;
        Ok(Self { requirements })
    }
}

/// Writes the canonical text, which parses to the same selector.
impl fmt::Display for GatewaySelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, requirement) in self.requirements.iter().enumerate() {
            let separator = if n == 0 { "" } else { "," };
            write!(f, "{separator}{requirement}")?;
        }
        Ok(())
    }
}
