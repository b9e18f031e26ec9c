//! What the description cannot say about server enrollment tokens of projects in resource groups.

use gatelet_client::OperationCall;
use gatelet_models::Secret;
use gatelet_models::asa::{EnrollmentTokenId, OperationId, ProjectId, ResourceGroupId};
use gatelet_transport::OperationRequest;

use crate::enrollment_tokens::value;
use crate::generated::resource_group_enrollment_tokens::ResourceGroupEnrollmentTokens;

impl ResourceGroupEnrollmentTokens {
    /// Reads the value of an enrollment token: the secret that a server enrolls with. It goes into the server's file
    /// `/var/lib/sftd/enrollment.token`.
    ///
    /// Where the service sends an object in place of a text, the value is its JSON.
    ///
    /// Needs the permission `resource_admin` or `delegated_resource_admin`.
    ///
    /// ```
    /// # use asa_client::{Client, Error};
    /// # async fn example(client: &Client) -> Result<(), Error> {
    /// let (group, project) = ("2e5d0f6c".into(), "5b0c7d9e".into());
    /// let tokens = client.resource_group_enrollment_tokens();
    /// let mut all = tokens.list(&group, &project).items();
    /// while let Some(token) = all.try_next().await? {
    ///     let value = tokens.reveal(&group, &project, &token.id).send().await?;
    ///     assert!(!value.expose().is_empty()); // hand it to the new server
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn reveal(
        &self,
        resource_group: &ResourceGroupId,
        project: &ProjectId,
        id: &EnrollmentTokenId,
    ) -> OperationRequest<Secret> {
        let operation = OperationId::GetResourceGroupProjectServerEnrollmentToken.operation();
        let team = self.channel.account();
        let path = [team, resource_group.as_str(), project.as_str(), id.as_str()];
        OperationCall::new(operation, &path)
            .resource(id.as_str())
            .request(&self.channel, value)
    }
}
