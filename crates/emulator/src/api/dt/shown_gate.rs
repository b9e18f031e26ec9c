//! An ActiveGate as the API shows it: with the states that its tokens have now, and with the version that it was updated to.

use std::time::Duration;

use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGate, ActiveGateTokenState, ActiveGateTokenUse};
use redb::ReadTransaction;

use crate::api::dt::job;
use crate::api::dt::table::{ACTIVE_GATE_TOKENS, ACTIVE_GATES};
use crate::error::Error;
use crate::store::table::Order;

/// All ActiveGates belong to one environment.
pub(crate) const TENANT: &str = "";

/// How long the list shows an ActiveGate that has lost its connection.
const SHOWN_AFTER: Duration = Duration::from_secs(2 * 60 * 60);

/// How long before its end a token counts as expiring.
const EXPIRING: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// An ActiveGate as the API shows it.
pub(crate) struct Shown {
    pub(crate) gate: ActiveGate,
    /// For each token that the environment knows, whether it has an expiration date.
    pub(crate) tokens_expire: Vec<bool>,
}

/// Returns an ActiveGate, however long it has not been connected.
pub(crate) fn find(
    transaction: &ReadTransaction,
    id: &str,
    now: Timestamp,
) -> Result<Option<Shown>, Error> {
    let stored = ACTIVE_GATES.get(transaction, TENANT, id)?;
    stored
        .map(|stored| shown(transaction, stored.decode()?, now))
        .transpose()
}

/// Returns the ids of all ActiveGates, the oldest first.
pub(crate) fn ids(transaction: &ReadTransaction) -> Result<Vec<String>, Error> {
    let order = Order::OldestFirst;
    let rows = ACTIVE_GATES.page(transaction, TENANT, order, None, usize::MAX, |_| true)?;
    let ids = rows.into_iter().map(|row| {
        let id = row.json.decode()?.id;
        Ok(id.map(String::from).unwrap_or_default())
    });
    ids.collect()
}

/// Returns the ActiveGates that are connected or were a short time ago.
pub(crate) fn connected(
    transaction: &ReadTransaction,
    now: Timestamp,
) -> Result<Vec<Shown>, Error> {
    let order = Order::OldestFirst;
    let rows = ACTIVE_GATES.page(transaction, TENANT, order, None, usize::MAX, |_| true)?;
    let mut all = Vec::new();
    for row in rows {
        let gate = row.json.decode()?;
        let is_recent = |since: Timestamp| now.saturating_duration_since(since) < SHOWN_AFTER;
        if gate.offline_since.is_none_or(is_recent) {
            all.push(shown(transaction, gate, now)?);
        }
    }
    Ok(all)
}

/// Returns an ActiveGate with the states that its tokens have now, and with the version that it was updated to.
pub(crate) fn shown(
    transaction: &ReadTransaction,
    mut gate: ActiveGate,
    now: Timestamp,
) -> Result<Shown, Error> {
    let mut tokens_expire = Vec::new();
    let tokens = gate.active_gate_tokens.get_or_insert_default();
    if tokens.is_empty() {
        tokens.push(ActiveGateTokenUse::new().with_state(ActiveGateTokenState::Absent));
    }
    for token in tokens {
        let Some(id) = &token.id else { continue };
        let known = ACTIVE_GATE_TOKENS.get(transaction, TENANT, id.as_str())?;
        let known = known.map(|known| known.decode()).transpose()?;
        let expires_at = known.as_ref().and_then(|known| known.expiration_date);
        tokens_expire.extend(known.as_ref().map(|_| expires_at.is_some()));
        token.state = Some(token_state(known.is_some(), expires_at, now));
    }
    gate.modules.get_or_insert_default();
    let id = gate.id.as_ref().map_or("", |id| id.as_str());
    if let Some(version) = job::updated_version(transaction, id, now)? {
        gate.version = Some(version);
    }
    Ok(Shown {
        gate,
        tokens_expire,
    })
}

/// Returns the state of a token. One that has expired is refused like one that is not known.
fn token_state(
    is_known: bool,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> ActiveGateTokenState {
    match expires_at {
        _ if !is_known => ActiveGateTokenState::UnknownWord,
        Some(expires_at) if expires_at <= now => ActiveGateTokenState::UnknownWord,
        Some(expires_at) if expires_at <= now.saturating_add(EXPIRING) => {
            ActiveGateTokenState::Expiring
        }
        _ => ActiveGateTokenState::Valid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_expires_within_30_days() {
        let now = Timestamp::from_unix_millis(0);
        let day = Duration::from_secs(24 * 60 * 60);
        let state = |days| {
            let expires_at = now.saturating_add(day * days);
            token_state(true, Some(expires_at), now)
        };
        assert_eq!(state(31), ActiveGateTokenState::Valid);
        assert_eq!(state(30), ActiveGateTokenState::Expiring);
        assert_eq!(state(0), ActiveGateTokenState::UnknownWord);
        assert_eq!(token_state(true, None, now), ActiveGateTokenState::Valid);
        let deleted = token_state(false, None, now);
        assert_eq!(deleted, ActiveGateTokenState::UnknownWord);
    }
}
