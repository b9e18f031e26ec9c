//! Updates of service users that were read.

use super::{ServiceUser, ServiceUserUpdate};

/// Creates an update that changes nothing. It sends name, status and unknown members; all other members are set by the service alone.
impl From<&ServiceUser> for ServiceUserUpdate {
    fn from(user: &ServiceUser) -> Self {
        // Without `..`, so that a new field has to be decided here.
        let ServiceUser {
            id: _,
            name,
            status,
            user_type: _,
            team_name: _,
            details: _,
            deleted_at: _,
            oauth_client_application_id: _,
            role_grants: _,
            unknown_members,
        } = user;
        Self {
            name: name.clone(),
            status: status.clone(),
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
