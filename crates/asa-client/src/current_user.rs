//! Who makes the calls of a client.

use gatelet_client::OperationCall;
use gatelet_models::asa::{CurrentUser, ErrorType, OperationId};
use gatelet_transport::{Error, ErrorKind, OperationRequest};

use crate::client::Client;
use crate::user_name::is_name;

/// Who makes the calls.
impl Client {
    /// Returns who makes the calls: Okta Privileged Access is asked. Where the service does not know that operation or denies it,
    /// as ASA does, the bearer says it, and only the name is known. The bearer is right whoever refuses the call, so a 404, 405 or 501 of
    /// a server in front of the service suffices.
    ///
    /// # Errors
    ///
    /// The refusal of the service if neither knows, as with a [`Bearer`](crate::Bearer) that was obtained elsewhere; `Decode` for a
    /// name that is empty; otherwise those of every call.
    pub async fn current_user(&self) -> Result<CurrentUser, Error> {
        let error = match self.named_user().send().await {
            Ok(user) => return Ok(user),
            Err(error) => error,
        };
        if !is_refusal(&error) {
            return Err(error);
        }
        let identity = self.channel().identity();
        match identity.and_then(|identity| identity.user_name) {
            Some(name) => Ok(CurrentUser::new(name)),
            None => Err(error.with_detail("the bearer does not name the service user either")),
        }
    }

    /// Asks the service, which must send a name that can be part of a path.
    fn named_user(&self) -> OperationRequest<CurrentUser> {
        let operation = OperationId::GetCurrentUser.operation();
        let path = [self.channel().account()];
        OperationCall::new(operation, &path).request(self.channel(), |response| {
            let user: CurrentUser = response.json()?;
            match is_name(&user.name) {
                true => Ok(user),
                false => Err(response.decode_error("name", "is no name of a service user")),
            }
        })
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
