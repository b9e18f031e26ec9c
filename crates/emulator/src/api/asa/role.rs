//! What a service user may do.

/// The role of an ASA service user. Those of Okta Privileged Access are allowed what its operations are described to need; resource
/// groups are not delegated, so a delegated administrator sees all of them.
///
/// Needs the feature `asa`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// `access_admin`: may read and write everything.
    AccessAdmin,
    /// `reporting_user`: may only read.
    ReportingUser,
    /// `resource_admin` of Okta Privileged Access: may read and write all that it has.
    ResourceAdmin,
    /// `delegated_resource_admin` of Okta Privileged Access: may read gateways, and read and write what is in resource groups.
    DelegatedResourceAdmin,
}

impl Role {
    /// Returns the role's name in ASA.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessAdmin => "access_admin",
            Self::ReportingUser => "reporting_user",
            Self::ResourceAdmin => "resource_admin",
            Self::DelegatedResourceAdmin => "delegated_resource_admin",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let all = [
            Self::AccessAdmin,
            Self::ReportingUser,
            Self::ResourceAdmin,
            Self::DelegatedResourceAdmin,
        ];
        all.into_iter().find(|role| role.as_str() == name)
    }
}
