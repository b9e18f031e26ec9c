//! The name of a vendor on the command line.

use crate::settings::key::Vendor;

/// The name of a vendor's command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum VendorName {
    /// Okta Advanced Server Access and Okta Privileged Access
    Asa,
    /// Dynatrace
    Dt,
}

impl From<VendorName> for Vendor {
    fn from(name: VendorName) -> Self {
        match name {
            VendorName::Asa => Self::Asa,
            VendorName::Dt => Self::Dt,
        }
    }
}
