//! The scheme that a Dynatrace token is sent with, as a setting names it.

use crate::error::error::CliError;
use crate::settings::origin::Setting;

/// What a platform token begins with.
const PLATFORM_PREFIX: &str = "dt0s16.";

/// What a classic access token begins with.
const CLASSIC_PREFIX: &str = "dt0c01.";

/// The scheme of a token in the header `Authorization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenScheme {
    ApiToken,
    Bearer,
}

impl TokenScheme {
    /// Parses the value of a setting.
    ///
    /// # Errors
    /// It is another word.
    pub(crate) fn parse(setting: &Setting<String>) -> Result<Self, CliError> {
        match setting.value.as_str() {
            "api-token" => Ok(Self::ApiToken),
            "bearer" => Ok(Self::Bearer),
            _ => {
                let origin = &setting.origin;
                Err(CliError::usage(format_args!(
                    "invalid {origin}: must be api-token or bearer"
                )))
            }
        }
    }

    /// Returns the scheme of a token for which no setting names one.
    pub(crate) fn of(token: &str) -> Self {
        match token.starts_with(PLATFORM_PREFIX) {
            true => Self::Bearer,
            false => Self::ApiToken,
        }
    }

    /// Returns whether a token is a classic one, which is never sent as a bearer.
    pub(crate) fn is_classic(token: &str) -> bool {
        token.starts_with(CLASSIC_PREFIX)
    }
}
