//! What the description cannot say about projects in resource groups.

use std::collections::BTreeMap;
use std::future::pending;
use std::pin::pin;

use gatelet_models::asa::{ProjectId, ResourceGroupId};
use gatelet_transport::{Error, ErrorKind};

use crate::gateway_selection::{GatewaySelection, ServedProjects};
use crate::generated::resource_group_projects::ResourceGroupProjects;
use crate::generated::resource_groups::ResourceGroups;
use crate::listed_projects::{ListedProjects, read};
use crate::projects::select;
use crate::stop::Stop;

impl ResourceGroupProjects {
    /// Reads a project and all gateways of the team, and judges which of them the project uses.
    ///
    /// Only labels are compared: a selected gateway may refuse connections.
    ///
    /// Needs the permission to read the project and to list gateways.
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind). An error says which of the calls failed. If a later page of gateways cannot be
    /// read, the earlier ones are judged, and [`unread`](crate::SelectedGateways::unread) has the error.
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
    /// Every kind; see [`ErrorKind`](crate::ErrorKind), if the first page of resource groups cannot be read. After any other failure, what
    /// was read is judged, and [`unread`](ServedProjects::unread) has the error. A failure that is not about one list, such as a timeout,
    /// leaves the other resource groups [`unasked`](ServedProjects::unasked).
    pub async fn served_by(
        &self,
        labels: Option<&BTreeMap<String, String>>,
    ) -> Result<ServedProjects, Error> {
        let mut pending = pin!(pending());
        let mut stop = Stop::new(pending.as_mut());
        Ok(self.all(&mut stop).await?.judge(labels))
    }

    /// Lists the projects of all resource groups, as far as they can be read until it is to stop.
    ///
    /// # Errors
    ///
    /// The first page of resource groups cannot be read.
    pub(crate) async fn all(&self, stop: &mut Stop<'_>) -> Result<ListedProjects, Error> {
        let groups = ResourceGroups::new(&self.channel).list().items();
        let (groups, end) = read(groups, stop).await?;
        let mut all = ListedProjects::default();
        all.unread.extend(end);
        let mut groups = groups.into_iter().map(|group| group.id);
        for group in groups.by_ref() {
            let error = match ListedProjects::read(self.list(&group).items(), stop).await {
                Ok(listed) => {
                    all.projects.extend(listed.projects);
                    listed.unread.into_iter().next()
                }
                Err(error) => Some(error),
            };
            let Some(error) = error else { continue };
            let is_of_this_list = is_of_one_list(&error);
            all.unread.push(error.with_resource(group.as_str()));
            if !is_of_this_list {
                break;
            }
        }
        all.unasked = groups.collect();
        Ok(all)
    }
}

/// Returns whether an error comes from the response to one list or from the id of its group, so that another list may be readable.
fn is_of_one_list(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Api
            | ErrorKind::NotJson { .. }
            | ErrorKind::Decode { .. }
            | ErrorKind::TooLarge { .. }
            | ErrorKind::Pagination(_)
            | ErrorKind::InvalidInput { .. }
    )
}
