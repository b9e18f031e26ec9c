//! What the description cannot say about ActiveGates.

use std::time::Duration;

use gatelet_client::{Change, changes};
use gatelet_models::dt::ActiveGate;
use gatelet_transport::{Channel, Error};

use crate::check;
use crate::generated::active_gates::{ActiveGates, GetAllActiveGatesQuery};

/// How long the list shows an ActiveGate that lost its connection, as documented.
pub(crate) const VISIBLE: Duration = Duration::from_secs(2 * 60 * 60);

impl GetAllActiveGatesQuery {
    pub(crate) fn check(&self, _: &Channel) -> Result<(), Error> {
        check::release("version", self.active_gate_version.as_ref())
    }
}

/// What changes by itself, without anything having happened.
const IGNORED: [&str; 1] = ["connectedHosts"];

impl ActiveGates {
    /// Compares two readings of the list of ActiveGates. How many hosts are connected is not compared. An ActiveGate that has lost its connection
    /// first has a date in `offlineSince`, and is removed from the list after two hours.
    ///
    /// ```
    /// use dt_client::{ActiveGates, Change};
    /// use dt_client::models::ActiveGate;
    ///
    /// let gate = ActiveGate::new().with_id("-1556499193").with_group("eu");
    /// let moved = gate.clone().with_group("us");
    /// let found = ActiveGates::changes(&[gate], &[moved]);
    /// assert!(matches!(&found[..], [Change::Changed { members, .. }] if members[0].name == "group"));
    /// ```
    #[must_use]
    pub fn changes(before: &[ActiveGate], now: &[ActiveGate]) -> Vec<Change<ActiveGate>> {
        changes(before, now, |gate| gate.id.clone(), &IGNORED)
    }
}
