//! Whether the credential of a new profile is accepted.

use crate::client::factory::ClientFactory;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::settings::key::Vendor;

/// Logs in, or makes the smallest read, and says what came of it.
///
/// # Errors
/// The environment cannot be reached, or the credential was refused.
pub(crate) async fn run(vendor: Vendor, clients: &ClientFactory) -> Result<String, CliError> {
    match vendor {
        Vendor::Asa => {
            let user = clients.asa().await?.current_user().await?;
            Ok(format!("logged in as {}", user.name))
        }
        Vendor::Dt => {
            let client = clients.dt().await?;
            let tokens = client.active_gate_tokens().list().limit(1).send().await;
            match tokens.map_err(CliError::from) {
                Ok(_) => {
                    Ok("the credential is accepted, and may read ActiveGate tokens".to_owned())
                }
                // Refused for want of a scope, which only a valid credential is.
                Err(error) if error.exit() == Exit::Forbidden => Ok(format!(
                    "the credential is accepted, but may not read ActiveGate tokens: {}",
                    error.line()
                )),
                Err(error) => Err(error),
            }
        }
    }
}
