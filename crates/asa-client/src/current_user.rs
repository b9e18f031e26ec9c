//! Who makes the calls of a client.

use gatelet_models::asa::{CurrentUser, ErrorType};
use gatelet_transport::{Error, ErrorKind};

use crate::client::Client;

/// Who makes the calls.
impl Client {
    /// Returns who makes the calls: Okta Privileged Access is asked. Where the service does not know that operation or denies it,
    /// as ASA does, the bearer says it, and only the name is known. The bearer is right whoever refuses the call, so a 404, 405 or 501 of
    /// a server in front of the service suffices.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if neither knows, as with a [`Bearer`](crate::Bearer) that was obtained elsewhere; otherwise those of every call.
    /// Only the API's own 404 ([`Error::is_not_found`]) shows that the service does not know.
    pub async fn current_user(&self) -> Result<CurrentUser, Error> {
        let error = match self.service_users().current_user().send().await {
            Ok(user) => return Ok(user),
            Err(error) => error,
        };
        if !is_refusal(&error) {
            return Err(error);
        }
        let identity = self.channel().identity();
        match identity.and_then(|identity| identity.user_name) {
            Some(name) => Ok(CurrentUser::new(name)),
            None if error.is_not_found() => {
                let problem = "is unknown: neither the service nor the bearer says it";
                Err(Error::invalid_input("user_name", problem))
            }
            None => Err(error),
        }
    }

    /// Returns the name of the service user that the client logs in as, as [`current_user`](Self::current_user) does.
    ///
    /// # Errors
    ///
    /// Those of [`current_user`](Self::current_user).
    pub async fn user_name(&self) -> Result<String, Error> {
        Ok(self.current_user().await?.name)
    }
}

/// Returns whether a service does not say who calls, although the credential is good: it has no such operation, or the caller lacks a
/// role. An unknown path is refused in any form, by the API or by a server in front of it.
fn is_refusal(error: &Error) -> bool {
    if let ErrorKind::Credential(_) = error.kind() {
        return false;
    }
    let is_denied = error.code() == Some(ErrorType::AuthorizationError.as_str());
    match error.status().map(|status| status.as_u16()) {
        Some(404 | 405 | 501) => true,
        Some(401 | 403) => is_denied,
        _ => false,
    }
}
