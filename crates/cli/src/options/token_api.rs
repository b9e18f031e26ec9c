//! The API of Dynatrace's ActiveGate tokens, as an option or a variable names it.

use std::str::FromStr;

use clap::ValueEnum;
use dt_client::TokenApi;

use crate::error::error::CliError;

/// The name of an API of ActiveGate tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenApiName {
    /// Environment API v2, which Dynatrace Managed has, too
    Classic,
    /// Fleet Management API of the platform; the token is a platform token
    Platform,
}

impl TokenApiName {
    /// The variable that names an API where no option does.
    pub(crate) const VARIABLE: &str = "GATELET_DT_API";
}

/// Parses the value of the variable.
impl FromStr for TokenApiName {
    type Err = CliError;

    fn from_str(text: &str) -> Result<Self, CliError> {
        <Self as ValueEnum>::from_str(text, false).map_err(|_| {
            let variable = Self::VARIABLE;
            CliError::usage(format_args!(
                "invalid {variable}: must be classic or platform"
            ))
        })
    }
}

impl From<TokenApiName> for TokenApi {
    fn from(name: TokenApiName) -> Self {
        match name {
            TokenApiName::Classic => Self::Classic,
            TokenApiName::Platform => Self::Platform,
        }
    }
}
