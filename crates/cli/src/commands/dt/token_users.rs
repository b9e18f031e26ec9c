//! The ActiveGates that show a token, for `users` and for `delete`, which shows them before it asks.

use dt_client::TokenUsers;
use gatelet_models::dt::{ActiveGate, ActiveGateTokenId, ActiveGateTokenUse};
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::output::columns::{text, time};
use crate::output::record::{Column, Record};

/// The text after the help of the command.
pub(crate) const HELP: &str = "\
No row is no proof that the token is unused: an ActiveGate that has been offline for more than two hours is not shown, and needs its token
when it starts again. See also when the token was last used.

Needs the scopes activeGates.read and activeGateTokenManagement.read.";

/// Says what the rows do not.
pub(crate) fn limits(users: &TokenUsers, id: &ActiveGateTokenId) -> String {
    let last_use = match (&users.token, time(users.last_used_date().as_ref())) {
        (None, _) => "the environment does not know it".to_owned(),
        (_, Some(date)) => format!("last used {date}"),
        (_, None) => "never used".to_owned(),
    };
    let hours = users.window.as_secs() / 3600;
    format!(
        "token {id}: {last_use}; an ActiveGate that has been offline for more than {hours} hours is not shown"
    )
}

/// Returns one row for each ActiveGate.
pub(crate) fn rows(users: &TokenUsers, id: &ActiveGateTokenId) -> Vec<User> {
    let gates = users.active_gates.iter();
    let rows = gates.map(|gate| User {
        state: state(gate, id),
        gate: gate.clone(),
    });
    rows.collect()
}

/// Returns the state of the token as an ActiveGate shows it.
fn state(gate: &ActiveGate, id: &ActiveGateTokenId) -> Option<String> {
    let mut tokens = gate.active_gate_tokens.iter().flatten();
    let shown: Option<&ActiveGateTokenUse> = tokens.find(|token| token.id.as_ref() == Some(id));
    text(shown?.state.as_ref())
}

/// The whole as one object, with names of our own, since the API has no such object.
pub(crate) struct Document<'a>(pub(crate) &'a TokenUsers);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(users) = self;
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("activeGates", &users.active_gates)?;
        members.serialize_entry("shownForSecondsAfterDisconnect", &users.window.as_secs())?;
        members.serialize_entry("token", &users.token)?;
        members.end()
    }
}

/// An ActiveGate that shows the token.
#[derive(Debug)]
pub(crate) struct User {
    gate: ActiveGate,
    state: Option<String>,
}

impl User {
    /// Returns host name, id and state of the token, for a line.
    pub(crate) fn describe(&self) -> String {
        let host = self.gate.hostname.as_deref().unwrap_or("an ActiveGate");
        let id = text(self.gate.id.as_ref()).unwrap_or_default();
        let state = self.state.as_deref().unwrap_or("unknown state");
        format!("{host} ({id}, {state})")
    }
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.gate.serialize(serializer)
    }
}

impl Record for User {
    const COLUMNS: &'static [Column<Self>] = &[
        Column {
            header: "ID",
            value: |user| text(user.gate.id.as_ref()),
        },
        Column {
            header: "HOSTNAME",
            value: |user| user.gate.hostname.clone(),
        },
        Column {
            header: "TOKEN STATE",
            value: |user| user.state.clone(),
        },
        Column {
            header: "VERSION",
            value: |user| text(user.gate.version.as_ref()),
        },
        Column {
            header: "NETWORK ZONE",
            value: |user| user.gate.network_zone.clone(),
        },
        Column {
            header: "OFFLINE SINCE",
            value: |user| time(user.gate.offline_since.as_ref()),
        },
    ];
}
