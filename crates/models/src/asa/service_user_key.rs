//! What the description cannot say about keys.

use super::ServiceUserKey;
use crate::field::lenient::Unreadable;
use crate::time::timestamp::Timestamp;

impl ServiceUserKey {
    /// Returns when the key ends; `None` if it has no end, which the service writes as year 1.
    ///
    /// # Errors
    ///
    /// What stands there, if it is no date.
    ///
    /// ```
    /// use gatelet_models::Timestamp;
    /// use gatelet_models::asa::ServiceUserKey;
    ///
    /// let key = ServiceUserKey::new("key").with_expires_at(Timestamp::UNSET);
    /// assert_eq!(key.end(), Ok(None));
    /// ```
    pub fn end(&self) -> Result<Option<Timestamp>, &Unreadable> {
        let end = self.expires_at.value()?.copied();
        Ok(end.filter(|end| !end.is_unset()))
    }
}
