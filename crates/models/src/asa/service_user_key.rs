//! What the description cannot say about keys.

use super::ServiceUserKey;
use crate::time::timestamp::Timestamp;

impl ServiceUserKey {
    /// Returns when the key ends; `None` if it has no end, which the service writes as year 1.
    ///
    /// ```
    /// use gatelet_models::Timestamp;
    /// use gatelet_models::asa::ServiceUserKey;
    ///
    /// let key = ServiceUserKey::new("key").with_expires_at(Timestamp::UNSET);
    /// assert_eq!(key.end(), None);
    /// ```
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        self.expires_at.filter(|end| !end.is_unset())
    }
}
