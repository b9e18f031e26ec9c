//! The scheme that a Dynatrace token is sent with, as a variable names it.

use std::str::FromStr;

use crate::error::error::CliError;

/// What a platform token begins with.
const PLATFORM_PREFIX: &str = "dt0s16.";

/// The scheme of a token in the header `Authorization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenScheme {
    ApiToken,
    Bearer,
}

impl TokenScheme {
    /// The variable that names a scheme.
    pub(crate) const VARIABLE: &str = "GATELET_DT_TOKEN_SCHEME";

    /// Returns the scheme of a token for which the variable names none.
    pub(crate) fn of(token: &str) -> Self {
        match token.starts_with(PLATFORM_PREFIX) {
            true => Self::Bearer,
            false => Self::ApiToken,
        }
    }
}

/// Parses the value of the variable.
impl FromStr for TokenScheme {
    type Err = CliError;

    fn from_str(text: &str) -> Result<Self, CliError> {
        match text {
            "api-token" => Ok(Self::ApiToken),
            "bearer" => Ok(Self::Bearer),
            _ => {
                let variable = Self::VARIABLE;
                Err(CliError::usage(format_args!(
                    "invalid {variable}: must be api-token or bearer"
                )))
            }
        }
    }
}
