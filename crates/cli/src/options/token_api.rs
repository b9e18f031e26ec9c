//! The API of Dynatrace's ActiveGate tokens, as an option or a setting names it.

use clap::ValueEnum;
use dt_client::TokenApi;

use crate::error::error::CliError;
use crate::settings::origin::Setting;

/// The name of an API of ActiveGate tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenApiName {
    /// Environment API v2, which Dynatrace Managed has, too
    Classic,
    /// Fleet Management API of the platform; the token is a platform token
    Platform,
}

/// The API of tokens that an option or a setting names, and whether the command calls it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenApiChoice {
    pub(crate) named: Option<TokenApiName>,
    pub(crate) is_used: bool,
}

impl TokenApiName {
    /// Parses the value of a setting.
    ///
    /// # Errors
    /// It is another word.
    pub(crate) fn parse(setting: &Setting<String>) -> Result<Self, CliError> {
        <Self as ValueEnum>::from_str(&setting.value, false).map_err(|_| {
            let origin = &setting.origin;
            CliError::usage(format_args!(
                "invalid {origin}: must be classic or platform"
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
