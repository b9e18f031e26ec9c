//! What the description cannot say about the keys of service users.

use gatelet_client::OperationCall;
use gatelet_models::asa::{OperationId, ServiceUserKeyId};
use gatelet_transport::{Applied, Deleted, Error};

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
        let deleted = request.send().await;
        self.forget_deleted(id, &deleted);
        deleted
    }

    /// Drops the bearer of the client's own key if that was or may have been deleted.
    pub(crate) fn forget_deleted(&self, id: &ServiceUserKeyId, deleted: &Result<Deleted, Error>) {
        let was_sent = |error: &Error| error.applied() != Applied::No;
        if deleted.as_ref().err().is_none_or(was_sent) && is_own_key(&self.channel, id) {
            self.channel.forget_credential();
        }
    }
}
