//! What the description cannot say about the keys of service users.

use gatelet_client::OperationCall;
use gatelet_models::asa::{OperationId, ServiceUserKeyId};
use gatelet_transport::{Applied, Channel, Deleted, Error};

use crate::check::is_own_key;
use crate::generated::service_user_keys::ServiceUserKeys;

impl ServiceUserKeys {
    /// Deletes a key, even the one that the client itself logs in with. Then the client drops its bearer, and every later call fails
    /// unless its [`ServiceUser`](crate::ServiceUser) reads another key from its files.
    ///
    /// Needs the permission `access_admin` or `resource_admin`.
    ///
    /// Source: <https://developer.okta.com/docs/reference/api/asa/service-users>.
    ///
    /// # Errors
    ///
    /// Those of every call. After a lost response of the client's own key the repetition fails with `Credential`, because the key is
    /// gone.
    pub async fn delete_in_use(
        &self,
        user_name: &str,
        id: &ServiceUserKeyId,
    ) -> Result<Deleted, Error> {
        self.delete_with(user_name, id, None).await
    }

    /// Deletes a key; no error shows the secret.
    pub(crate) async fn delete_with(
        &self,
        user_name: &str,
        id: &ServiceUserKeyId,
        secret: Option<&str>,
    ) -> Result<Deleted, Error> {
        let operation = OperationId::DeleteServiceUserKey.operation();
        let path = [self.channel.account(), user_name, id.as_str()];
        let call = OperationCall::new(operation, &path).resource(id.as_str());
        let mut request = call.request(&self.channel, |response| Ok(response.into()));
        if let Some(secret) = secret {
            request = request.with_secret(secret);
        }
        forgetting(&self.channel, id, request.send()).await
    }
}

/// Waits for the deletion of a key, and drops the bearer of this channel if the key is its own and was or may have been deleted, also
/// where the deletion is dropped before it ends.
pub(crate) async fn forgetting(
    channel: &Channel,
    id: &ServiceUserKeyId,
    deletion: impl Future<Output = Result<Deleted, Error>>,
) -> Result<Deleted, Error> {
    let mut bearer = DeletedBearer {
        channel,
        id,
        is_kept: false,
    };
    let deleted = deletion.await;
    let is_unsent = |error: &Error| error.applied() == Applied::No;
    bearer.is_kept = deleted.as_ref().is_err_and(is_unsent);
    deleted
}

/// The bearer of a key that is being deleted.
struct DeletedBearer<'a> {
    channel: &'a Channel,
    id: &'a ServiceUserKeyId,
    /// Whether the key certainly was not deleted.
    is_kept: bool,
}

impl Drop for DeletedBearer<'_> {
    fn drop(&mut self) {
        if !self.is_kept && is_own_key(self.channel, self.id) {
            self.channel.forget_credential();
        }
    }
}
