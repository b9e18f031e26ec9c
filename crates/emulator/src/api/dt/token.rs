//! ActiveGate tokens.

use gatelet_models::dt::{
    ActiveGateToken, ActiveGateTokenCreate, ActiveGateTokenCreated, ActiveGateTokenId,
    ActiveGateTokenList, ActiveGateType, Expiration, ExpirationError, ParameterLocation,
};
use gatelet_models::{Paging, Secret, Timestamp};
use redb::WriteTransaction;
use serde_json::Value;

use crate::api::dt::active_gate_secret;
use crate::api::dt::caller::Caller;
use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::page_key::PageKey;
use crate::api::dt::table::ACTIVE_GATE_TOKENS;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::random;
use crate::state::State;
use crate::store::encoded::Encoded;
use crate::store::table::Order;

/// All tokens belong to one environment.
const TENANT: &str = "";
const LIST: &str = "activeGateTokens";
const DEFAULT_PAGE_SIZE: u16 = 100;

pub(crate) fn list(call: &ServerCall<'_>) -> Result<Encoded<ActiveGateTokenList>, ErrorResponse> {
    list_as(call, Ok)
}

/// Lists the tokens in the form that an API shows them in.
pub(crate) fn list_as(
    call: &ServerCall<'_>,
    shown: impl Fn(Encoded<ActiveGateToken>) -> Result<Encoded<ActiveGateToken>, Error>,
) -> Result<Encoded<ActiveGateTokenList>, ErrorResponse> {
    let (page_size, after) = requested_page(call)?;
    let limit = usize::from(page_size);
    let (mut rows, total_count) = call.state.store().read(|transaction| {
        let order = Order::OldestFirst;
        let rows =
            ACTIVE_GATE_TOKENS.page(transaction, TENANT, order, after, limit + 1, |_| true)?;
        Ok::<_, Error>((rows, ACTIVE_GATE_TOKENS.len(transaction)?))
    })?;
    let is_last = rows.len() <= limit;
    rows.truncate(limit);
    let next = match rows.last() {
        Some(last) if !is_last => {
            let after = last.cursor;
            let page_key = PageKey { page_size, after };
            Value::from(page_key.encode(call.state.store().key(), LIST))
        }
        _ => Value::Null,
    };
    let others = [
        ("totalCount", total_count.into()),
        ("pageSize", page_size.into()),
        ("nextPageKey", next),
    ];
    let rows = rows.into_iter().map(|row| shown(row.json));
    let rows = rows.collect::<Result<Vec<_>, Error>>()?;
    Ok(Encoded::list(&others, rows.iter())?)
}

/// Returns the page size and the cursor that the page follows.
fn requested_page(call: &ServerCall<'_>) -> Result<(u16, Option<u64>), ErrorResponse> {
    let Some(Paging::Cursor {
        page_size,
        page_token,
        ..
    }) = call.operation.paging
    else {
        return Ok((DEFAULT_PAGE_SIZE, None));
    };
    let Some(text) = call.query(page_token) else {
        let page_size = call
            .integer(page_size)?
            .and_then(|size| u16::try_from(size).ok());
        return Ok((page_size.unwrap_or(DEFAULT_PAGE_SIZE), None));
    };
    reject_other_parameters(call, page_token)?;
    let page_key = PageKey::decode(&text, call.state.store().key(), LIST);
    let page_key = page_key.ok_or_else(|| {
        let message = "is not a page key of this list";
        ErrorResponse::violation(ParameterLocation::Query, page_token, message)
    })?;
    Ok((page_key.page_size, Some(page_key.after)))
}

/// Rejects other parameters beside the page key, which contains all of them.
fn reject_other_parameters(
    call: &ServerCall<'_>,
    page_token: &'static str,
) -> Result<(), ErrorResponse> {
    let others = call
        .operation
        .query
        .iter()
        .filter(|other| other.name != page_token);
    match others
        .map(|other| other.name)
        .find(|name| call.query(name).is_some())
    {
        None => Ok(()),
        Some(name) => {
            let message = format!("must be omitted when {page_token} is given");
            Err(ErrorResponse::violation(
                ParameterLocation::Query,
                name,
                message,
            ))
        }
    }
}

pub(crate) fn get(
    call: &ServerCall<'_>,
    id: &str,
) -> Result<Encoded<ActiveGateToken>, ErrorResponse> {
    let store = call.state.store();
    let token = store.read(|transaction| ACTIVE_GATE_TOKENS.get(transaction, TENANT, id))?;
    token.ok_or_else(ErrorResponse::not_found)
}

