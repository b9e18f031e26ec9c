//! Resource groups of Okta Privileged Access.

use gatelet_models::asa::{ResourceGroup, ResourceGroupList};
use redb::WriteTransaction;

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::page::{self, Scope};
use crate::api::asa::table::RESOURCE_GROUPS;
use crate::api::asa::team::team;
use crate::api::asa::validation::check_name;
use crate::api::response::LinkedPage;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::store::encoded::Encoded;

/// The members that a list can be sorted by.
const ORDERS: &[&str] = &["name", "id"];

/// Lists resource groups without the groups that administer them. Every caller may assign policies to all of them, so
/// `for_policy_only` leaves none out.
pub(crate) fn list(call: &ServerCall<'_>) -> Result<LinkedPage<ResourceGroupList>, ErrorResponse> {
    call.boolean("for_policy_only")?;
    let order = call.word("order_by", ORDERS)?;
    let contains = call
        .query("contains")
        .filter(|contains| !contains.is_empty());
    let is_named = |name: &str| match &contains {
        None => true,
        Some(contains) => name.contains(contains),
    };
    match order {
        None => {
            let (tenant, member) = (&*team(call), "id");
            let scope = Scope { tenant, member };
            let is_listed = |row: &Encoded<ResourceGroup>| {
                let texts = row.texts(["name"]);
                texts.is_ok_and(|[name]| is_named(&name.unwrap_or_default()))
            };
            page::list_in(call, &RESOURCE_GROUPS, scope, is_listed, listed)
        }
        Some(order) => {
            let key = |row: &Encoded<ResourceGroup>| {
                let [id, name] = row.texts(["id", "name"])?.map(Option::unwrap_or_default);
                let key = if order == "name" { &name } else { &id };
                Ok(is_named(&name).then(|| key.clone().into_owned()))
            };
            page::sorted(call, &RESOURCE_GROUPS, key, listed)
        }
    }
}

/// Returns a resource group as lists have it.
fn listed(group: Encoded<ResourceGroup>) -> Result<Encoded<ResourceGroup>, Error> {
    let mut group = group.decode()?;
    group.delegated_resource_admin_groups = None;
    Encoded::new(&group)
}

pub(crate) fn get(
    call: &ServerCall<'_>,
    id: &str,
) -> Result<Encoded<ResourceGroup>, ErrorResponse> {
    let team = team(call);
    let store = call.state.store();
    let found = store.read(|transaction| RESOURCE_GROUPS.get(transaction, &team, id))?;
    found.ok_or_else(ErrorResponse::not_found)
}

/// Adds a resource group to a team.
pub(crate) fn insert(
    transaction: &WriteTransaction,
    team: &str,
    group: ResourceGroup,
) -> Result<(), Error> {
    match insert_new(transaction, team, group)? {
        true => Ok(()),
        false => Err(Error::Invalid(
            "a resource group with this id exists or existed",
        )),
    }
}

/// Adds a resource group to a team. Returns false if its id is or was in use.
pub(crate) fn insert_new(
    transaction: &WriteTransaction,
    team: &str,
    mut group: ResourceGroup,
) -> Result<bool, Error> {
    check_name(&group.name).map_err(Error::Invalid)?;
    group.team_id = Some(team.to_owned());
    group
        .delegated_resource_admin_groups
        .get_or_insert_default();
    let json = Encoded::new(&group)?;
    RESOURCE_GROUPS.insert(transaction, team, group.id.as_str(), &json)
}
