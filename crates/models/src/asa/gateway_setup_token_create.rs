//! What the description cannot say about new setup tokens.

use alloc::string::String;

use super::GatewaySetupTokenCreate;

impl GatewaySetupTokenCreate {
    /// Sets the labels of every gateway that enrolls with the token; they go into [`details`](Self::details).
    #[must_use]
    pub fn with_labels(
        mut self,
        labels: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        self.details = self.details.with_labels(labels);
        self
    }
}