pub(crate) fn create(
    call: &ServerCall<'_>,
    caller: &Caller,
    request: &ActiveGateTokenCreate,
) -> Result<Encoded<ActiveGateTokenCreated>, ErrorResponse> {
    let now = call.state.now();
    check(request)?;
    let expiration_date = expiration_date(request, now)?;
    let key = call.state.store().key();
    let (id, secret) = call.state.store().write(|transaction| {
        // Eight random characters may collide with an earlier id.
        loop {
            let (id, secret) = new_token()?;
            let mut token = ActiveGateToken::new(id.clone(), now)
                .with_name(&*request.name)
                .with_owner(&*caller.owner);
            token.expiration_date = expiration_date;
            token.seed_token = Some(request.seed_token.unwrap_or(false));
            token.active_gate_type.clone_from(&request.active_gate_type);
            if insert(transaction, &token)? {
                let (id_text, token) = (id.as_str(), secret.expose());
                active_gate_secret::insert(transaction, key, id_text, token)?;
                return Ok::<_, Error>((id, secret));
            }
        }
    })?;
    let mut created = ActiveGateTokenCreated::new(id, secret);
    created.expiration_date = expiration_date.into();
    Ok(Encoded::new(&created)?)
}

/// Resolves the requested expiration to an absolute time.
fn expiration_date(
    request: &ActiveGateTokenCreate,
    now: Timestamp,
) -> Result<Option<Timestamp>, ErrorResponse> {
    let Some(text) = request.expiration_date.as_deref() else {
        return Ok(None);
    };
    let expiration = match Expiration::is_api_form(text) {
        true => text.parse::<Expiration>(),
        false => Err(ExpirationError::Form),
    };
    let expires_at = expiration.and_then(|it| it.resolve(now));
    expires_at.map(Some).map_err(|error| {
        let place = ParameterLocation::PayloadBody;
        ErrorResponse::violation(place, "expirationDate", error.to_string())
    })
}

/// Checks the documented rules for a new token.
fn check(request: &ActiveGateTokenCreate) -> Result<(), ErrorResponse> {
    let violation = |path, message| {
        Err(ErrorResponse::violation(
            ParameterLocation::PayloadBody,
            path,
            message,
        ))
    };
    if request.name.trim().is_empty() {
        return violation("name", "must not be empty");
    }
    if let Some(ActiveGateType::Unknown(_)) = request.active_gate_type {
        return violation("activeGateType", "must be ENVIRONMENT or CLUSTER");
    }
    Ok(())
}

pub(crate) fn revoke(call: &ServerCall<'_>, id: &str) -> Result<(), ErrorResponse> {
    call.state.store().remove(|transaction| {
        if !ACTIVE_GATE_TOKENS.remove(transaction, TENANT, id)? {
            return Err(ErrorResponse::not_found());
        }
        active_gate_secret::remove(transaction, id)?;
        Ok(())
    })
}

/// Adds a token to the environment. Returns false if its id is or was in use.
pub(crate) fn insert(
    transaction: &WriteTransaction,
    token: &ActiveGateToken,
) -> Result<bool, Error> {
    ACTIVE_GATE_TOKENS.insert(
        transaction,
        TENANT,
        token.id.as_str(),
        &Encoded::new(token)?,
    )
}

/// Returns a new id, `dt0g02.<8 characters>`, and the whole token, `<id>.<64 characters>`.
fn new_token() -> Result<(ActiveGateTokenId, Secret), Error> {
    let id = format!("dt0g02.{}", random::letters::<8>()?);
    let secret = Secret::new(format!("{id}.{}", random::letters::<64>()?));
    Ok((id.into(), secret))
}

/// Adds tokens as given, all or none.
pub(crate) fn add(
    state: &State,
    tokens: impl IntoIterator<Item = ActiveGateToken>,
) -> Result<(), Error> {
    state.store().write(|transaction| {
        for token in tokens {
            if !insert(transaction, &token)? {
                return Err(Error::Invalid("an id is or was in use"));
            }
        }
        Ok(())
    })
}

/// Authenticates an ActiveGate by its token, and records the use.
pub(crate) fn connect(state: &State, token: &Secret) -> Result<ActiveGateTokenId, Error> {
    state
        .store()
        .write(|transaction| authenticate(transaction, state, token)?.ok_or(Error::TokenRejected))
}

/// Authenticates an ActiveGate by its token and records the use, as a part of a larger write. Returns `None`, and has written nothing, if
/// the token is wrong, revoked or expired.
pub(crate) fn authenticate(
    transaction: &WriteTransaction,
    state: &State,
    token: &Secret,
) -> Result<Option<ActiveGateTokenId>, Error> {
    let (key, now) = (state.store().key(), state.now());
    let Some(id) = active_gate_secret::authenticate(transaction, key, token.expose())? else {
        return Ok(None);
    };
    let Some(stored) = ACTIVE_GATE_TOKENS.get_for_update(transaction, TENANT, &id)? else {
        return Ok(None);
    };
    let mut token = stored.decode()?;
    if token
        .expiration_date
        .is_some_and(|expires_at| expires_at <= now)
    {
        return Ok(None);
    }
    token.last_used_date = Some(now);
    ACTIVE_GATE_TOKENS.replace(transaction, TENANT, &id, &Encoded::new(&token)?)?;
    Ok(Some(token.id))
}
