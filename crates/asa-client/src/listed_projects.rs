//! The projects that lists contain, as far as they could be read.

use std::collections::{BTreeMap, BTreeSet};

use gatelet_models::asa::{Project, ResourceGroupId};
use gatelet_transport::{Error, Items};

use crate::gateway_selection::ServedProjects;
use crate::stop::Stop;

/// The projects that were read, and what could not be.
#[derive(Default)]
pub(crate) struct ListedProjects {
    pub(crate) projects: Vec<Project>,
    /// The errors of the lists that could not be read, or not to their end.
    pub(crate) unread: Vec<Error>,
    /// The resource groups whose projects were not asked for.
    pub(crate) unasked: Vec<ResourceGroupId>,
}

impl ListedProjects {
    /// Reads a list of projects to its end, or to the page that cannot be read.
    ///
    /// # Errors
    ///
    /// The first page cannot be read.
    pub(crate) async fn read(list: Items<Project>, stop: &mut Stop<'_>) -> Result<Self, Error> {
        let (projects, end) = read(list, stop).await?;
        Ok(Self {
            projects,
            unread: end.into_iter().collect(),
            unasked: Vec::new(),
        })
    }

    /// Judges which of the projects a gateway with these labels serves. A project that two lists contain is judged once.
    pub(crate) fn judge(mut self, labels: Option<&BTreeMap<String, String>>) -> ServedProjects {
        let mut known = BTreeSet::new();
        self.projects
            .retain(|project| known.insert(project.id.clone()));
        let mut result = ServedProjects::new(labels, self.projects);
        result.unread = self.unread;
        result.unasked = self.unasked;
        result
    }
}

/// Reads a list to its end, until it is to stop, or to the page that cannot be read, whose error is returned too.
///
/// # Errors
///
/// The first page cannot be read.
pub(crate) async fn read<T>(
    mut list: Items<T>,
    stop: &mut Stop<'_>,
) -> Result<(Vec<T>, Option<Error>), Error> {
    let mut items = Vec::new();
    loop {
        let Some(next) = stop.unless_stopped(list.try_next()).await else {
            return Ok((items, None));
        };
        match next {
            Ok(Some(item)) => items.push(item),
            Ok(None) => return Ok((items, None)),
            Err(error) if is_of_first_page(&error) => return Err(error),
            Err(error) => return Ok((items, Some(error))),
        }
    }
}

/// Returns whether the service has no such list. A later page may be missing for another reason, and a 404 of a server in front of the
/// service says nothing about the list.
pub(crate) fn is_absent(error: &Error) -> bool {
    is_of_first_page(error) && error.is_not_found()
}

fn is_of_first_page(error: &Error) -> bool {
    error.page().is_none_or(|page| page == 1)
}
