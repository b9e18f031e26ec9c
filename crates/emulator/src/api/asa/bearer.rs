//! Bearers: issued for a service user's key, signed with the emulator's key, never stored.
//!
//! Like ASA's, a bearer is a JSON Web Token. Its signature is the emulator's keyed hash, which only the emulator can
//! verify; to clients a bearer is opaque.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_models::Timestamp;
use serde_json::Value;

use crate::store::key::{Digest, Key};

/// The subject of a valid bearer.
pub(crate) struct Bearer {
    pub(crate) team: String,
    pub(crate) user_name: String,
    pub(crate) key_id: String,
}

/// Encodes and signs claims.
pub(crate) fn sign(key: &Key, claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = key.digest("bearer", &[signed.as_bytes()]);
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.bytes()))
}

/// Verifies a bearer. Returns `None` unless this emulator issued it and it has not expired.
pub(crate) fn verify(key: &Key, text: &str, now: Timestamp) -> Option<Bearer> {
    let (signed, signature) = text.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?;
    if !key
        .digest("bearer", &[signed.as_bytes()])
        .matches(&Digest::new(signature))
    {
        return None;
    }
    let (_, claims) = signed.split_once('.')?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let text = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
    let expires_at = claims.get("exp")?.as_i64()?;
    let is_valid = now.unix_millis() < expires_at.saturating_mul(1000);
    is_valid.then_some(Bearer {
        team: text("team")?,
        user_name: text("user")?,
        key_id: text("key")?,
    })
}
