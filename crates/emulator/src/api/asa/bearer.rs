//! Bearers: issued for a service user's key, signed with the emulator's key, never stored.

use gatelet_models::Timestamp;
use serde_json::Value;

use crate::api::signed_claims;
use crate::store::key::Key;

const PURPOSE: &str = "bearer";

/// The subject of a valid bearer.
pub(crate) struct Bearer {
    pub(crate) team: String,
    pub(crate) user_name: String,
    pub(crate) key_id: String,
}

/// Encodes and signs claims.
pub(crate) fn sign(key: &Key, claims: &Value) -> String {
    signed_claims::sign(key, PURPOSE, claims)
}

/// Verifies a bearer. Returns `None` unless this emulator issued it and it has not expired.
pub(crate) fn verify(key: &Key, text: &str, now: Timestamp) -> Option<Bearer> {
    let claims = signed_claims::verify(key, PURPOSE, text, now)?;
    let text = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
    Some(Bearer {
        team: text("team")?,
        user_name: text("user")?,
        key_id: text("key")?,
    })
}
