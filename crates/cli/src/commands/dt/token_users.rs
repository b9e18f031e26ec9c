//! The ActiveGates that show a token, for `users` and for `delete`, which shows them before it asks.

use dt_client::TokenUsers;
use gatelet_models::dt::{ActiveGate, ActiveGateTokenId};
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::output::columns::text;
use crate::output::record::{Column, Record};
use crate::redaction::Redactor;

/// The text after the help of the command.
pub(crate) const HELP: &str = "\
No row is no proof that the token is unused: an ActiveGate that has been offline for more than two hours is not shown, and needs its token
when it starts again. See also when the token was last used, and how many ActiveGates do not say which tokens they have.

The list of ActiveGates is deprecated on SaaS since version 1.343, and current on Managed.

Needs the scopes activeGates.read and activeGateTokenManagement.read; a platform token and an OAuth client need
fleet-management:activegates:read and fleet-management:activegate.tokens:read.";

/// Says what the rows do not.
pub(crate) fn limits(users: &TokenUsers, id: &ActiveGateTokenId) -> String {
    let last_use = match (&users.token, users.last_used_date()) {
        (Err(_), _) => "its last use is unknown, because the token could not be read".to_owned(),
        (Ok(None), _) => "the environment does not know it".to_owned(),
        (Ok(Some(_)), Some(date)) => format!("last used {date}"),
        (Ok(Some(_)), None) => "the environment shows no last use".to_owned(),
    };
    let unreported = match users.unreported {
        0 => String::new(),
        1 => "; 1 ActiveGate does not say which tokens it has and may use it".to_owned(),
        count => {
            format!("; {count} ActiveGates do not say which tokens they have and may use it")
        }
    };
    let hours = users.window.as_secs() / 3600;
    format!(
        "token {id}: {last_use}{unreported}; an ActiveGate that has been offline for more than {hours} hours is not shown"
    )
}

/// Returns one row for each ActiveGate.
pub(crate) fn rows(users: &TokenUsers, id: &ActiveGateTokenId) -> Vec<User> {
    let gates = users.active_gates.iter();
    let rows = gates.map(|gate| User {
        states: states(gate, id),
        gate: gate.clone(),
    });
    rows.collect()
}

/// Returns the states of the token as an ActiveGate shows them: one, unless it has several entries for the token.
fn states(gate: &ActiveGate, id: &ActiveGateTokenId) -> Option<String> {
    let tokens = gate.active_gate_tokens.iter().flatten();
    let shown = tokens.filter(|token| token.id.as_ref() == Some(id));
    let mut states: Vec<&str> = Vec::new();
    for token in shown {
        let state = token.state.as_ref().map_or("-", |state| state.as_str());
        if !states.contains(&state) {
            states.push(state);
        }
    }
    match states[..] {
        [] | ["-"] => None,
        _ => Some(states.join(", ")),
    }
}

/// The whole as one object, with names of our own, since the API has no such object.
pub(crate) struct Document<'a>(pub(crate) &'a TokenUsers);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(users) = self;
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("activeGates", &users.active_gates)?;
        members.serialize_entry("activeGatesNotReportingTokens", &users.unreported)?;
        members.serialize_entry("shownForSecondsAfterDisconnect", &users.window.as_secs())?;
        // Null would say that the environment does not know it.
        if let Ok(token) = &users.token {
            members.serialize_entry("token", token)?;
        }
        members.end()
    }
}

/// An ActiveGate that shows the token.
#[derive(Debug)]
pub(crate) struct User {
    gate: ActiveGate,
    states: Option<String>,
}

impl User {
    /// Returns host name, id and states of the token, for a line.
    pub(crate) fn describe(&self, redactor: &Redactor) -> String {
        let host = self.gate.hostname.as_deref().unwrap_or("an ActiveGate");
        let id = text(self.gate.id.as_ref()).unwrap_or_default();
        let state = self.states.as_deref().unwrap_or("unknown state");
        redactor
            .redact(&format!("{host} ({id}, {state})"))
            .into_owned()
    }
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.gate.serialize(serializer)
    }
}

impl Record for User {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("ID", |user| text(user.gate.id.as_ref())),
        Column::text("HOSTNAME", |user| user.gate.hostname.clone()),
        Column::state("TOKEN STATE", |user| user.states.clone()),
        Column::text("VERSION", |user| text(user.gate.version.as_ref())),
        Column::text("NETWORK ZONE", |user| user.gate.network_zone.clone()),
        Column::millis("OFFLINE SINCE", |user| user.gate.offline_since),
    ];
}
