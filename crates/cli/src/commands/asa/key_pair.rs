//! The id and the secret of a key, as they are handed over.

use std::collections::BTreeMap;
use std::io;

use asa_client::PreparedRotation;
use gatelet_models::Secret;
use gatelet_models::asa::ServiceTokenRequest;
use serde::de::IgnoredAny;

use crate::output::secret_file::{CAPACITY, SecretForm};

/// The form of a file with a pair.
pub(crate) const PAIR: SecretForm = SecretForm {
    thing: "key",
    id_in: |content| {
        let pair: ServiceTokenRequest = serde_json::from_slice(content).ok()?;
        Some(pair.key_id.to_string())
    },
};

/// Returns a pair as a line of JSON.
pub(crate) fn to_json(pair: &ServiceTokenRequest) -> io::Result<Secret> {
    // No growth of the buffer leaves a copy behind.
    let mut json = Vec::with_capacity(CAPACITY);
    serde_json::to_writer(&mut json, pair)?;
    json.push(b'\n');
    String::from_utf8(json)
        .map(Secret::new)
        .map_err(io::Error::other)
}

/// Returns why a file with this content is not replaced by a key of the service user; `None` if it contains one of these keys.
pub(crate) fn why_kept(content: &[u8], before: &PreparedRotation) -> Option<String> {
    let user_name = before.user_name();
    match key_in(content) {
        Some(id) if before.key(&id).is_some() => None,
        Some(id) => Some(format!(
            "contains the key {id}, which is not one of service user {user_name} here, and whose secret may be nowhere else"
        )),
        None => Some(format!(
            "contains something else than a key of service user {user_name} as this command writes it"
        )),
    }
}

/// Returns the ID of the key in a content that is a pair and nothing else: other members would be lost.
fn key_in(content: &[u8]) -> Option<String> {
    let members: BTreeMap<String, IgnoredAny> = serde_json::from_slice(content).ok()?;
    (PAIR.id_in)(content).filter(|_| members.len() == 2)
}
