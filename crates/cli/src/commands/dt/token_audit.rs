//! The rows of `gatelet dt active-gate-token audit`.

use dt_client::{AuditedToken, TokenAudit};
use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGate, ActiveGateId, ActiveGateTokenId};
use serde::Serialize;

use crate::output::record::{Column, Record};

/// The text after the help of the command.
pub(crate) const HELP: &str = "\
NEVER_ENDS: it has no expiration date. ENDED: that date is past. NO_USE_SHOWN: the environment shows no use. UNUSED: the last use is longer
ago. SEED: ActiveGates that start get their own tokens with it.

No finding proves that a token is unused: an ActiveGate that has been offline for more than two hours is not shown, and needs its token
when it starts again.

The list of ActiveGates is deprecated on SaaS since version 1.343, and current on Managed.

Needs the scopes activeGates.read and activeGateTokenManagement.read; a platform token and an OAuth client need
fleet-management:activegates:read and fleet-management:activegate.tokens:read.";

/// Says what the rows do not show.
pub(crate) fn limits(audit: &TokenAudit) -> String {
    let unreported = match audit.unreported {
        0 => String::new(),
        1 => "1 ActiveGate does not say which tokens it has and may use any of them; ".to_owned(),
        count => format!(
            "{count} ActiveGates do not say which tokens they have and may use any of them; "
        ),
    };
    let hours = audit.window.as_secs() / 3600;
    format!(
        "{unreported}an ActiveGate that has been offline for more than {hours} hours is not shown"
    )
}

/// Returns one row for each token.
pub(crate) fn rows(audit: TokenAudit) -> Vec<Row> {
    audit.tokens.into_iter().map(Row::from).collect()
}

/// A token as it is printed, with names of our own, since the API has no such object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    token_id: ActiveGateTokenId,
    name: Option<String>,
    findings: Vec<&'static str>,
    active_gates: Vec<User>,
    creation_date: Timestamp,
    expiration_date: Option<Timestamp>,
    last_used_date: Option<Timestamp>,
}

/// An ActiveGate that shows the token.
#[derive(Debug, Serialize)]
struct User {
    id: Option<ActiveGateId>,
    hostname: Option<String>,
}

impl From<ActiveGate> for User {
    fn from(gate: ActiveGate) -> Self {
        Self {
            id: gate.id,
            hostname: gate.hostname,
        }
    }
}

impl From<AuditedToken> for Row {
    fn from(audited: AuditedToken) -> Self {
        let AuditedToken {
            token,
            findings,
            active_gates,
            ..
        } = audited;
        Self {
            token_id: token.id,
            name: token.name,
            findings: findings.into_iter().map(|it| it.as_str()).collect(),
            active_gates: active_gates.into_iter().map(User::from).collect(),
            creation_date: token.creation_date,
            expiration_date: token.expiration_date,
            last_used_date: token.last_used_date,
        }
    }
}

impl Row {
    /// Returns the host names of the ActiveGates, or their ids.
    fn users(&self) -> String {
        let users = self.active_gates.iter().map(|user| {
            let id = user.id.as_ref().map(ActiveGateId::as_str);
            user.hostname.as_deref().or(id).unwrap_or("?")
        });
        users.collect::<Vec<_>>().join(", ")
    }
}

impl Record for Row {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("ID", |row| Some(row.token_id.to_string())),
        Column::wide(Column::text("NAME", |row| row.name.clone())),
        Column::text("FINDINGS", |row| Some(row.findings.join(", "))),
        Column::text("ACTIVEGATES", |row| Some(row.users())),
        Column::end("EXPIRES", |row| row.expiration_date),
        Column::time("LAST USED", |row| row.last_used_date),
        Column::wide(Column::time("CREATED", |row| Some(row.creation_date))),
    ];
}
