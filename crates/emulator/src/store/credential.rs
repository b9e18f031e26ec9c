//! Credentials: ASA's service users and Dynatrace's access tokens, with keyed hashes of their secrets.

use std::collections::BTreeSet;

use gatelet_models::Method;
use gatelet_models::dt::OperationId;
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};

use crate::error::Error;
use crate::store::key::{Digest, Key};
use crate::store::store::Store;
use crate::well_known;

/// (lower-case team, key id) → (role, digest of the key secret).
type ServiceUsers =
    TableDefinition<'static, (&'static str, &'static str), (&'static str, &'static [u8; 32])>;
/// Public part of the token → (owner, space-separated scopes, digest of the whole token).
type AccessTokens =
    TableDefinition<'static, &'static str, (&'static str, &'static str, &'static [u8; 32])>;

/// Id of an ActiveGate token → digest of the whole token.
type ActiveGateSecrets = TableDefinition<'static, &'static str, &'static [u8; 32]>;

const SERVICE_USERS: ServiceUsers = TableDefinition::new("asa.service_users");
const ACCESS_TOKENS: AccessTokens = TableDefinition::new("dt.access_tokens");
const ACTIVE_GATE_SECRETS: ActiveGateSecrets = TableDefinition::new("dt.active_gate_secrets");

/// The role of an ASA service user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// `access_admin`: may read and write everything.
    AccessAdmin,
    /// `reporting_user`: may only read.
    ReportingUser,
}

impl Role {
    /// Returns the role's name in ASA.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessAdmin => "access_admin",
            Self::ReportingUser => "reporting_user",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::AccessAdmin, Self::ReportingUser]
            .into_iter()
            .find(|role| role.as_str() == name)
    }
}

/// An authenticated Dynatrace access token.
pub(crate) struct AccessToken {
    pub(crate) owner: String,
    pub(crate) scopes: Vec<String>,
}

pub(crate) fn create_tables(transaction: &WriteTransaction) -> Result<(), Error> {
    transaction.open_table(SERVICE_USERS)?;
    transaction.open_table(ACCESS_TOKENS)?;
    transaction.open_table(ACTIVE_GATE_SECRETS)?;
    Ok(())
}

pub(crate) fn insert_well_known(transaction: &WriteTransaction, key: &Key) -> Result<(), Error> {
    use well_known as wk;
    for (id, secret, role) in [
        (wk::ASA_KEY_ID, wk::ASA_KEY_SECRET, Role::AccessAdmin),
        (
            wk::ASA_REPORTING_KEY_ID,
            wk::ASA_REPORTING_KEY_SECRET,
            Role::ReportingUser,
        ),
    ] {
        insert_service_user(transaction, key, wk::ASA_TEAM, id, secret, role)?;
    }
    for token in [wk::DT_TOKEN, wk::DT_READ_ONLY_TOKEN] {
        insert_access_token(transaction, key, token, wk::DT_OWNER, "")?;
    }
    Ok(())
}

pub(crate) fn insert_service_user(
    transaction: &WriteTransaction,
    key: &Key,
    team: &str,
    key_id: &str,
    key_secret: &str,
    role: Role,
) -> Result<(), Error> {
    let digest = key.digest("service user", &[key_secret.as_bytes()]);
    let mut users = transaction.open_table(SERVICE_USERS)?;
    users.insert(
        (team.to_lowercase().as_str(), key_id),
        (role.as_str(), digest.bytes()),
    )?;
    Ok(())
}

pub(crate) fn insert_access_token(
    transaction: &WriteTransaction,
    key: &Key,
    token: &str,
    owner: &str,
    scopes: &str,
) -> Result<(), Error> {
    let public = public_part(token).ok_or(Error::Invalid(
        "an access token must have three parts separated by dots",
    ))?;
    let digest = key.digest("access token", &[token.as_bytes()]);
    let mut tokens = transaction.open_table(ACCESS_TOKENS)?;
    tokens.insert(public, (owner, scopes, digest.bytes()))?;
    Ok(())
}

/// Returns the role of a service user.
pub(crate) fn role(
    transaction: &ReadTransaction,
    team: &str,
    key_id: &str,
) -> Result<Option<Role>, Error> {
    let users = transaction.open_table(SERVICE_USERS)?;
    let user = users.get((team, key_id))?;
    Ok(user.and_then(|user| Role::from_name(user.value().0)))
}

/// Checks a service user's secret. An unknown user costs the same comparison as a wrong secret.
pub(crate) fn check_key_secret(
    store: &Store,
    team: &str,
    key_id: &str,
    key_secret: &str,
) -> Result<bool, Error> {
    let presented = store.key().digest("service user", &[key_secret.as_bytes()]);
    store.read(|transaction| {
        let users = transaction.open_table(SERVICE_USERS)?;
        let user = users.get((team, key_id))?;
        let expected = user.map_or(Digest::NONE, |user| Digest::new(*user.value().1));
        Ok(expected.matches(&presented))
    })
}

