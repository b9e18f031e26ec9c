//! Filters by a version of three numbers.

use std::cmp::Ordering;

use gatelet_models::dt::{
    ActiveGateRelease, ActiveGateVersion, ParameterLocation, VersionCompareType,
};

use crate::api::dt::error_response::ErrorResponse;
use crate::api::server_call::ServerCall;

/// Reads a filter by a version of three numbers; a comparison without a version filters nothing.
pub(crate) fn release(
    call: &ServerCall<'_>,
    version: &'static str,
    comparison: &'static str,
) -> Result<Option<impl Fn([u32; 3]) -> bool + use<>>, ErrorResponse> {
    let comparison = call.word(comparison, VersionCompareType::KNOWN)?;
    let Some(text) = call.query(version) else {
        return Ok(None);
    };
    let wanted = ActiveGateRelease::from(text).numbers().ok_or_else(|| {
        let message = "must be three numbers, such as 1.195.0";
        ErrorResponse::violation(ParameterLocation::Query, version, message)
    })?;
    let comparison = comparison.as_deref().map(VersionCompareType::from);
    Ok(Some(move |release: [u32; 3]| {
        let order = release.cmp(&wanted);
        match &comparison {
            Some(VersionCompareType::Greater) => order == Ordering::Greater,
            Some(VersionCompareType::GreaterEqual) => order != Ordering::Less,
            Some(VersionCompareType::Lower) => order == Ordering::Less,
            Some(VersionCompareType::LowerEqual) => order != Ordering::Greater,
            _ => order == Ordering::Equal,
        }
    }))
}

/// Compares the three numbers of a version with those of a filter; false if it has none.
pub(crate) fn is_release(
    version: Option<&ActiveGateVersion>,
    accepts: impl Fn([u32; 3]) -> bool,
) -> bool {
    let release = version.and_then(ActiveGateVersion::release);
    release.and_then(|it| it.numbers()).is_some_and(accepts)
}
