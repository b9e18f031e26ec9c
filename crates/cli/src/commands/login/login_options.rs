//! The options of `gatelet login`.

use crate::commands::login::secret_place::SecretOptions;
use crate::error::error::CliError;
use crate::options::vendor::VendorName;
use crate::settings::key::Vendor;

/// The options of `gatelet login`.
#[derive(Debug, clap::Args)]
pub(crate) struct LoginOptions {
    /// What to log in to
    #[arg(value_enum)]
    pub(crate) vendor: Option<VendorName>,
    /// URL of the Dynatrace environment, or of the API of Okta if not app.scaleft.com
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Name of the team, of asa
    #[arg(long, value_name = "TEAM")]
    pub(crate) team: Option<String>,
    /// ID of the service user's API key, of asa
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    pub(crate) key_id: Option<String>,
    /// ID of an OAuth client, of dt, in place of a token
    #[arg(long, value_name = "ID")]
    pub(crate) oauth_client_id: Option<String>,
    /// Scopes that the OAuth client requests, separated by spaces [default: those that all commands need]
    #[arg(long, value_name = "SCOPES", requires = "oauth_client_id")]
    pub(crate) oauth_scopes: Option<String>,
    #[command(flatten)]
    pub(crate) secret: SecretOptions,
    /// Forbid changes with the profile
    #[arg(long)]
    pub(crate) readonly: bool,
    /// Replace what the profile has of the vendor without asking
    #[arg(short, long)]
    pub(crate) yes: bool,
}

impl LoginOptions {
    /// Checks that the options are of the vendor.
    ///
    /// # Errors
    /// One is of the other.
    pub(crate) fn ensure_of(&self, vendor: Vendor) -> Result<(), CliError> {
        let of_asa = [
            ("--team", self.team.is_some()),
            ("--key-id", self.key_id.is_some()),
        ];
        let of_dt = [("--oauth-client-id", self.oauth_client_id.is_some())];
        let others = match vendor {
            Vendor::Asa => &of_dt[..],
            Vendor::Dt => &of_asa[..],
        };
        match others.iter().find(|(_, is_given)| *is_given) {
            Some((option, _)) => Err(CliError::usage(format_args!(
                "{option} is not for {}; nothing was written",
                vendor.table()
            ))),
            None => Ok(()),
        }
    }
}
