//! What the description cannot say about ActiveGates.

use std::time::Duration;

use gatelet_transport::{Channel, Error};

use crate::check;
use crate::generated::active_gates::GetAllActiveGatesQuery;

/// How long the list shows an ActiveGate that lost its connection, as documented.
pub(crate) const VISIBLE: Duration = Duration::from_secs(2 * 60 * 60);

impl GetAllActiveGatesQuery {
    pub(crate) fn check(&self, _: &Channel) -> Result<(), Error> {
        check::release("version", self.active_gate_version.as_ref())
    }
}
