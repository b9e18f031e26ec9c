//! What a service user may do.

/// The role of an ASA service user.
///
/// Needs the feature `asa`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// `access_admin`: may read and write everything.
    AccessAdmin,
    /// `reporting_user`: may only read.
    ReportingUser,
}

impl Role {
    /// Returns the role's name in ASA.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessAdmin => "access_admin",
            Self::ReportingUser => "reporting_user",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::AccessAdmin, Self::ReportingUser]
            .into_iter()
            .find(|role| role.as_str() == name)
    }
}
