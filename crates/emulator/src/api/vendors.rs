//! The vendors that this build emulates.

#[cfg(feature = "asa")]
use crate::api::asa::vendor::ASA;
#[cfg(feature = "dt")]
use crate::api::dt::vendor::DT;
use crate::api::vendor::Vendors;

/// One for each feature that is on.
pub(crate) const ALL: Vendors = &[
    #[cfg(feature = "asa")]
    ASA,
    #[cfg(feature = "dt")]
    DT,
];
