//! The team of a request.

use crate::api::server_call::ServerCall;

/// Returns the team's key in the store: team names are case-insensitive.
pub(crate) fn team(call: &ServerCall<'_>) -> String {
    call.value(0).to_lowercase()
}
