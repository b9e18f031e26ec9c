//! Keyed hashes of the ActiveGate tokens that this emulator created.

use redb::{ReadableTable, TableDefinition, WriteTransaction};

use crate::api::dt::public_part::public_part;
use crate::error::Error;
use crate::store::key::{Digest, Key};

/// Id of an ActiveGate token → digest of the whole token.
type ActiveGateSecrets = TableDefinition<'static, &'static str, &'static [u8; 32]>;

const ACTIVE_GATE_SECRETS: ActiveGateSecrets = TableDefinition::new("dt.active_gate_secrets");

pub(crate) fn create_table(transaction: &WriteTransaction) -> Result<(), Error> {
    transaction.open_table(ACTIVE_GATE_SECRETS)?;
    Ok(())
}

pub(crate) fn insert(
    transaction: &WriteTransaction,
    key: &Key,
    id: &str,
    token: &str,
) -> Result<(), Error> {
    let digest = key.digest("active gate token", &[token.as_bytes()]);
    transaction
        .open_table(ACTIVE_GATE_SECRETS)?
        .insert(id, digest.bytes())?;
    Ok(())
}

pub(crate) fn remove(transaction: &WriteTransaction, id: &str) -> Result<(), Error> {
    transaction.open_table(ACTIVE_GATE_SECRETS)?.remove(id)?;
    Ok(())
}

/// Authenticates an ActiveGate token and returns its id.
pub(crate) fn authenticate(
    transaction: &WriteTransaction,
    key: &Key,
    token: &str,
) -> Result<Option<String>, Error> {
    let presented = key.digest("active gate token", &[token.as_bytes()]);
    let public = public_part(token).unwrap_or("");
    let secrets = transaction.open_table(ACTIVE_GATE_SECRETS)?;
    let expected = secrets
        .get(public)?
        .map_or(Digest::NONE, |digest| Digest::new(*digest.value()));
    Ok(expected.matches(&presented).then(|| public.to_owned()))
}
