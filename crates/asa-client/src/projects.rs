//! What the description cannot say about projects.

use std::collections::BTreeMap;
use std::future::pending;
use std::pin::pin;

use gatelet_models::asa::{Project, ProjectName};
use gatelet_transport::{Channel, Error};

use crate::gateway_selection::{GatewaySelection, ServedProjects};
use crate::generated::gateways::Gateways;
use crate::generated::projects::Projects;
use crate::generated::resource_group_projects::ResourceGroupProjects;
use crate::listed_projects::{ListedProjects, is_absent, read};
use crate::stop::Stop;

impl Projects {
    /// Reads a project and all gateways of the team, and judges which of them the project uses.
    ///
    /// Only labels are compared: a selected gateway may refuse connections, and in ASA a project uses gateways only while its
    /// `forward_traffic` is true, which [`is_forwarding_off`](crate::SelectedGateways::is_forwarding_off) tells.
    ///
    /// Needs the permission to read the project and to list gateways.
    ///
    /// ```
    /// # use asa_client::{Client, Error, GatewaySelection};
    /// # async fn example(client: &Client) -> Result<(), Error> {
    /// match client.projects().gateways(&"web".into()).await? {
    ///     GatewaySelection::Judged(selected) => println!("{} gateways", selected.gateways.len()),
    ///     cannot_judge => println!("{cannot_judge:?}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind). An error says which of the calls failed. If a later page of gateways cannot be
    /// read, the earlier ones are judged, and [`unread`](crate::SelectedGateways::unread) has the error. Okta Privileged Access has its
    /// projects in resource groups; see [`ResourceGroupProjects`].
    pub async fn gateways(&self, name: &ProjectName) -> Result<GatewaySelection, Error> {
        let project = self.get(name).send().await?;
        select(&self.channel, &project).await
    }

    /// Lists all projects of the team, and judges which of them a gateway with these labels serves: those of a gateway, or those of a
    /// setup token for the gateways that will enroll with it.
    ///
    /// Needs the permission to list projects.
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind). If a later page cannot be read, the earlier ones are judged, and
    /// [`unread`](ServedProjects::unread) has the error.
    pub async fn served_by(
        &self,
        labels: Option<&BTreeMap<String, String>>,
    ) -> Result<ServedProjects, Error> {
        let mut pending = pin!(pending());
        let mut stop = Stop::new(pending.as_mut());
        let listed = ListedProjects::read(self.list().items(), &mut stop).await?;
        Ok(listed.judge(labels))
    }
}

/// Lists all gateways of the team and judges which of them a project uses.
pub(crate) async fn select(
    channel: &Channel,
    project: &Project,
) -> Result<GatewaySelection, Error> {
    let mut pending = pin!(pending());
    let mut stop = Stop::new(pending.as_mut());
    let (gateways, end) = read(Gateways::new(channel).list().items(), &mut stop).await?;
    let mut selection = GatewaySelection::new(project, gateways);
    if let (Some(error), GatewaySelection::Judged(selected)) = (end, &mut selection) {
        selected.unmet.clear();
        selected.unread = Some(error);
    }
    Ok(selection)
}

/// Lists the projects of ASA and those of Okta Privileged Access, and judges which of them a gateway with these labels serves.
///
/// The API's own 404 for the first page of a list counts as an empty list, if the other list can be read. If it is to stop before the end,
/// what was read is judged.
pub(crate) async fn served_in_either_product(
    channel: &Channel,
    labels: Option<&BTreeMap<String, String>>,
    stop: &mut Stop<'_>,
) -> Result<ServedProjects, Error> {
    let listed = listed_in_either_product(channel, stop).await?;
    let mut projects = listed.judge(labels);
    projects.is_stopped = stop.is_stopped();
    Ok(projects)
}

/// Lists the projects of ASA and those of Okta Privileged Access.
///
/// The API's own 404 for the first page of a list counts as an empty list, if the other list can be read.
pub(crate) async fn listed_in_either_product(
    channel: &Channel,
    stop: &mut Stop<'_>,
) -> Result<ListedProjects, Error> {
    let of_asa = ListedProjects::read(Projects::new(channel).list().items(), stop).await;
    let of_groups = ResourceGroupProjects::new(channel).all(stop).await;
    match (of_asa, of_groups) {
        (Ok(of_asa), Ok(mut listed)) => {
            listed.projects.extend(of_asa.projects);
            listed.unread.extend(of_asa.unread);
            Ok(listed)
        }
        (Ok(mut listed), Err(error)) | (Err(error), Ok(mut listed)) => {
            listed
                .unread
                .extend(Some(error).filter(|error| !is_absent(error)));
            Ok(listed)
        }
        (Err(error), Err(other)) => Err(if is_absent(&error) { other } else { error }),
    }
}
