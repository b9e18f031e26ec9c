//! Checks of values before anything is sent, beyond those of the description.

use gatelet_models::dt::{ActiveGateTokenCreate, Expiration, ExpirationError};
use gatelet_transport::{Channel, Clock as _, Error};

/// Refuses an expiration date that the server would refuse or misread, and converts a form that the API does not document to one that it
/// does.
pub(crate) fn create_token(
    channel: &Channel,
    token: &mut ActiveGateTokenCreate,
) -> Result<(), Error> {
    let Some(text) = &mut token.expiration_date else {
        return Ok(());
    };
    let refuse =
        |problem: ExpirationError| Error::invalid_input("expiration_date", problem.to_string());
    let expiration: Expiration = text.parse().map_err(refuse)?;
    expiration
        .resolve(channel.clock().now().into())
        .map_err(refuse)?;
    if !Expiration::is_api_form(text) {
        *text = expiration.into();
    }
    Ok(())
}
