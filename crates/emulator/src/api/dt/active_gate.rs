//! ActiveGates: they are put here by the emulator's own methods, since the API creates none.

use std::collections::BTreeSet;

use gatelet_models::dt::{
    ActiveGate, ActiveGateGroup, ActiveGateGroups, ActiveGateList, ActiveGateTokenEnforcement,
    ActiveGateTokenState, ActiveGateTokenUse, OperationId, TimeSpan, TimeUnit,
};
use gatelet_models::{Secret, Timestamp};
use redb::WriteTransaction;

use crate::api::dt::active_gate_filter::Filter;
use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::public_part::public_part;
use crate::api::dt::shown_gate::{TENANT, connected, find, shown};
use crate::api::dt::table::{ACTIVE_GATE_TOKENS, ACTIVE_GATES};
use crate::api::dt::token;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::state::State;
use crate::store::encoded::{Encoded, List};

/// Members that Dynatrace sends as `null` when they have no value.
const NULLS: &[&str] = &["offlineSince", "mainEnvironment"];

impl List for ActiveGateList {
    type Item = ActiveGate;
    const MEMBER: &'static str = "activeGates";
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
    Ok(Encoded::new(&ActiveGateGroups::new(
        groups.collect::<Vec<_>>(),
    ))?)
}

/// Tokens are enforced by the emulator's setting alone: 30 days without a connection that lacks a valid token never pass.
pub(crate) fn token_enforcement(
    call: &ServerCall<'_>,
) -> Result<Encoded<ActiveGateTokenEnforcement>, ErrorResponse> {
    let left = TimeSpan::new(30).with_unit(TimeUnit::Days);
    let enforcement = ActiveGateTokenEnforcement::new()
        .with_auto_enforced(false)
        .with_manual_enforced(call.state.enforces_tokens())
        .with_auto_enforcement_estimation(left);
    Ok(Encoded::new(&enforcement)?)
}

pub(crate) fn get(call: &ServerCall<'_>, id: &str) -> Result<Encoded<ActiveGate>, ErrorResponse> {
    let (store, now) = (call.state.store(), call.state.now());
    let shown = store.read(|transaction| find(transaction, id, now))?;
    let shown = shown.ok_or_else(ErrorResponse::not_found)?;
    Ok(Encoded::with_nulls(&shown.gate, NULLS)?)
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

/// Connects an ActiveGate with its token, and adds it if it is new, in one transaction. Without enforcement, one whose token is not valid
/// connects too, and shows that.
pub(crate) fn enroll(
    state: &State,
    secret: &Secret,
    mut gate: ActiveGate,
) -> Result<ActiveGate, Error> {
    gate.offline_since = None;
    let now = state.now();
    state.store().write(|transaction| {
        let token = match token::authenticate(transaction, state, secret)? {
            Some(id) => ActiveGateTokenUse::new().with_id(id),
            None if state.enforces_tokens() => return Err(Error::TokenRejected),
            None => rejected_token(transaction, secret, now)?,
        };
        gate.active_gate_tokens = Some(vec![token]);
        let id = gate.id.as_ref().map_or("", |id| id.as_str());
        let is_known = ACTIVE_GATES.replace(transaction, TENANT, id, &Encoded::new(&gate)?)?;
        if is_known || insert(transaction, &gate)? {
            return Ok(());
        }
        Err(Error::Invalid("an id is or was in use"))
    })?;
    let shown = state
        .store()
        .read(|transaction| shown(transaction, gate, now))?;
    Ok(shown.gate)
}

/// Returns what an ActiveGate shows whose token is not valid. The id of a token that has expired or is not known is shown; its state
/// follows from that.
fn rejected_token(
    transaction: &WriteTransaction,
    secret: &Secret,
    now: Timestamp,
) -> Result<ActiveGateTokenUse, Error> {
    if secret.expose().is_empty() {
        return Ok(ActiveGateTokenUse::new().with_state(ActiveGateTokenState::Absent));
    }
    let invalid = ActiveGateTokenUse::new().with_state(ActiveGateTokenState::Invalid);
    let Some(id) = public_part(secret.expose()) else {
        return Ok(invalid);
    };
    let known = ACTIVE_GATE_TOKENS.get_for_update(transaction, TENANT, id)?;
    let known = known.map(|known| known.decode()).transpose()?;
    // The public part of a token that exists, with another secret.
    let is_forged = known.is_some_and(|known| known.expiration_date.is_none_or(|end| end > now));
    Ok(match is_forged {
        true => invalid,
        false => ActiveGateTokenUse::new().with_id(id),
    })
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
