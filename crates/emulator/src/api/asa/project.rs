//! Projects: those of ASA, which their names address, and those of resource groups, which their ids address.

use gatelet_models::Timestamp;
use gatelet_models::asa::{Project, ProjectList, ResourceGroupId};
use redb::{ReadTransaction, WriteTransaction};

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::table::{PROJECTS, RESOURCE_GROUPS};
use crate::api::asa::team::team;
use crate::api::asa::validation::check_project_name;
use crate::api::asa::{page, resource_group};
use crate::api::response::LinkedPage;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::store::encoded::Encoded;
use crate::store::store::Store;
use crate::store::table::Order;

/// Fields that ASA sends as `null` when they have no value.
const NULLS: &[&str] = &[
    "create_server_users",
    "forward_traffic",
    "gateway_selector",
    "next_unix_gid",
    "next_unix_uid",
    "require_preauth_for_creds",
];

/// The same for Okta Privileged Access.
const NULLS_IN_GROUP: &[&str] = &[
    "create_server_users",
    "deleted_at",
    "next_unix_gid",
    "next_unix_uid",
    "persistent_server_user_accounts",
    "require_preauth_for_creds",
    "user_on_demand_period",
];

pub(crate) fn list(call: &ServerCall<'_>) -> Result<LinkedPage<ProjectList>, ErrorResponse> {
    list_of(call, None)
}

/// Lists the projects of a resource group.
pub(crate) fn list_in_group(
    call: &ServerCall<'_>,
    resource_group: &str,
) -> Result<LinkedPage<ProjectList>, ErrorResponse> {
    resource_group::get(call, resource_group)?;
    list_of(call, Some(resource_group))
}

fn list_of(
    call: &ServerCall<'_>,
    resource_group: Option<&str>,
) -> Result<LinkedPage<ProjectList>, ErrorResponse> {
    let contains = call.query("contains").unwrap_or_default();
    page::list(call, &PROJECTS, |row| {
        let texts = row.texts(["resource_group_id", "name"]);
        texts.is_ok_and(|[group, name]| {
            group.as_deref() == resource_group && name.unwrap_or_default().contains(&contains)
        })
    })
}

/// Returns a project of a resource group.
pub(crate) fn get(
    call: &ServerCall<'_>,
    resource_group: &str,
    id: &str,
) -> Result<Encoded<Project>, ErrorResponse> {
    resource_group::get(call, resource_group)?;
    let team = team(call);
    let store = call.state.store();
    let found = store.read(|transaction| PROJECTS.get(transaction, &team, id))?;
    let project = found.ok_or_else(ErrorResponse::not_found)?;
    match group_of(&project.decode()?) == Some(resource_group) {
        true => Ok(project),
        false => Err(ErrorResponse::not_found()),
    }
}

pub(crate) fn fetch(call: &ServerCall<'_>, name: &str) -> Result<Encoded<Project>, ErrorResponse> {
    let team = team(call);
    let store = call.state.store();
    let project = store.read(|transaction| find(transaction, &team, name))?;
    project.ok_or_else(ErrorResponse::not_found)
}

/// Returns a team's project with this name that is in no resource group.
fn find(
    transaction: &ReadTransaction,
    team: &str,
    name: &str,
) -> Result<Option<Encoded<Project>>, Error> {
    let is_it = |row: &Encoded<Project>| {
        let texts = row.texts(["resource_group_id", "name"]);
        texts.is_ok_and(|[group, own]| group.is_none() && own.as_deref() == Some(name))
    };
    let rows = PROJECTS.page(transaction, team, Order::OldestFirst, None, 1, is_it)?;
    Ok(rows.into_iter().next().map(|row| row.json))
}

/// Returns the resource group of a project; a project of ASA has none.
fn group_of(project: &Project) -> Option<&str> {
    project
        .resource_group_id
        .as_ref()
        .map(ResourceGroupId::as_str)
}

/// Adds a project to a team if its resource group exists or, in ASA, no other has its name.
pub(crate) fn add(store: &Store, team: &str, project: Project) -> Result<(), Error> {
    store.read(|transaction| match group_of(&project) {
        Some(id) => match RESOURCE_GROUPS.get(transaction, team, id)? {
            Some(_) => Ok(()),
            None => Err(Error::Invalid("the team has no such resource group")),
        },
        None => match find(transaction, team, project.name.as_str())? {
            Some(_) => Err(Error::Invalid("a project with this name exists")),
            None => Ok(()),
        },
    })?;
    store.write(|transaction| insert(transaction, team, project))
}

/// Adds a project to a team.
pub(crate) fn insert(
    transaction: &WriteTransaction,
    team: &str,
    project: Project,
) -> Result<(), Error> {
    match insert_new(transaction, team, project)? {
        true => Ok(()),
        false => Err(Error::Invalid("a project with this id exists or existed")),
    }
}

/// Adds a project to a team. Returns false if its id is or was in use.
pub(crate) fn insert_new(
    transaction: &WriteTransaction,
    team: &str,
    mut project: Project,
) -> Result<bool, Error> {
    check_project_name(project.name.as_str()).map_err(Error::Invalid)?;
    project.team = Some(team.to_owned());
    let json = match group_of(&project) {
        Some(_) => Encoded::with_nulls(&project, NULLS_IN_GROUP)?,
        None => {
            if project.deleted_at.is_absent() {
                project.deleted_at = Timestamp::UNSET.into();
            }
            Encoded::with_nulls(&project, NULLS)?
        }
    };
    PROJECTS.insert(transaction, team, project.id.as_str(), &json)
}
