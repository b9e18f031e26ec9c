//! ActiveGates: they are put here by the emulator's own methods, since the API creates none.

use std::collections::BTreeSet;
use std::time::Duration;

use gatelet_models::dt::{
    ActiveGate, ActiveGateGroup, ActiveGateGroups, ActiveGateList, ActiveGateTokenEnforcement,
    ActiveGateTokenState, ActiveGateTokenUse, ActiveGateVersion, OperationId, TimeSpan, TimeUnit,
};
use gatelet_models::{Secret, Timestamp};
use redb::{ReadTransaction, WriteTransaction};

use crate::api::dt::active_gate_filter::Filter;
use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::table::{ACTIVE_GATE_TOKENS, ACTIVE_GATES};
use crate::api::dt::{token, update_job};
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::state::State;
use crate::store::encoded::{Encoded, List};
use crate::store::table::Order;

/// All ActiveGates belong to one environment.
const TENANT: &str = "";

/// How long the list shows an ActiveGate that has lost its connection.
const SHOWN_AFTER: Duration = Duration::from_secs(2 * 60 * 60);

/// How long before its end a token counts as expiring.
const EXPIRING: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Members that Dynatrace sends as `null` when they have no value.
const NULLS: &[&str] = &["offlineSince", "mainEnvironment"];

impl List for ActiveGateList {
    type Item = ActiveGate;
    const MEMBER: &'static str = "activeGates";
}

/// An ActiveGate as the API shows it.
pub(crate) struct Shown {
    pub(crate) gate: ActiveGate,
    /// For each token that the environment knows, whether it has an expiration date.
    pub(crate) tokens_expire: Vec<bool>,
}

pub(crate) fn list(call: &ServerCall<'_>) -> Result<Encoded<ActiveGateList>, ErrorResponse> {
    let filter = Filter::of(call)?;
    let shown = call.state.store().read(|transaction| {
        let shown = connected(transaction, call.state.now())?;
        let rows = shown.into_iter().filter(|it| filter.matches(it));
        rows.map(|it| Encoded::with_nulls(&it.gate, NULLS))
            .collect::<Result<Vec<_>, Error>>()
    })?;
    Ok(Encoded::list(&[], shown.iter())?)
}

pub(crate) fn groups(call: &ServerCall<'_>) -> Result<Encoded<ActiveGateGroups>, ErrorResponse> {
    let now = call.state.now();
    let shown = call.state.store();
    let shown = shown.read(|transaction| connected(transaction, now))?;
    let names: BTreeSet<String> = shown.into_iter().filter_map(|it| it.gate.group).collect();
    let groups = names
        .into_iter()
        .map(|name| ActiveGateGroup::new().with_name(name));
    let groups = ActiveGateGroups::new().with_groups(groups.collect::<Vec<_>>());
    Ok(Encoded::new(&groups)?)
}

/// Tokens are not enforced here: 30 days without a connection that lacks a valid token never pass.
pub(crate) fn token_enforcement() -> Result<Encoded<ActiveGateTokenEnforcement>, ErrorResponse> {
    let left = TimeSpan::new(30).with_unit(TimeUnit::Days);
    let enforcement = ActiveGateTokenEnforcement::new()
        .with_auto_enforced(false)
        .with_manual_enforced(false)
        .with_auto_enforcement_estimation(left);
    Ok(Encoded::new(&enforcement)?)
}

pub(crate) fn get(call: &ServerCall<'_>, id: &str) -> Result<Encoded<ActiveGate>, ErrorResponse> {
    let (store, now) = (call.state.store(), call.state.now());
    let shown = store.read(|transaction| find(transaction, id, now))?;
    let shown = shown.ok_or_else(ErrorResponse::not_found)?;
    Ok(Encoded::with_nulls(&shown.gate, NULLS)?)
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
fn connected(transaction: &ReadTransaction, now: Timestamp) -> Result<Vec<Shown>, Error> {
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
fn shown(
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
    if let Some(version) = update_job::updated_version(transaction, id, now)? {
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

/// Adds an ActiveGate. Returns false if its id is in use.
pub(crate) fn insert(transaction: &WriteTransaction, gate: &ActiveGate) -> Result<bool, Error> {
    let id = gate.id.as_ref().map_or("", |id| id.as_str());
    if OperationId::GetOneActiveGateById
        .operation()
        .expand(&[id])
        .is_err()
    {
        return Err(Error::Invalid(
            "an ActiveGate needs an id that the API has a path for",
        ));
    }
    ACTIVE_GATES.insert(transaction, TENANT, id, &Encoded::new(gate)?)
}

/// Adds ActiveGates as given, all or none.
pub(crate) fn add(state: &State, gates: impl IntoIterator<Item = ActiveGate>) -> Result<(), Error> {
    state.store().write(|transaction| {
        for gate in gates {
            if !insert(transaction, &gate)? {
                return Err(Error::Invalid("an id is or was in use"));
            }
        }
        Ok(())
    })
}

/// Connects an ActiveGate with its token, and adds it if it is new.
pub(crate) fn enroll(
    state: &State,
    secret: &Secret,
    mut gate: ActiveGate,
) -> Result<ActiveGate, Error> {
    let token = token::connect(state, secret)?;
    gate.active_gate_tokens = Some(vec![ActiveGateTokenUse::new().with_id(token)]);
    gate.offline_since = None;
    state.store().write(|transaction| {
        let id = gate.id.as_ref().map_or("", |id| id.as_str());
        let is_known = ACTIVE_GATES.replace(transaction, TENANT, id, &Encoded::new(&gate)?)?;
        if is_known || insert(transaction, &gate)? {
            return Ok(());
        }
        Err(Error::Invalid("an id is or was in use"))
    })?;
    let now = state.now();
    let shown = state
        .store()
        .read(|transaction| shown(transaction, gate, now))?;
    Ok(shown.gate)
}

/// Notes that an ActiveGate has lost its connection.
pub(crate) fn disconnect(state: &State, id: &str) -> Result<(), Error> {
    let now = state.now();
    state.store().write(|transaction| {
        let stored = ACTIVE_GATES.get_for_update(transaction, TENANT, id)?;
        let stored = stored.ok_or(Error::Invalid("there is no ActiveGate with this id"))?;
        let mut gate = stored.decode()?;
        gate.offline_since = gate.offline_since.or(Some(now));
        ACTIVE_GATES.replace(transaction, TENANT, id, &Encoded::new(&gate)?)?;
        Ok(())
    })
}

/// Compares the three numbers of a version with those of a filter; false if it has none.
pub(crate) fn is_release(
    version: Option<&ActiveGateVersion>,
    accepts: impl Fn([u32; 3]) -> bool,
) -> bool {
    let release = version.and_then(ActiveGateVersion::release);
    release.and_then(|it| it.numbers()).is_some_and(accepts)
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
