//! Where the value of a setting comes from.

use std::fmt;
use std::sync::Arc;

/// Where the value of a setting comes from, as the user typed or set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An option of the command line.
    Option(&'static str),
    /// A variable of the environment.
    Variable(String),
    /// A key of a profile.
    Profile {
        profile: Arc<str>,
        key: &'static str,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(name) => f.write_str(name),
            Self::Variable(name) => f.write_str(name),
            Self::Profile { profile, key } => write!(f, "{key} of the profile {profile}"),
        }
    }
}

impl Origin {
    /// Returns which of two sources wins: the greater one.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Profile { .. } => 0,
            Self::Variable(_) => 1,
            Self::Option(_) => 2,
        }
    }
}

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}
