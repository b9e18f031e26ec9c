//! What the description cannot say about projects.

use std::collections::{BTreeMap, BTreeSet};

use gatelet_models::asa::{Project, ProjectName};
use gatelet_transport::{Channel, Error, Items};

use crate::gateway_selection::{GatewaySelection, ServedProjects};
use crate::generated::gateways::Gateways;
use crate::generated::projects::Projects;
use crate::generated::resource_group_projects::ResourceGroupProjects;

impl Projects {
    /// Reads a project and all gateways of the team, and judges which of them the project uses.
    ///
    /// Only labels are compared: a selected gateway may refuse connections, and in ASA a project uses gateways only while its
    /// `forward_traffic` is true.
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
    /// Every kind; see [`ErrorKind`](crate::ErrorKind). An error says which of the calls failed. Okta Privileged Access has its projects
    /// in resource groups; see [`ResourceGroupProjects`].
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
    /// Every kind; see [`ErrorKind`](crate::ErrorKind).
    pub async fn served_by(
        &self,
        labels: Option<&BTreeMap<String, String>>,
    ) -> Result<ServedProjects, Error> {
        let projects = self.list().items().try_collect().await?;
        Ok(ServedProjects::new(labels, projects))
    }
}

/// Lists all gateways of the team and judges which of them a project uses.
pub(crate) async fn select(
    channel: &Channel,
    project: &Project,
) -> Result<GatewaySelection, Error> {
    let gateways = Gateways::new(channel).list().items().try_collect().await?;
    Ok(GatewaySelection::new(project, gateways))
}

/// Lists the projects of ASA and those of Okta Privileged Access, and judges which of them a gateway with these labels serves.
///
/// What one product responds to a question about the projects of the other is documented nowhere. So any response that there is no
/// such operation counts for the first page of a list, if the other list can be read.
pub(crate) async fn served_in_either_product(
    channel: &Channel,
    labels: Option<&BTreeMap<String, String>>,
) -> Result<ServedProjects, Error> {
    let of_asa = read(Projects::new(channel).list().items()).await;
    let of_groups = ResourceGroupProjects::new(channel).all().await;
    let (mut projects, unread) = match (of_asa, of_groups) {
        (Ok((of_asa, end)), Ok((mut projects, mut unread))) => {
            projects.extend(of_asa);
            unread.extend(end);
            (projects, unread)
        }
        (Ok((projects, end)), Err(error)) => {
            let error = Some(error).filter(|error| !is_absent(error));
            (projects, end.into_iter().chain(error).collect())
        }
        (Err(error), Ok((projects, mut unread))) => {
            if !is_absent(&error) {
                unread.push(error);
            }
            (projects, unread)
        }
        (Err(error), Err(other)) => return Err(if is_absent(&error) { other } else { error }),
    };
    let mut known = BTreeSet::new();
    projects.retain(|project| known.insert(project.id.clone()));
    let mut result = ServedProjects::new(labels, projects);
    result.unread = unread;
    Ok(result)
}

/// Reads a list to its end, or to the page that cannot be read, whose error is returned too.
///
/// # Errors
///
/// The first page cannot be read.
async fn read(mut items: Items<Project>) -> Result<(Vec<Project>, Option<Error>), Error> {
    let mut projects = Vec::new();
    loop {
        match items.try_next().await {
            Ok(Some(project)) => projects.push(project),
            Ok(None) => return Ok((projects, None)),
            Err(error) if is_of_first_page(&error) => return Err(error),
            Err(error) => return Ok((projects, Some(error))),
        }
    }
}

/// Returns whether the service has no such list. A later page may be missing for another reason.
fn is_absent(error: &Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    is_of_first_page(error) && matches!(status, Some(404 | 405 | 501))
}

fn is_of_first_page(error: &Error) -> bool {
    error.page().is_none_or(|page| page == 1)
}
