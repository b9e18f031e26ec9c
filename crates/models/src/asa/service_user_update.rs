//! Updates of service users that were read.

use super::{ServiceUser, ServiceUserUpdate};
use crate::field::patch::Patch;

/// Creates an update that changes nothing: it sends everything that was read, unknown members included, because the service may
/// remove what is left out, such as roles. A `null` field is `null` again. Absent fields are left out, and so are the fields that only
/// the service sets: `id`, `team_name` and `deleted_at`.
impl From<&ServiceUser> for ServiceUserUpdate {
    fn from(user: &ServiceUser) -> Self {
        // Without `..`, so that a new field has to be decided here.
        let ServiceUser {
            id: _,
            name,
            status,
            user_type,
            team_name: _,
            details,
            deleted_at: _,
            oauth_client_application_id,
            role_grants,
            unknown_members,
        } = user;
        let null = |field| unknown_members.was_null(field);
        Self {
            name: name.clone(),
            status: status.clone(),
            user_type: Patch::unchanged(user_type, null("user_type")),
            details: Patch::unchanged(details, null("details")),
            oauth_client_application_id: Patch::unchanged(
                oauth_client_application_id,
                null("oauth_client_application_id"),
            ),
            role_grants: Patch::unchanged(role_grants, null("role_grants")),
            unknown_members: unknown_members.without_nulls(),
        }
    }
}

/// Equivalent to the conversion from a borrowed [`ServiceUser`].
impl From<ServiceUser> for ServiceUserUpdate {
    fn from(user: ServiceUser) -> Self {
        Self::from(&user)
    }
}
