//! ASA's paging: `count` objects after `offset`, and `Link` headers.
//!
//! The last page has no `Link` header, because a client in the field fails on a header without `rel="next"`.

use crate::api::asa::team::team;
use crate::api::response::LinkedPage;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::store::encoded::{Encoded, List};
use crate::store::table::{Order, Row, Table};

use crate::api::asa::error_response::ErrorResponse;

const DEFAULT_COUNT: usize = 100;
/// The documentation gives no maximum; larger counts are capped.
const MAXIMUM_COUNT: usize = 1000;

/// Returns one page of the team's objects, which the table has by their `id`.
pub(crate) fn list<L: List>(
    call: &ServerCall<'_>,
    table: &Table<L::Item>,
    filter: impl Fn(&Encoded<L::Item>) -> bool,
) -> Result<LinkedPage<L>, ErrorResponse> {
    list_by(call, table, "id", filter)
}

/// Whose objects a page contains, and the member that the table has them by.
pub(crate) struct Scope<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) member: &'a str,
}

/// Returns one page of the team's objects, which the table has by this member.
pub(crate) fn list_by<L: List>(
    call: &ServerCall<'_>,
    table: &Table<L::Item>,
    member: &str,
    filter: impl Fn(&Encoded<L::Item>) -> bool,
) -> Result<LinkedPage<L>, ErrorResponse> {
    let tenant = &team(call);
    list_in(call, table, Scope { tenant, member }, filter, Ok)
}

/// Returns one page of a scope's objects; `sent` converts a stored object to the one that is sent.
pub(crate) fn list_in<L: List>(
    call: &ServerCall<'_>,
    table: &Table<L::Item>,
    Scope { tenant, member }: Scope<'_>,
    filter: impl Fn(&Encoded<L::Item>) -> bool,
    sent: impl Fn(Encoded<L::Item>) -> Result<Encoded<L::Item>, Error>,
) -> Result<LinkedPage<L>, ErrorResponse> {
    let count = count(call)?;
    let backwards = call.boolean("prev")?;
    let order = match call.boolean("descending")? {
        true => Order::NewestFirst,
        false => Order::OldestFirst,
    };
    let scan = if backwards { order.reversed() } else { order };
    let offset = call.query("offset").filter(|offset| !offset.is_empty());
    let mut rows = call.state.store().read(|transaction| {
        let after = match &offset {
            None => None,
            Some(id) => {
                let position = table.cursor(transaction, tenant, id)?;
                let message = "is not the id of an object in this list";
                Some(position.ok_or_else(|| ErrorResponse::invalid("offset", message))?)
            }
        };
        Ok::<_, ErrorResponse>(table.page(transaction, tenant, scan, after, count + 1, filter)?)
    })?;
    let has_more = rows.len() > count;
    rows.truncate(count);
    if backwards {
        rows.reverse();
    }
    let rows = converted(rows, sent)?;
    // Going backwards, the next page starts with the object that `offset` names.
    let (has_next, has_previous) = match backwards {
        false => (has_more, offset.is_some()),
        true => (offset.is_some(), has_more),
    };

    let page = Encoded::list(&[], rows.iter().map(|row| &row.json))?;
    let mut links = Vec::new();
    if let (true, Some(first), Some(last)) = (has_next, rows.first(), rows.last()) {
        links.push(link(call, last, member, false)?);
        if has_previous {
            links.push(link(call, first, member, true)?);
        }
    }
    Ok(LinkedPage { page, links })
}

