//! What the description cannot say about ActiveGates.

use gatelet_transport::{Channel, Error};

use crate::check;
use crate::generated::active_gates::GetAllActiveGatesQuery;

impl GetAllActiveGatesQuery {
    pub(crate) fn check(&self, _: &Channel) -> Result<(), Error> {
        check::release("version", self.version.as_ref())
    }
}
