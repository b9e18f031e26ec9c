//! Projects.

use gatelet_models::Timestamp;
use gatelet_models::asa::{Project, ProjectList};
use redb::{ReadTransaction, WriteTransaction};

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::page;
use crate::api::asa::table::PROJECTS;
use crate::api::asa::team::team;
use crate::api::asa::validation::check_project_name;
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

pub(crate) fn list(call: &ServerCall<'_>) -> Result<LinkedPage<ProjectList>, ErrorResponse> {
    let contains = call.query("contains").unwrap_or_default();
    page::list(call, &PROJECTS, |row| {
        row.decode()
            .is_ok_and(|project| is_of_asa(&project) && project.name.as_str().contains(&contains))
    })
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
        row.decode()
            .is_ok_and(|project| is_of_asa(&project) && project.name.as_str() == name)
    };
    let rows = PROJECTS.page(transaction, team, Order::OldestFirst, None, 1, is_it)?;
    Ok(rows.into_iter().next().map(|row| row.json))
}

/// Whether a project is addressed by its name; those of resource groups are addressed by their ids.
fn is_of_asa(project: &Project) -> bool {
    project.resource_group_id.is_none()
}

/// Adds a project to a team, if no other has its name.
pub(crate) fn add(store: &Store, team: &str, project: Project) -> Result<(), Error> {
    if store
        .read(|transaction| find(transaction, team, project.name.as_str()))?
        .is_some()
    {
        return Err(Error::Invalid("a project with this name exists"));
    }
    store.write(|transaction| insert(transaction, team, project))
}

/// Adds a project to a team.
pub(crate) fn insert(
    transaction: &WriteTransaction,
    team: &str,
    mut project: Project,
) -> Result<(), Error> {
    check_project_name(project.name.as_str()).map_err(Error::Invalid)?;
    project.team = Some(team.to_owned());
    project.deleted_at = project.deleted_at.or(Some(Timestamp::UNSET));
    let json = Encoded::with_nulls(&project, NULLS)?;
    match PROJECTS.insert(transaction, team, project.id.as_str(), &json)? {
        true => Ok(()),
        false => Err(Error::Invalid("a project with this id exists or existed")),
    }
}