/// Returns one page of the team's objects in the order of a key, by their `id`. An object without a key is not listed.
///
/// Rows are not stored in that order: the keys of all are read for each page, and only the rows of the page are converted by `sent`.
pub(crate) fn sorted<L: List, K: Ord>(
    call: &ServerCall<'_>,
    table: &Table<L::Item>,
    key: impl Fn(&Encoded<L::Item>) -> Result<Option<K>, Error>,
    sent: impl Fn(Encoded<L::Item>) -> Result<Encoded<L::Item>, Error>,
) -> Result<LinkedPage<L>, ErrorResponse> {
    let (tenant, count) = (&team(call), count(call)?);
    let offset = call.query("offset").filter(|offset| !offset.is_empty());
    let rows = call.state.store().read(|transaction| {
        let mut keys = table.keys(transaction, tenant, key)?;
        if let Some(id) = offset {
            let cursor = table.cursor(transaction, tenant, &id)?;
            let last = keys.iter().position(|(_, it)| Some(*it) == cursor);
            let message = "is not the id of an object in this list";
            let last = last.ok_or_else(|| ErrorResponse::invalid("offset", message))?;
            let last = keys.swap_remove(last);
            keys.retain(|it| *it > last);
        }
        if keys.len() > count + 1 {
            keys.select_nth_unstable(count);
            keys.truncate(count + 1);
        }
        keys.sort_unstable();
        let rows = keys
            .into_iter()
            .map(|(_, cursor)| table.row(transaction, tenant, cursor));
        Ok::<_, ErrorResponse>(rows.collect::<Result<Vec<_>, Error>>()?)
    })?;
    let mut rows: Vec<_> = rows.into_iter().flatten().collect();
    let has_next = rows.len() > count;
    rows.truncate(count);
    let rows = converted(rows, sent)?;
    let page = Encoded::list(&[], rows.iter().map(|row| &row.json))?;
    let mut links = Vec::new();
    if let (true, Some(last)) = (has_next, rows.last()) {
        links.push(link(call, last, "id", false)?);
    }
    Ok(LinkedPage { page, links })
}

/// Converts stored objects to those that are sent.
fn converted<T>(
    rows: Vec<Row<T>>,
    sent: impl Fn(Encoded<T>) -> Result<Encoded<T>, Error>,
) -> Result<Vec<Row<T>>, Error> {
    let rows = rows.into_iter().map(|row| {
        let json = sent(row.json)?;
        Ok(Row { json, ..row })
    });
    rows.collect()
}

fn count(call: &ServerCall<'_>) -> Result<usize, ErrorResponse> {
    match call.integer("count")? {
        None => Ok(DEFAULT_COUNT),
        Some(count) if count < 1 => Err(ErrorResponse::invalid("count", "must be at least 1")),
        Some(count) if i32::try_from(count).is_err() => Err(ErrorResponse::invalid(
            "count",
            "must be at most 2147483647",
        )),
        Some(count) => Ok(usize::try_from(count)
            .unwrap_or(MAXIMUM_COUNT)
            .min(MAXIMUM_COUNT)),
    }
}

/// Returns the URL of the call with another offset, as a `Link` value; relative if the host is unknown.
fn link<T>(
    call: &ServerCall<'_>,
    row: &Row<T>,
    member: &str,
    backwards: bool,
) -> Result<String, Error> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in [
        "count",
        "descending",
        "contains",
        "starts_with",
        "order_by",
        "for_policy_only",
    ] {
        if let Some(value) = call.query(name) {
            query.append_pair(name, &value);
        }
    }
    for name in ["status", "id"] {
        for value in call.texts(name) {
            query.append_pair(name, &value);
        }
    }
    query.append_pair("offset", &text(row, member)?);
    if backwards {
        query.append_pair("prev", "true");
    }
    let origin = call.host_url().unwrap_or_default();
    let path = call.head.uri.path();
    let rel = if backwards { "prev" } else { "next" };
    Ok(format!(
        "<{origin}{path}?{}>; rel=\"{rel}\"",
        query.finish()
    ))
}

/// Returns a text of an object, which is empty if it is absent.
fn text<T>(row: &Row<T>, member: &str) -> Result<String, Error> {
    let [text] = row.json.texts([member])?;
    Ok(text.unwrap_or_default().into_owned())
}
