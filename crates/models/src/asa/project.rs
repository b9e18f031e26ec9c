//! What the description cannot say about projects.

use super::{GatewaySelector, ParseGatewaySelectorError, Project};

impl Project {
    /// Parses the selector of the project's gateways; an absent one is empty, and so selects no gateway.
    ///
    /// ```
    /// use gatelet_models::asa::Project;
    ///
    /// let project = Project::new("8fe1a2c4", "web").with_gateway_selector("env=prod");
    /// assert_eq!(project.selector()?.requirements().len(), 1);
    /// assert!(Project::new("8fe1a2c4", "web").selector()?.is_empty());
    /// # Ok::<(), gatelet_models::asa::ParseGatewaySelectorError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The selector has no known meaning; only the service can judge it.
    pub fn selector(&self) -> Result<GatewaySelector, ParseGatewaySelectorError> {
        self.gateway_selector.as_deref().unwrap_or("").parse()
    }

    /// Whether the project is known to send no traffic through gateways, whatever its selector: `forward_traffic` is false. Only projects
    /// of ASA have that member.
    #[must_use]
    pub fn is_forwarding_off(&self) -> bool {
        self.forward_traffic == Some(false)
    }

    /// Whether the project is known to be deleted: year 1 in `deleted_at` is a project that exists, and what cannot be read tells neither.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        let deleted_at = self.deleted_at.value().ok().flatten();
        deleted_at.is_some_and(|time| !time.is_unset())
    }
}
