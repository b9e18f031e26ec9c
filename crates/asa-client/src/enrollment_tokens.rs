//! What the description cannot say about server enrollment tokens.

use gatelet_client::OperationCall;
use gatelet_models::Secret;
use gatelet_models::asa::{EnrollmentToken, EnrollmentTokenId, OperationId, ProjectName};
use gatelet_transport::{ApiResponse, Error, OperationRequest};

use crate::generated::enrollment_tokens::EnrollmentTokens;

impl EnrollmentTokens {
    /// Reads the value of an enrollment token: the secret that a server enrolls with. It goes into the server's file
    /// `/var/lib/sftd/enrollment.token`.
    ///
    /// Where the service sends an object in place of a text, the value is its JSON.
    ///
    /// Needs the permission `access_admin`, `access_user` or `server_enrollment_token_viewer`.
    ///
    /// ```
    /// # use asa_client::{Client, Error};
    /// use asa_client::models::EnrollmentTokenCreate;
    ///
    /// # async fn example(client: &Client) -> Result<(), Error> {
    /// let (tokens, project) = (client.enrollment_tokens(), "web".into());
    /// let created = tokens.create(&project, EnrollmentTokenCreate::new("edge")).send().await?;
    /// let value = tokens.reveal(&project, &created.id).send().await?;
    /// assert!(!value.expose().is_empty()); // hand it to the new server
    /// # Ok(())
    /// # }
    /// ```
    pub fn reveal(
        &self,
        project: &ProjectName,
        id: &EnrollmentTokenId,
    ) -> OperationRequest<Secret> {
        let operation = OperationId::FetchServerEnrollmentToken.operation();
        let path = [self.channel.account(), project.as_str(), id.as_str()];
        OperationCall::new(operation, &path)
            .resource(id.as_str())
            .request(&self.channel, value)
    }
}

/// Returns the value of a token, unless it is another one.
pub(crate) fn value(response: &ApiResponse) -> Result<Secret, Error> {
    let token = response.json_with_id("id", |it: &EnrollmentToken| Some(it.id.as_str()))?;
    token
        .token
        .filter(|value| !matches!(value.expose(), "" | "{}"))
        .ok_or_else(|| response.decode_error("token", "the value is missing"))
}
