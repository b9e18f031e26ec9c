//! The keys of service users. Of a secret only its digest is stored.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatelet_models::asa::{
    ServiceUserKey, ServiceUserKeyList, ServiceUserKeyWithSecret, UserStatus,
};
use gatelet_models::{Lenient, Timestamp};
use redb::{ReadTransaction, WriteTransaction};

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::page::{self, Scope};
use crate::api::asa::table::{KEYS, SERVICE_USERS};
use crate::api::asa::team::team;
use crate::api::asa::{credential, id};
use crate::api::response::LinkedPage;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::random;
use crate::state::State;
use crate::store::encoded::Encoded;
use crate::store::key::Digest;

/// The rest of the life of a key after a rotation.
const REST: Duration = Duration::from_secs(48 * 60 * 60);

/// Fields that ASA sends as `null` when they have no value.
const NULLS: &[&str] = &["last_used"];

/// Returns the tenant of a service user's keys. A name contains no slash.
fn tenant(team: &str, user_name: &str) -> String {
    format!("{team}/{user_name}")
}

/// Adds a key without an end, or sets the digest of its secret and removes its end. A deleted key comes back.
pub(crate) fn insert(
    transaction: &WriteTransaction,
    team: &str,
    user_name: &str,
    key_id: &str,
    digest: &Digest,
) -> Result<(), Error> {
    let tenant = tenant(team, user_name);
    let mut key = match KEYS.get_for_update(transaction, &tenant, key_id)? {
        Some(stored) => stored.decode()?,
        None => ServiceUserKey::new(key_id).with_issued_at(Timestamp::UNSET),
    };
    key.expires_at = Timestamp::UNSET.into();
    let json = Encoded::with_nulls(&key, NULLS)?;
    KEYS.put(transaction, &tenant, key_id, &json)?;
    credential::insert(transaction, team, key_id, user_name, digest)
}

/// Returns whether a key exists and has no end.
pub(crate) fn is_endless(
    transaction: &ReadTransaction,
    team: &str,
    user_name: &str,
    key_id: &str,
) -> Result<bool, Error> {
    match KEYS.get(transaction, &tenant(team, user_name), key_id)? {
        Some(stored) => Ok(end(&stored.decode()?).is_none()),
        None => Ok(false),
    }
}

/// Marks a key as used now.
///
/// # Errors
/// 401 if the key has ended.
pub(crate) fn mark_used(
    state: &State,
    team: &str,
    user_name: &str,
    key_id: &str,
) -> Result<(), ErrorResponse> {
    let (tenant, now) = (tenant(team, user_name), state.now());
    let stored = state
        .store()
        .read(|transaction| KEYS.get(transaction, &tenant, key_id))?;
    let key = stored
        .ok_or_else(ErrorResponse::unauthenticated)?
        .decode()?;
    if end(&key).is_some_and(|end| end <= now) {
        return Err(ErrorResponse::unauthenticated());
    }
    let marked = state.store().write(|transaction| {
        // Deleted meanwhile, it must not come back.
        let stored = KEYS.get_for_update(transaction, &tenant, key_id)?;
        let mut key = stored
            .ok_or_else(ErrorResponse::unauthenticated)?
            .decode()?;
        key.last_used = now.into();
        let json = Encoded::with_nulls(&key, NULLS)?;
        Ok::<bool, ErrorResponse>(KEYS.replace(transaction, &tenant, key_id, &json)?)
    });
    marked.map(drop)
}

/// Returns when a key ends; `None` if it has no end.
fn end(key: &ServiceUserKey) -> Option<Timestamp> {
    key.end().ok().flatten()
}

pub(crate) fn list(
    call: &ServerCall<'_>,
    user_name: &str,
) -> Result<LinkedPage<ServiceUserKeyList>, ErrorResponse> {
    let team = team(call);
    let store = call.state.store();
    let user = store.read(|transaction| SERVICE_USERS.get(transaction, &team, user_name))?;
    if user.is_none() {
        return Err(ErrorResponse::not_found());
    }
    let scope = Scope {
        tenant: &tenant(&team, user_name),
        member: "id",
    };
    page::list_in(call, &KEYS, scope, |_| true, Ok)
}

pub(crate) fn rotate(
    call: &ServerCall<'_>,
    user_name: &str,
) -> Result<Encoded<ServiceUserKeyWithSecret>, ErrorResponse> {
    let (team, now, store) = (team(call), call.state.now(), call.state.store());
    let tenant = tenant(&team, user_name);
    let secret = STANDARD.encode(random::bytes::<64>()?);
    let digest = credential::digest(store.key(), &secret);
    let mut key = ServiceUserKey::new(id::new()?);
    key.issued_at = now.into();
    key.expires_at = Timestamp::UNSET.into();
    // One write runs at a time, but another rotation may run before this one: the keys are read within the write.
    store.write(|transaction| {
        let stored = SERVICE_USERS.get_for_update(transaction, &team, user_name)?;
        let user = stored.ok_or_else(ErrorResponse::not_found)?.decode()?;
        if user.status == UserStatus::Deleted {
            return Err(ErrorResponse::not_found());
        }
        for id in KEYS.ids(transaction, &tenant)? {
            let Some(stored) = KEYS.get_for_update(transaction, &tenant, &id)? else {
                continue;
            };
            let mut old = stored.decode()?;
            if end(&old).is_none() {
                old.expires_at = now.saturating_add(REST).into();
                let json = Encoded::with_nulls(&old, NULLS)?;
                KEYS.replace(transaction, &tenant, &id, &json)?;
            }
        }
        let json = Encoded::with_nulls(&key, NULLS)?;
        KEYS.insert(transaction, &tenant, key.id.as_str(), &json)?;
        credential::insert(transaction, &team, key.id.as_str(), user_name, &digest)?;
        Ok(())
    })?;
    let mut created = ServiceUserKeyWithSecret::new(key.id, secret);
    created.issued_at = Lenient::Value(now);
    created.expires_at = Lenient::Value(Timestamp::UNSET);
    Ok(Encoded::with_nulls(&created, NULLS)?)
}

pub(crate) fn delete(
    call: &ServerCall<'_>,
    user_name: &str,
    key_id: &str,
) -> Result<(), ErrorResponse> {
    let team = team(call);
    call.state.store().remove(|transaction| {
        if !KEYS.remove(transaction, &tenant(&team, user_name), key_id)? {
            return Err(ErrorResponse::not_found());
        }
        Ok(credential::remove(transaction, &team, key_id)?)
    })
}
