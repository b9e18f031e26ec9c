//! Who makes the calls of a client.

use gatelet_models::asa::{CurrentUser, ErrorType};
use gatelet_transport::{Error, ErrorKind};

use crate::client::Client;

/// Who makes the calls.
impl Client {
    /// Returns who makes the calls: Okta Privileged Access is asked. Where the service does not know that operation or denies it,
    /// as ASA does, the bearer says it, and only the name is known.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if neither knows, as with a [`Bearer`](crate::Bearer) that was obtained elsewhere; otherwise those of every call.
    pub async fn current_user(&self) -> Result<CurrentUser, Error> {
        let error = match self.service_users().current_user().send().await {
            Ok(user) => return Ok(user),
            Err(error) => error,
        };
        let refusal = refusal(&error);
        let identity = self.channel().identity().filter(|_| refusal.is_some());
        match (identity.and_then(|identity| identity.user_name), refusal) {
            (Some(name), _) => Ok(CurrentUser::new(name)),
            (None, Some(Refusal::Unknown)) => {
                let problem = "is unknown: neither the service nor the bearer says it";
                Err(Error::invalid_input("user_name", problem))
            }
            (None, Some(Refusal::Denied) | None) => Err(error),
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

/// Why a service does not say who calls, although the credential is good.
enum Refusal {
    /// It has no such operation.
    Unknown,
    /// The caller lacks a role.
    Denied,
}

/// Returns why the service does not say who calls. An unknown path is refused in any form, by the API or by a server in front of it.
fn refusal(error: &Error) -> Option<Refusal> {
    if let ErrorKind::Credential(_) = error.kind() {
        return None;
    }
    let is_denied = error.code() == Some(ErrorType::AuthorizationError.as_str());
    match error.status()?.as_u16() {
        404 | 405 | 501 => Some(Refusal::Unknown),
        401 | 403 if is_denied => Some(Refusal::Denied),
        _ => None,
    }
}
