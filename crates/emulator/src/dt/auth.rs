//! Whether a caller may: an access token with one of the operation's scopes.

use crate::call::{self, Call};
use crate::credential::{self, AccessToken};

use super::Refusal;

/// The token that was presented, when it is right and has a scope that the operation accepts.
pub(crate) fn admit(call: &Call) -> Result<AccessToken, Refusal> {
    let header = call.head.headers.get(http::header::AUTHORIZATION);
    header.ok_or_else(Refusal::no_credential)?;
    let token = call::credential(call.head, "Api-Token").ok_or_else(Refusal::bad_credential)?;
    let token = credential::access_token(call.emulator.store(), token)?;
    let token = token.ok_or_else(Refusal::bad_credential)?;
    let acceptable = call.operation.permissions;
    let has_scope = token
        .scopes
        .iter()
        .any(|scope| acceptable.contains(&scope.as_str()));
    if has_scope {
        Ok(token)
    } else {
        Err(Refusal::no_scope(acceptable))
    }
}
