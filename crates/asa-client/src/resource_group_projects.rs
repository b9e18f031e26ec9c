//! What the description cannot say about projects in resource groups.

use std::collections::BTreeMap;

use gatelet_models::asa::{Project, ProjectId, ResourceGroupId};
use gatelet_transport::{Error, ErrorKind};

use crate::gateway_selection::{GatewaySelection, ServedProjects};
use crate::generated::resource_group_projects::ResourceGroupProjects;
use crate::generated::resource_groups::ResourceGroups;
use crate::projects::select;

impl ResourceGroupProjects {
    /// Reads a project and all gateways of the team, and judges which of them the project uses.
    ///
    /// Only labels are compared: a selected gateway may refuse connections.
    ///
    /// Needs the permission to read the project and to list gateways.
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind). An error says which of the calls failed.
    pub async fn gateways(
        &self,
        resource_group: &ResourceGroupId,
        id: &ProjectId,
    ) -> Result<GatewaySelection, Error> {
        let project = self.get(resource_group, id).send().await?;
        select(&self.channel, &project).await
    }

    /// Lists the projects of all resource groups, and judges which of them a gateway with these labels serves: those of a gateway, or
    /// those of a setup token for the gateways that will enroll with it.
    ///
    /// Only the resource groups that the caller may see are asked. Needs the permission to list resource groups and their projects.
    ///
    /// ```
    /// # use asa_client::{Client, Error};
    /// # async fn example(client: &Client) -> Result<(), Error> {
    /// let gateway = client.gateways().get(&"a2dfd474".into()).send().await?;
    /// let projects = client.resource_group_projects().served_by(gateway.labels.as_ref()).await?;
    /// for project in projects.served {
    ///     println!("{:?} {}", project.resource_group_id, project.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind). If the service refuses the projects of one resource group, the others are judged,
    /// and [`unread`](ServedProjects::unread) has the error.
    pub async fn served_by(
        &self,
        labels: Option<&BTreeMap<String, String>>,
    ) -> Result<ServedProjects, Error> {
        let (projects, unread) = self.all().await?;
        let mut result = ServedProjects::new(labels, projects);
        result.unread = unread;
        Ok(result)
    }

    /// Lists the projects of all resource groups, and returns the errors of those whose projects the service refuses.
    pub(crate) async fn all(&self) -> Result<(Vec<Project>, Vec<Error>), Error> {
        let groups = ResourceGroups::new(&self.channel).list().items();
        let (mut all, mut unread) = (Vec::new(), Vec::new());
        for group in groups.try_collect().await? {
            match self.list(&group.id).items().try_collect().await {
                Ok(projects) => all.extend(projects),
                Err(error) if *error.kind() == ErrorKind::Api => {
                    unread.push(error.with_resource(group.id.as_str()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok((all, unread))
    }
}
