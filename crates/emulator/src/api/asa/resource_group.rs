//! Resource groups of Okta Privileged Access.

use gatelet_models::asa::{ResourceGroup, ResourceGroupList};
use redb::WriteTransaction;

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::page;
use crate::api::asa::table::RESOURCE_GROUPS;
use crate::api::asa::team::team;
use crate::api::asa::validation::check_name;
use crate::api::response::LinkedPage;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::store::encoded::Encoded;
use crate::store::table::{Order, Row};

/// The members that a list can be sorted by.
const ORDERS: &[&str] = &["name", "id"];

/// Lists resource groups without the groups that administer them. Every caller may assign policies to all of them, so
/// `for_policy_only` leaves none out.
pub(crate) fn list(call: &ServerCall<'_>) -> Result<LinkedPage<ResourceGroupList>, ErrorResponse> {
    call.boolean("for_policy_only")?;
    let order = call.word("order_by", ORDERS)?;
    let contains = call.query("contains").unwrap_or_default();
    let team = team(call);
    let store = call.state.store();
    let rows = store.read(|transaction| {
        RESOURCE_GROUPS.page(
            transaction,
            &team,
            Order::OldestFirst,
            None,
            usize::MAX,
            |_| true,
        )
    })?;
    let mut groups = rows
        .into_iter()
        .map(|row| Ok((row.cursor, row.json.decode()?)))
        .collect::<Result<Vec<(u64, ResourceGroup)>, Error>>()?;
    groups.retain(|(_, group)| group.name.contains(&contains));
    match order.as_deref() {
        Some("name") => groups.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name)),
        Some(_) => groups.sort_by(|(_, a), (_, b)| a.id.cmp(&b.id)),
        None => {}
    }
    let rows = groups
        .into_iter()
        .map(|(cursor, mut group)| {
            group.delegated_resource_admin_groups = None;
            let json = Encoded::new(&group)?;
            Ok(Row { cursor, json })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    page::of_rows(call, rows)
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
    mut group: ResourceGroup,
) -> Result<(), Error> {
    check_name(&group.name).map_err(Error::Invalid)?;
    group.team_id = Some(team.to_owned());
    group
        .delegated_resource_admin_groups
        .get_or_insert_default();
    let json = Encoded::new(&group)?;
    match RESOURCE_GROUPS.insert(transaction, team, group.id.as_str(), &json)? {
        true => Ok(()),
        false => Err(Error::Invalid(
            "a resource group with this id exists or existed",
        )),
    }
}
