//! Access tokens, classic ones and those of the platform, with keyed hashes of their secrets.

use gatelet_models::Method;
use redb::{TableDefinition, WriteTransaction};

use crate::api::dt::caller::Caller;
use crate::api::dt::public_part::public_part;
use crate::api::dt::scope;
use crate::error::Error;
use crate::store::key::{Digest, Key};
use crate::store::store::Store;
use crate::well_known::dt::{DT_OWNER, DT_PLATFORM_TOKEN, DT_READ_ONLY_TOKEN, DT_TOKEN};

/// Public part of the token → (owner, space-separated scopes, digest of the whole token).
type AccessTokens =
    TableDefinition<'static, &'static str, (&'static str, &'static str, &'static [u8; 32])>;

const ACCESS_TOKENS: AccessTokens = TableDefinition::new("dt.access_tokens");

/// Returns whether a token has the form of the platform's tokens.
pub(crate) fn is_for_platform(token: &str) -> bool {
    token.starts_with("dt0s16.")
}

/// Creates the table with the well-known access tokens.
pub(crate) fn create_table(transaction: &WriteTransaction, key: &Key) -> Result<(), Error> {
    for token in [DT_TOKEN, DT_READ_ONLY_TOKEN, DT_PLATFORM_TOKEN] {
        insert(transaction, key, token, DT_OWNER, "")?;
    }
    Ok(())
}

pub(crate) fn insert(
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

/// Authenticates an access token. An unknown token costs the same comparison as a wrong secret.
pub(crate) fn authenticate(store: &Store, token: &str) -> Result<Option<Caller>, Error> {
    let presented = store.key().digest("access token", &[token.as_bytes()]);
    store.read(|transaction| {
        let tokens = transaction.open_table(ACCESS_TOKENS)?;
        let stored = tokens.get(public_part(token).unwrap_or(""))?;
        let stored = stored.as_ref().map(|stored| stored.value());
        let expected = stored.map_or(Digest::NONE, |(_, _, digest)| Digest::new(*digest));
        let is_authentic = expected.matches(&presented);
        Ok(stored
            .filter(|_| is_authentic)
            .map(|(owner, scopes, _)| Caller {
                owner: owner.to_owned(),
                scopes: well_known_scopes(token)
                    .unwrap_or_else(|| scopes.split(' ').map(str::to_owned).collect()),
            }))
    })
}

/// Returns the scopes of a well-known access token.
fn well_known_scopes(token: &str) -> Option<Vec<String>> {
    let permissions = match token {
        DT_TOKEN => scope::permissions(|_| true),
        DT_READ_ONLY_TOKEN => scope::permissions(|operation| operation.method == Method::Get),
        DT_PLATFORM_TOKEN => return Some(scope::all_on_platform()),
        _ => return None,
    };
    Some(permissions.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use gatelet_models::dt::OperationId;

    use super::*;
    use crate::api::dt::vendor::DT;

    fn store() -> Store {
        let store = Store::in_memory().unwrap();
        DT.prepare(&store).unwrap();
        store
    }

    #[test]
    fn only_the_whole_access_token_authenticates() {
        let store = store();
        let is_valid = |token: &str| authenticate(&store, token).unwrap().is_some();
        assert!(is_valid(DT_TOKEN));
        assert!(!is_valid(&DT_TOKEN[..DT_TOKEN.len() - 1]));
        assert!(!is_valid(&format!("{}A", DT_TOKEN)));
        assert!(!is_valid("dt0c01.GATELETEMULATORREADWRITE"));
        assert!(!is_valid(""));
    }

    #[test]
    fn a_well_known_token_has_the_scopes_of_the_operation_table_in_an_earlier_store() {
        let store = store();
        let (token, owner) = (DT_TOKEN, DT_OWNER);
        store
            .write(|transaction| insert(transaction, store.key(), token, owner, "earlier.scope"))
            .unwrap();
        let scopes = |token| authenticate(&store, token).unwrap().unwrap().scopes;
        let all = scopes(token);
        for id in OperationId::ALL {
            for permission in id.operation().permissions {
                assert!(all.iter().any(|scope| scope == permission), "{permission}");
            }
        }
        let read_only = scopes(DT_READ_ONLY_TOKEN);
        assert!(read_only.contains(&"activeGateTokenManagement.read".to_owned()));
        assert!(read_only.iter().all(|scope| scope.ends_with("read")));
    }
}
