//! OAuth clients, with keyed hashes of their secrets.

use redb::{ReadTransaction, TableDefinition, WriteTransaction};

use crate::api::dt::caller::Caller;
use crate::api::dt::scope;
use crate::error::Error;
use crate::store::key::{Digest, Key};
use crate::store::store::Store;
use crate::well_known::dt::{DT_OAUTH_CLIENT_ID, DT_OAUTH_CLIENT_SECRET, DT_OWNER};

/// The name of the table.
pub(crate) const TABLE: &str = "dt.oauth_clients";

/// Client id → (owner, space-separated scopes, digest of the secret).
type OAuthClients =
    TableDefinition<'static, &'static str, (&'static str, &'static str, &'static [u8; 32])>;

const OAUTH_CLIENTS: OAuthClients = TableDefinition::new(TABLE);

/// Creates the table with the well-known client.
pub(crate) fn create_table(transaction: &WriteTransaction, key: &Key) -> Result<(), Error> {
    let (id, secret) = (DT_OAUTH_CLIENT_ID, DT_OAUTH_CLIENT_SECRET);
    insert(transaction, key, id, secret, DT_OWNER, "")
}

pub(crate) fn insert(
    transaction: &WriteTransaction,
    key: &Key,
    id: &str,
    secret: &str,
    owner: &str,
    scopes: &str,
) -> Result<(), Error> {
    let digest = digest(key, id, secret);
    let mut clients = transaction.open_table(OAUTH_CLIENTS)?;
    clients.insert(id, (owner, scopes, digest.bytes()))?;
    Ok(())
}

/// Authenticates a client. An unknown client costs the same comparison as a wrong secret.
pub(crate) fn authenticate(store: &Store, id: &str, secret: &str) -> Result<Option<Caller>, Error> {
    let presented = digest(store.key(), id, secret);
    store.read(|transaction| {
        let found = find(transaction, id)?;
        let expected = found.as_ref().map_or(Digest::NONE, |(_, digest)| *digest);
        let is_authentic = expected.matches(&presented);
        Ok(found.filter(|_| is_authentic).map(|(client, _)| client))
    })
}

/// Returns a client, authenticated or not, and the digest of its secret.
pub(crate) fn find(
    transaction: &ReadTransaction,
    id: &str,
) -> Result<Option<(Caller, Digest)>, Error> {
    let clients = transaction.open_table(OAUTH_CLIENTS)?;
    let stored = clients.get(id)?;
    Ok(stored.map(|stored| {
        let (owner, scopes, digest) = stored.value();
        let client = Caller {
            owner: owner.to_owned(),
            scopes: match id {
                DT_OAUTH_CLIENT_ID => scope::all_on_platform(),
                _ => scopes.split(' ').map(str::to_owned).collect(),
            },
        };
        (client, Digest::new(*digest))
    }))
}

fn digest(key: &Key, id: &str, secret: &str) -> Digest {
    key.digest("oauth client", &[id.as_bytes(), secret.as_bytes()])
}
