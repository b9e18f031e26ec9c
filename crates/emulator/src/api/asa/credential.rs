//! The secrets of keys, as keyed hashes, and the service users that they belong to.

use redb::{
    ReadTransaction, ReadableTable as _, TableDefinition, TableHandle as _, WriteTransaction,
};

use crate::error::Error;
use crate::store::key::{Digest, Key};
use crate::store::store::Store;

/// (lower-case team, key id) → (name of the service user, digest of the secret).
type Credentials =
    TableDefinition<'static, (&'static str, &'static str), (&'static str, &'static [u8; 32])>;

const CREDENTIALS: Credentials = TableDefinition::new("asa.credentials");

/// The table of earlier versions, with a role in place of the name.
const EARLIER: Credentials = TableDefinition::new("asa.service_users");

/// A row of the table of earlier versions.
pub(crate) struct EarlierRow {
    pub(crate) team: String,
    pub(crate) key_id: String,
    pub(crate) role: String,
    pub(crate) digest: Digest,
}

/// Creates the table. Returns what earlier versions stored, and removes it.
pub(crate) fn create_table(transaction: &WriteTransaction) -> Result<Vec<EarlierRow>, Error> {
    transaction.open_table(CREDENTIALS)?;
    let mut tables = transaction.list_tables()?;
    if !tables.any(|table| table.name() == EARLIER.name()) {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    for row in transaction.open_table(EARLIER)?.iter()? {
        let (key, value) = row?;
        let ((team, key_id), (role, digest)) = (key.value(), value.value());
        rows.push(EarlierRow {
            team: team.to_owned(),
            key_id: key_id.to_owned(),
            role: role.to_owned(),
            digest: Digest::new(*digest),
        });
    }
    transaction.delete_table(EARLIER)?;
    Ok(rows)
}

/// Returns the digest of a key's secret.
pub(crate) fn digest(key: &Key, secret: &str) -> Digest {
    key.digest("service user", &[secret.as_bytes()])
}

/// Adds a key, or replaces its secret; then it stays with its service user.
pub(crate) fn insert(
    transaction: &WriteTransaction,
    team: &str,
    key_id: &str,
    user_name: &str,
    digest: &Digest,
) -> Result<(), Error> {
    let mut credentials = transaction.open_table(CREDENTIALS)?;
    credentials.insert((team, key_id), (user_name, digest.bytes()))?;
    Ok(())
}

/// Removes a key.
pub(crate) fn remove(
    transaction: &WriteTransaction,
    team: &str,
    key_id: &str,
) -> Result<(), Error> {
    let mut credentials = transaction.open_table(CREDENTIALS)?;
    credentials.remove((team, key_id))?;
    Ok(())
}

/// Returns the name of the service user that a key belongs to.
pub(crate) fn find_owner(
    transaction: &WriteTransaction,
    team: &str,
    key_id: &str,
) -> Result<Option<String>, Error> {
    let credentials = transaction.open_table(CREDENTIALS)?;
    let found = credentials.get((team, key_id))?;
    Ok(found.map(|credential| credential.value().0.to_owned()))
}

/// Returns whether a key exists.
pub(crate) fn exists(
    transaction: &ReadTransaction,
    team: &str,
    key_id: &str,
) -> Result<bool, Error> {
    let credentials = transaction.open_table(CREDENTIALS)?;
    Ok(credentials.get((team, key_id))?.is_some())
}

/// Returns the name of the service user with this key; `None` if the key or its secret is wrong. An unknown key costs the same
/// comparison as a wrong secret.
pub(crate) fn owner_of(
    store: &Store,
    team: &str,
    key_id: &str,
    secret: &str,
) -> Result<Option<String>, Error> {
    let presented = digest(store.key(), secret);
    store.read(|transaction| {
        let credentials = transaction.open_table(CREDENTIALS)?;
        let found = credentials.get((team, key_id))?;
        let (owner, expected) = match &found {
            Some(credential) => {
                let (owner, digest) = credential.value();
                (owner, Digest::new(*digest))
            }
            None => ("", Digest::NONE),
        };
        Ok(expected.matches(&presented).then(|| owner.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::asa::vendor::ASA;
    use crate::well_known::asa::{
        ASA_KEY_ID, ASA_KEY_SECRET, ASA_REPORTING_KEY_ID, ASA_REPORTING_KEY_SECRET, ASA_TEAM,
        ASA_USER,
    };

    #[test]
    fn a_key_secret_is_valid_for_its_team_and_key_id_only() {
        let store = Store::in_memory().unwrap();
        ASA.prepare(&store).unwrap();
        let owner = |team, id, secret| owner_of(&store, team, id, secret).unwrap();
        let found = owner(ASA_TEAM, ASA_KEY_ID, ASA_KEY_SECRET);
        assert_eq!(found.as_deref(), Some(ASA_USER));
        assert_eq!(owner("another-team", ASA_KEY_ID, ASA_KEY_SECRET), None);
        assert_eq!(owner(ASA_TEAM, ASA_REPORTING_KEY_ID, ASA_KEY_SECRET), None);
        assert_eq!(owner(ASA_TEAM, ASA_KEY_ID, ASA_REPORTING_KEY_SECRET), None);
    }

    #[test]
    fn the_keys_of_an_earlier_version_still_log_in() {
        let store = Store::in_memory().unwrap();
        let digest = digest(store.key(), "secret");
        let written = store.write(|transaction| {
            let mut earlier = transaction.open_table(EARLIER)?;
            earlier.insert(("team", "key"), ("reporting_user", digest.bytes()))?;
            Ok::<(), Error>(())
        });
        written.unwrap();
        ASA.prepare(&store).unwrap();
        let owner = owner_of(&store, "team", "key", "secret").unwrap();
        assert_eq!(owner.as_deref(), Some("key"));
    }
}