/// Authenticates an access token. An unknown token costs the same comparison as a wrong secret.
pub(crate) fn access_token(store: &Store, token: &str) -> Result<Option<AccessToken>, Error> {
    let presented = store.key().digest("access token", &[token.as_bytes()]);
    store.read(|transaction| {
        let tokens = transaction.open_table(ACCESS_TOKENS)?;
        let stored = tokens.get(public_part(token).unwrap_or(""))?;
        let stored = stored.as_ref().map(|stored| stored.value());
        let expected = stored.map_or(Digest::NONE, |(_, _, digest)| Digest::new(*digest));
        let is_authentic = expected.matches(&presented);
        Ok(stored
            .filter(|_| is_authentic)
            .map(|(owner, scopes, _)| AccessToken {
                owner: owner.to_owned(),
                scopes: well_known_scopes(token)
                    .unwrap_or_else(|| scopes.split(' ').map(str::to_owned).collect()),
            }))
    })
}

/// Returns the scopes of a well-known access token. They follow the operation table and not the store, so that a store
/// made by an earlier version gets the scopes of new operations.
fn well_known_scopes(token: &str) -> Option<Vec<String>> {
    let reads_only = match token {
        well_known::DT_TOKEN => false,
        well_known::DT_READ_ONLY_TOKEN => true,
        _ => return None,
    };
    let operations = OperationId::ALL.iter().map(|id| id.operation());
    let allowed = operations.filter(|operation| !reads_only || operation.method == Method::Get);
    let scopes: BTreeSet<_> = allowed
        .flat_map(|operation| operation.permissions)
        .collect();
    Some(
        scopes
            .into_iter()
            .map(|scope| (*scope).to_owned())
            .collect(),
    )
}

pub(crate) fn insert_active_gate_secret(
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

pub(crate) fn remove_active_gate_secret(
    transaction: &WriteTransaction,
    id: &str,
) -> Result<(), Error> {
    transaction.open_table(ACTIVE_GATE_SECRETS)?.remove(id)?;
    Ok(())
}

/// Authenticates an ActiveGate token and returns its id.
pub(crate) fn active_gate_token_id(
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

/// Returns `dt0c01.<public>` of `dt0c01.<public>.<secret>`, the part that may be shown and stored.
pub(crate) fn public_part(token: &str) -> Option<&str> {
    let (public, secret) = token.rsplit_once('.')?;
    let (prefix, id) = public.split_once('.')?;
    let is_whole = !prefix.is_empty() && !id.is_empty() && !secret.is_empty();
    is_whole.then_some(public)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_access_token_authenticates() {
        let store = Store::in_memory().unwrap();
        let is_valid = |token: &str| access_token(&store, token).unwrap().is_some();
        assert!(is_valid(well_known::DT_TOKEN));
        assert!(!is_valid(
            &well_known::DT_TOKEN[..well_known::DT_TOKEN.len() - 1]
        ));
        assert!(!is_valid(&format!("{}A", well_known::DT_TOKEN)));
        assert!(!is_valid("dt0c01.GATELETEMULATORREADWRITE"));
        assert!(!is_valid(""));
    }

    #[test]
    fn a_well_known_token_has_the_scopes_of_the_operation_table_in_an_earlier_store() {
        let store = Store::in_memory().unwrap();
        let (token, owner) = (well_known::DT_TOKEN, well_known::DT_OWNER);
        store
            .write(|transaction| {
                insert_access_token(transaction, store.key(), token, owner, "earlier.scope")
            })
            .unwrap();
        let scopes = |token| access_token(&store, token).unwrap().unwrap().scopes;
        let all = scopes(token);
        for id in OperationId::ALL {
            for permission in id.operation().permissions {
                assert!(all.iter().any(|scope| scope == permission), "{permission}");
            }
        }
        let read_only = scopes(well_known::DT_READ_ONLY_TOKEN);
        assert!(read_only.contains(&"activeGateTokenManagement.read".to_owned()));
        assert!(read_only.iter().all(|scope| scope.ends_with(".read")));
    }

    #[test]
    fn a_key_secret_is_valid_for_its_team_and_key_id_only() {
        use well_known as wk;
        let store = Store::in_memory().unwrap();
        let is_valid = |team, id, secret| check_key_secret(&store, team, id, secret).unwrap();
        assert!(is_valid(wk::ASA_TEAM, wk::ASA_KEY_ID, wk::ASA_KEY_SECRET));
        assert!(!is_valid(
            "another-team",
            wk::ASA_KEY_ID,
            wk::ASA_KEY_SECRET
        ));
        assert!(!is_valid(
            wk::ASA_TEAM,
            wk::ASA_REPORTING_KEY_ID,
            wk::ASA_KEY_SECRET
        ));
        assert!(!is_valid(
            wk::ASA_TEAM,
            wk::ASA_KEY_ID,
            wk::ASA_REPORTING_KEY_SECRET
        ));
    }

    #[test]
    fn the_public_part_excludes_the_secret() {
        assert_eq!(public_part("dt0c01.PUBLIC.SECRET"), Some("dt0c01.PUBLIC"));
        for token in ["", "SECRET", "dt0c01.SECRET", "..", "a..b", "a.b.", ".a.b"] {
            assert_eq!(public_part(token), None, "{token:?}");
        }
    }
}
