//! Signed claims: bearer tokens that the emulator issues and never stores.
//!
//! Like the vendors', they are JSON Web Tokens. Their signature is the emulator's keyed hash, which only the emulator can
//! verify; to clients they are opaque.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_models::Timestamp;
use serde_json::Value;

use crate::store::key::{Digest, Key};

/// Encodes and signs claims for one purpose.
pub(crate) fn sign(key: &Key, purpose: &str, claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = key.digest(purpose, &[signed.as_bytes()]);
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.bytes()))
}

/// Verifies claims. Returns `None` unless this emulator signed them for this purpose, and `exp` is in the future.
pub(crate) fn verify(key: &Key, purpose: &str, text: &str, now: Timestamp) -> Option<Value> {
    let (signed, signature) = text.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?;
    if !key
        .digest(purpose, &[signed.as_bytes()])
        .matches(&Digest::new(signature))
    {
        return None;
    }
    let (_, claims) = signed.split_once('.')?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let expires_at = claims.get("exp")?.as_i64()?;
    let is_valid = now.unix_millis() < expires_at.saturating_mul(1000);
    is_valid.then_some(claims)
}
