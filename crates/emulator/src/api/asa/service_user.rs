//! Service users, with keyed hashes of their secrets.

use redb::{ReadTransaction, TableDefinition, WriteTransaction};

use crate::api::asa::role::Role;
use crate::error::Error;
use crate::store::key::{Digest, Key};
use crate::store::store::Store;
use crate::well_known::asa::{
    ASA_KEY_ID, ASA_KEY_SECRET, ASA_REPORTING_KEY_ID, ASA_REPORTING_KEY_SECRET, ASA_TEAM,
};

/// (lower-case team, key id) → (role, digest of the key secret).
type ServiceUsers =
    TableDefinition<'static, (&'static str, &'static str), (&'static str, &'static [u8; 32])>;

const SERVICE_USERS: ServiceUsers = TableDefinition::new("asa.service_users");

/// Creates the table with the well-known service users.
pub(crate) fn create_table(transaction: &WriteTransaction, key: &Key) -> Result<(), Error> {
    let admin = (ASA_KEY_ID, ASA_KEY_SECRET, Role::AccessAdmin);
    let reporting = (
        ASA_REPORTING_KEY_ID,
        ASA_REPORTING_KEY_SECRET,
        Role::ReportingUser,
    );
    for (id, secret, role) in [admin, reporting] {
        insert(transaction, key, ASA_TEAM, id, secret, role)?;
    }
    Ok(())
}

pub(crate) fn insert(
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::asa::vendor::ASA;

    #[test]
    fn a_key_secret_is_valid_for_its_team_and_key_id_only() {
        let store = Store::in_memory().unwrap();
        ASA.prepare(&store).unwrap();
        let is_valid = |team, id, secret| check_key_secret(&store, team, id, secret).unwrap();
        assert!(is_valid(ASA_TEAM, ASA_KEY_ID, ASA_KEY_SECRET));
        assert!(!is_valid("another-team", ASA_KEY_ID, ASA_KEY_SECRET));
        assert!(!is_valid(ASA_TEAM, ASA_REPORTING_KEY_ID, ASA_KEY_SECRET));
        assert!(!is_valid(ASA_TEAM, ASA_KEY_ID, ASA_REPORTING_KEY_SECRET));
    }
}
